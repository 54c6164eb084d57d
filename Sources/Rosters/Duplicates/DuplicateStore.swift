import Database
import Directory
import Kernel

/// All SQL of the queue of what may be the same person.
struct DuplicateStore {
    let db: Connection
    init(_ db: Connection) { self.db = db }

    private static let tables: SQL =
        """
        rosters_duplicate d JOIN directory_person q ON q.id = d.other_id LEFT JOIN directory_person p ON p.id = d.person_id
        """
    /// A question about a record that was merged in the meantime asks itself no more.
    private static let standing: SQL =
        "(d.state <> 'open' OR (q.merged_into IS NULL AND (p.id IS NULL OR p.merged_into IS NULL)))"

    /// Throws `DomainError.notFound` when there is none in the scope.
    func find(_ id: ID<Duplicate>, within scope: DataScope) throws -> Duplicate {
        let found = try db.first(
            """
            SELECT \(Duplicate.columns) FROM \(DuplicateStore.tables)
            WHERE d.id = \(id) AND \(SQL.within(scope, "d.path"))
            """, Duplicate.init)
        guard let found else { throw DomainError.notFound }
        return found
    }

    /// Newest first, continued after the question `after`.
    func list(
        within scope: DataScope, isOpen: Bool, after: String?, limit: Int
    ) throws -> (rows: [Duplicate], total: Int) {
        let state: SQL = isOpen ? "d.state = 'open'" : "d.state <> 'open'"
        let matching: SQL = "\(state) AND \(SQL.within(scope, "d.path")) AND \(DuplicateStore.standing)"
        let total: Int = try db.value("SELECT COUNT(*) FROM \(DuplicateStore.tables) WHERE \(matching)") ?? 0
        let rest: SQL = after.map { " AND d.id < \($0)" } ?? ""
        let rows = try db.rows(
            """
            SELECT \(Duplicate.columns) FROM \(DuplicateStore.tables) WHERE \(matching)\(rest)
            ORDER BY d.id DESC LIMIT \(limit)
            """, Duplicate.init)
        return (rows, total)
    }

    struct New: Sendable {
        let subject: String
        let person: ID<Person>?
        let other: ID<Person>
        let reason: DuplicateReason
        var batch = ""
        var candidate = ""
        let path: OrganisationPath
    }

    /// Asks, unless it was asked before. An open question moves to the place told. Returns whether it is new.
    @discardableResult
    func add(_ new: New, at now: Timestamp) throws -> Bool {
        let added = try db.change(
            """
            INSERT INTO rosters_duplicate (id, subject, person_id, other_id, reason, batch, candidate, path, state, found_at)
            VALUES (\(ID<Duplicate>.new()), \(new.subject), \(new.person), \(new.other), \(new.reason), \(new.batch),
                \(new.candidate), \(new.path), 'open', \(now))
            ON CONFLICT (subject, other_id) DO NOTHING
            """)
        if added == 0 {
            try db.execute(
                """
                UPDATE rosters_duplicate SET path = \(new.path)
                WHERE subject = \(new.subject) AND other_id = \(new.other) AND state = 'open' AND path <> \(new.path)
                """)
        }
        return added > 0
    }

    /// Returns `false` when somebody was faster.
    func decide(
        _ id: ID<Duplicate>, _ state: Duplicate.State, merge: String?, by author: String, at now: Timestamp
    ) throws -> Bool {
        try db.change(
            """
            UPDATE rosters_duplicate SET state = \(state), merge_id = \(merge), decided_at = \(now), decided_by = \(author)
            WHERE id = \(id) AND state = 'open'
            """) == 1
    }

    func reopen(_ id: ID<Duplicate>, from state: Duplicate.State) throws -> Bool {
        try db.change(
            """
            UPDATE rosters_duplicate SET state = 'open', merge_id = NULL, decided_at = NULL, decided_by = NULL
            WHERE id = \(id) AND state = \(state)
            """) == 1
    }

    /// Nobody asks about people whose import was taken back.
    func forget(_ people: [ID<Person>]) throws {
        for start in stride(from: 0, to: people.count, by: 512) {
            let chunk = Array(people[start..<min(start + 512, people.count)])
            try db.execute("DELETE FROM rosters_duplicate WHERE other_id IN \(in: chunk)")
            try db.execute("DELETE FROM rosters_duplicate WHERE subject IN \(in: chunk)")
        }
    }

    struct Decision: Sendable {
        let subject: String
        /// The surviving record, when the person was merged since.
        let other: ID<Person>
        let isSame: Bool
    }

    /// What was decided about rows of workbooks, by their keys.
    func decisions(on subjects: [String]) throws -> [String: [Decision]] {
        var found: [String: [Decision]] = [:]
        for start in stride(from: 0, to: subjects.count, by: 512) {
            let chunk = Array(subjects[start..<min(start + 512, subjects.count)])
            try db.each(
                """
                SELECT d.subject, COALESCE(q.merged_into, d.other_id), d.state FROM rosters_duplicate d
                JOIN directory_person q ON q.id = d.other_id
                WHERE d.subject IN \(in: chunk) AND d.state <> 'open'
                """
            ) { row in
                let state: Duplicate.State = try row.get(2)
                let decision = Decision(subject: try row.get(0), other: try row.get(1), isSame: state == .same)
                found[decision.subject, default: []].append(decision)
            }
        }
        return found
    }

    func schoolPath(_ school: OrganisationID) throws -> OrganisationPath? {
        try db.value("SELECT path FROM directory_organisation WHERE id = \(school)")
    }
}
