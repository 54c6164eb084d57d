import Directory
import Kernel
import Web

/// The list of 转学, the page of one, and its form.
enum TransferPages {
    static let root = "/transfers"
    static func path(_ id: ID<Transfer>) -> String { root + "/" + id.rawValue }
    static func newPath(_ school: OrganisationID) -> String { "/schools/\(school)/transfers/new" }

    struct View: Sendable {
        let transfer: Transfer
        let claim: TransferClaim
        let steps: [CaseStep]
        /// The class she goes to.
        let target: ClassGroup?
        /// Where the pupil is now, in a class or in 休学; for those who may know only.
        let held: TransferStore.Held?
        let today: LocalDate
    }

    static func table(_ today: LocalDate, caption: String = "转学", empty: HTML? = nil) -> DataTable<TransferRow> {
        DataTable(
            caption: caption,
            columns: [
                DataColumn(
                    "姓名", value: { .text($0.name) },
                    cell: { #"<a href="\#(url: path($0.transfer.id))">\#($0.name)</a>"# }),
                DataColumn("转入学校", value: { .text($0.transfer.receiverName) }),
                DataColumn("申请", value: { .text($0.transfer.appliedAt.text) }),
                DataColumn(
                    "状态", value: { .text($0.transfer.state.title) },
                    cell: { UI.tag($0.transfer.state.title, tone($0.transfer.state)) }),
                DataColumn(
                    "期限",
                    cell: { CasePages.due($0.transfer.state.isOpen ? $0.transfer.dueOn : nil, today: today) }),
            ], isExportable: false,
            empty: empty ?? UI.emptyState("没有符合条件的转学", "家长到转入学校申请，由转入学校提交。"))
    }

    static func tone(_ state: TransferState) -> Tone {
        switch state {
        case .done: .ok
        case .refused: .bad
        case .withdrawn: .muted
        default: .warn
        }
    }

    static func list(_ rows: Page<TransferRow>, _ today: LocalDate, _ page: PageContext, _ query: FormValues) -> HTML {
        let states = TransferState.allCases.map { SelectOption($0.rawValue, $0.title) }
        let sides = [SelectOption("both", "全部"), SelectOption("receiving", "转入"), SelectOption("sending", "转出")]
        let filter: HTML = """
            \(UI.select("side", label: "方向", options: sides, selected: query["side"]))
            \(UI.select("state", label: "状态", options: [SelectOption("", "全部")] + states, selected: query["state"]))
            """
        let content: HTML = """
            \(UI.card(nil, UI.filterBar(action: root, query: query, filter)))
            \(UI.card(nil, table(today).html(rows, path: root, query: query)))
            """
        return CasePages.layout("转学", page, content)
    }

    static func show(_ view: View, _ page: PageContext, _ values: FormValues, _ problems: [FieldProblem]) -> HTML {
        let transfer = view.transfer, user = page.user
        let isDecidable = user.map { transfer.isDecidable(by: $0) } ?? false
        let isReceiving = user.map { transfer.isReceiving($0) } ?? false
        let pass = transfer.state == .sendingSchool && transfer.sender == nil ? "再次查找学生" : "通过"
        let decision = CasePages.decision(
            path(transfer.id) + "/decision", page, revision: transfer.revision, pass: pass, values: values,
            problems: problems)
        let mayWithdraw = isReceiving && (transfer.state.isOpen || transfer.state == .refused)
        let withdraw = UI.postButton(
            "撤回", action: path(transfer.id) + "/withdrawal", page: page, confirm: "撤回后这项转学不再办理。")
        let actions: HTML = """
            \(if: isReceiving && transfer.state == .refused,
                UI.linkButton("修改后重新提交", url: path(transfer.id) + "/edit", style: .primary))\
            \(if: mayWithdraw, withdraw)
            """
        let content: HTML = """
            \(UI.errorSummary(problems))
            \(UI.card("申请内容", id: "content", UI.summaryList(facts(view, user))))
            \(if: isDecidable, UI.card(transfer.state.place, id: "decision", decision))
            \(UI.card("办理过程", id: "steps", CasePages.timeline(view.steps)))
            """
        return CasePages.layout(
            "\(view.claim.name)：转学", page, note: "转入\(transfer.receiverName) · \(transfer.state.title)",
            crumbs: [Crumb("转学", root)], actions: actions, isFailed: !problems.isEmpty, content)
    }

    /// The receiving side reads what it was told; who the pupil is and where, it learns when all is done.
    private static func facts(_ view: View, _ user: CurrentUser?) -> [(String, HTML)] {
        let transfer = view.transfer, claim = view.claim
        var facts: [(String, HTML)] = [
            ("姓名", HTML(text: claim.name)), ("学籍号", HTML(text: claim.studentNumber.masked)),
            ("转入学校", HTML(text: transfer.receiverName)),
            ("转入班级", HTML(text: view.target?.name(on: view.today) ?? "待分班")),
            ("家长说的原学校", HTML(text: claim.formerSchool.isEmpty ? "未填" : claim.formerSchool)),
            ("状态", UI.tag(transfer.state.title, tone(transfer.state))),
        ]
        if !claim.note.isEmpty { facts.append(("说明", HTML(text: claim.note))) }
        if transfer.state.isOpen { facts.append(("办理期限", CasePages.due(transfer.dueOn, today: view.today))) }
        if let user, transfer.isOpenTo(user), let person = transfer.person {
            let sender = transfer.senderName ?? ""
            let held = view.held?.enrolment, isHere = held.map { $0.school == transfer.sender } ?? false
            let url = held.map { PupilPages.path(person, in: $0.classGroup) } ?? ""
            facts.append(("转出学校", HTML(text: sender)))
            if isHere, view.held?.isSuspended == true, transfer.state.isOpen {
                facts.append(("学籍情况", UI.tag("休学中，办结后在转入学校复学", .warn)))
            }
            let link: HTML = #"<a href="\#(url: url)">学生页面</a>"#
            if isHere || transfer.isReceiving(user), !url.isEmpty { facts.append(("学生", link)) }
        } else if transfer.state == .sendingSchool, transfer.sender == nil,
            user?.may(.changeApprove, at: .city) ?? false
        {
            facts.append(("核对", UI.tag("没有学籍号和姓名都一致的在校学生", .warn)))
        }
        facts.append(("申请人", HTML(text: "\(transfer.applicantName)，\(transfer.appliedAt.text)")))
        return facts
    }

    private static func classOptions(_ classGroup: ClassGroup, _ today: LocalDate) -> [SelectOption] {
        TransferForm.places(classGroup).map { place in
            let year = classGroup.isMultigrade ? "，\(place.entryYear)级" : ""
            return SelectOption(TransferForm.code(place), classGroup.name(on: today) + year)
        }
    }

    static func form(
        _ model: TransferFormModel, _ action: String, _ cancel: String, _ page: PageContext, _ values: FormValues,
        _ problems: [FieldProblem]
    ) -> HTML {
        let places =
            model.classes.flatMap { classOptions($0, model.today) }
            + model.cohorts.map { SelectOption($0.code, "\($0.title(on: model.today))，待分班") }
        let fields: HTML = """
            \(UI.textField("name", label: "姓名", value: values["name"], required: true, autocomplete: "off",
                problems: problems))
            \(UI.textField("studentNumber", label: "学籍号", value: values["studentNumber"],
                hint: "家长提供，G、J 或 L 加 18 位。", required: true, autocomplete: "off", problems: problems))
            \(UI.textField("formerSchool", label: "原学校", value: values["formerSchool"], hint: "家长说的，可不填。",
                problems: problems))
            \(UI.select("place", label: "转入班级", options: [SelectOption("", "选择班级或年级")] + places,
                selected: values["place"], required: true, problems: problems))
            \(UI.textArea("note", label: "转学原因", value: values.raw("note"), rows: 3, problems: problems))
            """
        let form = UI.form(
            action: action, page: page, submit: "提交申请", cancel: cancel, problems: problems, fields)
        return CasePages.layout(
            "转入申请", page, note: model.school.name, crumbs: [Crumb("转学", root)], isFailed: !problems.isEmpty,
            UI.card(nil, form))
    }
}
