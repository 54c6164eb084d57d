import Directory
import Kernel
import Web

/// 差异报告: what was compared, the upload, and one report.
enum DifferencePages {
    static let root = "/rosters/differences"
    static func path(_ id: ID<Difference>) -> String { "\(root)/\(id)" }

    static let history = DataTable<Difference>(
        caption: "差异报告",
        columns: [
            DataColumn(
                "文件", value: { .text($0.fileName) }, cell: { #"<a href="\#(url: path($0.id))">\#($0.fileName)</a>"# }),
            DataColumn("单位", value: { .text($0.place) }), DataColumn("每行", value: { .text($0.subject.title) }),
            DataColumn("行数", value: { .integer($0.rowCount) }), DataColumn("差异", value: { .integer($0.found) }),
            DataColumn("时间", value: { .text($0.at.text) }), DataColumn("核对人", value: { .text($0.by) }),
        ], isExportable: false,
        empty: UI.emptyState("还没有核对过", "上传从国家系统导出的名册，看两边哪里不同。不会改动任何数据。"))

    static func list(_ slice: Page<Difference>, _ request: WebRequest) -> HTML {
        let new = UI.linkButton("核对名册", url: root + "/new", style: .primary)
        let content: HTML = """
            \(UI.heading("差异报告", note: "国家系统导出的名册与本平台对照，只看不改", actions: new))
            \(UI.card(nil, history.html(slice, path: root, query: request.query)))
            """
        return UI.layout("差异报告", request.page, breadcrumbs: [Crumb("差异报告")], content)
    }

    static func new(
        _ places: [Organisation], _ page: PageContext, values: FormValues, problems: [FieldProblem]
    ) -> HTML {
        let options = [SelectOption("", "选择单位")] + places.map { SelectOption($0.id.rawValue, $0.name) }
        let subjects = [ExportTemplate.Subject.pupils, .staff].map { SelectOption($0.rawValue, $0.title) }
        let fields: HTML = """
            \(UI.fileField(
                "file", label: "名册", accept: ".xlsx,.csv", hint: "国家系统导出的工作簿，原样上传。", required: true, 
                problems: problems))
            \(UI.select("place", label: "单位", options: options, selected: values["place"], required: true, 
                problems: problems))
            \(UI.radios("subject", label: "每行是", options: subjects, selected: values["subject"] ?? "pupils", 
                problems: problems))
            """
        let form = UI.form(
            action: root, page: page, submit: "核对", cancel: root, multipart: true, problems: problems, fields)
        let content: HTML = """
            \(UI.heading("核对名册", note: "只比较，不改动"))
            \(UI.card(nil, form))
            """
        return UI.layout(
            "核对名册", page, breadcrumbs: [Crumb("差异报告", root), Crumb("核对名册")], isFailed: !problems.isEmpty, content)
    }

    static let table = DataTable<DifferenceReport.Line>(
        caption: "差异",
        columns: [
            DataColumn(
                "差异", value: { .text($0.kind.title) },
                cell: { UI.tag($0.kind.title, $0.kind == .differs ? .warn : .info) }),
            DataColumn("行号", value: { $0.row.map(TableValue.integer) ?? .empty }),
            DataColumn("姓名", value: { .text($0.name) }), DataColumn("号码", value: { text($0.number) }),
            DataColumn("本平台所在", value: { text($0.place) }),
            DataColumn("不同之处", value: { text($0.fields.map(\.text).joined(separator: "；")) }),
        ], empty: UI.emptyState("没有差异", "两边一致。"))

    private static func text(_ text: String) -> TableValue { text.isEmpty ? .empty : .text(text) }

    static func show(
        _ difference: Difference, _ counts: [DifferenceReport.Kind: Int], _ slice: Page<DifferenceReport.Line>,
        _ request: WebRequest
    ) -> HTML {
        let base = path(difference.id)
        let figures = UI.statistics(
            DifferenceReport.Kind.allCases.map { kind in
                UI.statistic(String(counts[kind] ?? 0), label: kind.title, url: base + "?kind=" + kind.rawValue)
            })
        let content: HTML = """
            \(UI.heading("差异报告", note: "\(difference.fileName) · \(difference.place) · \(difference.at.text)"))
            \(notice(difference))
            \(figures)
            \(UI.card(nil, table.html(slice, path: base, query: request.query)))
            """
        return UI.layout(
            "差异报告", request.page, breadcrumbs: [Crumb("差异报告", root), Crumb(difference.fileName)], wide: true,
            refreshSeconds: difference.state == .waiting ? 3 : nil, content)
    }

    private static func notice(_ difference: Difference) -> HTML {
        switch difference.state {
        case .done: return ""
        case .failed: return UI.notice(.bad, "<p>没有核对完：\(difference.message)。</p>")
        case .waiting:
            let progress: HTML = difference.job.map { #" <a href="\#(url: "/jobs/" + $0)">查看进度</a>"# } ?? ""
            return UI.notice(.info, "<p>正在核对，下面是已经核对出的差异。\(progress)</p>")
        }
    }
}
