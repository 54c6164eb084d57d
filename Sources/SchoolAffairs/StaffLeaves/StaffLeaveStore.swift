import Database
import Directory
import Kernel
import Platform

/// All SQL of leaves. The questions name a person and a school that the caller has found within a scope before.
struct StaffLeaveStore {
    let db: Connection
    let crypto: any CryptoProvider

    init(_ db: Connection, _ crypto: any CryptoProvider) { (self.db, self.crypto) = (db, crypto) }

    /// Every leave of the person at the school, the latest first.
    func history(of person: ID<Person>, at school: OrganisationID) throws -> [StaffLeave] {
        try db.rows(
            """
            SELECT l.id, l.person_id, l.organisation_id, l.kind, l.reason, l.valid_from, l.expected_on, l.valid_to
            FROM school_affairs_leave l WHERE l.person_id = \(person) AND l.organisation_id = \(school)
            ORDER BY l.valid_from DESC, l.id DESC
            """
        ) { row in
            let id: ID<StaffLeave> = try row.get(0)
            return StaffLeave(
                id: id, person: try row.get(1), school: try row.get(2), kind: try row.get(3),
                reason: try crypto.openText(row.get(4), context: StaffLeaveStore.context(id)), from: try row.get(5),
                expected: try row.get(6), until: try row.get(7))
        }
    }

    /// The leave nobody has ended; `nil` without one.
    func open(of person: ID<Person>, at school: OrganisationID) throws -> StaffLeave? {
        try history(of: person, at: school).first { $0.until == nil }
    }

    /// Who of the school's staff is away on the day.
    func away(from school: OrganisationID, on day: LocalDate) throws -> Set<ID<Person>> {
        Set(
            try db.column(
                """
                SELECT l.person_id FROM school_affairs_leave l
                WHERE l.organisation_id = \(school) AND l.valid_from <= \(day)
                    AND (l.valid_to IS NULL OR l.valid_to > \(day))
                """, as: ID<Person>.self))
    }

    /// Whose leave at the school nobody has ended.
    func awaited(at school: OrganisationID) throws -> Set<ID<Person>> {
        Set(
            try db.column(
                """
                SELECT l.person_id FROM school_affairs_leave l
                WHERE l.organisation_id = \(school) AND l.valid_to IS NULL
                """, as: ID<Person>.self))
    }

    /// Who stands in during the leave.
    func substitutions(of leave: ID<StaffLeave>) throws -> [Substitution] {
        try db.rows(
            """
            SELECT s.class_id, s.kind, s.subject, s.substitute_id, p.name FROM school_affairs_substitution s
            JOIN directory_person p ON p.id = s.substitute_id WHERE s.leave_id = \(leave)
            ORDER BY s.class_id, s.kind, s.subject
            """
        ) { row in
            Substitution(
                classGroup: try row.get(0), kind: try row.get(1), subject: try row.get(2), substitute: try row.get(3),
                substituteName: try row.get(4))
        }
    }

    func insert(
        _ draft: LeaveDraft, of person: ID<Person>, at school: OrganisationID, by author: String, now: Timestamp
    ) throws -> ID<StaffLeave> {
        let id = ID<StaffLeave>.new()
        let sealed = try crypto.seal(draft.reason, context: StaffLeaveStore.context(id))
        try db.execute(
            """
            INSERT INTO school_affairs_leave (id, person_id, organisation_id, kind, reason, valid_from, expected_on,
                recorded_at, recorded_by)
            VALUES (\(id), \(person), \(school), \(draft.kind), \(sealed), \(draft.from), \(draft.expected), \(now),
                \(author))
            """)
        return id
    }

    func insert(_ post: ClassPost, substitute: ID<Person>, during leave: ID<StaffLeave>) throws {
        try db.execute(
            """
            INSERT INTO school_affairs_substitution (leave_id, class_id, kind, subject, substitute_id)
            VALUES (\(leave), \(post.classGroup), \(post.kind), \(post.subject), \(substitute))
            """)
    }

    /// Returns whether the leave was open. One that begins later than it ends has never been.
    func end(_ leave: StaffLeave, on day: LocalDate) throws -> Bool {
        try db.change(
            """
            UPDATE school_affairs_leave SET valid_to = \(max(day, leave.from))
            WHERE id = \(leave.id) AND valid_to IS NULL
            """) > 0
    }

    private static func context(_ id: ID<StaffLeave>) -> String { "school_affairs_leave.reason/\(id)" }
}
