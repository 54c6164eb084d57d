import Directory
import Kernel
import Web

/// Export templates: the list, the upload of a changed one, and its columns.
enum TemplatePages {
    static let root = "/rosters/templates"
    static func path(_ id: ID<StoredTemplate>) -> String { "\(root)/\(id)" }
    private static let crumbs = [Crumb("导出记录", ExportPages.root), Crumb("导出模板", root)]

    struct Row: Sendable {
        let title: String
        let link: String?
        let subject: String
        let version: String
        let columns: Int
        let validFrom: String
        let state: StoredTemplate.State?
        let by: String

        init(_ template: StoredTemplate) {
            (title, link) = (template.content.name, path(template.id))
            (subject, version) = (template.content.subject.title, "第 \(template.version) 版")
            (columns, validFrom) = (template.content.columns.count, template.validFrom.iso)
            (state, by) = (template.state, template.createdBy)
        }

        init(_ shipped: ExportTemplate) {
            (title, link, subject) = (shipped.name, nil, shipped.subject.title)
            (version, columns, validFrom) = ("随平台", shipped.columns.count, "")
            (state, by) = (nil, "")
        }
    }

    private static let table = DataTable<Row>(
        caption: "导出模板",
        columns: [
            DataColumn(
                "模板", value: { .text($0.title) },
                cell: { row in
                    guard let link = row.link else {
                        let file = root + "/shipped?name=" + URLCoding.encode(row.title)
                        return #"<div>\#(row.title)</div><div><a href="\#(url: file)">下载</a></div>"#
                    }
                    return #"<a href="\#(url: link)">\#(row.title)</a>"#
                }),
            DataColumn("每行", value: { .text($0.subject) }), DataColumn("版本", value: { .text($0.version) }),
            DataColumn("列数", value: { .integer($0.columns) }),
            DataColumn("启用日期", value: { $0.validFrom.isEmpty ? .empty : .text($0.validFrom) }),
            DataColumn(
                "状态", value: { .text($0.state?.title ?? "启用") },
                cell: { UI.tag($0.state?.title ?? "启用", $0.state.map(tone) ?? .ok) }),
            DataColumn("上传人", value: { .text($0.by) }),
        ], isExportable: false, empty: "")

    static func tone(_ state: StoredTemplate.State) -> Tone {
        switch state {
        case .draft: .warn
        case .active: .ok
        case .withdrawn: .muted
        }
    }

    static func list(_ stored: [StoredTemplate], _ request: WebRequest) -> HTML {
        let rows = stored.map { Row($0) } + ShippedTemplates.all.map { Row($0) }
        let new = UI.linkButton("上传新版模板", url: root + "/new", style: .primary)
        let content: HTML = """
            \(UI.heading("导出模板", note: "官方表样变了，上传新表样即可，不用等平台升级", actions: new))
            \(UI.card(nil, table.html(Page(items: rows, total: rows.count, next: nil), path: root, query: FormValues())))
            """
        return UI.layout(
            "导出模板", request.page, breadcrumbs: [Crumb("导出记录", ExportPages.root), Crumb("导出模板")], content)
    }

    static func new(
        names: [String], _ page: PageContext, values: FormValues, problems: [FieldProblem] = []
    ) -> HTML {
        let options = [SelectOption("", "新模板")] + names.map { SelectOption($0, $0) }
        let subjects =
            [SelectOption("", "同原模板")] + ExportTemplate.Subject.allCases.map { SelectOption($0.rawValue, $0.title) }
        let fields: HTML = """
            \(UI.fileField(
                "file", label: "表样", accept: ".xlsx,.json", hint: "官方下发的空白表样（.xlsx，有表头即可），或模板文件（.json）。", 
                required: true, problems: problems))
            \(UI.select("name", label: "是哪个模板的新版", options: options, selected: values["name"], problems: problems))
            \(UI.textField("other", label: "新模板的名称", value: values["other"], hint: "不是新版时填写。", problems: problems))
            \(UI.select("subject", label: "每行是", options: subjects, selected: values["subject"], problems: problems))
            \(UI.textField("valid_from", label: "启用日期", value: values["valid_from"], type: "date", required: true, 
                problems: problems))
            """
        let form = UI.form(
            action: root, page: page, submit: "上传", cancel: root, multipart: true, problems: problems, fields)
        let content: HTML = """
            \(UI.heading("上传新版模板", note: "上传后核对每列的内容，再启用"))
            \(UI.card(nil, form))
            """
        return UI.layout(
            "上传新版模板", page, breadcrumbs: crumbs + [Crumb("上传新版模板")], isFailed: !problems.isEmpty, content)
    }

