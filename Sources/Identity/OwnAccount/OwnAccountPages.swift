import Kernel
import Web

enum OwnAccountPages {
    struct View: Sendable {
        let account: AccountRecord
        let sessions: [SessionLine]
        /// The session that asks.
        let current: String
        let today: LocalDate
        let tokenName: String?
        let days: String?
        let problems: [FieldProblem]
        let hasSecondFactor: Bool
        let recoveryCodes: Int
        /// Cards of other modules.
        let panels: HTML
    }

    static func show(_ view: View, _ page: PageContext) -> HTML {
        let content: HTML = #"""
            \#(UI.heading("我的账号", actions: UI.linkButton("修改密码", url: "/account/password")))
            \#(UI.card("账号", summary(view)))
            \#(UI.card("两步验证", id: "second-factor", secondFactor(view, page)))
            \#(view.panels)
            \#(sessionsCard(view, page))
            \#(tokensCard(view, page))
            """#
        return UI.layout(
            "我的账号", page, breadcrumbs: [Crumb("我的账号")], isFailed: !view.problems.isEmpty, content)
    }

    private static func summary(_ view: View) -> HTML {
        let account = view.account
        let open = account.grants.filter { $0.isOpen(on: view.today) }
        let roles: HTML = "\(each: open, { "<div>\($0.role.title)，\($0.organisationName)（\($0.periodText)）</div>" })"
        return UI.summaryList([
            ("姓名", HTML(text: account.name)),
            ("登录名", HTML(text: account.login)),
            ("角色", open.isEmpty ? "没有角色，请联系管理员" : roles),
            ("密码修改时间", HTML(text: account.passwordChangedAt.text)),
        ])
    }

    private static func secondFactor(_ view: View, _ page: PageContext) -> HTML {
        guard view.hasSecondFactor else {
            return #"""
                <p>没有启用。启用后，登录时除密码外还要手机验证器上的验证码。</p>
                \#(UI.linkButton("启用两步验证", url: "/sign-in/confirm?return=%2Faccount"))
                """#
        }
        let renew = UI.postButton(
            "重新生成恢复码", action: "/account/recovery-codes", page: page, confirm: "原来的恢复码会失效。")
        return #"<p>\#(UI.tag("已启用", .ok)) 还有 \#(view.recoveryCodes) 个恢复码。换手机时请管理员重置。</p>\#(renew)"#
    }

    private static func sessionsCard(_ view: View, _ page: PageContext) -> HTML {
        let browsers = view.sessions.filter { $0.kind == .browser }
        let table = DataTable<SessionLine>(
            caption: "登录的设备",
            columns: [
                DataColumn("设备", value: { .text(deviceText($0.label)) }) { line in
                    let mark = line.id == view.current ? UI.tag("当前", .info) : ""
                    return #"\#(deviceText(line.label)) \#(mark)"#
                },
                DataColumn("地址", value: { .text($0.address) }),
                DataColumn("登录时间", value: { .text($0.createdAt.text) }),
                DataColumn("最近使用", value: { .text($0.lastSeenAt.text) }),
                DataColumn("操作") { line in
                    guard line.id != view.current else { return "" }
                    return UI.postButton(
                        "退出\(deviceText(line.label))", action: "/account/sessions/end", page: page,
                        hidden: [("session", line.id)])
                },
            ], isExportable: false, empty: UI.emptyState("没有登录的设备", "用令牌访问时这里没有设备。"))
        let others = browsers.contains { $0.id != view.current }
        let button = UI.postButton("退出其他设备", action: "/account/sessions/end-others", page: page)
        return UI.card("登录的设备", id: "sessions", actions: others ? button : "", listing(table, browsers))
    }

    private static func tokensCard(_ view: View, _ page: PageContext) -> HTML {
        let tokens = view.sessions.filter { $0.kind == .token }
        let table = DataTable<SessionLine>(
            caption: "访问令牌",
            columns: [
                DataColumn("名称", value: { .text($0.label) }),
                DataColumn("建立时间", value: { .text($0.createdAt.text) }),
                DataColumn("最近使用", value: { .text($0.lastSeenAt.text) }),
                DataColumn("有效至", value: { .text($0.expiresAt.text) }),
                DataColumn("操作") { line in
                    UI.postButton(
                        "停用“\(line.label)”", action: "/account/tokens/revoke", page: page, style: .danger,
                        hidden: [("session", line.id)])
                },
            ], isExportable: false, empty: UI.emptyState("还没有访问令牌", "程序通过接口读写数据时需要令牌，权限与本账号相同。"))
        let fields = UI.fieldRow(
            UI.textField("name", label: "名称", value: view.tokenName, required: true, problems: view.problems)
                + UI.textField(
                    "days", label: "有效期", value: view.days ?? "90", required: true, suffix: "天", inputmode: "numeric",
                    problems: view.problems))
        let form = UI.form(
            action: "/account/tokens", page: page, submit: "新建令牌", problems: view.problems, fields)
        return UI.card("访问令牌", id: "tokens", listing(table, tokens) + form)
    }

    private static func listing(_ table: DataTable<SessionLine>, _ lines: [SessionLine]) -> HTML {
        table.html(Page(items: lines, total: lines.count, next: nil), path: "/account", query: FormValues())
    }

    /// `Chrome，Windows` from a browser's own description, or the start of it.
    static func deviceText(_ label: String) -> String {
        let browsers = [
            ("MicroMessenger", "微信"), ("Edg", "Edge"), ("Firefox", "Firefox"), ("Chrome", "Chrome"),
            ("Safari", "Safari"),
        ]
        let systems = [
            ("Windows", "Windows"), ("Android", "安卓"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Mac OS", "Mac"),
            ("Linux", "Linux"),
        ]
        let browser = browsers.first { label.contains($0.0) }?.1
        let system = systems.first { label.contains($0.0) }?.1
        let known = [browser, system].compactMap { $0 }
        return known.isEmpty ? (label.isEmpty ? "未知设备" : String(label.prefix(40))) : known.joined(separator: "，")
    }

    static func token(_ token: String, name: String, _ page: PageContext) -> HTML {
        let content: HTML = #"""
            \#(UI.heading("新令牌"))
            \#(UI.notice(.warn, "令牌只显示这一次，离开本页后无法再查看。"))
            \#(UI.card(nil, UI.summaryList([("名称", HTML(text: name)), ("令牌", #"<code>\#(token)</code>"#)])))
            <p>\#(UI.linkButton("返回我的账号", url: "/account"))</p>
            """#
        return UI.layout("新令牌", page, breadcrumbs: [Crumb("我的账号", "/account"), Crumb("新令牌")], content)
    }

    static func password(isForced: Bool, way: String, _ problems: [FieldProblem], _ page: PageContext) -> HTML {
        let hint = "至少 8 个字符（管理员 10 个），含大写字母、小写字母、数字、符号中的三种；不能有姓名、登录名、单位名称，不能与最近用过的密码相同"
        let fields: HTML = #"""
            \#(UI.hidden("return", way))
            \#(UI.textField("present", label: "现在的密码", type: "password", required: true,
                autocomplete: "current-password", problems: problems))
            \#(UI.textField("password", label: "新密码", hint: hint, type: "password", required: true,
                autocomplete: "new-password", problems: problems))
            \#(UI.textField("repeated", label: "再填一次新密码", type: "password", required: true,
                autocomplete: "new-password", problems: problems))
            """#
        let form = UI.form(
            action: "/account/password", page: page, submit: "保存", cancel: isForced ? nil : "/account",
            problems: problems, fields)
        let content: HTML = #"""
            \#(UI.heading("修改密码"))
            \#(if: isForced, UI.notice(.warn, "密码是他人设置的，或已经过期。设置自己的密码后才能继续。"))
            \#(UI.card(nil, form))
            <p>保存后，其他设备会退出，访问令牌会失效。</p>
            """#
        let crumbs = isForced ? [] : [Crumb("我的账号", "/account"), Crumb("修改密码")]
        return UI.layout("修改密码", page, breadcrumbs: crumbs, isFailed: !problems.isEmpty, content)
    }
}

extension Grant {
    /// `2026-03-01 至 2027-02-28`, or 起 while open-ended.
    var periodText: String {
        until.map { "\(from.iso) 至 \($0.adding(days: -1).iso)" } ?? "\(from.iso) 起"
    }
}
