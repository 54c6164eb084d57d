import Database
import Identity
import Kernel
import Platform

/// Turns codes and refresh tokens into tokens, and tells what tokens are worth.
struct TokenService: Sendable {
    let provider: OpenIDProvider

    /// What an application gets.
    struct Issue: Sendable {
        let authorization: Authorization
        let accessToken: String
        let refreshToken: String?
        let idToken: String
        let scopes: [String]
    }

    /// What came of a transaction; a refusal is no error there, because what it wrote must stay.
    private enum Outcome: Sendable {
        case refused(OAuthError)
        case issued(Authorization, scopes: [String], hasRefresh: Bool)
    }

    /// The exchange of a code.
    struct Exchange: Sendable {
        let code: String
        let redirect: String?
        let verifier: String?
        /// Where the question comes from.
        let address: String
    }

    /// Throws `OAuthError`. A code is good for one try, whoever makes it: what fails here looks like theft.
    func exchange(_ asked: Exchange, for application: Application) async throws -> Issue {
        guard let hash = OpenIDToken.hash(asked.code) else { throw OAuthError.invalidGrant("the code is not known") }
        let now = provider.now(), access = OpenIDToken.random(.access), refresh = OpenIDToken.random(.refresh)
        let sessions = provider.sessions
        let signer = try await provider.keys.current()
        let outcome = try await provider.database.write { db -> Outcome in
            let store = AuthorizationStore(db)
            guard let found = try store.find(code: hash) else {
                return .refused(.invalidGrant("the code is not known"))
            }
            if let refusal = try refusal(found, asked, application, at: now, sessions, on: db) {
                return .refused(refusal)
            }
            let hasRefresh = found.isOffline
            try store.insert(access, refresh: hasRefresh ? refresh : nil, of: found, scopes: found.scopes, at: now)
            try ParticipationStore(db).record(
                lineage: found.lineage, account: found.account, application: application.id, kind: .openID,
                reference: found.sid, address: application.logoutURL, at: now)
            try ApplicationUse.note(application.id, account: found.account, by: .openID, at: now, on: db)
            return .issued(found, scopes: found.scopes, hasRefresh: hasRefresh)
        }
        return try issue(outcome, access, refresh, isFirst: true, at: now, signer)
    }

    /// Uses the code up and says what is wrong with it.
    private func refusal(
        _ found: Authorization, _ asked: Exchange, _ application: Application, at now: Timestamp,
        _ sessions: SessionService, on db: Connection
    ) throws -> OAuthError? {
        let store = AuthorizationStore(db)
        func refuse(_ reason: StaticString, _ description: String, isTheft: Bool = false) throws -> OAuthError {
            try store.end(found.id, at: now)
            try ApplicationUse.failed(found.application, by: .openID, reason, at: now, on: db)
            if isTheft {
                try TokenService.note("application.code_refused", application, asked.address, reason, at: now, on: db)
            }
            return .invalidGrant(description)
        }
        guard try store.useCode(of: found.id, at: now) else {
            return try refuse("授权码被重复使用", "the code was used before", isTheft: true)
        }
        guard found.application == application.id else {
            return try refuse("授权码被其他应用使用", "the code was issued to another client", isTheft: true)
        }
        guard now < found.codeUntil else { return try refuse("授权码已过期", "the code has run out") }
        guard let redirect = asked.redirect, redirect.utf8.elementsEqual(found.redirect.utf8) else {
            return try refuse("返回地址与请求时不一致", "redirect_uri differs from that of the request")
        }
        guard ProofKey.fits(verifier: asked.verifier, challenge: found.challenge) else {
            return try refuse("PKCE 校验不通过", "code_verifier does not fit", isTheft: true)
        }
        guard found.isAlive, try sessions.isOpen(lineage: found.lineage, at: now, on: db) else {
            return try refuse("登录会话已结束", "the session is over")
        }
        return nil
    }