    // MARK: One version

    static func show(
        _ template: StoredTemplate, _ page: PageContext, values: FormValues = FormValues(),
        problems: [FieldProblem] = []
    ) -> HTML {
        let title = "\(template.content.name)（第 \(template.version) 版）", base = path(template.id)
        let activate = UI.postButton("启用", action: base + "/activation", page: page, style: .primary)
        let withdraw = UI.postButton(
            "停用", action: base + "/withdrawal", page: page, confirm: "停用后改用之前的版本。")
        let download = UI.linkButton("下载模板文件", url: base + "/content")
        let actions: HTML = """
            \(download)\(if: template.state != .active, activate)\(if: template.state != .withdrawn, withdraw)
            """
        let blank = template.content.columns.filter { $0.source == .blank }.count
        let facts: [(String, HTML)] = [
            ("状态", UI.tag(template.state.title, tone(template.state))), ("启用日期", "\(template.validFrom.iso)"),
            ("每行", "\(template.content.subject.title)"), ("工作表", "\(template.content.sheet)"),
            ("文件", "\(template.fileName)"), ("上传", "\(template.createdBy)，\(template.createdAt.text)"),
            ("列", "\(template.content.columns.count) 列，\(blank) 列为空"),
        ]
        let content: HTML = """
            \(UI.heading(title, actions: actions))
            \(UI.card("版本", UI.summaryList(facts)))
            \(UI.card("各列", columns(template, page, values, problems)))
            """
        return UI.layout(title, page, breadcrumbs: crumbs + [Crumb(title)], isFailed: !problems.isEmpty, content)
    }

    private static func columns(
        _ template: StoredTemplate, _ page: PageContext, _ values: FormValues, _ problems: [FieldProblem]
    ) -> HTML {
        let content = template.content
        guard template.state == .draft else {
            let lines = content.columns.enumerated().map { index, column in
                (content.header(of: index), "\(column.source.title)" as HTML)
            }
            return UI.summaryList(lines)
        }
        let fields: HTML = "\(each: Array(content.columns.enumerated()), { row($0, $1, content, values, problems) })"
        return UI.form(
            action: path(template.id) + "/columns", page: page, submit: "保存", problems: problems, fields)
    }

    private static func row(
        _ index: Int, _ column: ExportTemplate.Column, _ template: ExportTemplate, _ values: FormValues,
        _ problems: [FieldProblem]
    ) -> HTML {
        let header = template.header(of: index)
        let sources = ColumnSource.all.map { SelectOption($0.id, $0.title) }
        let source = UI.select(
            "source.\(index)", label: header.isEmpty ? "第 \(index + 1) 列" : header, options: sources,
            selected: values["source.\(index)"] ?? column.source.id, problems: problems)
        let codes = ExportTemplate.CodeForm.allCases.map { SelectOption($0.rawValue, $0.title) }
        let code = UI.select(
            "code.\(index)", label: "代码写成", options: codes,
            selected: values["code.\(index)"] ?? (column.code ?? .word).rawValue)
        let dates =
            [SelectOption("", "原样")] + ExportTemplate.DateForm.allCases.map { SelectOption($0.rawValue, $0.rawValue) }
        let date = UI.select(
            "date.\(index)", label: "日期写成", options: dates,
            selected: values["date.\(index)"] ?? column.date?.rawValue ?? "")
        let isCode = column.source.list != nil
        return UI.fieldRow("\(source)\(if: isCode, code)\(if: column.source.isDated, date)")
    }
}
