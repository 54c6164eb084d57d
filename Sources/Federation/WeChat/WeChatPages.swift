import Identity
import Kernel
import Web

enum WeChatPages {
    static let signInPath = "/wechat/sign-in"
    static let callbackPath = "/wechat/callback"
    static let bindPath = "/wechat/bind"
    /// The way to WeChat for somebody who wants to bind hers.
    static let bindStartPath = "/wechat/sign-in?bind=1&return=%2Faccount"

    // MARK: Failures

    enum Failure {
        /// Nothing fits: too late, another browser, a second time.
        case expired
        case refusedByPerson
        case refusedAccount(String)
        case bound(isOwn: Bool)
        case boundBefore
        case wait(Int64)
        case wechat(WeChatError)

        var text: String {
            switch self {
            case .expired: "这次微信登录已经失效，可能等得太久，或者已经用过。重新用微信登录。"
            case .refusedByPerson: "你没有同意微信授权。可以再试一次，或者用密码登录。"
            case .refusedAccount(let text): text + "。"
            case .bound(let isOwn): WeChatService.boundText(isOwn: isOwn)
            case .boundBefore: "你的账号已绑定另一个微信。先在“我的账号”解除绑定，再绑定新的。"
            case .wait(let seconds): "连续失败次数过多，\((seconds + 59) / 60) 分钟后再试。"
            case .wechat(.refusedCode): "微信的授权已经过期。重新用微信登录。"
            case .wechat(.usedCode): "微信的授权已经用过。重新用微信登录。"
            case .wechat(.snapshot): "微信现在只显示本页的快照。点页面底部的“使用完整服务”，再用微信登录。"
            case .wechat(.unreachable): "暂时连不上微信。稍后再试，或者用密码登录。"
            case .wechat(.refusedService): "微信登录暂时不能使用，请先用密码登录，并告诉管理员。"
            }
        }

        var status: Int {
            switch self {
            case .expired, .wechat(.refusedCode), .wechat(.usedCode), .wechat(.snapshot): 400
            case .refusedByPerson, .refusedAccount: 403
            case .bound, .boundBefore: 409
            case .wait: 429
            case .wechat(.unreachable), .wechat(.refusedService): 503
            }
        }

        /// Whether trying the same again may help.
        var mayRetry: Bool {
            switch self {
            case .expired, .refusedByPerson, .wechat(.refusedCode), .wechat(.usedCode), .wechat(.unreachable),
                .wechat(.snapshot):
                true
            case .refusedAccount, .bound, .boundBefore, .wait, .wechat(.refusedService): false
            }
        }
    }

    static func failure(_ failure: Failure, _ page: PageContext) -> WebResponse {
        let retry = UI.linkButton("重新用微信登录", url: signInPath, style: .primary)
        let other =
            page.user == nil ? UI.linkButton("用密码登录", url: "/sign-in") : UI.linkButton("我的账号", url: "/account")
        let content: HTML = #"""
            \#(UI.heading("微信登录"))
            \#(UI.notice(.warn, "<p>\(failure.text)</p>"))
            <p>\#(if: failure.mayRetry && page.user == nil, retry) \#(other)</p>
            """#
        return .html(UI.layout("微信登录", page, isFailed: true, content), status: failure.status)
    }

    // MARK: Binding

    static func unbound(_ page: PageContext) -> HTML {
        let content: HTML = #"""
            \#(UI.heading("绑定账号"))
            \#(UI.notice(.info, "<p>这个微信还没有绑定账号。用密码登录一次并绑定，以后可以直接用微信登录。</p>"))
            \#(UI.card("用密码登录", SignInPages.form(leadingTo: bindPath, page)))
            """#
        return UI.layout("绑定账号", page, content)
    }

    /// To somebody who signed in a while ago.
    static func again(_ page: PageContext) -> HTML {
        let content: HTML = #"""
            \#(UI.heading("绑定账号"))
            \#(UI.notice(.info, "<p>绑定微信前，再用密码登录一次，确认是你本人。</p>"))
            \#(UI.card("用密码登录", SignInPages.form(leadingTo: bindPath, page)))
            """#
        return UI.layout("绑定账号", page, breadcrumbs: crumbs, content)
    }

    static func confirm(_ user: CurrentUser, _ page: PageContext) -> HTML {
        let other = "/sign-in?again=1&return=" + URLCoding.encode(bindPath)
        let form = UI.form(
            action: bindPath, page: page, submit: "绑定", cancel: "/account",
            "<p>绑定后，这个微信可以直接登录 <strong>\(user.name)</strong> 的账号。只绑定你自己的微信。</p>")
        let content: HTML = #"""
            \#(UI.heading("绑定账号"))
            \#(UI.card("绑定这个微信", form))
            <p>这不是你的账号？<a href="\#(url: other)">用另一个账号登录</a></p>
            """#
        return UI.layout("绑定账号", page, breadcrumbs: crumbs, content)
    }

    private static let crumbs = [Crumb("我的账号", "/account"), Crumb("绑定账号")]
}

extension WeChatPages {
    /// The card on the page of an account.
    static func card(
        _ binding: WeChatBinding?, of account: ID<Account>, for viewer: AccountPanel.Viewer, _ page: PageContext
    ) -> HTML {
        let state = binding.map { binding in
            let use = binding.usedAt.map { "，最近用微信登录 \($0.text)" } ?? ""
            return "\(binding.boundAt.text) 绑定\(use)"
        }
        let action: HTML =
            switch (viewer, binding) {
            case (.owner, nil): UI.linkButton("绑定微信", url: bindStartPath)
            case (.owner, .some):
                UI.postButton(
                    "解除微信绑定", action: "/account/wechat/unbind", page: page, confirm: "解除后这个微信不能再登录你的账号。")
            case (.manager, .some):
                UI.postButton(
                    "解除微信绑定", action: "/accounts/\(account)/wechat/unbind", page: page,
                    confirm: "解除后这个微信不能再登录。手机遗失时，另外重置密码，已登录的设备才会退出。")
            default: ""
            }
        let hint = viewer == .owner ? "换手机不影响绑定。换了微信号，先解除绑定，再用新的微信绑定。" : nil
        return UI.card("微信", id: "wechat", actions: action, text(state ?? "没有绑定微信", hint))
    }

    private static func text(_ state: String, _ hint: String?) -> HTML {
        #"<p>\#(state)</p>\#(hint.map { #"<p class="field-hint">\#($0)</p>"# as HTML })"#
    }
}
