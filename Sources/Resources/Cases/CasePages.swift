import Kernel
import Web

/// The forms of reports and appeals, and their desk.
enum CasePages {
    static let root = ItemPages.root + "/cases"
    static func path(_ id: ID<ResourceCase>) -> String { "\(root)/\(id)" }

    struct Form: Sendable {
        let kind: ResourceCase.Kind
        let item: Item
        let values: FormValues
        let problems: [FieldProblem]
        let warning: String?
    }

    static func form(_ view: Form, _ page: PageContext) -> HTML {
        let isReport = view.kind == .report, back = ItemPages.path(view.item.id), name = view.kind.title
        let ground: HTML =
            isReport
            ? UI.radios(
                "ground", label: "原因",
                options: ResourceCase.Ground.allCases.map { SelectOption($0.rawValue, $0.title) },
                selected: view.values["ground"], required: true, problems: view.problems) : ""
        let text = UI.textArea(
            "told", label: isReport ? "哪里有问题" : "申诉的理由", value: view.values["told"],
            hint: isReport ? "不用写自己的联系方式。" : "由上一级的审核员处理。", rows: 4, required: true, problems: view.problems)
        let body = UI.form(
            action: back + (isReport ? "/report" : "/appeal"), page: page, submit: "提交", cancel: back,
            problems: view.problems, ground + text)
        let content: HTML = """
            \(UI.heading(name, note: view.item.content.title))
            \(view.warning.map { UI.notice(.warn, HTML(text: $0)) })
            \(UI.card(nil, body))
            """
        return UI.layout(
            name, page,
            breadcrumbs: [Crumb("资源库", ItemPages.root), Crumb(view.item.content.title, back), Crumb(name)],
            isFailed: !view.problems.isEmpty || view.warning != nil, content)
    }

    static func table(on today: LocalDate) -> DataTable<ResourceCase> {
        DataTable(
            caption: "举报和申诉",
            columns: [
                DataColumn(
                    "资源", value: { .text($0.title) }, cell: { #"<a href="\#(url: path($0.id))">\#($0.title)</a>"# }),
                DataColumn("种类", value: { .text($0.kind.title) }),
                DataColumn("原因", value: { .text($0.ground.title) }), DataColumn("学校", value: { .text($0.school) }),
                DataColumn("提出", value: { .text($0.openedAt.text) }),
                DataColumn(
                    "期限", value: { .text($0.due.iso) },
                    cell: { one in
                        one.isLate(on: today)
                            ? "\(one.due.iso) \(UI.tag("逾期", .bad))" : HTML(text: one.due.iso)
                    }),
                DataColumn("结果", value: { .text($0.state.title($0.kind)) }),
            ], empty: UI.emptyState("没有举报和申诉", "读者在资源的页面点“举报”，作者在下架的资源里点“申诉”。"))
    }

    static func list(
        _ slice: Page<ResourceCase>, _ table: DataTable<ResourceCase>, isOpen: Bool, _ request: WebRequest
    ) -> HTML {
        let tabs = UI.tabs([("待处理", root, isOpen), ("已处理", root + "?state=done", !isOpen)], label: "状态")
        let content: HTML = """
            \(UI.heading("举报和申诉", note: "举报 1 个工作日、申诉 5 个工作日内处理"))
            \(tabs)
            \(UI.card(nil, table.html(slice, path: root, query: request.query)))
            """
        return UI.layout("举报和申诉", request.page, breadcrumbs: [Crumb("举报和申诉")], wide: true, content)
    }

    struct View: Sendable {
        let one: ResourceCase
        /// Whether the viewer may open the resource.
        let isSeen: Bool
        let mayDecide: Bool
        let today: LocalDate
        let values: FormValues
        let problems: [FieldProblem]
        let warning: String?
    }

    static func show(_ view: View, _ page: PageContext) -> HTML {
        let one = view.one, title = "\(one.kind.title)：\(one.title)"
        let link: HTML =
            view.isSeen ? #"<a href="\#(url: ItemPages.path(one.item))">\#(one.title)</a>"# : HTML(text: one.title)
        let facts: [(String, HTML)] = [
            ("资源", link), ("学校", HTML(text: one.school)), ("原因", HTML(text: one.ground.title)),
            ("内容", HTML(text: one.text)), ("提出", HTML(text: "\(one.askedName)，\(one.openedAt.text)")),
            ("期限", HTML(text: one.due.chinese + (one.isLate(on: view.today) ? "，已过期限" : ""))),
            ("结果", HTML(text: one.state.title(one.kind))), ("处理", HTML(text: one.answer)),
            ("处理人", HTML(text: one.decidedAt.map { "\(one.decidedName)，\($0.text)" } ?? "")),
        ]
        let content: HTML = """
            \(UI.heading(title))
            \(view.warning.map { UI.notice(.warn, HTML(text: $0)) })
            \(UI.card(one.kind.title, UI.summaryList(facts.filter { !$0.1.isEmpty })))
            \(if: view.mayDecide, decision(view, page))
            """
        return UI.layout(
            title, page, breadcrumbs: [Crumb("举报和申诉", root), Crumb(title)],
            isFailed: !view.problems.isEmpty || view.warning != nil, content)
    }

    private static func decision(_ view: View, _ page: PageContext) -> HTML {
        let isReport = view.one.kind == .report
        let options = [
            SelectOption("yes", isReport ? "属实，下架" : "成立，恢复"), SelectOption("no", isReport ? "不属实" : "维持下架"),
        ]
        let fields =
            UI.radios(
                "decision", label: "结果", options: options, selected: view.values["decision"], required: true,
                problems: view.problems)
            + UI.textArea(
                "answer", label: "理由", value: view.values["answer"],
                hint: "作者和提出的人能看到。", rows: 2, required: true, problems: view.problems)
        return UI.card(
            "处理", id: "decision",
            UI.form(action: path(view.one.id), page: page, submit: "提交", problems: view.problems, fields))
    }
}
