import Directory
import Kernel
import Platform
import Web

/// The page of one account.
extension AccountPages {
    struct View: Sendable {
        let account: AccountRecord
        let isManaged: Bool
        let isOwn: Bool
        let today: LocalDate
        let history: [AuditEntry]
        /// What the viewer may give; `nil` when she may not change the account.
        let choices: GrantChoices?
        let form: GrantForm
        let problems: [FieldProblem]
    }

    /// - Parameter panels: cards of other modules.
    static func show(_ view: View, panels: HTML, _ page: PageContext) -> HTML {
        let account = view.account
        let content: HTML = #"""
            \#(UI.heading(account.name, note: "登录名 \(account.login)", actions: buttons(view, page)))
            \#(if: view.isOwn, UI.notice(.info, "这是你自己的账号，由其他管理员管理。"))
            \#(UI.card("账号", summary(account)))
            \#(panels)
            \#(UI.card("角色", id: "grants", grants(view, page)))
            \#(view.choices.map { newGrant(view, $0, page) })
            \#(view.choices.map { transfer(view, $0, page) })
            \#(UI.card("记录", id: "history", history(view.history, path(account.id))))
            """#
        return UI.layout(
            account.name, page, breadcrumbs: [Crumb("账号", "/accounts"), Crumb(account.name)],
            isFailed: !view.problems.isEmpty, content)
    }

    private static func buttons(_ view: View, _ page: PageContext) -> HTML {
        guard view.isManaged else { return "" }
        let account = view.account, base = path(account.id)
        let reset = UI.postButton(
            "重置密码", action: base + "/password", page: page, confirm: "重置后\(account.name)要用新的初始密码登录，已登录的设备会退出。")
        let unlock = UI.postButton("解除锁定", action: base + "/unlock", page: page)
        let suspend = UI.postButton(
            "停用", action: base + "/suspend", page: page, style: .danger, confirm: "停用后\(account.name)不能登录。")
        let resume = UI.postButton("恢复", action: base + "/resume", page: page)
        let factor = UI.postButton(
            "重置两步验证", action: base + "/second-factor/remove", page: page,
            confirm: "核实本人身份后再重置。\(account.name)用密码登录后重新设置，已登录的设备会退出。")
        let close = UI.postButton(
            "注销", action: base + "/close", page: page, style: .danger,
            confirm: "注销后账号不能恢复，登录名和所有登录方式会删除。")
        if account.state == .closed { return "" }
        return #"""
            \#(reset) \#(if: account.hasSecondFactor, factor) \#(if: account.isLocked, unlock) \#(if: account.state == .active, suspend) \#
            \#(if: account.state == .suspended, resume) \#(if: account.state == .suspended, close)
            """#
    }

    private static func summary(_ account: AccountRecord) -> HTML {
        let state = account.state == .active && account.isLocked ? "锁定（失败次数过多）" : account.state.title
        let last = account.lastSignInAt.map { "\($0.text)，来自 \(account.lastSignInAddress)" } ?? "从未登录"
        return UI.summaryList([
            ("状态", HTML(text: state)),
            ("密码", HTML(text: account.mustChangePassword ? "初始密码，未修改" : "本人已设置")),
            ("两步验证", HTML(text: account.hasSecondFactor ? "已启用" : "没有启用")),
            ("最近登录", HTML(text: last)),
            ("建立时间", HTML(text: account.createdAt.text)),
        ])
    }

    private static func grants(_ view: View, _ page: PageContext) -> HTML {
        let today = view.today, isManaged = view.isManaged, base = path(view.account.id)
        let table = DataTable<Grant>(
            caption: "角色",
            columns: [
                DataColumn("角色", value: { .text($0.role.title) }),
                DataColumn("单位", value: { .text($0.organisationName) }),
                DataColumn("期间", value: { .text($0.periodText) }),
                DataColumn("状态") { grant in
                    if !grant.isOpen(on: today) { return UI.tag("已结束", .muted) }
                    return grant.holds(on: today) ? UI.tag("有效", .ok) : UI.tag("未生效", .info)
                },
                DataColumn("操作") { grant in
                    guard isManaged, grant.isOpen(on: today) else { return "" }
                    return UI.postButton(
                        "结束", action: base + "/grants/end", page: page, confirm: "立即结束\(grant.role.title)角色？",
                        hidden: [("grant", grant.id.rawValue)])
                },
            ], isExportable: false, empty: UI.emptyState("没有角色", "增加角色后才能使用平台。"))
        let grants = view.account.grants
        return table.html(Page(items: grants, total: grants.count, next: nil), path: base, query: FormValues())
    }

    private static func newGrant(_ view: View, _ choices: GrantChoices, _ page: PageContext) -> HTML {
        let problems = view.problems.filter { !Transfer.fields.contains($0.field) }
        let form = UI.form(
            action: path(view.account.id) + "/grants", page: page, submit: "增加角色", problems: problems,
            grantFields(view.form, choices, problems))
        return UI.card("增加角色", id: "new-grant", form)
    }

    /// Only for somebody with a role at a school, by whoever administers more than one.
    private static func transfer(_ view: View, _ choices: GrantChoices, _ page: PageContext) -> HTML {
        let open = view.account.grants.filter {
            $0.isOpen(on: view.today) && $0.role.kinds.contains(.school) && $0.isOfStaff
        }
        guard !open.isEmpty, choices.schools.count > 1, view.account.state != .closed else { return "" }
        var seen: Set<OrganisationID> = []
        let own = open.filter { seen.insert($0.organisation).inserted }
        let from = own.map { SelectOption($0.organisation.rawValue, $0.organisationName) }
        let to =
            [SelectOption("", "选择学校")] + choices.schools.map { SelectOption($0.id.rawValue, $0.title) }
        let problems = view.problems.filter { Transfer.fields.contains($0.field) }
        let fields: HTML = #"""
            \#(UI.select("leaving", label: "现在的学校", options: from, selected: from.first?.value, problems: problems))
            \#(UI.select("joining", label: "调入学校", options: to, selected: nil, required: true, problems: problems))
            <p class="field-hint">今天起在新学校任教师，原学校的权限同时结束。账号和以往的记录不变。</p>
            <p class="field-hint">在册教职工的调动由两校确认、上级核准，从\#(each: own, staffLink)办理。</p>
            """#
        let form = UI.form(
            action: path(view.account.id) + "/transfer", page: page, submit: "办理调动", problems: problems, fields)
        return UI.card("调动", id: "transfer", form)
    }

    private static func staffLink(_ grant: Grant) -> HTML {
        #"<a href="\#(url: StaffPages.path(grant.organisation))">\#(grant.organisationName)教职工</a>"#
    }

    private static func history(_ entries: [AuditEntry], _ path: String) -> HTML {
        let table = DataTable<AuditEntry>(
            caption: "记录",
            columns: [
                DataColumn("时间", value: { .text($0.at.text) }),
                DataColumn("事项", value: { .text(actionText($0)) }),
                DataColumn("经办", value: { .text($0.actorName) }),
                DataColumn("地址", value: { .text($0.address) }),
                DataColumn("内容", value: { .text($0.detail) }),
            ], isExportable: false, empty: UI.emptyState("没有记录", "对账号的操作会记在这里。"))
        return table.html(Page(items: entries, total: entries.count, next: nil), path: path, query: FormValues())
    }

    private static func actionText(_ entry: AuditEntry) -> String {
        let title = AccountAuditWords.titles[entry.action] ?? entry.action
        return entry.succeeded || entry.action == "account.locked" || entry.action == "account.sign_in_failed"
            ? title : title + "（未成功）"
    }
}
