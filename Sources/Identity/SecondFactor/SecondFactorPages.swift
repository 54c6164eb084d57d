import Kernel
import Web

enum SecondFactorPages {
    static func ask(way: String, _ problems: [FieldProblem], _ page: PageContext) -> HTML {
        let content: HTML = #"""
            \#(UI.heading("两步验证", note: "密码之外，还要验证器上的验证码"))
            \#(UI.card(nil, form("确认", hint: "验证器上现在的 6 位数字；手机不在身边时填一个恢复码", way, problems, page)))
            """#
        return UI.layout("两步验证", page, isFailed: !problems.isEmpty, content)
    }

    static func begin(
        address: String, secret: String, isDemanded: Bool, way: String, _ problems: [FieldProblem], _ page: PageContext
    ) -> HTML {
        let groups = stride(from: 0, to: secret.count, by: 4).map { start in
            String(secret.dropFirst(start).prefix(4))
        }.joined(separator: " ")
        let steps: HTML = #"""
            <ol class="steps-text">
            <li>在手机上准备一个身份验证器，例如在微信小程序里搜索“身份验证器”。</li>
            <li>用它扫描二维码，或手工输入密钥 <code>\#(groups)</code>。</li>
            <li>填写验证器上显示的 6 位数字。</li>
            </ol>
            """#
        let body: HTML = #"""
            \#(steps)\#(UI.qrCode(address, label: "验证器二维码"))
            \#(form("启用", hint: "验证器上现在的 6 位数字，30 秒换一次", way, problems, page))
            """#
        let content: HTML = #"""
            \#(UI.heading("设置两步验证"))
            \#(if: isDemanded, UI.notice(.warn, "你的角色登录时必须使用两步验证，设置后才能继续。"))
            \#(UI.card(nil, body))
            """#
        return UI.layout("设置两步验证", page, isFailed: !problems.isEmpty, content)
    }

    private static func form(
        _ submit: String, hint: String, _ way: String, _ problems: [FieldProblem], _ page: PageContext
    ) -> HTML {
        let field = UI.textField(
            "code", label: "验证码", hint: hint, required: true, autocomplete: "one-time-code", problems: problems)
        return UI.form(
            action: "/sign-in/confirm", page: page, submit: submit, problems: problems,
            UI.hidden("return", way) + field)
    }

    static func recoveryCodes(_ codes: [String], way: String, _ page: PageContext) -> HTML {
        let list: HTML = #"<ul class="codes">\#(each: codes, { "<li><code>\($0)</code></li>" })</ul>"#
        let content: HTML = #"""
            \#(UI.heading("恢复码", note: "手机不在身边时，用一个恢复码代替验证码登录", actions: UI.printButton()))
            \#(UI.notice(.warn, "只显示这一次。打印或抄下来，和手机分开放。每个恢复码只能用一次。"))
            \#(UI.card(nil, list))
            <p>\#(UI.linkButton("已经记下，继续", url: way, style: .primary))</p>
            """#
        return UI.layout("恢复码", page, content)
    }
}
