import Database
import Kernel
import Platform

/// 签名密钥: one key of the provider. It is published before it signs, so that clients know it when the first token
/// comes, and stays published after it, until the last token it signed has run out.
struct SigningKey: Sendable {
    let id: String
    let sealed: [UInt8]
    /// From when on it signs, unless a younger one does.
    let signsFrom: Timestamp
    /// When it leaves the published list; `nil` while none follows it.
    let withdrawnAt: Timestamp?

    func isPublished(at now: Timestamp) -> Bool { withdrawnAt.map { $0 > now } ?? true }

    /// Where the sealed key belongs.
    static func context(_ id: String) -> String { "federation_signing_key.sealed/" + id }

    /// The one that signs at the moment.
    static func current(among keys: [SigningKey], at now: Timestamp) -> SigningKey? {
        keys.filter { $0.signsFrom <= now && $0.isPublished(at: now) }.max {
            ($0.signsFrom, $0.id) < ($1.signsFrom, $1.id)
        }
    }
}

/// All SQL of signing keys.
struct SigningKeyStore {
    let db: Connection
    init(_ db: Connection) { self.db = db }

    /// Oldest first.
    func all() throws -> [SigningKey] {
        try db.rows("SELECT id, sealed, signs_from, withdrawn_at FROM federation_signing_key ORDER BY signs_from, id") {
            SigningKey(
                id: try $0.get(0), sealed: try $0.get(1), signsFrom: try $0.get(2), withdrawnAt: try $0.get(3))
        }
    }

    func insert(_ id: String, sealed: [UInt8], signsFrom: Timestamp, at now: Timestamp) throws {
        try db.execute(
            """
            INSERT INTO federation_signing_key (id, sealed, created_at, signs_from, withdrawn_at)
            VALUES (\(id), \(sealed), \(now), \(signsFrom), NULL)
            """)
    }

    /// Sets the end of every key that has none.
    func withdrawAll(at end: Timestamp) throws {
        try db.execute("UPDATE federation_signing_key SET withdrawn_at = \(end) WHERE withdrawn_at IS NULL")
    }

    func deleteAll() throws { try db.execute("DELETE FROM federation_signing_key") }

    func delete(withdrawnBefore limit: Timestamp) throws {
        try db.execute("DELETE FROM federation_signing_key WHERE withdrawn_at < \(limit)")
    }
}
