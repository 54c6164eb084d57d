import Kernel
import Platform
import Web

/// The doors of the provider for machines.
struct TokenRoutes: Sendable {
    let provider: OpenIDProvider
    private var service: TokenService { TokenService(provider: provider) }
    private var machines: MachineTokens {
        MachineTokens(database: provider.database, crypto: provider.crypto, now: provider.now)
    }
    private var authentication: ClientAuthentication { ClientAuthentication(provider: provider) }

    func add(to routes: inout Routes) {
        routes.endpoint(.get, "/.well-known/openid-configuration", discovery)
        routes.endpoint(.get, "/.well-known/oauth-authorization-server", discovery)
        routes.endpoint(.get, OpenIDPaths.keys, keys)
        routes.endpoint(.post, OpenIDPaths.token) { try await answered($0, token) }
        routes.endpoint(.post, OpenIDPaths.revoke) { try await answered($0, revoke) }
        routes.endpoint(.post, OpenIDPaths.introspect) { try await answered($0, introspect) }
        routes.endpoint(.get, OpenIDPaths.userInfo, userInfo)
        routes.endpoint(.post, OpenIDPaths.userInfo, userInfo)
    }

    @Sendable private func discovery(_ request: WebRequest) async throws -> WebResponse {
        .json(Discovery.document(provider.address).bytes).with(header: "cache-control", "public, max-age=600")
    }

    @Sendable private func keys(_ request: WebRequest) async throws -> WebResponse {
        let keys = try await provider.keys.published().map { known -> ClaimValue in
            .object([
                ("kty", .text("RSA")), ("use", .text("sig")), ("alg", .text("RS256")), ("kid", .text(known.id)),
                ("n", .text(Base64URL.encode(known.key.modulus))), ("e", .text(Base64URL.encode(known.key.exponent))),
            ])
        }
        return .json(ClaimValue.object([("keys", .list(keys))]).bytes)
            .with(header: "cache-control", "public, max-age=\(SigningKeys.cacheSeconds)")
    }

    /// Turns a refusal into the protocol's own answer, also when the platform cannot work just now.
    private func answered(
        _ request: WebRequest, _ door: (WebRequest) async throws -> WebResponse
    ) async throws -> WebResponse {
        do {
            if let name = request.form.repeatedName(among: TokenRoutes.names) {
                throw OAuthError.invalidRequest("\(name) is given twice")
            }
            return try await door(request)
        } catch let error as OAuthError {
            let answer = error.response
            guard error.status == 401 else {
                return error.status == 429 ? answer.with(header: "retry-after", "600") : answer
            }
            return answer.with(header: "www-authenticate", "Basic realm=\"santong\"")
        } catch let error as DomainError {
            switch error {
            case .unavailable, .uncertain:
                return OAuthError("temporarily_unavailable", "try again later", status: 503).response
                    .with(header: "retry-after", "10")
            default: throw error
            }
        }
    }

    private static let names = [
        "grant_type", "code", "redirect_uri", "code_verifier", "client_id", "client_secret", "refresh_token", "scope",
        "token", "token_type_hint", "access_token",
    ]

    private func token(_ request: WebRequest) async throws -> WebResponse {
        let form = request.form
        guard let type = form.sent("grant_type") else { throw OAuthError.invalidRequest("grant_type is missing") }
        let application = try await authentication.client(of: request)
        switch type {
        case "authorization_code":
            guard let code = form.sent("code") else { throw OAuthError.invalidRequest("code is missing") }
            let asked = TokenService.Exchange(
                code: code, redirect: form.sent("redirect_uri"), verifier: form.sent("code_verifier"),
                address: request.remoteAddress)
            return TokenRoutes.response(try await service.exchange(asked, for: application))
        case "refresh_token":
            guard let token = form.sent("refresh_token") else {
                throw OAuthError.invalidRequest("refresh_token is missing")
            }
            let scopes = form.sent("scope").map { $0.split(separator: " ").map(String.init) }
            return TokenRoutes.response(
                try await service.refresh(token, scopes: scopes, for: application, from: request.remoteAddress))
        case "client_credentials":
            let scopes = form.sent("scope").map { $0.split(separator: " ").map(String.init) }
            return TokenRoutes.response(
                try await machines.issue(to: application, asked: scopes, from: request.remoteAddress))
        default: throw OAuthError("unsupported_grant_type", "the grant type is not supported")
        }
    }

