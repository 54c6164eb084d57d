import Database
import Identity
import Kernel
import Platform
import Web

/// Lets people in: what is known of the person who comes, and the code she takes to the application.
struct AuthorizationService: Sendable {
    let provider: OpenIDProvider

    /// What `AuthorizationDecision` needs to know of the holder of a session.
    func visitor(_ session: SessionInfo, _ request: AuthorizationRequest) async throws -> AuthorizationDecision.Visitor
    {
        let application = request.application, account = session.user.account
        let hint = try await IDTokenHint.read(request.idTokenHint, provider)
        let (agreed, subject) = try await provider.database.read { db in
            (
                try ConsentStore(db).scopes(account, for: application.id),
                try SubjectIdentifier.find(account, for: application.id, on: db)
            )
        }
        let isHinted = hint?.clientID == application.clientID && hint?.subject == subject
        return AuthorizationDecision.Visitor(
            signedInAt: session.signedInAt,
            hasAgreed: !application.asksConsent || agreed.isSuperset(of: request.scopes),
            isExpected: request.idTokenHint == nil || isHinted)
    }

    /// A new code; `nil` when the session has just ended or the application was just suspended.
    /// - Parameter agrees: the person has just said so; it is remembered.
    func issue(
        _ request: AuthorizationRequest, for session: SessionInfo, agrees: Bool, from address: String
    ) async throws -> String? {
        let code = OpenIDToken.code(), now = provider.now(), user = session.user
        let application = request.application
        let sessions = provider.sessions
        let new = AuthorizationStore.New(
            account: user.account, lineage: session.lineage,
            sid: SessionIdentifier.make(lineage: session.lineage, for: application.id, provider.crypto),
            scopes: request.scopes, nonce: request.nonce,
            context: session.confirmedAt == nil ? AuthenticationContext.oneFactor : AuthenticationContext.twoFactors,
            authenticatedAt: session.signedInAt, redirect: request.redirect, challenge: request.challenge)
        return try await provider.database.write { db in
            guard try sessions.isOpen(lineage: session.lineage, at: now, on: db),
                try ApplicationStore(db).find(application.id)?.speaks(.openID) == true
            else { return nil }
            let actor = AuditActor(user, address: address)
            let subject = try SubjectIdentifier.make(user.account, for: application.id, on: db)
            try AuthorizationStore(db).insert(
                new, for: application.id, subject: subject, codeHash: SHA256.hash(code), at: now)
            if agrees {
                let scopes = try ConsentStore(db).scopes(user.account, for: application.id).union(request.scopes)
                try ConsentStore(db).set(scopes.sorted(), user.account, for: application.id, at: now)
                try AuditLog.record(
                    "application.consent_given", application.id.rawValue, by: actor, at: application.ownerPath,
                    "\(application.name)，\(request.scopes.joined(separator: " "))", now: now, on: db)
            }
            try AuditLog.record(
                "application.entered", application.id.rawValue, by: actor, at: application.ownerPath,
                "\(application.name)，OpenID Connect", now: now, on: db)
            return code
        }
    }

    func consents(of account: ID<Account>) async throws -> [Consent] {
        let now = provider.now()
        return try await provider.database.read { try ConsentStore($0).list(of: account, at: now) }
    }

    /// The person takes back what she let the application do; it must send her here again.
    func withdraw(_ application: ApplicationID, by user: CurrentUser, from address: String) async throws {
        let now = provider.now()
        try await provider.database.write { db in
            guard let found = try ApplicationStore(db).find(application) else { throw DomainError.notFound }
            try ConsentStore(db).delete(user.account, for: application)
            try AuthorizationStore(db).end(application: application, of: user.account, at: now)
            try AuditLog.record(
                "application.consent_withdrawn", application.rawValue, by: AuditActor(user, address: address),
                at: found.ownerPath, found.name, now: now, on: db)
        }
    }
}
