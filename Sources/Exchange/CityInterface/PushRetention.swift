import Contracts
import Database
import Kernel

/// How what other systems pushed ends: values that no list knows, and which record of theirs is whom. A record that is
/// pushed again is recognised by its numbers, as when it came first.
package struct PushRetention: RetentionSource {
    let database: Database
    package let kinds = ["exchange_raw_values", "exchange_pushes"]

    package init(database: Database) { self.database = database }

    package func overdue(
        _ kind: String, before: Timestamp, sparing people: Set<ID<Person>>
    ) async throws -> Int {
        let condition = PushRetention.old(before, people)
        return try await database.read(isLong: true) { db in
            switch kind {
            case "exchange_raw_values":
                try db.value("SELECT COUNT(*) FROM exchange_raw_value WHERE \(condition)") ?? 0
            case "exchange_pushes": try db.value("SELECT COUNT(*) FROM exchange_push WHERE \(condition)") ?? 0
            default: 0
            }
        }
    }

    package func delete(
        _ kind: String, before: Timestamp, sparing people: Set<ID<Person>>, atMost limit: Int
    ) async throws -> Int {
        let condition = PushRetention.old(before, people)
        return try await database.write { db in
            switch kind {
            case "exchange_raw_values":
                try db.change(
                    """
                    DELETE FROM exchange_raw_value WHERE id IN (
                        SELECT id FROM exchange_raw_value WHERE \(condition) ORDER BY at, id LIMIT \(limit))
                    """)
            case "exchange_pushes":
                try db.change(
                    """
                    DELETE FROM exchange_push WHERE (application, dataset, source_id) IN (
                        SELECT application, dataset, source_id FROM exchange_push WHERE \(condition)
                        ORDER BY application, dataset, source_id LIMIT \(limit))
                    """)
            default: 0
            }
        }
    }

    private static func old(_ before: Timestamp, _ spared: Set<ID<Person>>) -> SQL {
        let kept: SQL = spared.isEmpty ? .empty : " AND person_id NOT IN \(in: spared.sorted())"
        return "at < \(before)\(kept)"
    }
}
