import Kernel
import Platform
import Web

/// `/sign-in` and `/sign-out`.
struct SignInRoutes: Sendable {
    let service: SignInService
    let sessions: SessionService
    /// Empty outside a demo.
    let cast: @Sendable () async throws -> [DemoAccount]
    /// Other ways to sign in.
    let links: [SignInLink]

    func add(to routes: inout Routes) {
        routes.get("/sign-in", access: .public, show)
        routes.post("/sign-in", access: .public, signIn)
        routes.post("/sign-out", access: .signedIn, signOut)
    }

    @Sendable private func show(_ request: WebRequest) async throws -> WebResponse {
        var form = SignInForm(way: request.query["return"])
        // A single sign-on may know who is coming.
        form.login = request.query["login"].map { String($0.prefix(64)) } ?? ""
        let cast = try await cast()
        if let session = request.session, !session.isComplete, !request.query.has("again") {
            let step = session.mustConfirm ? "/sign-in/confirm" : "/account/password"
            return .redirect(step + "?return=" + URLCoding.encode(form.way))
        }
        // In a demo people change from one member of the cast to the next.
        // `again` is asked by a single sign-on that wants the password anew.
        if request.completeSession != nil && cast.isEmpty && !request.query.has("again") { return .redirect(form.way) }
        return .html(SignInPages.show(form, [], cast, links: links, request.page))
    }

    @Sendable private func signIn(_ request: WebRequest) async throws -> WebResponse {
        var form = SignInForm(request.form)
        let cast = try await cast()
        if let member = cast.first(where: { $0.login == form.cast }) {
            (form.login, form.password) = (member.login, member.password)
        }
        let problems = form.problems
        guard problems.isEmpty else {
            return .html(SignInPages.show(form, problems, cast, links: links, request.page), status: 422)
        }
        let attempt = SignInService.Attempt(
            login: form.login, password: form.password, visit: SignInVisit(request))
        switch try await service.signIn(attempt) {
        case .started(let token, let mustChange, let last):
            return SignInAnswer.started(
                token: token, mustChangePassword: mustChange, last: last, way: form.way, request.page)
        case .refused(let message):
            let problem = FieldProblem(field: "login", message: message)
            return .html(SignInPages.show(form, [problem], cast, links: links, request.page), status: 422)
        case .wait(let seconds):
            let problem = FieldProblem(field: "login", message: SignInService.waitText(seconds))
            return .html(SignInPages.show(form, [problem], cast, links: links, request.page), status: 429)
                .with(header: "retry-after", String(seconds))
        }
    }

    @Sendable private func signOut(_ request: WebRequest) async throws -> WebResponse {
        let user = try request.user
        if let session = request.session {
            try await sessions.end(
                session.id, of: user.account, action: "account.signed_out",
                by: AuditActor(user, address: request.remoteAddress))
        }
        var answer = WebResponse.redirect("/sign-in", flash: Flash(.done, "已退出"))
            .with(header: "clear-site-data", "\"cache\", \"storage\"")
        answer.sessionChange = .end
        return answer
    }
}
