import Kernel
import Platform
import Web

enum AccountPages {
    static func path(_ id: ID<Account>) -> String { "/accounts/\(id)" }

    // MARK: List

    static func table(today: LocalDate) -> DataTable<AccountRecord> {
        DataTable(
            caption: "账号",
            columns: [
                DataColumn(
                    "姓名", sort: "name", value: { .text($0.name) },
                    cell: { #"<a href="\#(url: path($0.id))">\#($0.name)</a>"# }),
                DataColumn("登录名", sort: "login", value: { .text($0.login) }),
                DataColumn("角色", value: { .text(roleText($0, today)) }),
                DataColumn("单位", value: { .text(placeText($0, today)) }),
                DataColumn("状态", value: { .text(stateText($0)) }, cell: { stateTag($0) }),
                DataColumn("最近登录", sort: "last", value: { .text($0.lastSignInAt?.text ?? "从未登录") }),
            ], defaultSort: TableSort("name"),
            empty: UI.emptyState("没有符合条件的账号", "放宽查询条件，或新建账号。"))
    }

    private static func roleText(_ account: AccountRecord, _ today: LocalDate) -> String {
        let open = account.grants.filter { $0.isOpen(on: today) }
        return open.isEmpty ? "没有角色" : unique(open.map(\.role.title))
    }

    private static func placeText(_ account: AccountRecord, _ today: LocalDate) -> String {
        unique(account.shownGrants(on: today).map(\.organisationName))
    }

    private static func unique(_ texts: [String]) -> String {
        var seen: [String] = []
        for text in texts where !seen.contains(text) { seen.append(text) }
        return seen.joined(separator: "、")
    }

    private static func stateText(_ account: AccountRecord) -> String {
        account.state == .active && account.isLocked ? "锁定" : account.state.title
    }

    private static func stateTag(_ account: AccountRecord) -> HTML {
        let tone: Tone = account.state != .active ? .muted : account.isLocked ? .warn : .ok
        return UI.tag(stateText(account), tone)
    }

    static func list(
        _ slice: Page<AccountRecord>, _ table: DataTable<AccountRecord>, _ query: FormValues, _ page: PageContext
    ) -> HTML {
        let mayManage = page.user?.may(.accountManage) ?? false
        let roles = [SelectOption("", "全部")] + Role.allCases.map { SelectOption($0.rawValue, $0.title) }
        let states = [SelectOption("", "全部")] + AccountState.allCases.map { SelectOption($0.rawValue, $0.title) }
        let filters: HTML = #"""
            \#(UI.searchField(value: query["q"], placeholder: "姓名、拼音首字母、登录名或单位"))
            \#(UI.select("role", label: "角色", options: roles, selected: query["role"]))
            \#(UI.select("state", label: "状态", options: states, selected: query["state"]))
            """#
        let new = UI.linkButton("新建账号", url: "/accounts/new", style: .primary)
        let review = UI.linkButton("权限查询", url: AccessReviewPages.path)
        let actions: HTML = #"\#(review)\#(if: mayManage, new)"#
        let content: HTML = #"""
            \#(UI.heading("账号", actions: actions))
            \#(UI.filterBar(action: "/accounts", query: query, keep: ["sort"], filters))
            \#(UI.card(nil, table.html(slice, path: "/accounts", query: query)))
            """#
        return UI.layout("账号", page, breadcrumbs: [Crumb("账号")], content)
    }

    // MARK: New

    static func new(
        _ form: AccountForm, _ choices: GrantChoices, _ problems: [FieldProblem], _ page: PageContext
    ) -> HTML {
        let login = UI.textField(
            "login", label: "登录名", value: form.login, hint: "小写字母、数字和 . _ - @，2 到 32 个字符，例如手机号", required: true,
            autocomplete: "off", problems: problems)
        let fields: HTML = #"""
            \#(UI.textField("name", label: "姓名", value: form.name, required: true, autocomplete: "off",
                problems: problems))
            \#(login)
            \#(grantFields(form.grant, choices, problems))
            """#
        let content: HTML = #"""
            \#(UI.heading("新建账号", note: "保存后显示一次初始密码，首次登录时必须修改"))
            \#(UI.card(nil, UI.form(action: "/accounts", page: page, submit: "新建", cancel: "/accounts",
                problems: problems, fields)))
            """#
        return UI.layout(
            "新建账号", page, breadcrumbs: [Crumb("账号", "/accounts"), Crumb("新建账号")], isFailed: !problems.isEmpty,
            content)
    }

    static func grantFields(_ form: GrantForm, _ choices: GrantChoices, _ problems: [FieldProblem]) -> HTML {
        let roles = [SelectOption("", "选择角色")] + choices.roles.map { SelectOption($0.rawValue, $0.title) }
        let places =
            [SelectOption("", "选择单位")] + choices.organisations.map { SelectOption($0.id.rawValue, $0.title) }
        return #"""
            \#(UI.select("role", label: "角色", options: roles, selected: form.role, required: true, problems: problems))
            \#(UI.select("organisation", label: "单位", options: places, selected: form.organisation, required: true,
                problems: problems))
            \#(UI.fieldRow(periodFields(form, problems)))
            """#
    }

    private static func periodFields(_ form: GrantForm, _ problems: [FieldProblem]) -> HTML {
        let from = UI.textField(
            "from", label: "生效日期", value: form.from, type: "date", required: true, problems: problems)
        let until = UI.textField(
            "until", label: "有效至", value: form.until, hint: "长期有效则留空", type: "date", problems: problems)
        return from + until
    }

    static func initialPassword(
        _ password: String, login: String, name: String, _ id: ID<Account>, _ page: PageContext
    ) -> HTML {
        let slip = UI.summaryList([
            ("姓名", HTML(text: name)), ("登录名", HTML(text: login)), ("初始密码", #"<code>\#(password)</code>"#),
        ])
        let content: HTML = #"""
            \#(UI.heading("初始密码", actions: UI.printButton()))
            \#(UI.notice(.warn, "密码只显示这一次。交给本人，首次登录时必须修改。"))
            \#(UI.card(nil, slip))
            <p>\#(UI.linkButton("账号：\(name)", url: path(id))) \#(UI.linkButton("新建账号", url: "/accounts/new"))</p>
            """#
        return UI.layout("初始密码", page, breadcrumbs: [Crumb("账号", "/accounts"), Crumb("初始密码")], content)
    }
}
