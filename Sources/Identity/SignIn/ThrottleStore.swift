import Database
import Kernel

enum ThrottleSchema {
    static let statements = [
        """
        CREATE TABLE identity_throttle (
            key TEXT NOT NULL PRIMARY KEY, failures INTEGER NOT NULL, since INTEGER NOT NULL, locked_until INTEGER)
        """
    ]
}

/// All SQL of the counts of failed attempts.
struct ThrottleStore {
    let db: Connection
    init(_ db: Connection) { self.db = db }

    func find(_ key: String) throws -> ThrottleCount? {
        try db.first("SELECT failures, since, locked_until FROM identity_throttle WHERE key = \(key)") {
            ThrottleCount(failures: try $0.get(0), since: try $0.get(1), lockedUntil: try $0.get(2))
        }
    }

    func save(_ count: ThrottleCount, for key: String) throws {
        try db.execute(
            """
            INSERT INTO identity_throttle (key, failures, since, locked_until)
            VALUES (\(key), \(count.failures), \(count.since), \(count.lockedUntil))
            ON CONFLICT (key) DO UPDATE SET failures = excluded.failures, since = excluded.since,
                locked_until = excluded.locked_until
            """)
    }

    /// Counts one failure and returns the new count.
    @discardableResult
    func add(_ key: String, _ rule: ThrottleRule, at now: Timestamp) throws -> ThrottleCount {
        let count = rule.counting(try find(key), at: now)
        try save(count, for: key)
        return count
    }

    /// Takes back one failure that was counted before its attempt was judged, and the lock that came with it.
    func takeBack(_ key: String, lockedUntil lock: Timestamp?) throws {
        try db.execute("UPDATE identity_throttle SET failures = failures - 1 WHERE key = \(key) AND failures > 0")
        guard let lock else { return }
        try db.execute("UPDATE identity_throttle SET locked_until = NULL WHERE key = \(key) AND locked_until = \(lock)")
    }

    func delete(_ key: String) throws { try db.execute("DELETE FROM identity_throttle WHERE key = \(key)") }

    func deleteOld(before limit: Timestamp) throws {
        try db.execute("DELETE FROM identity_throttle WHERE since < \(limit) AND COALESCE(locked_until, 0) < \(limit)")
    }
}
