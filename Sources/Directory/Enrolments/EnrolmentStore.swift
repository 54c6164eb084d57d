import Database
import Kernel

/// All SQL of who is a pupil of which class. The questions name a class, a school or a person that the caller has found
/// within a scope before.
package struct EnrolmentStore {
    let db: Connection
    package init(_ db: Connection) { self.db = db }

    private static let tables: SQL = "directory_enrolment e JOIN directory_person p ON p.id = e.person_id"

    private static func holding(on day: LocalDate) -> SQL {
        "e.valid_from <= \(day) AND (e.valid_to IS NULL OR e.valid_to > \(day))"
    }

    /// The pupils of the class on the day, by the pinyin of their names.
    package func members(of classGroup: ID<ClassGroup>, on day: LocalDate) throws -> [Enrolment] {
        try db.rows(
            """
            SELECT \(Enrolment.columns) FROM \(EnrolmentStore.tables)
            WHERE e.class_id = \(classGroup) AND \(EnrolmentStore.holding(on: day)) ORDER BY p.initials, p.name, e.id
            """, Enrolment.init)
    }

    /// The pupils who come to the class after the day.
    func arriving(at classGroup: ID<ClassGroup>, after day: LocalDate) throws -> [Enrolment] {
        try db.rows(
            """
            SELECT \(Enrolment.columns) FROM \(EnrolmentStore.tables)
            WHERE e.class_id = \(classGroup) AND e.valid_from > \(day) AND (e.valid_to IS NULL OR e.valid_to > e.valid_from)
            ORDER BY e.valid_from, p.initials, p.name, e.id
            """, Enrolment.init)
    }

    /// How many pupils each class of the school has on the day; classes without any are not in it.
    package func counts(of school: OrganisationID, on day: LocalDate) throws -> [ID<ClassGroup>: Int] {
        var counts: [ID<ClassGroup>: Int] = [:]
        try db.each(
            """
            SELECT e.class_id, COUNT(*) FROM directory_enrolment e
            WHERE e.school_id = \(school) AND \(EnrolmentStore.holding(on: day)) GROUP BY e.class_id
            """
        ) { counts[try $0.get(0)] = try $0.get(1) }
        return counts
    }

    /// The names of the pupils of the school on the day, each once: for finding them in texts.
    package func names(at school: OrganisationID, on day: LocalDate) throws -> [String] {
        try db.column(
            """
            SELECT DISTINCT p.name FROM \(EnrolmentStore.tables)
            WHERE e.school_id = \(school) AND \(EnrolmentStore.holding(on: day)) ORDER BY p.name
            """)
    }

    /// The class a person is a pupil of on the day; `nil` when she is none.
    package func current(of person: ID<Person>, on day: LocalDate) throws -> Enrolment? {
        try db.first(
            """
            SELECT \(Enrolment.columns) FROM \(EnrolmentStore.tables)
            WHERE e.person_id = \(person) AND \(EnrolmentStore.holding(on: day)) ORDER BY e.valid_from DESC
            """, Enrolment.init)
    }

    /// The school on whose roll a person stands on the day; `nil` when she is no pupil.
    package func school(of person: ID<Person>, on day: LocalDate) throws -> OrganisationID? {
        try current(of: person, on: day)?.school
    }

    /// All classes a person was a pupil of, the latest first.
    package func history(of person: ID<Person>) throws -> [EnrolmentPeriod] {
        try db.rows(
            """
            SELECT \(Enrolment.columns), \(ClassGroup.columns) FROM \(EnrolmentStore.tables)
            JOIN directory_class_group c ON c.id = e.class_id JOIN directory_organisation o ON o.id = c.school_id
            WHERE e.person_id = \(person) AND (e.reason IS NULL OR e.reason <> \(LeavingReason.undone))
            ORDER BY e.valid_from DESC, e.id DESC
            """
        ) { row in
            EnrolmentPeriod(
                enrolment: try Enrolment(row), classGroup: try ClassGroup(row, from: Enrolment.columnCount))
        }
    }

    /// The enrolments in the class that nobody has ended.
    func open(of classGroup: ID<ClassGroup>) throws -> [Enrolment] {
        try db.rows(
            """
            SELECT \(Enrolment.columns) FROM \(EnrolmentStore.tables)
            WHERE e.class_id = \(classGroup) AND e.valid_to IS NULL ORDER BY p.initials, p.name, e.id
            """, Enrolment.init)
    }

    /// The enrolment of a person that holds on the day or later; `nil` when there is none.
    package func standing(of person: ID<Person>, after day: LocalDate) throws -> Enrolment? {
        try db.first(
            """
            SELECT \(Enrolment.columns) FROM \(EnrolmentStore.tables)
            WHERE e.person_id = \(person) AND (e.valid_to IS NULL OR e.valid_to > \(day)) AND
                (e.valid_to IS NULL OR e.valid_to > e.valid_from)
            ORDER BY e.valid_from DESC
            """, Enrolment.init)
    }

    /// The enrolment of a person that makes her a pupil of the class on the day: present, to come, or interrupted by 休学.
    /// Throws `DomainError.notFound` without one.
    func belonging(of person: ID<Person>, to classGroup: ID<ClassGroup>, on day: LocalDate) throws -> Enrolment {
        let found = try standing(of: person, after: day) ?? suspended(person, on: day)
        guard let found, found.classGroup == classGroup else { throw DomainError.notFound }
        return found
    }

    /// The pupils of the school, or of one class of it, who are in 休学 on the day: on the roll, in no class.
    package func suspended(
        of school: OrganisationID, from classGroup: ID<ClassGroup>? = nil, on day: LocalDate
    ) throws -> [Enrolment] {
        let ofClass: SQL = classGroup.map { " AND e.class_id = \($0)" } ?? .empty
        return try db.rows(
            """
            SELECT \(Enrolment.columns) FROM \(EnrolmentStore.tables)
            WHERE e.school_id = \(school)\(ofClass) AND \(EnrolmentStore.suspending(on: day))
            ORDER BY p.initials, p.name, e.id
            """, Enrolment.init)
    }

    /// The enrolment that a person's 休学 interrupted, when she is in it on the day; `nil` otherwise.
    package func suspended(_ person: ID<Person>, on day: LocalDate) throws -> Enrolment? {
        try db.first(
            """
            SELECT \(Enrolment.columns) FROM \(EnrolmentStore.tables)
            WHERE e.person_id = \(person) AND \(EnrolmentStore.suspending(on: day))
            """, Enrolment.init)
    }

    /// Of each of the people the enrolment that holds on the day or later, else the one that her 休学 interrupted.
    func attended(by people: [ID<Person>], on day: LocalDate) throws -> [ID<Person>: Enrolment] {
        let found = try db.rows(
            """
            SELECT \(Enrolment.columns) FROM \(EnrolmentStore.tables)
            WHERE e.person_id IN \(in: people) AND (e.valid_to IS NULL
                OR (e.valid_to > \(day) AND e.valid_to > e.valid_from) OR (\(EnrolmentStore.suspending(on: day))))
            ORDER BY e.valid_from
            """, Enrolment.init)
        return found.reduce(into: [:]) { attended, one in
            let isSuspended = one.until.map { $0 <= day } ?? false
            if isSuspended, attended[one.person] != nil { return }
            attended[one.person] = one
        }
    }

    /// Ended by 休学 on the day or before, and nothing has begun since.
    private static func suspending(on day: LocalDate) -> SQL {
        """
        e.valid_to <= \(day) AND e.reason = \(LeavingReason.suspension) AND NOT EXISTS (
            SELECT 1 FROM directory_enrolment later WHERE later.person_id = e.person_id AND later.id <> e.id
                AND later.valid_from >= e.valid_to AND later.valid_from <= \(day)
                AND (later.reason IS NULL OR later.reason <> \(LeavingReason.undone)))
        """
    }

    /// The enrolment of a person in the class that is not ended. Throws `DomainError.notFound` without one.
    func open(of person: ID<Person>, in classGroup: ID<ClassGroup>) throws -> Enrolment {
        let found = try db.first(
            """
            SELECT \(Enrolment.columns) FROM \(EnrolmentStore.tables)
            WHERE e.person_id = \(person) AND e.class_id = \(classGroup) AND e.valid_to IS NULL
            """, Enrolment.init)
        guard let found else { throw DomainError.notFound }
        return found
    }

    func insert(
        _ person: ID<Person>, in classGroup: ClassGroup, entryYear: Int?, from day: LocalDate, by author: String,
        at now: Timestamp
    ) throws {
        try db.execute(
            """
            INSERT INTO directory_enrolment (id, person_id, school_id, class_id, entry_year, valid_from, recorded_at,
                recorded_by, changed_at)
            VALUES (\(ID<Enrolment>.new()), \(person), \(classGroup.school), \(classGroup.id), \(entryYear), \(day),
                \(now), \(author), \(now))
            """)
    }

    /// Notes how a pupil who was in no class any more left the roll: an enrolment of no length.
    func insertEnd(
        after enrolment: Enrolment, on day: LocalDate, _ reason: LeavingReason, by author: String, at now: Timestamp
    ) throws {
        try db.execute(
            """
            INSERT INTO directory_enrolment (id, person_id, school_id, class_id, entry_year, valid_from, valid_to, reason,
                recorded_at, recorded_by, changed_at)
            VALUES (\(ID<Enrolment>.new()), \(enrolment.person), \(enrolment.school), \(enrolment.classGroup),
                \(enrolment.entryYear), \(day), \(day), \(reason), \(now), \(author), \(now))
            """)
    }

    /// Puts many people into classes from the day on; in a 复式班 with the entry year that tells their grade. Throws `DomainError.conflict` when one of them is in a class by
    /// now.
    package func insert(
        _ enrolments: [(person: ID<Person>, classGroup: ClassGroup, entryYear: Int)], from day: LocalDate,
        by author: String,
        at now: Timestamp
    ) throws {
        do {
            try db.insert(
                into:
                    """
                    directory_enrolment (id, person_id, school_id, class_id, entry_year, valid_from, recorded_at,
                        recorded_by, changed_at)
                    """,
                rows: enrolments.map { person, classGroup, entryYear in
                    [
                        ID<Enrolment>.new().databaseValue, person.databaseValue, classGroup.school.databaseValue,
                        classGroup.id.databaseValue, (classGroup.isMultigrade ? entryYear : nil).databaseValue,
                        day.databaseValue, now.databaseValue, .text(author),
                        now.databaseValue,
                    ]
                })
        } catch DatabaseError.uniqueViolation {
            throw DomainError.conflict("有学生刚被他人编入班级，请重新核对。")
        }
    }

    /// Ends enrolments that are open. Returns how many were.
    @discardableResult
    func end(
        _ enrolments: [ID<Enrolment>], on day: LocalDate, _ reason: LeavingReason, at now: Timestamp
    ) throws -> Int {
        guard !enrolments.isEmpty else { return 0 }
        return try db.change(
            """
            UPDATE directory_enrolment SET valid_to = \(day), reason = \(reason), changed_at = \(now)
            WHERE id IN \(in: enrolments) AND valid_to IS NULL
            """)
    }
}
