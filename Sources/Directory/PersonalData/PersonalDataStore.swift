import Database
import Kernel

/// SQL of what the directory keeps about one person, for herself and for letting it go.
struct PersonalDataStore {
    let db: Connection

    /// A post at an organisation, or a guardian or child, with its days.
    struct Line: Sendable {
        let what: String
        let name: String
        let from: LocalDate
        let until: LocalDate?

        init(_ row: borrowing Row) throws {
            (what, name, from, until) = (try row.get(0), try row.get(1), try row.get(2), try row.get(3))
        }
    }

    func appointments(of person: ID<Person>) throws -> [Line] {
        try db.rows(
            """
            SELECT a.post, o.name, a.valid_from, a.valid_to FROM directory_appointment a
            JOIN directory_organisation o ON o.id = a.organisation_id
            WHERE a.person_id = \(person) ORDER BY a.valid_from, a.id
            """, Line.init)
    }

    /// What the person does and did for classes.
    func posts(of person: ID<Person>) throws -> [(post: ClassPost, school: String, classGroup: ClassGroup)] {
        try db.rows(
            """
            SELECT \(ClassPost.columns), o.name, \(ClassGroup.columns)
            FROM directory_class_post t JOIN directory_person p ON p.id = t.person_id
            JOIN directory_class_group c ON c.id = t.class_id JOIN directory_organisation o ON o.id = c.school_id
            WHERE t.person_id = \(person) ORDER BY t.valid_from, t.id
            """
        ) { (post: try ClassPost($0), school: try $0.get(8), classGroup: try ClassGroup($0, from: 9)) }
    }

    /// A guardian or a child with what is known of the relation.
    struct Relative: Sendable {
        let line: Line
        /// Code of 监护人关系.
        let relation: String?
        let order: Int?
        let state: GuardianshipState
        let origin: GuardianshipOrigin
    }

    /// Guardians of the person by a school's word and children she is guardian of. What she has declared herself and no
    /// school has decided is not among them: it would tell whether there is such a child.
    func family(of person: ID<Person>) throws -> [Relative] {
        try db.rows(
            """
            SELECT '家长', p.name, g.valid_from, g.valid_to, g.relation, g.ordinal, g.state, g.origin
            FROM directory_guardianship g JOIN directory_person p ON p.id = g.guardian_id
            WHERE g.child_id = \(person) AND g.state = 'confirmed'
            UNION ALL
            SELECT '孩子', p.name, g.valid_from, g.valid_to, g.relation, g.ordinal, g.state, g.origin
            FROM directory_guardianship g JOIN directory_person p ON p.id = g.child_id
            WHERE g.guardian_id = \(person) AND g.state <> 'pending'
            ORDER BY 3, 2
            """
        ) { row in
            Relative(
                line: try Line(row), relation: try row.get(4), order: try row.get(5), state: try row.get(6),
                origin: try row.get(7))
        }
    }

    /// When the person declared that she has children.
    func claims(of person: ID<Person>) throws -> [Timestamp] { try GuardianshipStore(db).claims(by: person) }

    /// Whether the person was ever a pupil or an employee: then the roster keeps her for good.
    func isOfRoster(_ person: ID<Person>) throws -> Bool {
        let found: Int? = try db.value(
            """
            SELECT 1 FROM directory_enrolment WHERE person_id = \(person)
            UNION ALL SELECT 1 FROM directory_appointment WHERE person_id = \(person) LIMIT 1
            """)
        return found != nil
    }

    /// Whether the person is guardian of a minor on the day or later, by a school's word.
    func isGuardian(_ person: ID<Person>, after day: LocalDate) throws -> Bool {
        let found: Int? = try db.value(
            """
            SELECT 1 FROM directory_guardianship g JOIN directory_person c ON c.id = g.child_id
            WHERE g.guardian_id = \(person) AND g.state = 'confirmed' AND (g.valid_to IS NULL OR g.valid_to > \(day))
                AND (c.birth_date IS NULL OR c.birth_date > \(Majority.latestBirth(ofAgeOn: day)))
            LIMIT 1
            """)
        return found != nil
    }

    /// Takes away name, numbers and facts. The row stays, since past guardianships refer to it.
    func anonymise(_ person: ID<Person>, at now: Timestamp) throws {
        try db.execute("DELETE FROM directory_person_identifier WHERE person_id = \(person)")
        try db.execute("DELETE FROM directory_person_facts WHERE person_id = \(person)")
        try db.execute("DELETE FROM directory_guardian_claim WHERE person_id = \(person)")
        try db.execute("DELETE FROM directory_guardianship WHERE guardian_id = \(person) AND state <> 'confirmed'")
        try db.execute(
            """
            UPDATE directory_person SET name = \(PersonErasure.nobody), initials = '', sex = NULL, birth_date = NULL,
                changed_at = \(now) WHERE id = \(person)
            """)
    }
}

/// Looks are kept for some years.
extension LookStore {
    private static func old(_ before: Timestamp, _ spared: Set<ID<Person>>) -> SQL {
        let kept: SQL =
            spared.isEmpty ? "" : " AND (subject_id IS NULL OR subject_id NOT IN \(in: spared.sorted()))"
        return "at < \(before)\(kept)"
    }

    func countOld(_ before: Timestamp, sparing people: Set<ID<Person>>) throws -> Int {
        try db.value("SELECT COUNT(*) FROM directory_look WHERE \(LookStore.old(before, people))") ?? 0
    }

    func deleteOld(_ before: Timestamp, sparing people: Set<ID<Person>>, atMost limit: Int) throws -> Int {
        try db.change(
            """
            DELETE FROM directory_look WHERE id IN (
                SELECT id FROM directory_look WHERE \(LookStore.old(before, people)) ORDER BY id LIMIT \(limit))
            """)
    }
}
