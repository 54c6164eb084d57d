import Database
import Directory
import Foundation
import Kernel
import Platform

/// All SQL of applications for changes. Every list names the viewer's scope; what lies outside does not exist.
package struct StudentChangeStore {
    let db: Connection
    let crypto: any CryptoProvider

    package init(_ db: Connection, _ crypto: any CryptoProvider) { (self.db, self.crypto) = (db, crypto) }

    private static let tables: SQL =
        """
        school_affairs_change s JOIN directory_person p ON p.id = s.person_id
        JOIN directory_organisation o ON o.id = s.school_id JOIN directory_organisation u ON u.id = s.unit_id
        """

    /// What a list shows.
    package struct Filter: Sendable {
        package var state: StudentChangeState?
        package var kind: StudentChangeKind?
        package init(state: StudentChangeState? = nil, kind: StudentChangeKind? = nil) {
            (self.state, self.kind) = (state, kind)
        }
        var condition: SQL {
            let ofState: SQL = state.map { " AND s.state = \($0)" } ?? .empty
            let ofKind: SQL = kind.map { " AND s.kind = \($0)" } ?? .empty
            return ofState + ofKind
        }
    }

    /// Throws `DomainError.notFound` when there is none in the scope.
    package func find(_ id: ID<StudentChange>, within scope: DataScope) throws -> StudentChange {
        let found = try db.first(
            """
            SELECT \(StudentChange.columns) FROM \(StudentChangeStore.tables)
            WHERE s.id = \(id) AND \(SQL.within(scope, "o.path"))
            """, StudentChange.init)
        guard let found else { throw DomainError.notFound }
        return found
    }

    /// The latest first, continued after `after`.
    package func list(
        within scope: DataScope, _ filter: Filter, after: String? = nil, limit: Int
    ) throws -> (rows: [StudentChange], total: Int) {
        let condition: SQL = "\(SQL.within(scope, "o.path"))\(filter.condition)"
        let rest: SQL = after.map { " AND s.id < \($0)" } ?? .empty
        let rows = try db.rows(
            """
            SELECT \(StudentChange.columns) FROM \(StudentChangeStore.tables)
            WHERE \(condition)\(rest) ORDER BY s.id DESC LIMIT \(limit)
            """, StudentChange.init)
        let total: Int? = try db.value("SELECT COUNT(*) FROM \(StudentChangeStore.tables) WHERE \(condition)")
        return (rows, total ?? 0)
    }

    /// What waits for the word of the units in the scope, the most urgent first.
    package func waiting(at units: DataScope, limit: Int) throws -> [StudentChange] {
        try db.rows(
            """
            SELECT \(StudentChange.columns) FROM \(StudentChangeStore.tables)
            WHERE s.state = 'waiting' AND \(SQL.within(units, "u.path")) ORDER BY s.due_on, s.id LIMIT \(limit)
            """, StudentChange.init)
    }

    /// All applications for a pupil at the school, the latest first.
    package func all(of person: ID<Person>, at school: OrganisationID) throws -> [StudentChange] {
        try db.rows(
            """
            SELECT \(StudentChange.columns) FROM \(StudentChangeStore.tables)
            WHERE s.person_id = \(person) AND s.school_id = \(school) ORDER BY s.id DESC
            """, StudentChange.init)
    }

    /// What is sealed of it.
    package func details(of id: ID<StudentChange>) throws -> StudentChangeDetails {
        let sealed: [UInt8]? = try db.value("SELECT sealed FROM school_affairs_change WHERE id = \(id)")
        guard let sealed else { throw DomainError.notFound }
        let text = try crypto.openText(sealed, context: StudentChangeStore.context(id))
        return try JSONDecoder().decode(StudentChangeDetails.self, from: Data(text.utf8))
    }

    /// Throws `DatabaseError.uniqueViolation` while another application for the pupil waits.
    func insert(
        _ id: ID<StudentChange>, _ draft: StudentChangeDraft, of person: ID<Person>, in classGroup: ClassGroup,
        unit: OrganisationID, by actor: AuditActor, due: LocalDate, at now: Timestamp
    ) throws {
        try db.execute(
            """
            INSERT INTO school_affairs_change (id, kind, state, person_id, school_id, unit_id, class_id, day,
                target_class_id, expected_return, sealed, applicant, applicant_name, applied_at, due_on, revision)
            VALUES (\(id), \(draft.kind), 'waiting', \(person), \(classGroup.school), \(unit), \(classGroup.id),
                \(draft.day), \(draft.target), \(draft.expectedReturn), \(seal(draft.details, id)),
                \(actor.id ?? ""), \(actor.name), \(now), \(due), 1)
            """)
    }

    /// The conditional update is the lock: of two people who saw the same state, one is too late.
    func move(
        _ change: StudentChange, to state: StudentChangeState, at now: Timestamp
    ) throws -> Bool {
        try db.change(
            """
            UPDATE school_affairs_change SET state = \(state), decided_at = \(now), revision = revision + 1
            WHERE id = \(change.id) AND state = 'waiting' AND revision = \(change.revision)
            """) == 1
    }

    private func seal(_ details: StudentChangeDetails, _ id: ID<StudentChange>) throws -> [UInt8] {
        let data = try JSONEncoder().encode(details)
        return try crypto.seal(Array(data), context: StudentChangeStore.context(id))
    }

    private static func context(_ id: ID<StudentChange>) -> String { "school_affairs_change.sealed/\(id)" }
}
