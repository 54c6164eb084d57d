import Kernel
import Platform
import Web

/// `/openid/logout`: an application asks that the person be signed out (OpenID Connect RP-Initiated Logout 1.0).
struct LogoutRoutes: Sendable {
    let provider: OpenIDProvider

    private static let names = [
        "id_token_hint", "client_id", "post_logout_redirect_uri", "state", "logout_hint", "ui_locales",
    ]

    /// Who asks, and where she goes afterwards.
    private struct Wish {
        let hint: IDTokenHint?
        let application: Application?
        /// Registered for the application; `nil` = a page of ours.
        let target: String?
    }

    func add(to routes: inout Routes) {
        routes.endpoint(.get, OpenIDPaths.logout, ask)
        routes.endpoint(.post, OpenIDPaths.logout, comeBack)
        routes.post(OpenIDPaths.confirmLogout, access: .public, confirm)
    }

    /// The session cookie does not come with a form of another site, so the same question is asked again by address.
    @Sendable private func comeBack(_ request: WebRequest) async throws -> WebResponse {
        let known = Set(LogoutRoutes.names)
        let values = FormValues(request.form.pairs.filter { known.contains($0.name) })
        let text = values.encoded
        guard text.utf8.count <= 12_000 else { return OpenIDPages.refused("链接过长。", request.page) }
        return .redirect(OpenIDPaths.logout + (text.isEmpty ? "" : "?" + text))
    }

    @Sendable private func ask(_ request: WebRequest) async throws -> WebResponse {
        let values = request.query
        guard values.repeatedName(among: LogoutRoutes.names) == nil else {
            return OpenIDPages.refused("链接里的信息重复。", request.page)
        }
        let wish = try await wish(values)
        guard let session = browserSession(request) else {
            return wish.target.map { WebResponse.leave(to: $0) } ?? LogoutRoutes.signedOut
        }
        // Only a token from this very session shows that the application, not some page, sends her.
        guard let hint = wish.hint, let application = wish.application, isFetchedByPerson(request),
            hint.sid == SessionIdentifier.make(lineage: session.lineage, for: application.id, provider.crypto)
        else { return .html(OpenIDPages.confirmLogout(wish.application, values, request.page)) }
        var answer = wish.target.map { WebResponse.leave(to: $0) } ?? LogoutRoutes.signedOut
        try await end(session, request, &answer)
        return answer
    }

    @Sendable private func confirm(_ request: WebRequest) async throws -> WebResponse {
        guard let text = request.form.raw("request"), let values = URLCoding.parse(text.utf8) else {
            return OpenIDPages.refused("页面已过期。", request.page)
        }
        let wish = try await wish(values)
        var answer = wish.target.map { OpenIDPages.passOn(to: $0, request.page) } ?? LogoutRoutes.signedOut
        if let session = browserSession(request) { try await end(session, request, &answer) }
        return answer
    }

    private static var signedOut: WebResponse { .redirect("/sign-in", flash: Flash(.done, "已退出")) }

    private func browserSession(_ request: WebRequest) -> SessionInfo? {
        request.session.flatMap { $0.lineage.isEmpty ? nil : $0 }
    }

    /// What browsers load ahead or embed must not sign anybody out.
    private func isFetchedByPerson(_ request: WebRequest) -> Bool {
        let isNavigation = request.headers["sec-fetch-mode"].map { $0 == "navigate" } ?? true
        return isNavigation && request.headers["sec-purpose"] == nil && request.headers["purpose"] == nil
    }

    private func end(_ session: SessionInfo, _ request: WebRequest, _ answer: inout WebResponse) async throws {
        let actor = AuditActor(session.user, address: request.remoteAddress)
        try await provider.sessions.end(
            session.id, of: session.user.account, action: "account.signed_out", by: actor)
        answer.sessionChange = .end
        answer = answer.with(header: "clear-site-data", "\"cache\", \"storage\"")
    }

    private func wish(_ values: FormValues) async throws -> Wish {
        let hint = try await IDTokenHint.read(values.sent("id_token_hint"), provider)
        let named = values.sent("client_id")
        // The two must speak of the same application.
        guard hint == nil || named == nil || hint?.clientID == named,
            let found = try await provider.application(clientID: hint?.clientID ?? named, .afterLogout),
            found.application.speaks(.openID)
        else { return Wish(hint: nil, application: nil, target: nil) }
        let asked = values.raw("post_logout_redirect_uri")
        let target = found.addresses.first { address in asked.map { address.utf8.elementsEqual($0.utf8) } ?? false }
        let state = values.sent("state").map { [(name: "state", value: $0)] } ?? []
        return Wish(
            hint: hint, application: found.application,
            target: target.map { AuthorizationAnswer.address($0, state) })
    }
}
