import Directory
import Kernel
import Platform
import Web

/// The yearly catalogues: list, upload, and the change set of one.
enum CataloguePages {
    static let root = "/textbooks/catalogues"
    static func path(_ id: ID<Catalogue>) -> String { "\(root)/\(id)" }

    static let history = DataTable<Catalogue>(
        caption: "教材目录",
        columns: [
            DataColumn("学年", value: { .text($0.yearTitle) }),
            DataColumn(
                "文件", value: { .text($0.fileName) }, cell: { #"<a href="\#(url: path($0.id))">\#($0.fileName)</a>"# }),
            DataColumn("状态", value: { .text($0.state.title) }, cell: { UI.tag($0.state.title, tone($0.state)) }),
            DataColumn("内容", value: { .text($0.counts.words) }),
            DataColumn("上传时间", value: { .text($0.createdAt.text) }),
            DataColumn("上传人", value: { .text($0.createdBy) }),
        ], empty: UI.emptyState("还没有导入教材目录", "上传每年的教学用书目录，先看变化再接受。"))

    private static func tone(_ state: ImportState) -> Tone {
        switch state {
        case .accepted: .ok
        case .compared, .mapped, .reading, .accepting: .warn
        case .failed: .bad
        case .undone, .discarded: .muted
        }
    }

    static func list(_ slice: Page<Catalogue>, _ request: WebRequest) -> HTML {
        let new = UI.linkButton("导入目录", url: root + "/new", style: .primary)
        let content: HTML = """
            \(UI.heading("教材目录导入", note: "每学年一份；再导入时只列出变化，资源留在原来的课上", actions: new))
            \(UI.card(nil, history.html(slice, path: root, query: request.query)))
            """
        return UI.layout(
            "教材目录导入", request.page, breadcrumbs: [Crumb("教材目录", TextbookPages.root), Crumb("导入")], content)
    }

    static func upload(_ page: PageContext, values: FormValues, today: LocalDate, problems: [FieldProblem]) -> HTML {
        let present = SchoolYear(containing: today).start
        let years = (present - 1...present + 1).reversed().map {
            SelectOption(String($0), SchoolYear(start: $0).title)
        }
        let fields: HTML = """
            \(UI.fileField(
                "file", label: "目录文件", accept: ".xlsx,.xls,.csv",
                hint: "列：学段、学科、版本、年级、册次、单元、课，可以有节点代码。列的顺序不限，合并的单元格不用拆开。", required: true,
                problems: problems))
            \(UI.select(
                "year", label: "学年", options: years, selected: values["year"] ?? String(present),
                problems: problems))
            \(UI.checkbox(
                "complete", label: "这是全部教材的目录", isOn: values.has("complete"),
                hint: "选上后，文件里没有的教材也会移除。只含部分教材时不要选。"))
            """
        let form = UI.form(
            action: root, page: page, submit: "上传", cancel: root, multipart: true, problems: problems, fields)
        let content: HTML = """
            \(UI.heading("导入教材目录", note: "上传后先看变化，接受之前不改动"))
            \(UI.card(nil, form))
            """
        return UI.layout(
            "导入教材目录", page, breadcrumbs: [Crumb("教材目录", TextbookPages.root), Crumb("导入", root), Crumb("上传")],
            isFailed: !problems.isEmpty, content)
    }

    static let lines = DataTable<CatalogueLine>(
        caption: "目录变化",
        columns: [
            DataColumn("教材", value: { .text($0.place) }), DataColumn("单元或课", value: { .text($0.title) }),
            DataColumn("变化", value: { .text($0.kind.title) }), DataColumn("说明", value: { .text($0.words) }),
        ], empty: UI.emptyState("没有这一类", "看看别的分类。"))

    static func show(
        _ catalogue: Catalogue, kind: CatalogueLine.Kind, _ slice: Page<CatalogueLine>, isLatest: Bool,
        _ request: WebRequest
    ) -> HTML {
        let base = path(catalogue.id), title = "教材目录 \(catalogue.yearTitle)"
        let tabs = UI.tabs(
            CatalogueLine.Kind.allCases.map {
                ("\($0.title) \(catalogue.counts[$0])", base + "?kind=" + $0.rawValue, $0 == kind)
            }, label: "变化")
        let note = "\(catalogue.fileName) · \(catalogue.state.title) · 不变 \(catalogue.counts.unchanged)"
        let content: HTML = """
            \(UI.heading(title, note: note, actions: actions(catalogue, isLatest: isLatest, request.page)))
            \(if: catalogue.state == .compared && catalogue.counts[.refused] > 0,
                UI.notice(
                    .warn, "有 \(catalogue.counts[.refused]) 行未能识别，接受时跳过；所在的册里没有列出的课先保留。可以改好文件再上传。"))
            \(tabs)
            \(UI.card(nil, lines.html(slice, path: base, query: request.query)))
            """
        return UI.layout(
            title, request.page,
            breadcrumbs: [Crumb("教材目录", TextbookPages.root), Crumb("导入", root), Crumb(catalogue.fileName)], wide: true,
            content)
    }

    private static func actions(_ catalogue: Catalogue, isLatest: Bool, _ page: PageContext) -> HTML {
        let base = path(catalogue.id)
        if catalogue.state == .compared {
            let accept = UI.postButton(
                "接受", action: base + "/acceptance", page: page, style: .primary,
                hidden: [("digest", catalogue.digest)])
            let discard = UI.postButton("放弃", action: base + "/discard", page: page, confirm: "放弃这份目录？")
            return (catalogue.counts.isEmpty ? "" : accept) + discard
        }
        guard catalogue.state == .accepted, isLatest else { return "" }
        return UI.postButton(
            "撤销", action: base + "/undo", page: page, style: .danger, confirm: "目录恢复到接受之前，资源保留。撤销？")
    }
}
