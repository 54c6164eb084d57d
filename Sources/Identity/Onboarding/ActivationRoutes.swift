import Kernel
import Web

/// `/activate` and `/card/…`: the first sign-in by slip, and signing in by card.
struct ActivationRoutes: Sendable {
    let service: ActivationService

    func add(to routes: inout Routes) {
        routes.get("/activate", access: .public, form)
        routes.post("/activate", access: .public, activate)
        routes.get("/card/:token", access: .public, card)
        routes.post("/card/:token", access: .public, signInByCard)
    }

    @Sendable private func form(_ request: WebRequest) async throws -> WebResponse {
        .html(ActivationPages.form(ActivationForm(), [], request.page))
    }

    @Sendable private func activate(_ request: WebRequest) async throws -> WebResponse {
        let form = ActivationForm(request.form)
        func again(_ problems: [FieldProblem], _ status: Int) -> WebResponse {
            .html(ActivationPages.form(form, problems, request.page), status: status)
        }
        guard form.missing.isEmpty else { return again(form.missing, 422) }
        do {
            switch try await service.activate(form, SignInVisit(request)) {
            case .started(let token, let mustChange, let last):
                return SignInAnswer.started(
                    token: token, mustChangePassword: mustChange, last: last, way: "/", request.page)
            case .refused(let message): return again([FieldProblem(field: "code", message: message)], 422)
            case .wait(let seconds):
                return again([FieldProblem(field: "code", message: SignInService.waitText(seconds))], 429)
                    .with(header: "retry-after", String(seconds))
            }
        } catch DomainError.invalid(let problems) {
            return again(problems, 422)
        }
    }

    @Sendable private func card(_ request: WebRequest) async throws -> WebResponse {
        let token = try request.parameter("token")
        guard let name = try await service.holder(ofCard: token) else {
            return .html(ActivationPages.badCard("登录卡无效，请班主任重新打印", request.page), status: 404)
        }
        return .html(ActivationPages.card(name, path: "/card/" + token, request.page))
            .with(header: "referrer-policy", "no-referrer")
    }

    @Sendable private func signInByCard(_ request: WebRequest) async throws -> WebResponse {
        switch try await service.signIn(byCard: try request.parameter("token"), SignInVisit(request)) {
        case .started(let token, let mustChange, let last):
            return SignInAnswer.started(
                token: token, mustChangePassword: mustChange, last: last, way: "/", request.page)
        case .refused(let message): return .html(ActivationPages.badCard(message, request.page), status: 404)
        case .wait(let seconds):
            return .html(ActivationPages.badCard(SignInService.waitText(seconds), request.page), status: 429)
                .with(header: "retry-after", String(seconds))
        }
    }
}

enum ActivationPages {
    static func form(_ form: ActivationForm, _ problems: [FieldProblem], _ page: PageContext) -> HTML {
        let hint = "至少 8 个字符（管理员 10 个），含大写字母、小写字母、数字、符号中的三种；不能有姓名、登录名、单位名称"
        let fields: HTML = #"""
            \#(UI.textField("login", label: "登录名", value: form.login, hint: "激活条上的登录名，学籍号、手机号也可以", required: true,
                autocomplete: "username", problems: problems))
            \#(UI.textField("code", label: "激活码", value: form.code, hint: "激活条上的 12 个字母和数字", required: true,
                autocomplete: "off", problems: problems))
            \#(UI.textField("password", label: "设置密码", hint: hint, type: "password", required: true,
                autocomplete: "new-password", problems: problems))
            \#(UI.textField("repeated", label: "再填一次密码", type: "password", required: true,
                autocomplete: "new-password", problems: problems))
            """#
        // Without an idempotency key: sent again, it must again bring its session cookie or say that the code is used.
        let content: HTML = #"""
            \#(UI.heading("激活账号", note: "用激活条设置自己的密码"))
            <div class="card"><form class="form" method="post" action="/activate" novalidate data-submit-once>
            \#(UI.hidden("_csrf", page.csrfToken))\#(UI.errorSummary(problems))
            \#(fields)
            <div class="form-actions"><button class="button button--primary" type="submit">激活并登录</button></div>
            </form></div>
            """#
        return UI.layout("激活账号", page, isFailed: !problems.isEmpty, content)
    }

    static func card(_ name: String, path: String, _ page: PageContext) -> HTML {
        let content: HTML = #"""
            \#(UI.heading(name, note: "登录卡"))
            <div class="card"><form class="form" method="post" action="\#(url: path)" data-submit-once>
            \#(UI.hidden("_csrf", page.csrfToken))
            <div class="form-actions"><button class="button button--primary" type="submit">以\#(name)登录</button></div>
            </form></div>
            """#
        return UI.layout("登录卡", page, content)
    }

    static func badCard(_ message: String, _ page: PageContext) -> HTML {
        let content: HTML = #"""
            \#(UI.heading("登录卡"))
            \#(UI.notice(.bad, HTML(text: message)))
            <p>\#(UI.linkButton("用密码登录", url: "/sign-in"))</p>
            """#
        return UI.layout("登录卡", page, content)
    }
}
