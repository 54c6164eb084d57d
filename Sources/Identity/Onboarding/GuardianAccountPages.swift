import Directory
import Kernel
import Web

enum GuardianAccountPages {
    private struct Row: Sendable {
        let guardian: GuardianAccounts.Guardian
        let state: OnboardingState?
    }

    static func show(_ accounts: GuardianAccounts, _ page: PageContext) -> HTML {
        let path = GuardianAccountRoutes.path(accounts.classGroup.id)
        let rows = accounts.guardians.map { Row(guardian: $0, state: accounts.states[$0.person]) }
        let missing = rows.count { $0.state == nil }
        let table = table(path, page).html(
            Page(items: rows, total: rows.count, next: nil), path: path, query: FormValues())
        let open = UI.postButton("为全班家长开通账号（\(missing) 人）", action: path, page: page, style: .primary)
        let slips = UI.postButton("打印激活条", action: path + "/slips", page: page)
        let hasAccounts = missing < rows.count
        let without: HTML = """
            <p>有 \(accounts.withoutGuardian) 名学生没有已确认的家长，由学校在学生页面添加或确认。</p>
            """
        let content: HTML = #"""
            \#(UI.heading("家长账号", note: accounts.name, actions: #"\#(if: missing > 0, open) \#(if: hasAccounts, slips)"#))
            \#(if: accounts.withoutGuardian > 0, UI.notice(.info, without))
            \#(UI.card(nil, table))
            <p class="field-hint">只列出学校已确认的家长。激活条只发给还没有设过密码的家长，激活后可用登录名或手机号登录；忘记密码的家长逐个重置。</p>
            """#
        let crumbs = [
            Crumb(accounts.classGroup.schoolName, "/schools/\(accounts.classGroup.school)/classes"),
            Crumb(accounts.name, "/classes/\(accounts.classGroup.id)"),
            Crumb("家长", "/classes/\(accounts.classGroup.id)/guardians"), Crumb("账号"),
        ]
        return UI.layout("家长账号", page, breadcrumbs: crumbs, content)
    }

    private static func table(_ path: String, _ page: PageContext) -> DataTable<Row> {
        DataTable(
            caption: "家长账号",
            columns: [
                DataColumn("姓名", value: { .text($0.guardian.name) }),
                DataColumn("孩子", value: { .text($0.guardian.children.joined(separator: "、")) }),
                DataColumn("登录名", value: { .text($0.state?.login ?? "—") }),
                DataColumn("状态", value: { .text($0.state?.title ?? "未开通") }),
                DataColumn("最近登录", value: { .text($0.state?.lastSignInAt?.text ?? "从未登录") }),
                DataColumn("操作") { row in
                    guard row.state != nil else { return "" }
                    return UI.postButton(
                        "重置\(row.guardian.name)的密码", action: path + "/slips", page: page,
                        hidden: [("person", row.guardian.person.rawValue)])
                },
            ], isExportable: false, empty: UI.emptyState("还没有已确认的家长", "由学校在学生页面添加家长，或确认家长的申报。"))
    }
}
