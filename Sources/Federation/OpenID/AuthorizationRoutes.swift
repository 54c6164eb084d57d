import Kernel
import Platform
import Web

/// `/openid/authorize`, where applications send people, and what the people answer there.
struct AuthorizationRoutes: Sendable {
    let service: AuthorizationService
    private var provider: OpenIDProvider { service.provider }

    func add(to routes: inout Routes) {
        routes.endpoint(.get, OpenIDPaths.authorize) { try await answer($0, $0.query) }
        routes.endpoint(.post, OpenIDPaths.authorize, comeBack)
        routes.post(OpenIDPaths.consent, access: .signedIn, consent)
        routes.get(OpenIDPaths.own, access: .signedIn, own)
        routes.post(OpenIDPaths.own + "/withdraw", access: .signedIn, withdraw)
    }

    /// The session cookie does not come with a form of another site, so the same question is asked again by address.
    @Sendable private func comeBack(_ request: WebRequest) async throws -> WebResponse {
        let known = Set(AuthorizationRequest.names)
        let values = FormValues(request.form.pairs.filter { known.contains($0.name) })
        let text = values.encoded
        guard text.utf8.count <= 12_000 else { return OpenIDPages.refused("链接过长。", request.page) }
        return .redirect(OpenIDPaths.authorize + "?" + text)
    }

    private func answer(_ request: WebRequest, _ values: FormValues) async throws -> WebResponse {
        switch try await read(values) {
        case .failure(let refusal): return refused(refusal, request.page, isForm: false)
        case .success(let asked): return try await proceed(request, values, asked, agrees: false)
        }
    }

    private func read(
        _ values: FormValues
    ) async throws -> Result<AuthorizationRequest, AuthorizationRequest.Refusal> {
        let clients = values.all("client_id")
        let found = try await provider.application(clientID: clients.first, .redirect)
        do {
            return .success(
                try AuthorizationRequest(values, found?.application, redirects: found?.addresses ?? []))
        } catch let refusal as AuthorizationRequest.Refusal { return .failure(refusal) }
    }

    private func refused(
        _ refusal: AuthorizationRequest.Refusal, _ page: PageContext, isForm: Bool
    ) -> WebResponse {
        switch refusal {
        case .page(let text): OpenIDPages.refused(text, page)
        case .answer(let error, let answer): tell(error, answer, page, isForm: isForm)
        }
    }

    /// - Parameter agrees: the person has just pressed the button that says so.
    private func proceed(
        _ request: WebRequest, _ values: FormValues, _ asked: AuthorizationRequest, agrees: Bool
    ) async throws -> WebResponse {
        // The token of a program belongs to no browser.
        let session = request.completeSession.flatMap { $0.lineage.isEmpty ? nil : $0 }
        let visitor: AuthorizationDecision.Visitor?
        if let session { visitor = try await service.visitor(session, asked) } else { visitor = nil }
        let since = AskedTime(crypto: provider.crypto).read(values, at: provider.now())
        let decision = AuthorizationDecision.of(asked, visitor, asked: since, agrees: agrees, at: provider.now())
        let answer = AuthorizationAnswer(redirect: asked.redirect, mode: asked.mode, state: asked.state)
        switch decision {
        case .signIn(let fresh): return try signIn(request, values, asked, fresh: fresh)
        case .consent: return OpenIDPages.consent(asked, values, request.page)
        case .refuse(let error): return tell(error, answer, request.page, isForm: agrees)
        case .issue:
            guard let session,
                let code = try await service.issue(
                    asked, for: session, agrees: agrees, from: request.remoteAddress)
            else { return try signIn(request, values, asked, fresh: true) }
            return send([("code", code)], answer, request.page, isForm: agrees)
        }
    }

    private func signIn(
        _ request: WebRequest, _ values: FormValues, _ asked: AuthorizationRequest, fresh: Bool
    ) throws -> WebResponse {
        var back = values.replacing(AskedTime.name, with: nil)
        if fresh { back = try AskedTime(crypto: provider.crypto).marking(back, at: provider.now()) }
        let way = URLCoding.encode(OpenIDPaths.authorize + "?" + back.encoded)
        if request.session?.mustChangePassword == true { return .redirect("/account/password?return=" + way) }
        let again = request.completeSession == nil ? "" : "&again=1"
        let hint = asked.loginHint.map { "&login=" + URLCoding.encode($0) } ?? ""
        return .redirect("/sign-in?return=" + way + again + hint)
    }

    private func tell(
        _ error: OAuthError, _ answer: AuthorizationAnswer, _ page: PageContext, isForm: Bool
    ) -> WebResponse {
        send([("error", error.code), ("error_description", error.description)], answer, page, isForm: isForm)
    }

    /// - Parameter isForm: whether a form of ours is being answered; browsers hold redirects after it to this site.
    private func send(
        _ pairs: [(name: String, value: String)], _ answer: AuthorizationAnswer, _ page: PageContext, isForm: Bool
    ) -> WebResponse {
        let pairs = answer.pairs(pairs, issuer: provider.issuer)
        if answer.mode == .formPost { return OpenIDPages.handOver(pairs, to: answer.redirect, page) }
        let address = AuthorizationAnswer.address(answer.redirect, pairs)
        return isForm ? OpenIDPages.passOn(to: address, page) : .leave(to: address)
    }

    // MARK: Consent

    /// The whole request is judged again: what the page held is no more to be trusted than an address.
    @Sendable private func consent(_ request: WebRequest) async throws -> WebResponse {
        guard let text = request.form.raw("request"), let values = URLCoding.parse(text.utf8) else {
            return OpenIDPages.refused("页面已过期。", request.page)
        }
        switch try await read(values) {
        case .failure(let refusal): return refused(refusal, request.page, isForm: true)
        case .success(let asked):
            if request.form.has("agree") { return try await proceed(request, values, asked, agrees: true) }
            let answer = AuthorizationAnswer(redirect: asked.redirect, mode: asked.mode, state: asked.state)
            return tell(.accessDenied, answer, request.page, isForm: true)
        }
    }

    @Sendable private func own(_ request: WebRequest) async throws -> WebResponse {
        .html(OpenIDPages.own(try await service.consents(of: try request.user.account), request.page))
    }

    @Sendable private func withdraw(_ request: WebRequest) async throws -> WebResponse {
        guard let text = request.form["application"], let id = ApplicationID(checking: text) else {
            throw DomainError.notFound
        }
        try await service.withdraw(id, by: try request.user, from: request.remoteAddress)
        return .redirect(OpenIDPaths.own, flash: Flash(.done, "授权已取消"))
    }
}

/// When an application asked a person to show who she is, as it travels in the values of its request.
struct AskedTime: Sendable {
    static let name = "asked"

    let crypto: any CryptoProvider

    /// The values with the mark added.
    func marking(_ values: FormValues, at now: Timestamp) throws -> FormValues {
        let mark = try SealedMoment(crypto: crypto).seal(now, for: AskedTime.context(values))
        return values.replacing(AskedTime.name, with: mark)
    }

    /// `nil` when she was not asked, too long ago, or for another request.
    func read(_ values: FormValues, at now: Timestamp) -> Timestamp? {
        let context = AskedTime.context(values.replacing(AskedTime.name, with: nil))
        return SealedMoment(crypto: crypto).open(values.raw(AskedTime.name), for: context, at: now)
    }

    private static func context(_ values: FormValues) -> String {
        "openid.asked/" + Hex.encode(SHA256.hash(values.encoded))
    }
}
