import Identity
import Kernel
import Platform
import Web

/// The page of one application.
extension ApplicationPages {
    struct View: Sendable {
        let found: ApplicationAdministration.Case
        let content: ApplicationContent
        let secrets: [ApplicationSecret]
        let history: [AuditEntry]
        var problems: [FieldProblem] = []
        /// What the form that was refused held, by field.
        var values = FormValues()

        var record: ApplicationRecord { found.record }
        var rights: ApplicationRights { found.rights }
    }

    static func show(_ view: View, _ page: PageContext) -> HTML {
        let record = view.record, address = record.application.clientID
        let content: HTML = """
            \(UI.heading(record.name, note: "应用标识 \(address)", actions: buttons(view, page)))
            \(if: !view.problems.isEmpty, UI.errorSummary(view.problems))
            \(view.found.amendment.map { amendment(view, $0, page) })
            \(UI.card("应用", summary(view)))
            \(if: record.state == .submitted || !view.found.reviews.isEmpty, approval(view, page))
            \(if: view.rights.mayCare && record.state != .draft, keyCard(view, page))
            \(if: view.rights.mayGovern && record.state == .active, suspension(view, page))
            \(UI.card("记录", id: "history", history(view.history, path(record.id))))
            """
        return UI.layout(
            record.name, page, breadcrumbs: crumbs(Crumb(record.name)), isFailed: !view.problems.isEmpty, content)
    }

    private static func buttons(_ view: View, _ page: PageContext) -> HTML {
        let record = view.record, rights = view.rights, base = path(record.id), state = record.state
        let isDraft = state == .draft || state == .refused
        let isWaiting = state == .submitted || view.found.amendment != nil
        func post(_ label: String, _ deed: String, _ style: ButtonStyle = .secondary, _ confirm: String? = nil) -> HTML
        {
            UI.postButton(label, action: "\(base)/\(deed)", page: page, style: style, confirm: confirm)
        }
        var all: HTML = ""
        if rights.mayCare && isDraft { all += post("提交", "submit", .primary) }
        if rights.mayCare && (isDraft || (state == .active && !isWaiting)) {
            all += UI.linkButton("修改", url: base + "/edit")
        }
        if rights.mayCare && isWaiting { all += post("撤回", "withdraw") }
        if state != .draft { all += UI.linkButton("使用情况", url: base + "/use") }
        if rights.mayGovern && state == .suspended { all += post("恢复", "resume") }
        let mayTakeOver = rights.mayCare && !rights.isApplicant && !rights.hasApproved && !isWaiting
        if mayTakeOver && state != .retired {
            all += post("接管", "take-over", .secondary, "接管后由你领取和更换密钥。")
        }
        if (rights.mayCare || rights.mayGovern) && !isWaiting && state != .retired {
            all += post("终止接入", "retire", .danger, "\(record.name)终止后不能恢复，密钥全部失效。")
        }
        return all
    }

    private static func summary(_ view: View) -> HTML {
        let record = view.record, content = view.content
        let state: HTML = "\(tag(record.state)) \(record.step?.title)"
        var rows: [(String, HTML)] = [
            ("图标", picture(record.logo, name: record.name)), ("状态", state),
            ("接入级别", HTML(text: record.application.level.title)), ("申请单位", HTML(text: record.ownerName)),
            ("申请人", HTML(text: record.applicantName)),
        ]
        for item in items(content) where item.name != "名称" && !item.value.isEmpty {
            rows.append((item.name, "\(each: item.value, { "<div>\($0)</div>" })"))
        }
        return UI.summaryList(rows)
    }

