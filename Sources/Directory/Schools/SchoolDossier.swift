import Kernel
import Platform
import Web

/// A school's file (一校一档): everything told of it, as one page to print and as a workbook with a sheet a section.
enum SchoolDossier {
    /// What the directory itself has to tell.
    static func ownSections(_ model: SchoolModel) -> [DossierSection] {
        let school = model.school
        var facts: [(String, String)] = [
            ("学校名称", model.name), ("学校标识码", school.code ?? "—"), ("类别", school.kind.title),
            ("所在地", model.place.isEmpty ? "—" : model.place),
        ]
        if let profile = model.profile { facts += SchoolPages.profileWords(profile) }
        facts.append(("设立日期", school.openedOn?.iso ?? "—"))
        if let closed = school.closedOn, closed <= model.day { facts.append(("撤并日期", closed.iso)) }
        facts.append(("查询日期", model.day.iso))
        let table = OrganisationPages.historyTable(isExportable: false)
        let changes = table.exportRows(model.changes.filter { $0.version.validFrom <= model.day })
        return [
            DossierSection(title: "基本信息", header: ["项目", "内容"], rows: facts.map { [.text($0.0), .text($0.1)] }),
            DossierSection(title: "变更记录", header: changes.header, rows: changes.rows),
        ]
    }

    static func page(_ model: SchoolModel, _ sections: [DossierSection], _ page: PageContext) -> HTML {
        let title = "\(model.name)一校一档"
        let export = SchoolPages.dossierPath(model, format: .xlsx)
        let buttons: HTML = #"\#(UI.printButton())\#(UI.linkButton("导出 Excel", url: export))"#
        let content: HTML = """
            \(UI.heading(title, note: "\(model.day.chinese)的情况", actions: buttons))
            \(each: sections, card)
            """
        let school = Crumb(model.name, SchoolPages.path(model.school.id))
        return UI.layout(title, page, breadcrumbs: [Crumb("学校", "/schools"), school, Crumb("一校一档")], content)
    }

    private static func card(_ section: DossierSection) -> HTML {
        let columns = section.header.indices.map { index in
            DataColumn<[TableValue]>(section.header[index]) { $0.indices.contains(index) ? $0[index] : .empty }
        }
        let table = DataTable(
            caption: section.title, columns: columns, isExportable: false,
            empty: #"<p class="muted">暂无记录</p>"#)
        let rows = Page(items: section.rows, total: section.rows.count, next: nil)
        return UI.card(section.title, table.html(rows, path: "", query: FormValues()))
    }

    /// - Returns: the path of a new file that the caller removes.
    /// - Throws: `DomainError.unavailable` when it cannot be written.
    static func writeWorkbook(_ sections: [DossierSection], in folder: String) throws -> String {
        let path = "\(folder)/\(Identifiers.next()).xlsx"
        do {
            let writer = try SheetWriter(path: path, format: .xlsx)
            for section in sections {
                try writer.addSheet(section.title)
                try writer.header(section.header)
                for row in section.rows { try writer.row(row.map(SheetValue.of)) }
            }
            try writer.finish()
        } catch let error as SheetWriteError {
            throw DomainError.unavailable(error.message)
        }
        return path
    }
}
