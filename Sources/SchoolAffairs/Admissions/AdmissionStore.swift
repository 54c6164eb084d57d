import Database
import Directory
import Kernel

/// All SQL of pupils who wait for a class. The questions name a school that the caller has found within a scope before.
package struct AdmissionStore {
    let db: Connection
    package init(_ db: Connection) { self.db = db }

    /// Who waits at the school, by cohort and the pinyin of their names.
    package func open(at school: OrganisationID) throws -> [Admission] {
        try db.rows(
            """
            SELECT \(Admission.columns) FROM school_affairs_admission a JOIN directory_person p ON p.id = a.person_id
            WHERE a.school_id = \(school) AND a.closed_at IS NULL
            ORDER BY a.stage, a.entry_year DESC, p.initials, p.name, a.id
            """, Admission.init)
    }

    /// How many wait at each school of the scope; schools without any are not in it.
    func counts(within scope: DataScope) throws -> [(school: OrganisationID, name: String, count: Int)] {
        try db.rows(
            """
            SELECT o.id, o.name, COUNT(*) FROM school_affairs_admission a
            JOIN directory_organisation o ON o.id = a.school_id
            WHERE a.closed_at IS NULL AND \(SQL.within(scope, "o.path")) GROUP BY o.id, o.name ORDER BY o.name, o.id
            """
        ) { (school: try $0.get(0), name: try $0.get(1), count: try $0.get(2)) }
    }

    /// Where a person waits; `nil` when she does not.
    package func open(of person: ID<Person>) throws -> Admission? {
        try db.first(
            """
            SELECT \(Admission.columns) FROM school_affairs_admission a JOIN directory_person p ON p.id = a.person_id
            WHERE a.person_id = \(person) AND a.closed_at IS NULL
            """, Admission.init)
    }

    /// Throws `DomainError.invalid` for `name` when she waits at a school already.
    func insert(
        _ person: ID<Person>, at school: OrganisationID, _ stage: ClassStage, entryYear: Int, on day: LocalDate,
        source: AdmissionSource, by author: String, at now: Timestamp
    ) throws {
        do {
            try db.execute(
                """
                INSERT INTO school_affairs_admission (id, person_id, school_id, stage, entry_year, admitted_on, source,
                    recorded_at, recorded_by)
                VALUES (\(ID<Admission>.new()), \(person), \(school), \(stage), \(entryYear), \(day), \(source), \(now),
                    \(author))
                """)
        } catch DatabaseError.uniqueViolation {
            throw DomainError.invalid("name", "已经在待分班名单中")
        }
    }

    /// The conditional update is the lock. Returns whether she still waited.
    func close(_ id: ID<Admission>, with classGroup: ID<ClassGroup>?, at now: Timestamp) throws -> Bool {
        try db.change(
            """
            UPDATE school_affairs_admission SET class_id = \(classGroup), closed_at = \(now)
            WHERE id = \(id) AND closed_at IS NULL
            """) == 1
    }
}