    /// A content in words, item by item; the same items stand against each other when a change is looked at.
    static func items(_ content: ApplicationContent) -> [(name: String, value: [String])] {
        func one(_ text: String) -> [String] { text.isEmpty ? [] : [text] }
        let scopes = ApplicationScope.allCases.filter { content.scopes.contains($0.rawValue) }.map(\.title)
        let audience = Role.allCases.filter { content.audience.contains($0.rawValue) }.map(\.title)
        return [
            ("名称", one(content.name)), ("简介", one(content.summary)),
            ("联系人", one(content.contact)), ("联系电话", one(content.contactPhone)),
            ("接入方式", content.protocols.map(\.title)), ("回调地址", content.redirects),
            ("退出后返回地址", content.afterLogout), ("CAS 服务地址", content.services),
            ("退出通知地址", one(content.logoutURL)), ("信息范围", scopes),
            ("征求本人同意", one(content.asksConsent ? "是" : "")), ("不能保管密钥", one(content.isPublic ? "是" : "")),
            ("机器接口范围", MachineScope.allCases.filter { content.machineScopes.contains($0.rawValue) }.map(\.title)),
            ("打开地址", one(content.launchURL)), ("显示给", one(audience.joined(separator: "、"))),
        ]
    }

    // MARK: Approval

