import Contracts
import Database
import Kernel

/// How the papers of student life and staff end. What was done is part of the records of pupils and staff, which are kept
/// for good; what came to nothing, and what was only needed for a time, goes.
package struct AffairsRetention: RetentionSource {
    let database: Database
    package let kinds = ["affairs_cases", "staff_leaves", "rollover_decisions"]

    package init(database: Database) { self.database = database }

    package func overdue(
        _ kind: String, before: Timestamp, sparing people: Set<ID<Person>>
    ) async throws -> Int {
        try await database.read(isLong: true) { db in
            let store = AffairsRetentionStore(db: db, before: before, spared: people)
            switch kind {
            case "affairs_cases": return try store.countCases()
            case "staff_leaves": return try store.countLeaves()
            case "rollover_decisions": return try store.countDecisions()
            default: return 0
            }
        }
    }

    package func delete(
        _ kind: String, before: Timestamp, sparing people: Set<ID<Person>>, atMost limit: Int
    ) async throws -> Int {
        try await database.write { db in
            let store = AffairsRetentionStore(db: db, before: before, spared: people)
            switch kind {
            case "affairs_cases": return try store.deleteCases(atMost: limit)
            case "staff_leaves": return try store.deleteLeaves(atMost: limit)
            case "rollover_decisions": return try store.deleteDecisions(atMost: limit)
            default: return 0
            }
        }
    }
}

/// All SQL of the ends of these papers.
struct AffairsRetentionStore {
    let db: Connection
    let before: Timestamp
    let spared: Set<ID<Person>>

    private func sparing(_ column: SQL) -> SQL {
        spared.isEmpty ? .empty : " AND (\(column) IS NULL OR \(column) NOT IN \(in: spared.sorted()))"
    }

    /// Applications that were refused or withdrawn, and children who were admitted and did not come, each with its key.
    private var cases: [(table: SQL, condition: SQL)] {
        let ended: SQL = "state IN ('refused', 'withdrawn')\(sparing("person_id"))"
        return [
            ("school_affairs_change", "\(ended) AND COALESCE(decided_at, applied_at) < \(before)"),
            ("school_affairs_transfer", "\(ended) AND changed_at < \(before)"),
            ("school_affairs_staff_transfer", "\(ended) AND changed_at < \(before)"),
            ("school_affairs_admission", "class_id IS NULL AND closed_at < \(before)\(sparing("person_id"))"),
        ]
    }

    func countCases() throws -> Int {
        try cases.reduce(0) { total, one in
            total + (try db.value("SELECT COUNT(*) FROM \(one.table) WHERE \(one.condition)") ?? 0)
        }
    }

    /// With a case goes its timeline.
    func deleteCases(atMost limit: Int) throws -> Int {
        var left = limit
        for (table, condition) in cases where left > 0 {
            let ids: [String] = try db.column(
                "SELECT id FROM \(table) WHERE \(condition) ORDER BY id LIMIT \(left)")
            guard !ids.isEmpty else { continue }
            try db.execute("DELETE FROM school_affairs_case_step WHERE case_id IN \(in: ids)")
            left -= try db.change("DELETE FROM \(table) WHERE id IN \(in: ids)")
        }
        return limit - left
    }

    private var leaves: SQL {
        let substitutes: SQL =
            spared.isEmpty
            ? .empty
            : """
             AND NOT EXISTS (SELECT 1 FROM school_affairs_substitution s
                WHERE s.leave_id = l.id AND s.substitute_id IN \(in: spared.sorted()))
            """
        return "l.valid_to < \(before.day)\(sparing("l.person_id"))\(substitutes)"
    }

    func countLeaves() throws -> Int {
        try db.value("SELECT COUNT(*) FROM school_affairs_leave l WHERE \(leaves)") ?? 0
    }

    func deleteLeaves(atMost limit: Int) throws -> Int {
        let ids: [String] = try db.column(
            "SELECT l.id FROM school_affairs_leave l WHERE \(leaves) ORDER BY l.id LIMIT \(limit)")
        guard !ids.isEmpty else { return 0 }
        try db.execute("DELETE FROM school_affairs_substitution WHERE leave_id IN \(in: ids)")
        return try db.change("DELETE FROM school_affairs_leave WHERE id IN \(in: ids)")
    }

    /// What was decided about single pupils for a rollover that is long over.
    private var decisions: SQL {
        let kept: SQL =
            spared.isEmpty
            ? .empty
            : """
             AND NOT EXISTS (SELECT 1 FROM directory_enrolment e
                WHERE e.id = r.enrolment_id AND e.person_id IN \(in: spared.sorted()))
            """
        return "r.recorded_at < \(before)\(kept)"
    }

    func countDecisions() throws -> Int {
        try db.value("SELECT COUNT(*) FROM school_affairs_rollover_pupil r WHERE \(decisions)") ?? 0
    }

    func deleteDecisions(atMost limit: Int) throws -> Int {
        try db.change(
            """
            DELETE FROM school_affairs_rollover_pupil WHERE (year, enrolment_id) IN (
                SELECT r.year, r.enrolment_id FROM school_affairs_rollover_pupil r WHERE \(decisions)
                ORDER BY r.year, r.enrolment_id LIMIT \(limit))
            """)
    }
}
