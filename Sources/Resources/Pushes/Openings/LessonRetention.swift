import Contracts
import Database
import Kernel

/// How pushes end, with their lessons and openings: the figures keep the first day of each term and name nobody.
package struct LessonRetention: RetentionSource {
    let database: Database
    package let kinds = ["lessons"]

    package init(database: Database) { self.database = database }

    package func overdue(
        _ kind: String, before: Timestamp, sparing people: Set<ID<Person>>
    ) async throws -> Int {
        guard kind == "lessons" else { return 0 }
        let condition = LessonRetention.old(before, people)
        return try await database.read(isLong: true) { db in
            try db.value("SELECT COUNT(*) FROM resources_push WHERE \(condition)") ?? 0
        }
    }

    package func delete(
        _ kind: String, before: Timestamp, sparing people: Set<ID<Person>>, atMost limit: Int
    ) async throws -> Int {
        guard kind == "lessons" else { return 0 }
        let condition = LessonRetention.old(before, people)
        return try await database.write { db in
            let ids: [ID<Push>] = try db.column(
                "SELECT id FROM resources_push WHERE \(condition) ORDER BY last_day, id LIMIT \(limit)")
            for start in stride(from: 0, to: ids.count, by: 500) {
                let some = Array(ids[start..<min(start + 500, ids.count)])
                try db.execute(
                    """
                    DELETE FROM resources_opening WHERE lesson_id IN (
                        SELECT l.id FROM resources_lesson l WHERE l.push_id IN \(in: some))
                    """)
                try db.execute("DELETE FROM resources_lesson WHERE push_id IN \(in: some)")
                try db.execute("DELETE FROM resources_push_entry WHERE push_id IN \(in: some)")
                try db.execute("DELETE FROM resources_push WHERE id IN \(in: some)")
            }
            return ids.count
        }
    }

    private static func old(_ before: Timestamp, _ spared: Set<ID<Person>>) -> SQL {
        let kept: SQL = spared.isEmpty ? .empty : " AND sender_id NOT IN \(in: spared.sorted())"
        return "last_day < \(before.day)\(kept)"
    }
}
