import Database
import Kernel

/// All SQL of people whose import was taken back (撤回): nothing is known of them any more but that there was somebody.
package struct PersonWithdrawalStore {
    private let db: Connection
    package init(_ db: Connection) { self.db = db }

    private static func chunks(_ people: [ID<Person>]) -> [[ID<Person>]] {
        stride(from: 0, to: people.count, by: 512).map { Array(people[$0..<min($0 + 512, people.count)]) }
    }

    /// Takes everything from those of the people who were entered at the moment and are nobody any more: neither pupil nor
    /// employee nor guardian. Returns who they are.
    /// - Parameter columns: how other systems name people; those rows go with them.
    package func withdraw(
        _ people: [ID<Person>], enteredAt at: Timestamp, forgetting columns: [PersonColumn] = [], now: Timestamp
    ) throws -> [ID<Person>] {
        var all: [ID<Person>] = []
        for chunk in PersonWithdrawalStore.chunks(people) {
            let gone: [ID<Person>] = try db.column(
                """
                SELECT p.id FROM directory_person p
                WHERE p.id IN \(in: chunk) AND p.created_at = \(at) AND p.merged_into IS NULL
                    AND NOT EXISTS (SELECT 1 FROM directory_enrolment e
                        WHERE e.person_id = p.id AND (e.valid_to IS NULL OR e.valid_to > e.valid_from))
                    AND NOT EXISTS (SELECT 1 FROM directory_appointment a
                        WHERE a.person_id = p.id AND (a.valid_to IS NULL OR a.valid_to > a.valid_from))
                    AND NOT EXISTS (SELECT 1 FROM directory_guardianship g
                        WHERE g.guardian_id = p.id AND (g.valid_to IS NULL OR g.valid_to > g.valid_from))
                ORDER BY p.id
                """)
            if gone.isEmpty { continue }
            try db.execute("DELETE FROM directory_person_identifier WHERE person_id IN \(in: gone)")
            try db.execute("DELETE FROM directory_person_facts WHERE person_id IN \(in: gone)")
            try db.execute("DELETE FROM directory_guardian_claim WHERE person_id IN \(in: gone)")
            for column in columns {
                try db.execute("DELETE FROM \(column.table) WHERE \(column.column) IN \(in: gone)")
            }
            try db.execute(
                """
                UPDATE directory_person SET name = \(PersonErasure.nobody), initials = '', sex = NULL,
                    birth_date = NULL, changed_at = \(now), withdrawn_at = \(now) WHERE id IN \(in: gone)
                """)
            all += gone
        }
        return all
    }

    /// The name of one of the people whom the column names; `nil` when it names none of them.
    /// - Parameter condition: which rows count.
    package func nameOfOne(
        of people: [ID<Person>], in column: PersonColumn, where condition: SQL = "1 = 1"
    ) throws -> String? {
        for chunk in PersonWithdrawalStore.chunks(people) {
            let name: String? = try db.value(
                """
                SELECT p.name FROM directory_person p WHERE p.id = (
                    SELECT MIN(x.\(column.column)) FROM \(column.table) x
                    WHERE x.\(column.column) IN \(in: chunk) AND \(condition))
                """)
            if let name { return name }
        }
        return nil
    }

    func due(before limit: Timestamp, limit count: Int) throws -> [ID<Person>] {
        try db.column(
            """
            SELECT id FROM directory_person WHERE withdrawn_at < \(limit) ORDER BY withdrawn_at, id LIMIT \(count)
            """)
    }

    func named(_ people: [ID<Person>], in column: PersonColumn) throws -> [ID<Person>] {
        try db.column(
            "SELECT DISTINCT \(column.column) FROM \(column.table) WHERE \(column.column) IN \(in: people)")
    }

    func postpone(_ people: [ID<Person>], to now: Timestamp) throws {
        if people.isEmpty { return }
        try db.execute("UPDATE directory_person SET withdrawn_at = \(now) WHERE id IN \(in: people)")
    }

    /// The keys and the periods in which no day lies. Returns `false`, having done nothing, while a row names one of them.
    func delete(_ people: [ID<Person>]) throws -> Bool {
        do {
            try db.attempt {
                try db.execute(
                    "DELETE FROM directory_guardianship WHERE guardian_id IN \(in: people) AND valid_to = valid_from")
                try db.execute(
                    "DELETE FROM directory_guardianship WHERE child_id IN \(in: people) AND valid_to = valid_from")
                try db.execute(
                    "DELETE FROM directory_enrolment WHERE person_id IN \(in: people) AND valid_to = valid_from")
                try db.execute(
                    "DELETE FROM directory_appointment WHERE person_id IN \(in: people) AND valid_to = valid_from")
                try db.execute("DELETE FROM directory_person WHERE id IN \(in: people)")
            }
            return true
        } catch DatabaseError.foreignKeyViolation {
            return false
        }
    }
}
