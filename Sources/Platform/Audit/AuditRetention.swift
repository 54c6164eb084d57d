import Database
import Kernel

/// The end of audit entries that have been kept long enough. The chain then begins later: the hash of the last entry
/// that went is kept, and the first that stays is checked against it.
package enum AuditRetention {
    private static let setting = "platform.audit.beginning"

    /// The last link that was taken away: its sequence number and hash; 0 and nothing before that.
    static func beginning(_ db: Connection) throws -> (sequence: Int, hash: [UInt8]) {
        let parts = (try SettingStore(db).value(setting) ?? "").split(separator: ":")
        guard parts.count == 2, let sequence = Int(parts[0]), let hash = Hex.decode(parts[1]) else { return (0, []) }
        return (sequence, hash)
    }

    /// How many linked entries are older than the moment.
    package static func count(before: Timestamp, on db: Connection) throws -> Int {
        let last = try lastRemovable(before, db), first = try beginning(db).sequence
        return max(0, last - first)
    }

    /// Deletes at most so many entries from the beginning of the chain that are older than the moment. Returns how many.
    package static func delete(
        before: Timestamp, atMost limit: Int, by actor: AuditActor, on db: Connection
    ) throws -> Int {
        let first = try beginning(db).sequence
        let last = min(try lastRemovable(before, db), first + limit)
        guard last > first,
            let hash: [UInt8] = try db.value("SELECT hash FROM platform_audit_link WHERE sequence = \(last)")
        else { return 0 }
        try db.execute("DELETE FROM platform_audit_anchor WHERE sequence <= \(last)")
        let entries = try db.column(
            "SELECT entry_id FROM platform_audit_link WHERE sequence <= \(last)", as: String.self)
        try db.execute("DELETE FROM platform_audit_link WHERE sequence <= \(last)")
        for start in stride(from: 0, to: entries.count, by: 512) {
            let chunk = Array(entries[start..<min(start + 512, entries.count)])
            try db.execute("DELETE FROM platform_audit_entry WHERE id IN \(in: chunk)")
        }
        try SettingStore(db).set(setting, to: "\(last):\(Hex.encode(hash))", by: actor)
        return last - first
    }

    /// The last link of the chain before the first entry that is not older; the newest link always stays.
    private static func lastRemovable(_ before: Timestamp, _ db: Connection) throws -> Int {
        let kept: Int? = try db.value(
            """
            SELECT MIN(l.sequence) FROM platform_audit_link l JOIN platform_audit_entry e ON e.id = l.entry_id
            WHERE e.at >= \(before)
            """)
        let newest: Int = try db.value("SELECT MAX(sequence) FROM platform_audit_link") ?? 0
        return min(kept ?? newest, newest) - 1
    }
}

/// Ended work and delivered events that have been kept long enough.
package enum WorkRetention {
    package static func countJobs(before: Timestamp, on db: Connection) throws -> Int {
        try db.value("SELECT COUNT(*) FROM platform_job WHERE ended_at < \(before)") ?? 0
    }

    package static func deleteJobs(before: Timestamp, atMost limit: Int, on db: Connection) throws -> Int {
        try db.change(
            """
            DELETE FROM platform_job WHERE id IN (
                SELECT id FROM platform_job WHERE ended_at < \(before) ORDER BY id LIMIT \(limit))
            """)
    }

    package static func countEvents(before: Timestamp, on db: Connection) throws -> Int {
        try db.value("SELECT COUNT(*) FROM platform_event WHERE delivered_at < \(before)") ?? 0
    }

    package static func deleteEvents(before: Timestamp, atMost limit: Int, on db: Connection) throws -> Int {
        try db.change(
            """
            DELETE FROM platform_event WHERE id IN (
                SELECT id FROM platform_event WHERE delivered_at < \(before) ORDER BY id LIMIT \(limit))
            """)
    }
}