    private static func amendment(_ view: View, _ amendment: ApplicationAmendment, _ page: PageContext) -> HTML {
        let pairs = zip(items(view.content), items(amendment.content)).filter { $0.0.value != $0.1.value }
        var rows: HTML = ""
        for (old, new) in pairs {
            rows += #"""
                <tr><th scope="row" data-label="项目">\#(old.name)</th>\#
                <td data-label="现在">\#(each: old.value, { "<div>\($0)</div>" })</td>\#
                <td data-label="改为">\#(each: new.value, { "<div>\($0)</div>" })</td></tr>

                """#
        }
        if view.content.logo != amendment.content.logo {
            let name = amendment.content.name
            rows += #"""
                <tr><th scope="row" data-label="项目">图标</th>\#
                <td data-label="现在">\#(picture(view.content.logo, name: name))</td>\#
                <td data-label="改为">\#(picture(amendment.content.logo, name: name))</td></tr>
                """#
        }
        let content: HTML = #"""
            <p>\#(amendment.submittedName)于 \#(amendment.submittedAt.text) 提交，等待\#(amendment.step.title)。\#
            通过以前，原来的内容继续有效。</p>
            <div class="table-wrap" role="region" aria-label="变更内容" tabindex="0"><table class="stack">
            <caption class="visually-hidden">变更内容</caption>
            <thead><tr><th scope="col">项目</th><th scope="col">现在</th><th scope="col">改为</th></tr></thead>
            <tbody>\#(rows)</tbody></table></div>
            \#(if: view.rights.mayDecideAmendment, decision(view, amendment.id.rawValue, page))
            \#(if: view.rights.isBarredFromAmendment, barred)
            """#
        return UI.card("变更申请", id: "amendment", content)
    }

    private static let barred = UI.notice(.info, "<p>申请人不能审批自己的申请，请由另一位管理员办理。</p>")

    private static func approval(_ view: View, _ page: PageContext) -> HTML {
        let record = view.record
        let table = DataTable<ApplicationReview>(
            caption: "审批过程",
            columns: [
                DataColumn("时间", value: { .text($0.at.text) }),
                DataColumn("环节", value: { .text(($0.isAmendment ? "变更：" : "") + ($0.step?.title ?? "申请")) }),
                DataColumn("办理人", value: { .text($0.name) }),
                DataColumn("结果", value: { .text($0.deed.title) }),
                DataColumn("意见", value: { .text($0.remark) }),
            ], isExportable: false, empty: UI.emptyState("还没有提交", "提交以后，审批过程记在这里。"))
        let reviews = view.found.reviews
        let steps = view.found.chain.steps.map(\.title).joined(separator: " → ")
        let content: HTML = """
            <p>审批环节：\(steps)</p>
            \(table.html(Page(items: reviews, total: reviews.count, next: nil), path: path(record.id), query: FormValues()))
            \(if: view.rights.mayDecide, decision(view, String(record.revision), page))
            \(if: view.rights.isBarred, barred)
            """
        return UI.card("审批", id: "approval", content)
    }

    private static func decision(_ view: View, _ subject: String, _ page: PageContext) -> HTML {
        let options = [SelectOption("approve", "通过"), SelectOption("send_back", "退回")]
        let fields: HTML = """
            \(UI.hidden("subject", subject))
            \(UI.radios("decision", label: "决定", options: options, selected: view.values["decision"], required: true, problems: view.problems))
            \(UI.textArea("remark", label: "意见", value: view.values["remark"], hint: "退回时写明要改什么。", rows: 2, problems: view.problems))
            """
        return UI.form(action: path(view.record.id) + "/decision", page: page, submit: "提交决定", fields)
    }

    // MARK: Keys and state

    private static func keyCard(_ view: View, _ page: PageContext) -> HTML {
        let record = view.record, rights = view.rights, base = path(record.id)
        let needed = record.application.secretKinds, live = view.secrets.map(\.kind)
        guard !needed.isEmpty else { return UI.card("密钥", id: "keys", "<p>这种接入方式不需要密钥。</p>") }
        let mayRevoke = rights.isApplicant || rights.mayGovern
        let table = DataTable<ApplicationSecret>(
            caption: "密钥",
            columns: [
                DataColumn("密钥", value: { .text($0.kind.title) }), DataColumn("末四位", value: { .text($0.hint) }),
                DataColumn("建立时间", value: { .text($0.createdAt.text) }),
                DataColumn("领取人", value: { .text($0.createdBy) }),
                DataColumn("有效至", value: { .text($0.expiresAt?.text ?? "长期") }),
                DataColumn("操作") { secret in
                    guard mayRevoke else { return "" }
                    return UI.postButton(
                        "停用", action: base + "/keys/revoke", page: page, style: .danger,
                        confirm: "停用后，还在用这个密钥的应用马上不能登录。", hidden: [("secret", secret.id.rawValue)])
                },
            ], isExportable: false, empty: UI.emptyState("还没有领取密钥", "应用接入以后，由申请人领取，只显示一次。"))
        var buttons: HTML = ""
        if rights.isApplicant && record.state == .active {
            if needed.contains(where: { !live.contains($0) }) {
                buttons += UI.postButton("领取密钥", action: base + "/keys", page: page, style: .primary)
            }
            for kind in needed where live.contains(kind) {
                buttons += UI.postButton(
                    "更换\(kind.title)", action: base + "/keys/rotate", page: page,
                    confirm: "旧密钥还能用 7 天，请在这期间更换应用里的配置。", hidden: [("kind", kind.rawValue)])
            }
        }
        let rows = Page(items: view.secrets, total: view.secrets.count, next: nil)
        return UI.card(
            "密钥", id: "keys",
            "\(table.html(rows, path: base, query: FormValues()))<div class=\"actions\">\(buttons)</div>")
    }

    private static func suspension(_ view: View, _ page: PageContext) -> HTML {
        let fields = UI.textField(
            "reason", label: "原因", value: view.values["reason"], required: true, problems: view.problems)
        let form = UI.form(action: path(view.record.id) + "/suspend", page: page, submit: "暂停", fields)
        return UI.card(
            "暂停接入", id: "suspension", "<p>暂停以后马上不能再用平台账号登录这个应用，已发出的令牌失效。可以恢复。</p>\(form)")
    }

    private static func history(_ entries: [AuditEntry], _ path: String) -> HTML {
        let table = DataTable<AuditEntry>(
            caption: "记录",
            columns: [
                DataColumn("时间", value: { .text($0.at.text) }),
                DataColumn("事项", value: { .text(ApplicationAuditWords.titles[$0.action] ?? $0.action) }),
                DataColumn("经办", value: { .text($0.actorName) }), DataColumn("内容", value: { .text($0.detail) }),
            ], isExportable: false, empty: UI.emptyState("没有记录", "对应用的操作会记在这里。"))
        return table.html(Page(items: entries, total: entries.count, next: nil), path: path, query: FormValues())
    }
}
