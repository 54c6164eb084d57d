import Directory
import Kernel
import Platform
import Web

/// 导入文件夹: sending one, and what would become of it.
enum FolderPages {
    static let root = "/resources/folders"
    static func path(_ id: ID<FolderImport>) -> String { "\(root)/\(id)" }

    private static let crumb = Crumb("我的资源", ItemPages.root + "/mine")

    /// The columns of the workbook, for an empty one.
    static let template = DataTable<String>(
        caption: "资源元数据",
        columns: FolderColumn.allCases.filter { $0 != .ignored }.map { column in
            DataColumn(column.title, value: { .text($0) })
        }, empty: "")

    static func list(_ rows: [FolderImport], _ request: WebRequest) -> HTML {
        let table = DataTable<FolderImport>(
            caption: "导入文件夹",
            columns: [
                DataColumn(
                    "压缩包", value: { .text($0.name) },
                    cell: { #"<a href="\#(url: path($0.id))">\#($0.name)</a>"# }),
                DataColumn("上传时间", value: { .text($0.sentAt.text) }),
                DataColumn(
                    "状态", value: { .text($0.state.title) },
                    cell: { UI.tag($0.state.title, $0.state == .open ? .info : .muted) }),
                DataColumn("结果", value: { .text($0.plan.words) }),
            ], isExportable: false,
            empty: UI.emptyState("还没有导入过文件夹", "把资源文件和一张元数据表打成一个 ZIP 压缩包上传，系统会先给出变更集。"))
        let content: HTML = """
            \(UI.heading(
                "导入文件夹", note: "一次导入许多资源", actions: UI.linkButton("上传压缩包", url: root + "/new", style: .primary)))
            \(UI.card(nil, table.html(Page(items: rows, total: rows.count, next: nil), path: root, query: request.query)))
            """
        return UI.layout("导入文件夹", request.page, breadcrumbs: [crumb, Crumb("导入文件夹")], wide: true, content)
    }

    static func new(
        _ schools: [Organisation], _ values: FormValues, _ problems: [FieldProblem], _ page: PageContext
    ) -> HTML {
        var fields: HTML = ""
        if schools.count > 1 {
            fields += UI.select(
                "school", label: "学校", options: schools.map { SelectOption($0.id.rawValue, $0.name) },
                selected: values["school"])
        }
        fields += UI.fileField(
            "file", label: "压缩包", accept: ".zip", hint: "ZIP 压缩包，最多 \(FolderPlan.mostRows) 个资源。", required: true,
            problems: problems)
        let columns = FolderColumn.allCases.filter { $0 != .ignored }.map(\.title).joined(separator: "、")
        let help: HTML = """
            <p>压缩包里放资源文件和一张元数据表（.xlsx 或 .csv），每个资源一行。列：\(columns)；至少要有标题、文件和类型。\
            文件写名称，几个用分号分开，放在下级文件夹里的可以写路径。</p>
            \(UI.linkButton("下载空白元数据表", url: root + "/template"))
            """
        let form = UI.form(
            action: root, page: page, submit: "查看变更集", cancel: root, multipart: true, problems: problems, fields)
        let content: HTML = """
            \(UI.heading("上传压缩包", note: "先看变更集，接受后才写入"))
            \(UI.card(nil, form))
            \(UI.card("怎么准备", help))
            """
        return UI.layout(
            "上传压缩包", page, breadcrumbs: [crumb, Crumb("导入文件夹", root), Crumb("上传压缩包")], isFailed: !problems.isEmpty,
            content)
    }

    static let lines = DataTable<FolderPlan.Line>(
        caption: "变更集",
        columns: [
            DataColumn("行", value: { .integer($0.number) }),
            DataColumn(
                "结果", value: { .text($0.kind.title) }, cell: { UI.tag($0.kind.title, tone($0.kind)) }),
            DataColumn("标题", value: { .text($0.title) }, cell: { title(of: $0) }),
            DataColumn("文件", value: { .text($0.files.map(\.name).joined(separator: "；")) }),
            DataColumn("原因", value: { .text($0.reasons.joined(separator: "；")) }),
        ], empty: UI.emptyState("表里没有数据行", "检查后重新上传。"))

    private static func tone(_ kind: FolderPlan.Line.Kind) -> Tone {
        switch kind {
        case .new: .info
        case .known: .muted
        case .refused: .bad
        case .taken: .ok
        }
    }

    private static func title(of line: FolderPlan.Line) -> HTML {
        guard let item = line.item else { return HTML(text: line.title) }
        return #"<a href="\#(url: ItemPages.path(ID<Item>(item)))">\#(line.title)</a>"#
    }

    static func show(_ folder: FolderImport, _ plan: FolderPlan, _ request: WebRequest) -> HTML {
        let page = request.page, here = path(folder.id), title = "变更集"
        let order = plan.lines.sorted { a, b in
            let (first, second) = (a.kind == .refused ? 0 : 1, b.kind == .refused ? 0 : 1)
            return (first, a.number) < (second, b.number)
        }
        let rows = lines.html(
            Page(items: order, total: order.count, next: nil), path: here, query: request.query)
        var parts: HTML = ""
        if folder.state == .open { parts += acceptance(plan, action: here, page) }
        parts += names("表里写了、压缩包里没有的文件", plan.missing)
        parts += names("压缩包里有、表里没有写的文件", plan.unused)
        let discard: HTML =
            folder.state == .open ? UI.postButton("放弃", action: here + "/discard", page: page) : ""
        let content: HTML = """
            \(UI.heading(title, note: "\(folder.name)，元数据表“\(plan.workbook)”", actions: discard))
            \(if: folder.state != .open, UI.notice(.info, HTML(text: "\(folder.state.title)。")))
            \(parts)
            \(UI.card(plan.words, id: "lines", rows))
            """
        return UI.layout(
            title, page, breadcrumbs: [crumb, Crumb("导入文件夹", root), Crumb(title)], wide: true, content)
    }

    private static func acceptance(_ plan: FolderPlan, action: String, _ page: PageContext) -> HTML {
        let new = plan.count(.new)
        guard new > 0 else { return UI.notice(.info, "没有可以导入的新资源。") }
        let ways = [SelectOption("draft", "保存为草稿"), SelectOption("submit", "提交审核")]
        let fields: HTML = """
            \(UI.radios("way", label: "导入以后", options: ways, selected: "draft"))
            \(UI.checkbox(
                "stated", label: "原创声明：标明原创的资源是我（们）自己的作品，不侵犯他人的权利", hint: "要提交审核的须确认。"))
            """
        let verb = plan.count(.taken) > 0 ? "继续导入" : "接受"
        return UI.card(
            "接受后将新增 \(new) 个资源", id: "acceptance",
            UI.form(action: action + "/acceptance", page: page, submit: verb, fields))
    }

    private static func names(_ title: String, _ names: [String]) -> HTML {
        guard !names.isEmpty else { return "" }
        let shown = names.prefix(100)
        let more: HTML = names.count > shown.count ? "<p>另有 \(names.count - shown.count) 个</p>" : ""
        return UI.card(
            "\(title)：\(names.count) 个", #"<ul class="plain-list">\#(each: shown, { "<li>\($0)</li>" })</ul>"# + more)
    }
}
