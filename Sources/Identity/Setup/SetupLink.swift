import Database
import Kernel

enum SetupSchema {
    static let statements = [
        "CREATE TABLE identity_setup_link (token_hash BLOB NOT NULL PRIMARY KEY, expires_at INTEGER NOT NULL)"
    ]
}

/// 安装链接: opens the page on which the first administrator of an empty platform is entered. There is at most one, and
/// none once an account exists.
struct SetupLinkStore {
    let db: Connection
    init(_ db: Connection) { self.db = db }

    /// Seconds for which a link is good; every start of an empty platform makes a new one.
    static let lifetime: Int64 = 86_400

    func replace(by hash: [UInt8], at now: Timestamp) throws {
        try deleteAll()
        try db.execute(
            """
            INSERT INTO identity_setup_link (token_hash, expires_at)
            VALUES (\(hash), \(now.adding(seconds: SetupLinkStore.lifetime)))
            """)
    }

    func isGood(_ hash: [UInt8], at now: Timestamp) throws -> Bool {
        let found: Int? = try db.value(
            "SELECT 1 FROM identity_setup_link WHERE token_hash = \(hash) AND expires_at > \(now)")
        return try found != nil && !AccountStore(db).hasAny()
    }

    func deleteAll() throws { try db.execute("DELETE FROM identity_setup_link") }
}