    /// Throws `OAuthError`. A refresh token is good once: used again, somebody has a copy, and all that came of the same
    /// authorization dies (RFC 9700, section 4.14).
    /// - Parameter scopes: fewer than before; `nil` = all.
    func refresh(
        _ token: String, scopes asked: [String]?, for application: Application, from address: String
    ) async throws -> Issue {
        guard let hash = OpenIDToken.hash(token, .refresh) else {
            throw OAuthError.invalidGrant("the refresh token is not known")
        }
        let now = provider.now(), access = OpenIDToken.random(.access), refresh = OpenIDToken.random(.refresh)
        let signer = try await provider.keys.current()
        let outcome = try await provider.database.write { db -> Outcome in
            let store = AuthorizationStore(db)
            guard let known = try store.token(hash), known.kind == .refresh else {
                return .refused(.invalidGrant("the refresh token is not known"))
            }
            let found = known.authorization
            guard found.application == application.id, !known.isUsed else {
                try store.end(found.id, at: now)
                try ApplicationUse.failed(found.application, by: .openID, "刷新令牌被重复使用或被其他应用使用", at: now, on: db)
                try TokenService.note(
                    "application.refresh_refused", application, address, "刷新令牌被重复使用或被其他应用使用", at: now, on: db)
                return .refused(.invalidGrant("the refresh token was used before"))
            }
            guard known.isGood(at: now), now < known.begunAt.adding(seconds: Authorization.longestLife) else {
                return .refused(.invalidGrant("the refresh token has run out"))
            }
            let scopes = asked ?? known.scopes
            guard Set(scopes).isSubset(of: known.scopes), scopes.contains(ApplicationScope.openID.rawValue) else {
                return .refused(OAuthError("invalid_scope", "scope exceeds what was granted"))
            }
            guard try store.useToken(hash, at: now) else { return .refused(.invalidGrant("used before")) }
            // Only the access token is narrower; the next refresh token is worth as much as this one (RFC 6749, 6).
            try store.insert(
                access, refresh: refresh, of: found, scopes: scopes, refreshScopes: known.scopes, at: now)
            return .issued(found, scopes: scopes, hasRefresh: true)
        }
        return try issue(outcome, access, refresh, isFirst: false, at: now, signer)
    }

    private func issue(
        _ outcome: Outcome, _ access: String, _ refresh: String, isFirst: Bool, at now: Timestamp,
        _ signer: SigningKeys.Opened
    ) throws -> Issue {
        switch outcome {
        case .refused(let error): throw error
        case .issued(let found, let scopes, let hasRefresh):
            let idToken = IDToken.text(
                of: found, accessToken: access, isFirst: isFirst, issuer: provider.issuer, at: now, by: signer)
            return Issue(
                authorization: found, accessToken: access, refreshToken: hasRefresh ? refresh : nil, idToken: idToken,
                scopes: scopes)
        }
    }

    private static func note(
        _ action: String, _ application: Application, _ address: String, _ reason: StaticString, at now: Timestamp,
        on db: Connection
    ) throws {
        try AuditLog.record(
            action, application.id.rawValue, by: AuditActor(id: nil, name: application.name, address: address),
            at: application.ownerPath, "\(application.name)，\(reason)", succeeded: false, now: now, on: db)
    }

    // MARK: What a token is worth

    /// A token that is good now; `nil` for anything else.
    func find(_ text: String) async throws -> AuthorizationStore.Issued? {
        guard let hash = OpenIDToken.hash(text, .access) ?? OpenIDToken.hash(text, .refresh) else { return nil }
        let now = provider.now()
        return try await provider.database.read { try AuthorizationStore($0).token(hash) }
            .flatMap { $0.isGood(at: now) ? $0 : nil }
    }

    /// What the bearer of an access token may know of the person; `nil` when the token is no good (any more).
    func claims(_ accessToken: String) async throws -> ClaimValue? {
        guard let hash = OpenIDToken.hash(accessToken, .access) else { return nil }
        let now = provider.now()
        return try await provider.database.read { db in
            guard let token = try AuthorizationStore(db).token(hash), token.isGood(at: now) else { return nil }
            return try PersonClaims.of(
                token.authorization.account, subject: token.authorization.subject, token.scopes, at: now, on: db)
        }
    }

    /// Makes a token of the application's own bad; with a refresh token all that came of its authorization. Throws
    /// `OAuthError` for one of another application; says nothing of one that nobody has (RFC 7009, section 2.2).
    func revoke(_ text: String, for application: Application) async throws {
        guard let hash = OpenIDToken.hash(text, .access) ?? OpenIDToken.hash(text, .refresh) else { return }
        let now = provider.now()
        try await provider.database.write { db in
            let store = AuthorizationStore(db)
            guard let token = try store.token(hash) else { return }
            guard token.authorization.application == application.id else {
                throw OAuthError("unauthorized_client", "the token was issued to another client")
            }
            switch token.kind {
            case .access: try store.expire(hash, at: now)
            case .refresh: try store.end(token.authorization.id, at: now)
            }
        }
    }
}

extension AuthorizationStore {
    fileprivate func insert(
        _ access: String, refresh: String?, of authorization: Authorization, scopes: [String],
        refreshScopes: [String]? = nil, at now: Timestamp
    ) throws {
        try insert(
            SHA256.hash(access), .access, of: authorization.id, scopes: scopes, at: now,
            until: now.adding(seconds: Authorization.accessLife))
        guard let refresh else { return }
        try insert(
            SHA256.hash(refresh), .refresh, of: authorization.id, scopes: refreshScopes ?? scopes, at: now,
            until: now.adding(seconds: Authorization.refreshLife))
    }
}
