import Database
import Kernel

/// All SQL of authorizations and their tokens.
struct AuthorizationStore {
    let db: Connection
    init(_ db: Connection) { self.db = db }

    /// What is written down when a person comes to an application.
    struct New: Sendable {
        let account: ID<Account>
        let lineage: String
        let sid: String
        let scopes: [String]
        let nonce: String?
        let context: String
        let authenticatedAt: Timestamp
        let redirect: String
        let challenge: String?
    }

    func insert(
        _ new: New, for application: ApplicationID, subject: String, codeHash: [UInt8], at now: Timestamp
    ) throws {
        let isOffline = new.scopes.contains(ApplicationScope.offlineAccess.rawValue)
        try db.execute(
            """
            INSERT INTO federation_openid_authorization (id, application_id, account_id, subject, lineage, sid, scopes,
                nonce, acr, authenticated_at, redirect_uri, challenge, code_hash, code_until, is_offline, created_at)
            VALUES (\(Identifiers.next()), \(application), \(new.account), \(subject), \(new.lineage), \(new.sid),
                \(new.scopes.joined(separator: " ")), \(new.nonce), \(new.context), \(new.authenticatedAt),
                \(new.redirect), \(new.challenge), \(codeHash), \(now.adding(seconds: Authorization.codeLife)),
                \(isOffline), \(now))
            """)
    }

    func find(code hash: [UInt8]) throws -> Authorization? {
        try db.first(
            "SELECT \(Authorization.columns) FROM \(Authorization.tables) WHERE g.code_hash = \(hash)",
            Authorization.init)
    }

    /// Returns whether it was the first time.
    func useCode(of id: ID<Authorization>, at now: Timestamp) throws -> Bool {
        try db.change(
            """
            UPDATE federation_openid_authorization SET code_used_at = \(now) WHERE id = \(id) AND code_used_at IS NULL
            """) == 1
    }

    /// Ends it with all its tokens.
    func end(_ id: ID<Authorization>, at now: Timestamp) throws {
        try db.execute(
            "UPDATE federation_openid_authorization SET ended_at = \(now) WHERE id = \(id) AND ended_at IS NULL")
    }

    func end(allOf account: ID<Account>, at now: Timestamp) throws {
        try db.execute(
            """
            UPDATE federation_openid_authorization SET ended_at = \(now)
            WHERE account_id = \(account) AND ended_at IS NULL
            """)
    }

    func end(application: ApplicationID, of account: ID<Account>? = nil, at now: Timestamp) throws {
        let person: SQL = account.map { " AND account_id = \($0)" } ?? .empty
        try db.execute(
            """
            UPDATE federation_openid_authorization SET ended_at = \(now)
            WHERE application_id = \(application) AND ended_at IS NULL\(person)
            """)
    }

    // MARK: Tokens

    /// A token with what it belongs to.
    struct Issued: Sendable {
        let authorization: Authorization
        let kind: OpenIDToken.Kind
        let scopes: [String]
        let createdAt: Timestamp
        let expiresAt: Timestamp
        /// A refresh token whose successor has been issued.
        let isUsed: Bool
        /// When the person came to the application.
        let begunAt: Timestamp

        func isGood(at now: Timestamp) -> Bool { authorization.isAlive && !isUsed && now < expiresAt }
    }

    func insert(
        _ hash: [UInt8], _ kind: OpenIDToken.Kind, of id: ID<Authorization>, scopes: [String], at now: Timestamp,
        until end: Timestamp
    ) throws {
        try db.execute(
            """
            INSERT INTO federation_openid_token (hash, authorization_id, kind, scopes, created_at, expires_at)
            VALUES (\(hash), \(id), \(kind), \(scopes.joined(separator: " ")), \(now), \(end))
            """)
    }

    func token(_ hash: [UInt8]) throws -> Issued? {
        try db.first(
            """
            SELECT \(Authorization.columns), t.kind, t.scopes, t.created_at, t.expires_at, t.used_at, g.created_at
            FROM \(Authorization.tables) JOIN federation_openid_token t ON t.authorization_id = g.id
            WHERE t.hash = \(hash)
            """
        ) { row in
            let start = Authorization.columnCount
            return Issued(
                authorization: try Authorization(row), kind: try row.get(start),
                scopes: try row.text(start + 1).split(separator: " ").map(String.init),
                createdAt: try row.get(start + 2), expiresAt: try row.get(start + 3), isUsed: !row.isNull(start + 4),
                begunAt: try row.get(start + 5))
        }
    }

    /// Returns whether it was the first time.
    func useToken(_ hash: [UInt8], at now: Timestamp) throws -> Bool {
        try db.change(
            "UPDATE federation_openid_token SET used_at = \(now) WHERE hash = \(hash) AND used_at IS NULL") == 1
    }

    /// Makes one token bad, not those beside it.
    func expire(_ hash: [UInt8], at now: Timestamp) throws {
        try db.execute(
            "UPDATE federation_openid_token SET expires_at = \(now) WHERE hash = \(hash) AND expires_at > \(now)")
    }

    /// Forgets tokens that ran out a day ago, then authorizations that have none left. A refresh token that was used
    /// stays until it would have run out, so that using it again is noticed.
    func deleteOld(at now: Timestamp) throws {
        let limit = now.adding(days: -1)
        try db.execute("DELETE FROM federation_openid_token WHERE expires_at < \(limit)")
        try db.execute(
            """
            DELETE FROM federation_openid_authorization WHERE code_until < \(limit) AND NOT EXISTS (
                SELECT 1 FROM federation_openid_token t WHERE t.authorization_id = federation_openid_authorization.id)
            """)
    }
}
