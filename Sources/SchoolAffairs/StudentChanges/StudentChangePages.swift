import Directory
import Kernel
import Web

/// The list of applications and the page of one.
enum StudentChangePages {
    static let root = "/student-changes"
    static func path(_ id: ID<StudentChange>) -> String { root + "/" + id.rawValue }
    static func formPath(_ pupil: ID<Person>, in classGroup: ID<ClassGroup>) -> String {
        PupilPages.path(pupil, in: classGroup) + "/changes"
    }

    struct View: Sendable {
        let change: StudentChange
        let details: StudentChangeDetails
        let steps: [CaseStep]
        let classGroup: ClassGroup
        let target: ClassGroup?
        let today: LocalDate
        /// Numbers without stars: somebody has given a reason to see them.
        let isFull: Bool
    }

    static func table(_ today: LocalDate, caption: String = "学籍异动", empty: HTML? = nil) -> DataTable<StudentChange> {
        DataTable(
            caption: caption,
            columns: [
                DataColumn(
                    "姓名", value: { .text($0.name) },
                    cell: { #"<a href="\#(url: path($0.id))">\#($0.name)</a>"# }),
                DataColumn("学校", value: { .text($0.schoolName) }),
                DataColumn("类别", value: { .text($0.kind.title) }),
                DataColumn("日期", value: { .date($0.day) }),
                DataColumn("申请", value: { .text($0.appliedAt.text) }),
                DataColumn("状态", value: { .text($0.state.title) }, cell: { UI.tag($0.state.title, tone($0.state)) }),
                DataColumn("期限", cell: { CasePages.due($0.state == .waiting ? $0.dueOn : nil, today: today) }),
            ], isExportable: false,
            empty: empty ?? UI.emptyState("没有符合条件的申请", "在学生页面办理休学、复学、退学和关键信息变更。"))
    }

    static func tone(_ state: StudentChangeState) -> Tone {
        switch state {
        case .waiting: .warn
        case .done: .ok
        case .refused: .bad
        case .withdrawn: .muted
        }
    }

    static func list(
        _ rows: Page<StudentChange>, _ today: LocalDate, _ page: PageContext, _ query: FormValues
    ) -> HTML {
        let states = StudentChangeState.allCases.map { SelectOption($0.rawValue, $0.title) }
        let kinds = StudentChangeKind.allCases.map { SelectOption($0.rawValue, $0.title) }
        let filter: HTML = """
            \(UI.select("state", label: "状态", options: [SelectOption("", "全部")] + states, selected: query["state"]))
            \(UI.select("kind", label: "类别", options: [SelectOption("", "全部")] + kinds, selected: query["kind"]))
            """
        let content: HTML = """
            \(UI.card(nil, UI.filterBar(action: root, query: query, filter)))
            \(UI.card(nil, table(today).html(rows, path: root, query: query)))
            """
        return CasePages.layout("学籍异动", page, content)
    }

    static func show(_ view: View, _ page: PageContext, _ values: FormValues, _ problems: [FieldProblem]) -> HTML {
        let change = view.change, user = page.user
        let isDecidable = user.map { change.isDecidable(by: $0) } ?? false
        let mayWithdraw =
            change.state == .waiting && (user.map { $0.may(.changeApply, at: change.path) } ?? false)
        let decision: HTML = CasePages.decision(
            path(change.id) + "/decision", page, revision: change.revision, values: values, problems: problems)
        let withdraw = UI.postButton(
            "撤回", action: path(change.id) + "/withdrawal", page: page, confirm: "撤回后这项申请不再办理。")
        let content: HTML = """
            \(UI.errorSummary(problems))
            \(UI.card("申请内容", id: "content", UI.summaryList(facts(view))))
            \(if: !view.details.changes.isEmpty, UI.card("变更内容", id: "changes", changes(view, page, problems)))
            \(if: isDecidable, UI.card("县核", id: "decision", decision))
            \(UI.card("办理过程", id: "steps", CasePages.timeline(view.steps)))
            """
        return CasePages.layout(
            "\(change.name)：\(change.kind.title)", page, note: "\(change.schoolName) · \(change.state.title)",
            crumbs: [Crumb("学籍异动", root)], actions: mayWithdraw ? withdraw : "", isFailed: !problems.isEmpty, content)
    }

    private static func facts(_ view: View) -> [(String, HTML)] {
        let change = view.change, details = view.details
        var facts: [(String, HTML)] = [
            ("学生", HTML(text: change.name)), ("申请时的班级", HTML(text: view.classGroup.name(on: change.day))),
            ("状态", UI.tag(change.state.title, tone(change.state))),
        ]
        if change.state == .waiting { facts.append(("办理期限", CasePages.due(change.dueOn, today: view.today))) }
        if change.kind != .keyData { facts.append(("生效日期", HTML(text: change.day.chinese))) }
        if let target = view.target { facts.append(("转到", HTML(text: target.name(on: change.day)))) }
        if let day = change.expectedReturn { facts.append(("预计复学", HTML(text: day.chinese))) }
        if let reason = SuspensionReason(rawValue: details.reason) {
            facts.append(("原因", HTML(text: reason.title)))
        }
        if let proof = ProofKind(rawValue: details.proof) { facts.append(("证明材料", HTML(text: proof.title))) }
        if !details.note.isEmpty { facts.append(("说明", HTML(text: details.note))) }
        facts.append(("申请人", HTML(text: "\(change.applicantName)，\(change.appliedAt.text)")))
        return facts
    }

    private static func changes(_ view: View, _ page: PageContext, _ problems: [FieldProblem]) -> HTML {
        let isFull = view.isFull
        let table = DataTable<KeyDataChange>(
            caption: "变更内容",
            columns: [
                DataColumn("项目", value: { .text($0.datum.title) }),
                DataColumn("原来", value: { .text(isFull ? $0.datum.text($0.old) : $0.datum.masked($0.old)) }),
                DataColumn("变更为", value: { .text(isFull ? $0.datum.text($0.new) : $0.datum.masked($0.new)) }),
            ], isExportable: false, empty: "")
        let rows = table.html(CasePages.whole(view.details.changes), path: "", query: FormValues())
        let hasNumbers = view.details.changes.contains { $0.datum.number != nil }
        let mayLook = page.user?.may(.personLook, at: view.change.path) ?? false
        guard hasNumbers, mayLook, !isFull else { return rows }
        let reason = UI.textField(
            "reason", label: "查看完整号码的原因", hint: "查看会留下记录。", required: true, problems: problems)
        return rows + UI.form(action: path(view.change.id) + "/look", page: page, submit: "查看", reason)
    }
}
