import Database
import Kernel

enum NonceSchema {
    static let statements = [
        """
        CREATE TABLE exchange_nonce (
            application TEXT NOT NULL, nonce TEXT NOT NULL, at INTEGER NOT NULL, PRIMARY KEY (application, nonce))
        """,
        "CREATE INDEX exchange_nonce_at ON exchange_nonce (at)",
    ]
}

/// All SQL of the numbers used once.
struct NonceStore {
    let db: Connection
    init(_ db: Connection) { self.db = db }

    /// Whether the number is used for the first time. Those that are too old to be sent again are forgotten.
    func use(_ nonce: String, of application: String, now: Timestamp) throws -> Bool {
        try db.execute("DELETE FROM exchange_nonce WHERE at < \(now.adding(seconds: -3 * RequestSignature.window))")
        return try db.change(
            """
            INSERT INTO exchange_nonce (application, nonce, at) VALUES (\(application), \(nonce), \(now))
            ON CONFLICT (application, nonce) DO NOTHING
            """) == 1
    }
}
