import Database
import Kernel
import Platform

/// All SQL of the ends of what imports, comparisons and exports of rosters leave behind.
struct RosterRetentionStore {
    let db: Connection

    /// Batches that nobody has worked on since, except those with a row about somebody who is spared. With a batch goes
    /// the key of its file: what lies on the disk can be read by nobody then. Batches of other systems stay as long as the
    /// ledger that leads to them.
    private static func oldImports(_ before: Timestamp, _ people: Set<ID<Person>>) -> SQL {
        let spared: SQL =
            people.isEmpty
            ? .empty
            : """
             AND NOT EXISTS (SELECT 1 FROM rosters_import_row r
                WHERE r.batch_id = b.id AND r.person_id IN \(in: people.sorted()))
            """
        return """
            b.state <> 'accepting' AND b.origin = '' AND COALESCE(b.undone_at, b.accepted_at, b.created_at) < \(before)\(spared)
            """
    }

    func countImports(_ before: Timestamp, sparing people: Set<ID<Person>>) throws -> Int {
        try db.value("SELECT COUNT(*) FROM rosters_import b WHERE \(RosterRetentionStore.oldImports(before, people))")
            ?? 0
    }

    func deleteImports(_ before: Timestamp, sparing people: Set<ID<Person>>, atMost limit: Int) throws -> Int {
        let batches: [String] = try db.column(
            """
            SELECT b.id FROM rosters_import b WHERE \(RosterRetentionStore.oldImports(before, people))
            ORDER BY b.id LIMIT \(limit)
            """)
        guard !batches.isEmpty else { return 0 }
        try db.execute("DELETE FROM rosters_import_row WHERE batch_id IN \(in: batches)")
        return try db.change("DELETE FROM rosters_import WHERE id IN \(in: batches)")
    }

    /// Deletes batches that other systems sent.
    func end(_ batches: [String]) throws {
        guard !batches.isEmpty else { return }
        try db.execute("DELETE FROM rosters_import_row WHERE batch_id IN \(in: batches)")
        try db.execute("DELETE FROM rosters_import WHERE id IN \(in: batches) AND origin <> ''")
    }

    /// Those of the batches with a row about one of the people.
    func naming(_ people: Set<ID<Person>>, among batches: [String]) throws -> Set<String> {
        var found: Set<String> = []
        for start in stride(from: 0, to: batches.count, by: 500) {
            found.formUnion(
                try db.column(
                    """
                    SELECT DISTINCT batch_id FROM rosters_import_row
                    WHERE batch_id IN \(in: Array(batches[start..<min(start + 500, batches.count)]))
                        AND person_id IN \(in: people.sorted())
                    """, as: String.self))
        }
        return found
    }

    func countClassLists(_ before: Timestamp) throws -> Int {
        try db.value("SELECT COUNT(*) FROM rosters_class_list WHERE created_at < \(before)") ?? 0
    }

    func deleteClassLists(_ before: Timestamp, atMost limit: Int) throws -> Int {
        let lists: [String] = try db.column(
            "SELECT id FROM rosters_class_list WHERE created_at < \(before) ORDER BY id LIMIT \(limit)")
        guard !lists.isEmpty else { return 0 }
        try db.execute("DELETE FROM rosters_class_list_line WHERE list_id IN \(in: lists)")
        return try db.change("DELETE FROM rosters_class_list WHERE id IN \(in: lists)")
    }

    /// Whether a row of a workbook is somebody who is known: nobody asks once the workbook is gone.
    private static func oldDuplicates(_ before: Timestamp, _ spared: Set<ID<Person>>) -> SQL {
        let kept: SQL = spared.isEmpty ? .empty : " AND other_id NOT IN \(in: spared.sorted())"
        return "person_id IS NULL AND COALESCE(decided_at, found_at) < \(before)\(kept)"
    }

    func countDuplicates(_ before: Timestamp, sparing people: Set<ID<Person>>) throws -> Int {
        let condition = RosterRetentionStore.oldDuplicates(before, people)
        return try db.value("SELECT COUNT(*) FROM rosters_duplicate WHERE \(condition)") ?? 0
    }

    func deleteDuplicates(_ before: Timestamp, sparing people: Set<ID<Person>>, atMost limit: Int) throws -> Int {
        try db.change(
            """
            DELETE FROM rosters_duplicate WHERE id IN (
                SELECT id FROM rosters_duplicate WHERE \(RosterRetentionStore.oldDuplicates(before, people))
                ORDER BY id LIMIT \(limit))
            """)
    }

    func countDifferences(_ before: Timestamp) throws -> Int {
        try db.value("SELECT COUNT(*) FROM rosters_difference WHERE created_at < \(before)") ?? 0
    }

    func deleteDifferences(_ before: Timestamp, atMost limit: Int) throws -> Int {
        let reports: [String] = try db.column(
            "SELECT id FROM rosters_difference WHERE created_at < \(before) ORDER BY id LIMIT \(limit)")
        guard !reports.isEmpty else { return 0 }
        let kept: [String] = try db.column(
            "SELECT sha256 FROM rosters_difference WHERE id IN \(in: reports) AND sha256 IS NOT NULL")
        for sha256 in kept { try FileStore.forget(sha256, on: db) }
        try db.execute("DELETE FROM rosters_difference_line WHERE difference_id IN \(in: reports)")
        return try db.change("DELETE FROM rosters_difference WHERE id IN \(in: reports)")
    }

    func countExports(_ before: Timestamp) throws -> Int {
        try db.value("SELECT COUNT(*) FROM rosters_export WHERE exported_at < \(before)") ?? 0
    }

    func deleteExports(_ before: Timestamp, atMost limit: Int) throws -> Int {
        try db.change(
            """
            DELETE FROM rosters_export WHERE id IN (
                SELECT id FROM rosters_export WHERE exported_at < \(before) ORDER BY id LIMIT \(limit))
            """)
    }
}
