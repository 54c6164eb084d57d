import Database
import Kernel

/// Links audit entries into a hash chain and checks it.
package enum AuditChain {
    /// What a check found.
    package struct Verdict: Sendable {
        package let linked: Int
        package let waiting: Int
        /// The first sequence number that does not fit; `nil` when all fit.
        package let brokenAt: Int?
        package let reason: String

        package var isSound: Bool { brokenAt == nil }
    }

    /// Entries younger than this wait: an id made earlier may still be in a transaction that has not ended.
    private static let settling: Int64 = 30

    /// Links what has settled, oldest first; returns how many.
    package static func extend(_ database: Database, now: Timestamp = .now, settled: Bool = true) async throws -> Int {
        try await database.write { db in
            let last = try db.first("SELECT sequence, hash FROM platform_audit_link ORDER BY sequence DESC LIMIT 1") {
                (try $0.get(0, as: Int.self), try $0.blob(1))
            }
            var (sequence, hash) = try last ?? AuditRetention.beginning(db)
            let before = settled ? now.adding(seconds: -settling) : now.adding(seconds: 1)
            let entries = try db.rows(
                """
                SELECT \(AuditEntry.columns) FROM platform_audit_entry e
                LEFT JOIN platform_audit_link l ON l.entry_id = e.id
                WHERE l.entry_id IS NULL AND e.at < \(before) ORDER BY e.id LIMIT 5000
                """, AuditEntry.init)
            var links: [[DatabaseValue]] = []
            for entry in entries {
                sequence += 1
                hash = entry.hash(after: hash)
                links.append([.integer(Int64(sequence)), .text(entry.id), .blob(hash)])
            }
            try db.insert(into: "platform_audit_link (sequence, entry_id, hash)", rows: links)
            if !links.isEmpty {
                try db.execute(
                    """
                    INSERT INTO platform_audit_anchor (day, sequence, hash) VALUES (\(now.day), \(sequence), \(hash))
                    ON CONFLICT (day) DO UPDATE SET sequence = excluded.sequence, hash = excluded.hash
                    """)
            }
            return entries.count
        }
    }

    /// Recomputes every link from its entry and compares it, and each day's anchor, with what is stored.
    package static func verify(_ database: Database) async throws -> Verdict {
        try await database.read(snapshot: true, isLong: true) { db in
            let beginning = try AuditRetention.beginning(db)
            var (expected, hash) = beginning, broken: (Int, String)?
            var anchors: [Int: [UInt8]] = [:]
            try db.each("SELECT sequence, hash FROM platform_audit_anchor") { anchors[try $0.get(0)] = try $0.blob(1) }
            try db.each(
                """
                SELECT \(AuditEntry.columns), l.sequence, l.hash FROM platform_audit_link l
                JOIN platform_audit_entry e ON e.id = l.entry_id ORDER BY l.sequence
                """
            ) { row in
                guard broken == nil else { return }
                expected += 1
                let sequence: Int = try row.get(10)
                hash = try AuditEntry(row).hash(after: hash)
                if sequence != expected { broken = (expected, "缺少第 \(expected) 条") }
                if broken == nil, hash != (try row.blob(11)) { broken = (sequence, "第 \(sequence) 条被改动") }
                if broken == nil, let anchor = anchors[sequence], anchor != hash {
                    broken = (sequence, "第 \(sequence) 条与日终记录不符")
                }
            }
            let last: Int = try db.value("SELECT COALESCE(MAX(sequence), 0) FROM platform_audit_anchor") ?? 0
            if broken == nil, last > expected { broken = (expected + 1, "末尾的记录被删除") }
            let entries: Int = try db.value("SELECT COUNT(*) FROM platform_audit_entry") ?? 0
            return Verdict(
                linked: expected - beginning.sequence, waiting: max(0, entries - expected + beginning.sequence),
                brokenAt: broken?.0, reason: broken?.1 ?? "")
        }
    }
}
