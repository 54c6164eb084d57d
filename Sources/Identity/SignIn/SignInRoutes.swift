import Kernel
import Platform
import Web

/// `/sign-in` and `/sign-out`.
struct SignInRoutes: Sendable {
    let service: SignInService
    let sessions: SessionService
    /// Empty outside a demo.
    let cast: @Sendable () async throws -> [DemoAccount]

    func add(to routes: inout Routes) {
        routes.get("/sign-in", access: .public, show)
        routes.post("/sign-in", access: .public, signIn)
        routes.post("/sign-out", access: .signedIn, signOut)
    }

    @Sendable private func show(_ request: WebRequest) async throws -> WebResponse {
        let form = SignInForm(way: request.query["return"])
        let cast = try await cast()
        // In a demo people change from one member of the cast to the next.
        if request.session != nil && cast.isEmpty { return .redirect(form.way) }
        return .html(SignInPages.show(form, [], cast, request.page))
    }

    @Sendable private func signIn(_ request: WebRequest) async throws -> WebResponse {
        var form = SignInForm(request.form)
        let cast = try await cast()
        if let member = cast.first(where: { $0.login == form.cast }) {
            (form.login, form.password) = (member.login, member.password)
        }
        let problems = form.problems
        guard problems.isEmpty else { return .html(SignInPages.show(form, problems, cast, request.page), status: 422) }
        let previous = request.session.map { SignInService.SessionReference(id: $0.id, account: $0.user.account) }
        let attempt = SignInService.Attempt(
            login: form.login, password: form.password, address: request.remoteAddress,
            browser: request.headers["user-agent"] ?? "", previous: previous)
        switch try await service.signIn(attempt) {
        case .started(let token, let mustChange, let last): return started(token, mustChange, last, form)
        case .refused(let message):
            let problem = FieldProblem(field: "login", message: message)
            return .html(SignInPages.show(form, [problem], cast, request.page), status: 422)
        case .wait(let seconds):
            let problem = FieldProblem(field: "login", message: SignInService.waitText(seconds))
            return .html(SignInPages.show(form, [problem], cast, request.page), status: 429)
                .with(header: "retry-after", String(seconds))
        }
    }

    private func started(_ token: String, _ mustChange: Bool, _ last: LastSignIn?, _ form: SignInForm) -> WebResponse {
        var answer: WebResponse
        if mustChange {
            answer = .redirect("/account/password", flash: Flash(.warning, "首次登录或密码已重置，先设置自己的密码"))
        } else if let last {
            answer = .redirect(form.way, flash: Flash(.done, "上次登录：\(last.at.text)，来自 \(last.address)"))
        } else {
            answer = .redirect(form.way, flash: Flash(.done, "已登录"))
        }
        answer.sessionChange = .start(token: token)
        return answer
    }

    @Sendable private func signOut(_ request: WebRequest) async throws -> WebResponse {
        let user = try request.user
        if let session = request.session {
            try await sessions.end(
                session.id, of: user.account, action: "account.signed_out",
                by: AuditActor(user, address: request.remoteAddress))
        }
        var answer = WebResponse.redirect("/sign-in", flash: Flash(.done, "已退出"))
            .with(header: "clear-site-data", "\"cache\"")
        answer.sessionChange = .end
        return answer
    }
}
