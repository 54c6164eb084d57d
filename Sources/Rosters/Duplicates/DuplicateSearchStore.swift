import Database
import Directory
import Kernel

/// The SQL that looks for people on record twice. One of each pair belongs to the scope; the other may be anywhere.
struct DuplicateSearchStore {
    let db: Connection
    let scope: DataScope
    let day: LocalDate

    struct Pair: Hashable, Sendable {
        let first: ID<Person>
        let second: ID<Person>

        /// In the order of their keys, so that a pair is one whichever way it was found.
        init(_ a: ID<Person>, _ b: ID<Person>) { (first, second) = a < b ? (a, b) : (b, a) }
    }

    /// The pupils, staff and guardians of the scope on the day.
    private var mine: SQL {
        """
        WITH pupil AS (SELECT e.person_id AS id FROM directory_enrolment e
            JOIN directory_organisation o ON o.id = e.school_id
            WHERE \(SQL.within(scope, "o.path")) AND (e.valid_to IS NULL OR e.valid_to > \(day))),
        mine AS (SELECT id FROM pupil
            UNION SELECT t.person_id FROM directory_appointment t JOIN directory_organisation o ON o.id = t.organisation_id
            WHERE \(SQL.within(scope, "o.path")) AND (t.valid_to IS NULL OR t.valid_to > \(day))
            UNION SELECT g.guardian_id FROM directory_guardianship g JOIN pupil ON pupil.id = g.child_id
            WHERE g.state = 'confirmed' AND (g.valid_to IS NULL OR g.valid_to > \(day)))
        """
    }

    /// A guardian relation that goes on by a school's word, though it may not have been checked yet.
    private static func told(_ alias: SQL) -> SQL {
        "\(alias).valid_to IS NULL AND (\(alias).state = 'confirmed' OR \(alias).origin = 'school')"
    }

    /// Both are on record, are two, and have not each a number that only one person can have.
    private static let different: SQL =
        """
        a.id <> b.id AND a.merged_into IS NULL AND b.merged_into IS NULL AND NOT EXISTS (
            SELECT 1 FROM directory_person_identifier i JOIN directory_person_identifier j ON j.kind = i.kind
            WHERE i.person_id = a.id AND j.person_id = b.id AND i.kind = 'citizen_number')
        """
    private static let mayBeBorn: SQL =
        "(a.birth_date IS NULL OR b.birth_date IS NULL OR a.birth_date = b.birth_date)"

    private func pairs(_ sql: SQL) throws -> Set<Pair> {
        var found: Set<Pair> = []
        try db.each("\(mine) \(sql)") { found.insert(Pair(try $0.get(0), try $0.get(1))) }
        return found
    }

    /// The same name and birth date.
    func bornAlike() throws -> Set<Pair> {
        try pairs(
            """
            SELECT a.id, b.id FROM mine JOIN directory_person a ON a.id = mine.id
            JOIN directory_person b ON b.name = a.name AND b.birth_date = a.birth_date
            WHERE \(DuplicateSearchStore.different)
            """)
    }

    /// The same name and a guardian in common, who is known by a phone; or two guardians of one child of the same name.
    func relatedAlike() throws -> Set<Pair> {
        let children = try pairs(
            """
            SELECT a.id, b.id FROM mine JOIN directory_person a ON a.id = mine.id
            JOIN directory_guardianship g ON g.child_id = a.id AND \(DuplicateSearchStore.told("g"))
            JOIN directory_guardianship h ON h.guardian_id = g.guardian_id AND \(DuplicateSearchStore.told("h"))
            JOIN directory_person b ON b.id = h.child_id AND b.name = a.name
            WHERE \(DuplicateSearchStore.different) AND \(DuplicateSearchStore.mayBeBorn)
            """)
        let guardians = try pairs(
            """
            SELECT a.id, b.id FROM mine JOIN directory_person a ON a.id = mine.id
            JOIN directory_guardianship g ON g.guardian_id = a.id AND \(DuplicateSearchStore.told("g"))
            JOIN directory_guardianship h ON h.child_id = g.child_id AND \(DuplicateSearchStore.told("h"))
            JOIN directory_person b ON b.id = h.guardian_id AND b.name = a.name
            WHERE \(DuplicateSearchStore.different)
            """)
        return children.union(guardians)
    }

    /// The same name at one school, as pupils or as staff, one of them without birth date or number.
    func schoolAlike() throws -> Set<Pair> {
        let unknown: SQL =
            """
            \(DuplicateSearchStore.different) AND (a.birth_date IS NULL OR b.birth_date IS NULL) AND NOT EXISTS (
                SELECT 1 FROM directory_person_identifier i JOIN directory_person_identifier j ON j.kind = i.kind
                WHERE i.person_id = a.id AND j.person_id = b.id AND i.kind IN ('student_number', 'staff_number'))
            """
        let pupils = try pairs(
            """
            SELECT a.id, b.id FROM mine JOIN directory_person a ON a.id = mine.id
            JOIN directory_person b ON b.name = a.name
            JOIN directory_enrolment e ON e.person_id = a.id AND e.valid_to IS NULL
            JOIN directory_enrolment f ON f.person_id = b.id AND f.valid_to IS NULL AND f.school_id = e.school_id
            WHERE \(unknown)
            """)
        let staff = try pairs(
            """
            SELECT a.id, b.id FROM mine JOIN directory_person a ON a.id = mine.id
            JOIN directory_person b ON b.name = a.name
            JOIN directory_appointment e ON e.person_id = a.id AND e.valid_to IS NULL
            JOIN directory_appointment f ON f.person_id = b.id AND f.valid_to IS NULL
                AND f.organisation_id = e.organisation_id
            WHERE \(unknown)
            """)
        return pupils.union(staff)
    }

    /// The people of the scope who have a 学籍号.
    func numbered() throws -> [ID<Person>] {
        try db.column(
            """
            \(mine) SELECT i.person_id FROM directory_person_identifier i JOIN mine ON mine.id = i.person_id
            WHERE i.kind = 'student_number' ORDER BY i.person_id
            """)
    }
}
