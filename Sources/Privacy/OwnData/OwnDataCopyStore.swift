import Database
import Kernel
import Platform

enum OwnDataSchema {
    static let statements = [
        """
        CREATE TABLE privacy_copy (
            id TEXT NOT NULL PRIMARY KEY, person_id TEXT NOT NULL, account_id TEXT NOT NULL, sealed BLOB,
            asked_at INTEGER NOT NULL, expires_at INTEGER NOT NULL)
        """,
        "CREATE INDEX privacy_copy_account ON privacy_copy (account_id, person_id, asked_at)",
    ]
}

/// All SQL of copies of personal data. They are kept sealed, for a few days, for whoever asked for them.
struct OwnDataCopyStore {
    let db: Connection
    let crypto: any CryptoProvider

    /// How long a copy can be fetched.
    static let days: Int64 = 7

    struct Entry: Sendable {
        let id: String
        let person: ID<Person>
        let askedAt: Timestamp
        let expiresAt: Timestamp
        let isReady: Bool
    }

    func add(_ person: ID<Person>, for account: ID<Account>, at now: Timestamp) throws -> String {
        let id = Identifiers.next()
        try db.execute("DELETE FROM privacy_copy WHERE account_id = \(account) AND person_id = \(person)")
        try db.execute(
            """
            INSERT INTO privacy_copy (id, person_id, account_id, asked_at, expires_at)
            VALUES (\(id), \(person), \(account), \(now), \(now.adding(days: OwnDataCopyStore.days)))
            """)
        return id
    }

    /// The copy of the person's data that the account asked for last; `nil` when there is none or it has expired.
    func latest(of person: ID<Person>, for account: ID<Account>, at now: Timestamp) throws -> Entry? {
        try db.first(
            """
            SELECT id, person_id, asked_at, expires_at, CASE WHEN sealed IS NULL THEN 0 ELSE 1 END FROM privacy_copy
            WHERE account_id = \(account) AND person_id = \(person) AND expires_at > \(now)
            ORDER BY asked_at DESC, id DESC
            """, OwnDataCopyStore.entry)
    }

    func find(_ id: String) throws -> Entry? {
        try db.first(
            """
            SELECT id, person_id, asked_at, expires_at, CASE WHEN sealed IS NULL THEN 0 ELSE 1 END FROM privacy_copy
            WHERE id = \(id)
            """, OwnDataCopyStore.entry)
    }

    private static func entry(_ row: borrowing Row) throws -> Entry {
        Entry(
            id: try row.get(0), person: try row.get(1), askedAt: try row.get(2), expiresAt: try row.get(3),
            isReady: try row.get(4))
    }

    func fill(_ id: String, with bytes: [UInt8]) throws {
        let sealed = try crypto.seal(bytes, context: OwnDataCopyStore.context(id))
        try db.execute("UPDATE privacy_copy SET sealed = \(sealed) WHERE id = \(id)")
    }

    func content(_ id: String) throws -> [UInt8]? {
        let sealed: [UInt8]? = try db.value("SELECT sealed FROM privacy_copy WHERE id = \(id) AND sealed IS NOT NULL")
        return try sealed.map { try crypto.open($0, context: OwnDataCopyStore.context(id)) }
    }

    func countOld(_ before: Timestamp) throws -> Int {
        try db.value("SELECT COUNT(*) FROM privacy_copy WHERE asked_at < \(before)") ?? 0
    }

    func deleteOld(_ before: Timestamp) throws -> Int {
        try db.change("DELETE FROM privacy_copy WHERE asked_at < \(before)")
    }

    private static func context(_ id: String) -> String { "privacy_copy.sealed/\(id)" }
}
