import Database
import Kernel
import Platform

/// What an application proves itself with.
package enum ApplicationSecretKind: String, Column, Sendable, CaseIterable {
    /// OpenID Connect `client_secret`, kept as its hash.
    case clientSecret = "client_secret"
    /// The `appKey` of the gateway and of signed requests, kept sealed because it signs.
    case appKey = "app_key"

    var title: String {
        switch self {
        case .clientSecret: "客户端密钥（client_secret）"
        case .appKey: "应用密钥（appKey）"
        }
    }
}

extension Application {
    /// The secrets its protocols need.
    package var secretKinds: [ApplicationSecretKind] {
        var kinds: [ApplicationSecretKind] = []
        let asksForTokens = protocols.contains(.openID) || !machineScopes.isEmpty
        if asksForTokens && !isPublic { kinds.append(.clientSecret) }
        if protocols.contains(.gateway) || machineScopes.contains(where: \.isSigned) { kinds.append(.appKey) }
        return kinds
    }
}

/// A secret as lists show it: all but itself.
struct ApplicationSecret: Sendable {
    let id: ID<ApplicationSecret>
    let kind: ApplicationSecretKind
    /// Its last characters, by which its holder knows it.
    let hint: String
    let createdAt: Timestamp
    let createdBy: String
    let expiresAt: Timestamp?
}

/// Secrets of an application on their only way out.
package struct ApplicationKeys: Sendable {
    package let clientID: String
    package var clientSecret: String?
    package var appKey: String?

    mutating func set(_ kind: ApplicationSecretKind, _ text: String) {
        switch kind {
        case .clientSecret: clientSecret = text
        case .appKey: appKey = text
        }
    }
}

/// All SQL of secrets but their use, which is `ApplicationStore`'s.
struct ApplicationSecretStore {
    let db: Connection
    init(_ db: Connection) { self.db = db }

    /// How long the old secret still holds beside a new one.
    static let overlapDays: Int64 = 7
    /// Of one kind, still good at a time.
    static let most = 3

    /// Those still good, newest first.
    func live(of id: ApplicationID, at now: Timestamp) throws -> [ApplicationSecret] {
        try db.rows(
            """
            SELECT id, kind, hint, created_at, created_by, expires_at FROM federation_secret
            WHERE application_id = \(id) AND (expires_at IS NULL OR expires_at > \(now))
            ORDER BY created_at DESC, id DESC
            """
        ) { row in
            ApplicationSecret(
                id: try row.get(0), kind: try row.get(1), hint: try row.get(2), createdAt: try row.get(3),
                createdBy: try row.get(4), expiresAt: try row.get(5))
        }
    }

    /// Makes a secret and lets older ones of its kind end after the overlap. The text is nowhere kept to be shown again.
    func add(
        _ kind: ApplicationSecretKind, to id: ApplicationID, by name: String, _ crypto: any CryptoProvider,
        at now: Timestamp
    ) throws -> String {
        let key = ID<ApplicationSecret>.new(), text = SecureRandom.token()
        var hash: [UInt8]?, sealed: [UInt8]?
        switch kind {
        case .clientSecret: hash = SHA256.hash(text)
        case .appKey: sealed = try crypto.seal(text, context: "federation_secret.sealed/\(key)")
        }
        let end = now.adding(days: ApplicationSecretStore.overlapDays)
        try db.execute(
            """
            UPDATE federation_secret SET expires_at = \(end) WHERE application_id = \(id) AND kind = \(kind)
                AND (expires_at IS NULL OR expires_at > \(end))
            """)
        try db.execute(
            """
            INSERT INTO federation_secret (id, application_id, kind, hash, sealed, hint, created_at, created_by)
            VALUES (\(key), \(id), \(kind), \(hash), \(sealed), \(String(text.suffix(4))), \(now), \(name))
            """)
        return text
    }

    /// Ends a secret at once; `false` when it was not good any more.
    func revoke(_ secret: ID<ApplicationSecret>, of id: ApplicationID, at now: Timestamp) throws -> Bool {
        try db.change(
            """
            UPDATE federation_secret SET expires_at = \(now), hash = NULL, sealed = NULL
            WHERE id = \(secret) AND application_id = \(id) AND (expires_at IS NULL OR expires_at > \(now))
            """) == 1
    }

    /// Takes away what has ended of itself; that there was a secret stays known.
    func forgetExpired(at now: Timestamp) throws {
        try db.execute(
            """
            UPDATE federation_secret SET hash = NULL, sealed = NULL
            WHERE expires_at <= \(now) AND (hash IS NOT NULL OR sealed IS NOT NULL)
            """)
    }
}
