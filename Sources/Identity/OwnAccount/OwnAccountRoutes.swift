import Kernel
import Platform
import Web

/// `/account`: one's own account, password, sessions and tokens.
struct OwnAccountRoutes: Sendable {
    let service: OwnAccountService
    let sessions: SessionService
    let panels: [AccountPanel]

    func add(to routes: inout Routes) {
        routes.get("/account", access: .signedIn, show)
        routes.get("/account/password", access: .signedIn, passwordForm)
        routes.post("/account/password", access: .signedIn, changePassword)
        routes.post("/account/sessions/end", access: .signedIn, endOne)
        routes.post("/account/sessions/end-others", access: .signedIn, endOthers)
        routes.post("/account/tokens", access: .signedIn, issueToken)
        routes.post("/account/tokens/revoke", access: .signedIn, revokeToken)
    }

    @Sendable private func show(_ request: WebRequest) async throws -> WebResponse {
        try await overview(request, tokenName: nil, days: nil, problems: [])
    }

    private func overview(
        _ request: WebRequest, tokenName: String?, days: String?, problems: [FieldProblem]
    ) async throws -> WebResponse {
        let (account, lines, codes) = try await service.overview(of: request.user.account)
        let view = OwnAccountPages.View(
            account: account, sessions: lines, current: request.session?.id ?? "", today: service.now().day,
            tokenName: tokenName, days: days, problems: problems,
            hasSecondFactor: request.session?.hasSecondFactor ?? false, recoveryCodes: codes,
            panels: try await panels.cards(of: account.id, for: .owner, request.page))
        return .html(OwnAccountPages.show(view, request.page), status: problems.isEmpty ? 200 : 422)
    }

    @Sendable private func passwordForm(_ request: WebRequest) async throws -> WebResponse {
        let isForced = request.session?.mustChangePassword ?? false
        let way = SignInForm(way: request.query["return"]).way
        return .html(OwnAccountPages.password(isForced: isForced, way: way, [], request.page))
    }

    @Sendable private func changePassword(_ request: WebRequest) async throws -> WebResponse {
        let isForced = request.session?.mustChangePassword ?? false
        let way = SignInForm(way: request.form["return"]).way
        do {
            let token = try await service.changePassword(
                PasswordChange(request.form), of: request.user, confirmedAt: request.session?.confirmedAt,
                address: request.remoteAddress, browser: request.headers["user-agent"] ?? "")
            var answer = SignInAnswer.onward(
                isForced ? way : "/account", Flash(.done, "密码已修改，其他设备已退出"), request.page)
            answer.sessionChange = .start(token: token)
            return answer
        } catch DomainError.invalid(let problems) {
            return .html(OwnAccountPages.password(isForced: isForced, way: way, problems, request.page), status: 422)
        }
    }

    @Sendable private func endOne(_ request: WebRequest) async throws -> WebResponse {
        let user = try request.user
        try await sessions.end(
            request.form["session"] ?? "", of: user.account, action: "account.session_ended",
            by: AuditActor(user, address: request.remoteAddress))
        return .redirect("/account", flash: Flash(.done, "这台设备已退出"))
    }

    @Sendable private func endOthers(_ request: WebRequest) async throws -> WebResponse {
        try await service.endOtherSessions(
            of: request.user, keeping: request.session?.id ?? "", address: request.remoteAddress)
        return .redirect("/account", flash: Flash(.done, "其他设备已退出"))
    }

    /// Answers the page itself, without a redirect: the token is nowhere kept to be shown a second time.
    @Sendable private func issueToken(_ request: WebRequest) async throws -> WebResponse {
        // A token that makes the next one would never end.
        guard let session = request.session, !session.lineage.isEmpty else {
            throw DomainError.forbidden("令牌不能用来新建令牌，请登录网页后再新建。")
        }
        if let proof = request.proofNeeded(back: "/account", now: service.now()) { return proof }
        let user = session.user
        let name = request.form["name"] ?? "", days = request.form["days"] ?? ""
        do {
            let token = try await sessions.issueToken(
                for: user.account, name: name, days: Int(days) ?? 0,
                by: AuditActor(user, address: request.remoteAddress))
            var answer = WebResponse.html(OwnAccountPages.token(token, name: name, request.page))
            answer.repeated = ("/account", Flash(.warning, "令牌已经新建，只显示一次。没有记下就停用它，再新建一个"))
            return answer
        } catch DomainError.invalid(let problems) {
            return try await overview(request, tokenName: name, days: days, problems: problems)
        }
    }

    @Sendable private func revokeToken(_ request: WebRequest) async throws -> WebResponse {
        let user = try request.user
        try await sessions.end(
            request.form["session"] ?? "", of: user.account, action: "account.token_revoked",
            by: AuditActor(user, address: request.remoteAddress))
        return .redirect("/account", flash: Flash(.done, "令牌已停用"))
    }
}
