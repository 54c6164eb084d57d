import Directory
import Kernel
import Platform
import Web

/// The list of transfers and the page of one.
enum StaffTransferPages {
    static let root = "/staff-transfers"
    static func path(_ id: ID<StaffTransfer>) -> String { "\(root)/\(id)" }

    struct View: Sendable {
        let transfer: StaffTransfer
        let rights: TransferRights
        let history: [AuditEntry]
        let values: FormValues
        let problems: [FieldProblem]
    }

    static func list(
        _ rows: [StaffTransfer], isOpen: Bool, _ user: CurrentUser, _ page: PageContext
    ) -> HTML {
        let table = DataTable<StaffTransfer>(
            caption: "教师调动",
            columns: [
                DataColumn(
                    "姓名", value: { .text($0.personName) },
                    cell: { #"<a href="\#(url: path($0.id))">\#($0.personName)</a>"# }),
                DataColumn("调出学校", value: { .text($0.from.name) }),
                DataColumn("接收学校", value: { .text($0.to.name) }),
                DataColumn("调动日期", value: { .date($0.draft.from) }),
                DataColumn("状态", value: { .text($0.state.title) }, cell: { UI.tag($0.state.title, tone($0.state)) }),
                DataColumn("待我办理", value: { .text(isMine($0, user) ? "是" : "") }),
            ], isExportable: false, empty: UI.emptyState("没有调动", "在教职工的页面上发起调动。"))
        let tabs = UI.tabs(
            [("办理中", root, isOpen), ("全部", root + "?state=all", !isOpen)], label: "调动")
        let content: HTML = """
            \(UI.heading("教师调动", note: "调出学校发起，接收学校确认，县(市、区)内由县核准，跨县由市局核准"))
            \(tabs)
            \(UI.card(nil, table.html(Page(items: rows, total: rows.count, next: nil), path: root, query: FormValues())))
            """
        return UI.layout("教师调动", page, breadcrumbs: [Crumb("教师调动")], content)
    }

    private static func isMine(_ transfer: StaffTransfer, _ user: CurrentUser) -> Bool {
        let rights = TransferRights(transfer, user)
        return rights.mayAccept || rights.mayDecide
    }

    private static func tone(_ state: StaffTransferState) -> Tone {
        switch state {
        case .offered, .accepted: .warn
        case .done: .ok
        case .refused, .withdrawn: .muted
        }
    }

    static func show(_ view: View, _ user: CurrentUser, _ page: PageContext) -> HTML {
        let transfer = view.transfer, title = "\(transfer.personName)调动"
        let content: HTML = """
            \(UI.heading(title, note: transfer.state.title, actions: withdrawal(view, page)))
            \(UI.card("调动", id: "facts", UI.summaryList(facts(transfer, user))))
            \(decision(view, page))
            \(UI.card("办理过程", id: "history", history(view.history)))
            """
        return UI.layout(
            title, page, breadcrumbs: [Crumb("教师调动", root), Crumb(transfer.personName)],
            isFailed: !view.problems.isEmpty, content)
    }

    private static func facts(_ transfer: StaffTransfer, _ user: CurrentUser) -> [(String, HTML)] {
        let sees = user.may(.classAll, at: transfer.from.path)
        let record = StaffRecordPages.path(transfer.from.id, transfer.person)
        let link: HTML = #"<a href="\#(url: record)">\#(transfer.personName)</a>"#
        let share = transfer.draft.share == 100 ? "" : "，工作量 \(transfer.draft.share)%"
        return [
            ("姓名", sees ? link : HTML(text: transfer.personName)), ("调出学校", HTML(text: transfer.from.name)),
            ("接收学校", HTML(text: transfer.to.name)),
            ("岗位", HTML(text: "\(CodeLists.post.name(of: transfer.draft.post))，\(transfer.draft.kind.title)\(share)")),
            ("调动日期", HTML(text: transfer.draft.from.chinese)),
            ("核准", HTML(text: transfer.approver == .city ? "市局" : "县(市、区)")),
            ("发起人", HTML(text: transfer.offeredByName)),
        ]
    }

    private static func withdrawal(_ view: View, _ page: PageContext) -> HTML {
        guard view.rights.mayWithdraw else { return "" }
        return UI.postButton("撤回", action: path(view.transfer.id) + "/withdrawal", page: page)
    }

    private static func decision(_ view: View, _ page: PageContext) -> HTML {
        let (title, action): (String, String)
        if view.rights.mayAccept {
            (title, action) = ("接收学校确认", "/answer")
        } else if view.rights.mayDecide {
            (title, action) = ("核准", "/decision")
        } else {
            return ""
        }
        let options = [SelectOption("yes", "同意"), SelectOption("no", "不同意")]
        let fields =
            UI.radios(
                "decision", label: "意见", options: options, selected: view.values["decision"], required: true,
                problems: view.problems)
            + UI.textArea(
                "remark", label: "说明", value: view.values["remark"], hint: "不同意时写明原因。", rows: 2,
                problems: view.problems)
        let form = UI.form(
            action: path(view.transfer.id) + action, page: page, submit: "提交", problems: view.problems, fields)
        return UI.card(title, id: "decision", form)
    }

    private static func history(_ entries: [AuditEntry]) -> HTML {
        let table = DataTable<AuditEntry>(
            caption: "办理过程",
            columns: [
                DataColumn("时间", value: { .text($0.at.text) }),
                DataColumn("办理", value: { .text(StaffAuditWords.titles[$0.action] ?? $0.action) }),
                DataColumn("办理人", value: { .text($0.actorName) }), DataColumn("内容", value: { .text($0.detail) }),
            ], isExportable: false, empty: "")
        return table.html(Page(items: entries, total: entries.count, next: nil), path: root, query: FormValues())
    }
}

/// The deeds of this feature in the audit log, in words.
package enum StaffAuditWords {
    package static let titles = [
        "staff.post_given": "增加岗位", "staff.post_changed": "调整岗位", "staff.post_ended": "结束岗位",
        "staff.teams_set": "设置队伍", "staff.facts_changed": "修改教职工信息", "staff.leave_started": "登记请假",
        "staff.leave_ended": "登记销假", "staff.exported": "导出教职工", "staff_teams.exported": "导出三支队伍",
        "statistics.exported": "导出学籍统计", "staff_transfer.offered": "发起教师调动",
        "staff_transfer.accepted": "接收学校同意调动", "staff_transfer.refused": "不同意调动",
        "staff_transfer.done": "核准教师调动", "staff_transfer.withdrawn": "撤回教师调动",
    ]
}
