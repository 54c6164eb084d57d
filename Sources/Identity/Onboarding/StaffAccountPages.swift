import Directory
import Kernel
import Web

enum StaffAccountPages {
    private struct Row: Sendable {
        let member: StaffMember
        let state: OnboardingState?
    }

    static func show(_ accounts: SchoolAccounts, _ page: PageContext) -> HTML {
        let path = StaffAccountRoutes.path(accounts.school.id)
        let content: HTML = #"""
            \#(UI.heading("开通账号", note: accounts.school.name))
            \#(if: !accounts.proposals.isEmpty, proposalCard(accounts, path, page))
            \#(staffCard(accounts, path, page))
            \#(classCard(accounts, path, page))
            """#
        let crumbs = [
            Crumb("账号", "/accounts"), Crumb(accounts.school.name, "/schools/\(accounts.school.id)"), Crumb("开通账号"),
        ]
        return UI.layout("开通账号", page, breadcrumbs: crumbs, content)
    }

    private static func proposalCard(_ accounts: SchoolAccounts, _ path: String, _ page: PageContext) -> HTML {
        @Sendable func button(_ label: String, _ decision: String, _ proposal: GrantProposal) -> HTML {
            UI.postButton(
                label, action: path + "/proposals", page: page,
                hidden: [("proposal", proposal.id.rawValue), ("decision", decision)])
        }
        let table = DataTable<GrantProposal>(
            caption: "待确认的角色",
            columns: [
                DataColumn("姓名", value: { .text($0.personName) }),
                DataColumn("角色", value: { .text($0.role.title) }),
                DataColumn("任职日期", value: { .date($0.from) }),
                DataColumn("操作") { proposal in
                    button("授予\(proposal.role.title)", "give", proposal)
                        + button("不授予", "decline", proposal)
                },
            ], isExportable: false, empty: "")
        let list = table.html(
            Page(items: accounts.proposals, total: accounts.proposals.count, next: nil), path: path, query: FormValues()
        )
        let note: HTML = "<p>以下人员任职校领导。任职本身不给予管理权限，由你决定是否授予角色。</p>"
        return UI.card("待确认的角色", id: "proposals", note + list)
    }

    private static func staffCard(_ accounts: SchoolAccounts, _ path: String, _ page: PageContext) -> HTML {
        let rows = accounts.staff.map { Row(member: $0, state: accounts.states[$0.person.id]) }
        let missing = rows.count { $0.state == nil }
        let table = DataTable<Row>(
            caption: "教职工账号",
            columns: [
                DataColumn("姓名", value: { .text($0.member.person.name) }),
                DataColumn("岗位", value: { .text(CodeLists.post.name(of: $0.member.post)) }),
                DataColumn("登录名", value: { .text($0.state?.login ?? "—") }),
                DataColumn("状态", value: { .text($0.state?.title ?? "未开通") }),
                DataColumn("操作") { row in
                    guard row.state != nil else { return "" }
                    return UI.postButton(
                        "重置\(row.member.person.name)的密码", action: path + "/slips", page: page,
                        hidden: [("person", row.member.person.id.rawValue)])
                },
            ], isExportable: false, empty: UI.emptyState("还没有教职工", "先在学校的教职工页面登记教职工。"))
        let open = UI.postButton("为教职工开通账号（\(missing) 人）", action: path + "/staff", page: page, style: .primary)
        let slips = UI.postButton("打印激活条", action: path + "/slips", page: page)
        let actions: HTML = #"\#(if: missing > 0, open) \#(if: missing < rows.count, slips)"#
        let list = table.html(Page(items: rows, total: rows.count, next: nil), path: path, query: FormValues())
        return UI.card("教职工", id: "staff", actions: actions, list)
    }

    private static func classCard(_ accounts: SchoolAccounts, _ path: String, _ page: PageContext) -> HTML {
        let day = accounts.day
        // Who manages accounts only, as the administrator of the system does, has no business in the classes.
        let isOpen = page.user?.may(.classAccountsAll, at: accounts.school.path) ?? false
        let table = DataTable<SchoolAccounts.ClassLine>(
            caption: "班级",
            columns: [
                DataColumn(
                    "班级", value: { .text($0.classGroup.name(on: day)) },
                    cell: { line in
                        guard isOpen else { return HTML(text: line.classGroup.name(on: day)) }
                        let url = ClassAccountRoutes.path(line.classGroup.id)
                        return #"<a href="\#(url: url)">\#(line.classGroup.name(on: day))</a>"#
                    }),
                DataColumn("学生数", value: { .integer($0.pupils) }),
            ], isExportable: false, empty: UI.emptyState("还没有班级", "先在班级页面新建班级。"))
        let open = UI.postButton("为全校学生开通账号", action: path + "/pupils", page: page, style: .primary)
        let list = table.html(
            Page(items: accounts.classes, total: accounts.classes.count, next: nil), path: path, query: FormValues())
        return UI.card("学生", id: "pupils", actions: accounts.classes.isEmpty ? "" : open, list)
    }
}
