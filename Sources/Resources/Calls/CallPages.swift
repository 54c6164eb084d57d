import Directory
import Kernel
import Web

/// The calls that are open, and one call with what came of it.
enum CallPages {
    static let root = ItemPages.root + "/calls"
    static func path(_ id: ID<Call>) -> String { "\(root)/\(id)" }

    struct Line: Sendable {
        let call: Call
        let place: NodePlace
        let answers: Int
    }

    private static func tone(_ state: Call.State) -> Tone {
        switch state {
        case .open: .warn
        case .covered: .ok
        case .expired, .closed: .muted
        }
    }

    static func table(on today: LocalDate) -> DataTable<Line> {
        DataTable(
            caption: "资源征集",
            columns: [
                DataColumn(
                    "课", value: { .text($0.place.node.title) },
                    cell: { #"<a href="\#(url: path($0.call.id))">\#($0.place.node.title)</a>"# }),
                DataColumn("教材", value: { .text($0.place.textbook.key.title) }),
                DataColumn("征集单位", value: { .text($0.call.organisationName) }),
                DataColumn("要什么", value: { .text($0.call.wantedTitles) }),
                DataColumn("截止", value: { .text($0.call.due.iso) }),
                DataColumn("已回应", value: { .integer($0.answers) }),
                DataColumn(
                    "状态", value: { .text($0.call.state(on: today).title) },
                    cell: { line in
                        let state = line.call.state(on: today)
                        return UI.tag(state.title, tone(state))
                    }),
            ], empty: UI.emptyState("没有征集", "在“资源覆盖”里，没有或不足的课可以一键发起征集。"))
    }

    static func list(
        _ slice: Page<Line>, hasSubjects: Bool, _ table: DataTable<Line>, _ request: WebRequest
    ) -> HTML {
        let query = request.query
        let shows = [SelectOption("", "征集中的"), SelectOption("all", "全部")]
        let subjects = [SelectOption("", "全部学科"), SelectOption("mine", "我任教的学科")]
        var fields = UI.select("show", label: "状态", options: shows, selected: query["show"])
        if hasSubjects { fields += UI.select("subject", label: "学科", options: subjects, selected: query["subject"]) }
        let content: HTML = """
            \(UI.heading("资源征集", note: "还缺资源的课；打开一课，点“回应征集”"))
            \(UI.card(nil, UI.filterBar(action: root, query: query, fields)))
            \(UI.card(nil, table.html(slice, path: root, query: query)))
            """
        return UI.layout(
            "资源征集", request.page, breadcrumbs: [Crumb("资源库", ItemPages.root), Crumb("资源征集")], wide: true, content)
    }

    struct View: Sendable {
        let call: Call
        let place: NodePlace
        /// What the place finds for the lesson now.
        let coverage: NodeCoverage?
        let answers: [ItemLine]
        let total: Int
        let mayManage: Bool
        let mayAnswer: Bool
        let today: LocalDate
        let values: FormValues
        let problems: [FieldProblem]
        let warning: String?
    }

    static func show(_ view: View, _ page: PageContext) -> HTML {
        let call = view.call, state = call.state(on: view.today), title = "征集：\(view.place.node.title)"
        let answer: HTML =
            view.mayAnswer && state == .open
            ? UI.linkButton(
                "回应征集", url: "\(ItemPages.root)/new?node=\(call.node)&call=\(call.id)", style: .primary) : ""
        let close: HTML =
            view.mayManage && state == .open
            ? UI.postButton("结束征集", action: path(call.id) + "/closure", page: page, confirm: "结束这次征集？") : ""
        let has = view.coverage.map { $0.groups.map(\.title).sorted().joined(separator: "、") } ?? ""
        var facts: [(String, HTML)] = [
            ("课", #"<a href="\#(url: TextbookPages.path(call.node))">\#(view.place.full)</a>"#),
            ("范围", HTML(text: call.organisationName)), ("要什么", HTML(text: call.wantedTitles)),
            ("截止", HTML(text: call.due.chinese)), ("说明", HTML(text: call.note)),
            ("现在已有", HTML(text: has.isEmpty ? "没有" : has)), ("状态", UI.tag(state.title, tone(state))),
            ("发起", HTML(text: "\(call.openedBy)，\(call.openedAt.text)")),
        ]
        if let closed = call.closedAt { facts.append(("结束", HTML(text: closed.text))) }
        let content: HTML = """
            \(UI.heading(title, note: "\(call.organisationName)，\(view.place.textbook.key.title)", actions: answer + close))
            \(view.warning.map { UI.notice(.warn, HTML(text: $0)) })
            \(UI.card("征集", UI.summaryList(facts.filter { !$0.1.isEmpty })))
            \(answers(view))
            \(if: view.mayManage && state == .open, form(view, page))
            """
        return UI.layout(
            title, page, breadcrumbs: [Crumb("资源征集", root), Crumb(title)],
            isFailed: !view.problems.isEmpty || view.warning != nil, content)
    }

    /// What came of it.
    private static func answers(_ view: View) -> HTML {
        let published = view.answers.count { $0.item.state == .published }
        let hidden = view.total - view.answers.count
        let note = hidden > 0 ? "，另有 \(hidden) 项还没有发布" : ""
        let table = DataTable<ItemLine>(
            caption: "回应",
            columns: [
                DataColumn(
                    "标题", value: { .text($0.item.content.title) },
                    cell: { #"<a href="\#(url: ItemPages.path($0.item.id))">\#($0.item.content.title)</a>"# }),
                DataColumn("类型", value: { .text($0.item.typeTitle) }),
                DataColumn("作者", value: { .text($0.authorNames) }),
                DataColumn("学校", value: { .text($0.item.schoolName) }),
                DataColumn(
                    "状态", value: { .text($0.item.state.title) },
                    cell: { UI.tag($0.item.state.title, ItemPages.tone($0.item.state)) }),
            ], isExportable: false, empty: UI.emptyState("还没有回应", "教师回应后，发布的资源列在这里。"))
        let rows = table.html(
            Page(items: view.answers, total: view.answers.count, next: nil), path: "", query: FormValues())
        return UI.card("结果", id: "answers", "<p>\(view.total) 项回应，\(published) 项已发布\(note)。</p>" + rows)
    }

    private static func form(_ view: View, _ page: PageContext) -> HTML {
        let call = view.call, isTyped = !view.values.pairs.isEmpty, problems = view.problems
        let wanted = isTyped ? Set(view.values.all("wanted")) : Set(call.wanted.map(\.rawValue))
        let due = isTyped ? LocalDate(iso: view.values["due"] ?? "") : call.due
        let fields: HTML = """
            \(UI.hidden("revision", String(call.revision)))
            \(UI.checkboxes(
                "wanted", label: "要什么", options: ResourceGroup.allCases.map { SelectOption($0.rawValue, $0.title) },
                selected: wanted, hint: "选的每一类都有了，征集自动结束。", problems: problems))
            \(UI.dateField("due", label: "截止日期", value: due, required: true, problems: problems))
            \(UI.textArea(
                "note", label: "说明", value: isTyped ? view.values["note"] : call.note, hint: "对资源的要求，可以不写。", rows: 3,
                problems: problems))
            """
        return UI.card(
            "修改征集", UI.form(action: path(call.id), page: page, submit: "保存", problems: problems, fields))
    }
}