    private static func response(_ issue: TokenService.Issue) -> WebResponse {
        var members: [(name: String, value: ClaimValue)] = [
            ("access_token", .text(issue.accessToken)), ("token_type", .text("Bearer")),
            ("expires_in", .number(Authorization.accessLife)), ("scope", .text(issue.scopes.joined(separator: " "))),
            ("id_token", .text(issue.idToken)),
        ]
        if let token = issue.refreshToken { members.append(("refresh_token", .text(token))) }
        return .claims(.object(members))
    }

    /// Without a refresh token: the application asks again (RFC 6749, section 4.4.3).
    private static func response(_ issue: MachineTokens.Issue) -> WebResponse {
        .claims(
            .object([
                ("access_token", .text(issue.token)), ("token_type", .text("Bearer")),
                ("expires_in", .number(MachineTokens.life)), ("scope", .text(issue.scopes.joined(separator: " "))),
            ]))
    }

    private func revoke(_ request: WebRequest) async throws -> WebResponse {
        let application = try await authentication.client(of: request)
        guard let token = request.form.sent("token") else { throw OAuthError.invalidRequest("token is missing") }
        try await service.revoke(token, for: application)
        try await machines.revoke(token, for: application)
        return .claims(.object([]))
    }

    /// Only the application a token was issued to learns anything of it (RFC 7662).
    private func introspect(_ request: WebRequest) async throws -> WebResponse {
        let application = try await authentication.client(of: request, allowsPublic: false)
        guard let text = request.form.sent("token") else { throw OAuthError.invalidRequest("token is missing") }
        if let found = try await machines.find(text), found.application == application.id {
            return .claims(TokenRoutes.claims(found, application, issuer: provider.issuer))
        }
        guard let token = try await service.find(text), token.authorization.application == application.id else {
            return .claims(.object([("active", .flag(false))]))
        }
        var members: [(name: String, value: ClaimValue)] = [
            ("active", .flag(true)), ("scope", .text(token.scopes.joined(separator: " "))),
            ("client_id", .text(application.clientID)), ("sub", .text(token.authorization.subject)),
            ("iss", .text(provider.issuer)), ("aud", .text(application.clientID)),
            ("iat", .number(token.createdAt.milliseconds / 1000)),
            ("exp", .number(token.expiresAt.milliseconds / 1000)),
        ]
        if token.kind == .access { members.append(("token_type", .text("Bearer"))) }
        return .claims(.object(members))
    }

    private static func claims(_ token: MachineToken, _ application: Application, issuer: String) -> ClaimValue {
        .object([
            ("active", .flag(true)), ("scope", .text(token.scopes.joined(separator: " "))),
            ("client_id", .text(application.clientID)), ("sub", .text(application.clientID)),
            ("iss", .text(issuer)), ("iat", .number(token.createdAt.milliseconds / 1000)),
            ("exp", .number(token.expiresAt.milliseconds / 1000)), ("token_type", .text("Bearer")),
        ])
    }

    /// The token comes in the header or in the form, never in the address, which ends in logs (RFC 6750).
    @Sendable private func userInfo(_ request: WebRequest) async throws -> WebResponse {
        let header = request.headers["authorization"].flatMap { text in
            text.prefix(7).lowercased() == "bearer " ? String(text.dropFirst(7)) : nil
        }
        let inForm = request.form.all("access_token")
        guard inForm.count + (header == nil ? 0 : 1) <= 1 else {
            return TokenRoutes.refused(400, "invalid_request", "the token is sent twice")
        }
        guard let token = header ?? inForm.first else {
            return WebResponse(status: 401, headers: [("www-authenticate", "Bearer realm=\"santong\"")])
        }
        guard let claims = try await service.claims(token) else {
            return TokenRoutes.refused(401, "invalid_token", "the token is not known or has run out")
        }
        return .claims(claims)
    }

    private static func refused(_ status: Int, _ code: String, _ description: String) -> WebResponse {
        OAuthError(code, description, status: status).response.with(
            header: "www-authenticate",
            "Bearer realm=\"santong\", error=\"\(code)\", error_description=\"\(description)\"")
    }
}
