import Identity
import Kernel
import Web

/// What people see of the provider.
enum OpenIDPages {
    /// A request that nobody stands behind. It leads nowhere.
    static func refused(_ text: String, _ page: PageContext) -> WebResponse {
        let content: HTML = #"""
            \#(UI.heading("不能进入应用"))
            \#(UI.card(nil, "<p>\(text)请回到应用重试；如仍不行，请告诉应用的管理员。</p>"))
            <p>\#(UI.linkButton("回到首页", url: "/"))</p>
            """#
        return .html(UI.layout("不能进入应用", page, isFailed: true, content), status: 400)
    }

    static func passOn(to address: String, _ page: PageContext) -> WebResponse {
        SignInAnswer.passOn(to: address, page)
    }

    /// Carries the answer by a form, for applications that ask for `response_mode=form_post`.
    static func handOver(
        _ pairs: [(name: String, value: String)], to redirect: String, _ page: PageContext
    ) -> WebResponse {
        let content: HTML = #"""
            \#(UI.heading("正在进入应用"))
            <form method="post" action="\#(url: redirect)" data-submit-now>\#
            \#(each: pairs, { UI.hidden($0.name, $0.value) })\#
            <button class="button button--primary" type="submit">继续</button></form>
            """#
        var answer = WebResponse.html(UI.layout("正在进入应用", page, content))
        answer.formTarget = AuthorizationAnswer.origin(redirect)
        return answer
    }

    static func consent(_ asked: AuthorizationRequest, _ values: FormValues, _ page: PageContext) -> WebResponse {
        let name = asked.application.name
        let hidden = [("request", values.encoded)]
        let content: HTML = #"""
            \#(UI.heading("授权\(name)", note: asked.application.summary.isEmpty ? nil : asked.application.summary))
            \#(UI.card("\(name)将得到", list(asked.scopes)))
            \#(UI.card(nil, UI.summaryList([("当前账号", HTML(text: page.user?.name ?? ""))])))
            <div class="actions">\#
            \#(UI.postButton("同意并继续", action: OpenIDPaths.consent, page: page, style: .primary, hidden: hidden + [("agree", "1")]))\#
            \#(UI.postButton("不同意", action: OpenIDPaths.consent, page: page, hidden: hidden))</div>
            <p class="field-hint">同意后下次不再询问，可以在“我的账号”里取消。</p>
            """#
        return .html(UI.layout("授权应用", page, content))
    }

    private static func list(_ scopes: [String]) -> HTML {
        let titles = scopes.compactMap { ApplicationScope(rawValue: $0)?.title }
        return #"<ul>\#(each: titles, { "<li>\($0)</li>" })</ul>"#
    }

    static func own(_ consents: [Consent], _ page: PageContext) -> HTML {
        let empty = UI.emptyState("还没有授权的应用", "应用第一次要读取你的信息时会先问你，同意过的列在这里。")
        let content: HTML = #"""
            \#(UI.heading("已授权的应用", note: "取消后，应用不能再读取你的信息，下次进入时会重新询问"))
            \#(if: consents.isEmpty, empty)
            \#(each: consents, { line($0, page) })
            """#
        let crumbs = [Crumb("我的账号", "/account"), Crumb("已授权的应用")]
        return UI.layout("已授权的应用", page, breadcrumbs: crumbs, content)
    }

    private static func line(_ consent: Consent, _ page: PageContext) -> HTML {
        let button = UI.postButton(
            "取消授权", action: OpenIDPaths.own + "/withdraw", page: page, style: .danger,
            hidden: [("application", consent.application.rawValue)])
        let rows: [(String, HTML)] = [
            ("可以读取", list(consent.scopes)), ("授权时间", HTML(text: consent.since.text)),
        ]
        return UI.card(consent.applicationName, actions: button, UI.summaryList(rows))
    }

    // MARK: Sign-out

    static func confirmLogout(_ application: Application?, _ values: FormValues, _ page: PageContext) -> HTML {
        let asks = application.map { "“\($0.name)”请求退出登录。" } ?? "有应用请求退出登录。"
        let content: HTML = #"""
            \#(UI.heading("退出登录"))
            \#(UI.card(nil, "<p>\(asks)退出后，平台和在这个浏览器里进入的应用都会退出。</p>"))
            <div class="actions">\#
            \#(UI.postButton("退出", action: OpenIDPaths.confirmLogout, page: page, style: .primary, hidden: [("request", values.encoded)]))\#
            \#(UI.linkButton("留在平台", url: "/"))</div>
            """#
        return UI.layout("退出登录", page, content)
    }
}
