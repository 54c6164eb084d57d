import Identity
import Kernel
import Platform
import Web

/// `/wechat/…`, and the WeChat of one's own and of others' accounts. There only where a 服务号 is configured.
struct WeChatRoutes: Sendable {
    let service: WeChatService
    let cookies: WeChatCookies
    let address: SiteAddress

    func add(to routes: inout Routes) {
        routes.get(WeChatPages.signInPath, access: .public, start)
        routes.get(WeChatPages.callbackPath, access: .public, finish)
        routes.get("/wechat/unbound", access: .public, unbound)
        routes.get(WeChatPages.bindPath, access: .signedIn, confirm)
        routes.post(WeChatPages.bindPath, access: .signedIn, bind)
        routes.post("/account/wechat/unbind", access: .signedIn, unbindOwn)
        routes.post("/accounts/:id/wechat/unbind", access: .can(.accountManage), unbindOther)
    }

    // MARK: Signing in

    @Sendable private func start(_ request: WebRequest) async throws -> WebResponse {
        let isBinding = request.query["bind"] == "1"
        if isBinding && request.completeSession == nil {
            return .redirect("/sign-in?return=" + URLCoding.encode(WeChatPages.bindStartPath))
        }
        let asked = ReturnWay(request.query["return"]).path
        // It travels in a cookie, and the way to WeChat must not lead there again.
        let way = asked.hasPrefix("/wechat/") || asked.utf8.count > 1500 ? "/" : asked
        let attempt = service.start(for: isBinding ? request.completeSession?.user.account : nil, way: way)
        let back = address.absolute(WeChatPages.callbackPath)
        return WebResponse.leave(to: service.client.authorizeAddress(back: back, state: attempt.state))
            .with(header: "set-cookie", try cookies.line(attempt))
    }

    @Sendable private func finish(_ request: WebRequest) async throws -> WebResponse {
        let attempt = cookies.attempt(request.headers["cookie"], at: service.now())
        guard let attempt, let state = request.query.raw("state"), state == attempt.state, isOf(request, attempt) else {
            return WeChatPages.failure(.expired, request.page)
        }
        return try await answer(attempt, request).with(
            header: "set-cookie", cookies.removal(WeChatCookies.attempt))
    }

    /// A WeChat is bound by whom it was to be bound, not by whoever sits there now.
    private func isOf(_ request: WebRequest, _ attempt: WeChatAttempt) -> Bool {
        attempt.account.map { $0 == request.completeSession?.user.account.rawValue } ?? true
    }

    private func answer(_ attempt: WeChatAttempt, _ request: WebRequest) async throws -> WebResponse {
        // WeChat leaves the code out when the person did not agree.
        guard let code = request.query.text("code"), code != "authdeny" else {
            return WeChatPages.failure(.refusedByPerson, request.page)
        }
        switch try await service.finish(attempt, code: code, SignInVisit(request)) {
        case .signIn(.started(let token, let mustChange, let last)):
            return SignInAnswer.started(
                token: token, mustChangePassword: mustChange, last: last, way: attempt.way, request.page)
        case .signIn(.refused(let text)): return WeChatPages.failure(.refusedAccount(text), request.page)
        case .signIn(.wait(let seconds)), .wait(let seconds):
            return WeChatPages.failure(.wait(seconds), request.page).with(header: "retry-after", String(seconds))
        case .unbound(let identity):
            let until = service.now().adding(seconds: WeChatCookies.life).milliseconds
            let arrival = WeChatArrival(identity: identity, until: until, way: attempt.way)
            return WebResponse.redirect(request.completeSession == nil ? "/wechat/unbound" : WeChatPages.bindPath)
                .with(header: "set-cookie", try cookies.line(arrival))
        case .bound(let account):
            return WeChatPages.failure(.bound(isOwn: account == request.session?.user.account), request.page)
        case .repeated: return WeChatPages.failure(.expired, request.page)
        case .failed(let error): return WeChatPages.failure(.wechat(error), request.page)
        }
    }

    // MARK: Binding

    @Sendable private func unbound(_ request: WebRequest) async throws -> WebResponse {
        guard cookies.arrival(request.headers["cookie"], at: service.now()) != nil else {
            return WeChatPages.failure(.expired, request.page)
        }
        return .html(WeChatPages.unbound(request.page))
    }

    @Sendable private func confirm(_ request: WebRequest) async throws -> WebResponse {
        guard cookies.arrival(request.headers["cookie"], at: service.now()) != nil else {
            return WeChatPages.failure(.expired, request.page)
        }
        let user = try request.user
        guard isFresh(request) else { return .html(WeChatPages.again(request.page)) }
        if try await service.binding(of: user.account) != nil {
            return WeChatPages.failure(.boundBefore, request.page)
        }
        return .html(WeChatPages.confirm(user, request.page))
    }

    @Sendable private func bind(_ request: WebRequest) async throws -> WebResponse {
        guard let arrival = cookies.arrival(request.headers["cookie"], at: service.now()) else {
            return WeChatPages.failure(.expired, request.page)
        }
        guard isFresh(request) else { return .html(WeChatPages.again(request.page)) }
        try await service.bind(arrival.identity, to: request.user, address: request.remoteAddress)
        let way = arrival.way == "/" ? "/account" : arrival.way
        return WebResponse.redirect(way, flash: Flash(.done, "微信已绑定，以后可以用微信登录"))
            .with(header: "set-cookie", cookies.removal(WeChatCookies.arrival))
    }

    /// Whether the person has only just shown who she is, in a browser. Otherwise whoever finds it open could come back
    /// by a WeChat of his own for ever.
    private func isFresh(_ request: WebRequest) -> Bool {
        guard let session = request.completeSession, !session.lineage.isEmpty else { return false }
        return service.now() < session.signedInAt.adding(seconds: WeChatService.freshness)
    }

    @Sendable private func unbindOwn(_ request: WebRequest) async throws -> WebResponse {
        try await service.unbind(request.user, address: request.remoteAddress)
        return .redirect("/account", flash: Flash(.done, "微信绑定已解除"))
    }

    @Sendable private func unbindOther(_ request: WebRequest) async throws -> WebResponse {
        let id: ID<Account> = try request.id("id")
        try await service.unbind(id, by: request.user, address: request.remoteAddress)
        return .redirect("/accounts/\(id)", flash: Flash(.done, "微信绑定已解除"))
    }
}
