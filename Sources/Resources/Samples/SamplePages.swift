import Kernel
import Web

/// The desk of samples, one sample, and the figures of the draws.
enum SamplePages {
    static let root = ItemPages.root + "/samples"
    static func path(_ id: ID<Sample>) -> String { "\(root)/\(id)" }

    static func tone(_ state: Sample.State) -> Tone {
        switch state {
        case .open: .info
        case .inOrder: .ok
        case .remark: .warn
        case .takenDown: .bad
        case .void: .muted
        }
    }

    static func table(on today: LocalDate) -> DataTable<Sample> {
        DataTable(
            caption: "资源抽查",
            columns: [
                DataColumn(
                    "标题", value: { .text($0.title) }, cell: { #"<a href="\#(url: path($0.id))">\#($0.title)</a>"# }),
                DataColumn("类型", value: { .text(ResourceLists.type.name(of: $0.type)) }),
                DataColumn("学校", value: { .text($0.school) }), DataColumn("范围", value: { .text($0.reach.title) }),
                DataColumn("月份", value: { .text($0.month.title) }),
                DataColumn(
                    "期限", value: { .text($0.due.iso) },
                    cell: { sample in
                        sample.isLate(on: today)
                            ? "\(sample.due.iso) \(UI.tag("逾期", .bad))" : HTML(text: sample.due.iso)
                    }),
                DataColumn(
                    "结果", value: { .text($0.state.title) }, cell: { UI.tag($0.state.title, tone($0.state)) }),
                DataColumn("抽查人", value: { .text($0.decidedName) }), DataColumn("说明", value: { .text($0.note) }),
            ], empty: UI.emptyState("没有要查的资源", "每月从已发布的资源里抽 \(SampleDraw.percent)%，列在这里。"))
    }

    static func list(
        _ slice: Page<Sample>, _ table: DataTable<Sample>, isOpen: Bool, month: SampleMonth, isEmpty: Bool,
        _ request: WebRequest
    ) -> HTML {
        let tabs = UI.tabs([("待查", root, isOpen), ("已查", root + "?state=done", !isOpen)], label: "状态")
        let filter: HTML =
            isOpen
            ? ""
            : UI.card(
                nil,
                UI.filterBar(
                    action: root, query: request.query, keep: ["state"],
                    UI.textField("month", label: "月份", value: month.text, type: "month")))
        let actions =
            UI.linkButton("抽查统计", url: root + "/figures") + UI.linkButton("资源审核", url: ReviewPages.root)
        let content: HTML = """
            \(UI.heading("资源抽查", note: "每月按县(市、区)抽 \(SampleDraw.percent)%，\(Sample.workingDays) 个工作日内查完", actions: actions))
            \(if: isEmpty, UI.notice(.info, "抽查由县(市、区)、市直和市局的资源审核员做，学校没有要查的。"))
            \(tabs)
            \(filter)
            \(UI.card(nil, table.html(slice, path: root, query: request.query)))
            """
        return UI.layout(
            "资源抽查", request.page, breadcrumbs: [Crumb("资源审核", ReviewPages.root), Crumb("资源抽查")], wide: true, content)
    }

    struct View: Sendable {
        let sample: Sample
        /// Whether the viewer wrote on the resource.
        let isOwn: Bool
        let today: LocalDate
        let values: FormValues
        let problems: [FieldProblem]
        let warning: String?
    }

    static func show(_ view: View, _ page: PageContext) -> HTML {
        let sample = view.sample, title = "抽查：\(sample.title)"
        let facts: [(String, HTML)] = [
            ("资源", #"<a href="\#(url: ItemPages.path(sample.item))">\#(sample.title)</a>"#),
            ("学校", HTML(text: sample.school)), ("范围", HTML(text: sample.reach.title)),
            ("月份", HTML(text: sample.month.title)),
            ("期限", HTML(text: sample.due.chinese + (sample.isLate(on: view.today) ? "，已过期限" : ""))),
            ("结果", UI.tag(sample.state.title, tone(sample.state))), ("说明", HTML(text: sample.note)),
            ("抽查人", HTML(text: sample.decidedAt.map { "\(sample.decidedName)，\($0.text)" } ?? "")),
        ]
        let mayDecide = sample.state == .open && !view.isOwn
        let content: HTML = """
            \(UI.heading(title))
            \(view.warning.map { UI.notice(.warn, HTML(text: $0)) })
            \(if: view.isOwn, UI.notice(.info, "这是你写过的资源，由别的审核员抽查。"))
            \(UI.card("抽查", UI.summaryList(facts.filter { !$0.1.isEmpty })))
            \(if: mayDecide, decision(view, page))
            """
        return UI.layout(
            title, page, breadcrumbs: [Crumb("资源抽查", root), Crumb(title)],
            isFailed: !view.problems.isEmpty || view.warning != nil, content)
    }

    private static func decision(_ view: View, _ page: PageContext) -> HTML {
        let options = Sample.State.outcomes.map { SelectOption($0.rawValue, $0.title) }
        let fields =
            UI.radios(
                "decision", label: "结果", options: options, selected: view.values["decision"],
                hint: "提醒作者的照常使用；下架的作者可以申诉。", required: true, problems: view.problems)
            + UI.textArea(
                "note", label: "说明", value: view.values["note"], hint: "有问题时写明，作者能看到。", rows: 2,
                problems: view.problems)
        return UI.card(
            "记下结果", id: "decision",
            UI.form(action: path(view.sample.id), page: page, submit: "提交", problems: view.problems, fields))
    }

    static let figures = DataTable<SampleRound>(
        caption: "抽查统计",
        columns: [
            DataColumn("月份", value: { .text($0.month.title) }), DataColumn("县(市、区)", value: { .text($0.unitName) }),
            DataColumn("已发布", value: { .integer($0.published) }),
            DataColumn("其中只对本校", value: { .integer($0.schoolOnly) }),
            DataColumn("抽到", value: { .integer($0.drawn) }), DataColumn("已查", value: { .integer($0.done) }),
            DataColumn("没有问题", value: { .integer($0.counts[.inOrder] ?? 0) }),
            DataColumn("提醒作者", value: { .integer($0.counts[.remark] ?? 0) }),
            DataColumn("下架", value: { .integer($0.counts[.takenDown] ?? 0) }),
            DataColumn("逾期未查", value: { .integer($0.late) }), DataColumn("期限", value: { .text($0.due.iso) }),
            DataColumn("抽签种子", value: { .text($0.seed) }),
        ], empty: UI.emptyState("还没有抽查", "每月月初自动抽取。"))

    static func figures(_ rounds: [SampleRound], _ request: WebRequest) -> HTML {
        let rows = figures.html(
            Page(items: rounds, total: rounds.count, next: nil), path: root + "/figures", query: request.query)
        let content: HTML = """
            \(UI.heading("抽查统计", note: "最近十二个月；从同样的资源用同样的种子抽，抽到的相同"))
            \(UI.card(nil, rows))
            """
        return UI.layout(
            "抽查统计", request.page, breadcrumbs: [Crumb("资源抽查", root), Crumb("抽查统计")], wide: true, content)
    }

    /// On the page of a resource, for authors and reviewers.
    static func looks(_ samples: [Sample]) -> HTML {
        guard !samples.isEmpty else { return "" }
        let table = DataTable<Sample>(
            caption: "抽查",
            columns: [
                DataColumn("月份", value: { .text($0.month.title) }),
                DataColumn(
                    "结果", value: { .text($0.state.title) }, cell: { UI.tag($0.state.title, tone($0.state)) }),
                DataColumn("说明", value: { .text($0.note) }), DataColumn("抽查人", value: { .text($0.decidedName) }),
            ], isExportable: false, empty: "")
        return UI.card(
            "抽查", id: "samples",
            table.html(Page(items: samples, total: samples.count, next: nil), path: "", query: FormValues()))
    }
}
