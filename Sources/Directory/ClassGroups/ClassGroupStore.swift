import Database
import Kernel

/// All reading SQL of classes. Every question names the viewer's scope; what lies outside does not exist.
package struct ClassGroupStore {
    let db: Connection
    package init(_ db: Connection) { self.db = db }

    private static let tables: SQL =
        "directory_class_group c JOIN directory_organisation o ON o.id = c.school_id"

    /// Throws `DomainError.notFound` when there is none in the scope.
    package func find(_ id: ID<ClassGroup>, within scope: ClassScope) throws -> ClassGroup {
        let found = try db.first(
            """
            SELECT \(ClassGroup.columns) FROM \(ClassGroupStore.tables) WHERE c.id = \(id) AND \(scope.condition)
            """, ClassGroup.init)
        guard let found else { throw DomainError.notFound }
        return found
    }

    /// Those of the classes that are in the scope.
    package func find(_ ids: [ID<ClassGroup>], within scope: ClassScope) throws -> [ID<ClassGroup>: ClassGroup] {
        let found = try db.rows(
            """
            SELECT \(ClassGroup.columns) FROM \(ClassGroupStore.tables) WHERE c.id IN \(in: ids) AND \(scope.condition)
            """, ClassGroup.init)
        return Dictionary(uniqueKeysWithValues: found.map { ($0.id, $0) })
    }

    /// Whether the class is in the scope.
    func isSeen(_ id: ID<ClassGroup>, within scope: ClassScope) throws -> Bool {
        let found: Int? = try db.value(
            "SELECT 1 FROM \(ClassGroupStore.tables) WHERE c.id = \(id) AND \(scope.condition)")
        return found != nil
    }

    /// The classes of a school that are there on the day, from the youngest grade up.
    package func classes(
        of school: OrganisationID, on day: LocalDate, within scope: ClassScope
    ) throws -> [ClassGroup] {
        try db.rows(
            """
            SELECT \(ClassGroup.columns) FROM \(ClassGroupStore.tables)
            WHERE c.school_id = \(school) AND c.opened_on <= \(day) AND (c.closed_on IS NULL OR c.closed_on > \(day))
                AND \(scope.condition)
            ORDER BY c.stage, c.entry_year DESC, c.number, c.id
            """, ClassGroup.init)
    }

    /// All classes a school has or will have: those not closed on the day, opened already or not.
    package func upcoming(
        of school: OrganisationID, on day: LocalDate, within scope: ClassScope
    ) throws -> [ClassGroup] {
        try db.rows(
            """
            SELECT \(ClassGroup.columns) FROM \(ClassGroupStore.tables)
            WHERE c.school_id = \(school) AND (c.closed_on IS NULL OR c.closed_on > \(day)) AND \(scope.condition)
            ORDER BY c.stage, c.entry_year DESC, c.number, c.id
            """, ClassGroup.init)
    }

    /// The classes that are closed on the day, the latest first; one that closed on its first day has never been.
    package func closed(
        of school: OrganisationID, on day: LocalDate, within scope: ClassScope
    ) throws -> [ClassGroup] {
        try db.rows(
            """
            SELECT \(ClassGroup.columns) FROM \(ClassGroupStore.tables)
            WHERE c.school_id = \(school) AND c.closed_on <= \(day) AND c.closed_on > c.opened_on
                AND \(scope.condition)
            ORDER BY c.closed_on DESC, c.stage, c.number, c.id
            """, ClassGroup.init)
    }

    /// The classes for which the person has a duty on the day, school by school. With a kind, only those of that duty.
    package func classes(
        of person: ID<Person>, as kind: ClassPostKind? = nil, on day: LocalDate
    ) throws -> [ClassGroup] {
        let ofKind: SQL = kind.map { " AND t.kind = \($0)" } ?? .empty
        return try db.rows(
            """
            SELECT \(ClassGroup.columns) FROM \(ClassGroupStore.tables)
            WHERE c.opened_on <= \(day) AND (c.closed_on IS NULL OR c.closed_on > \(day)) AND c.id IN (
                SELECT t.class_id FROM directory_class_post t WHERE t.person_id = \(person) AND t.valid_from <= \(day)
                    AND (t.valid_to IS NULL OR t.valid_to > \(day))\(ofKind))
            ORDER BY o.path, c.stage, c.entry_year DESC, c.number, c.id
            """, ClassGroup.init)
    }

    /// The school that stands at the place; `nil` when something else does.
    func school(at path: OrganisationPath) throws -> OrganisationID? {
        try db.value(
            "SELECT id FROM directory_organisation WHERE path = \(path) AND kind IN ('school', 'teaching_point')")
    }

    /// Whether an open class of the school has the number already.
    func isTaken(_ number: Int, stage: ClassStage, entryYear: Int, in school: OrganisationID) throws -> Bool {
        let found: Int? = try db.value(
            """
            SELECT 1 FROM directory_class_group WHERE school_id = \(school) AND stage = \(stage)
                AND entry_year = \(entryYear) AND number = \(number) AND closed_on IS NULL
            """)
        return found != nil
    }
}

/// All SQL of who leads and teaches classes.
package struct ClassPostStore {
    let db: Connection
    package init(_ db: Connection) { self.db = db }

    private static let tables: SQL = "directory_class_post t JOIN directory_person p ON p.id = t.person_id"
    /// The class teacher first, then by subject.
    private static let order: SQL = "t.kind, t.subject, t.valid_from, t.id"

    /// Who leads and teaches the class on the day, the class teacher first.
    package func posts(of classGroup: ID<ClassGroup>, on day: LocalDate) throws -> [ClassPost] {
        try db.rows(
            """
            SELECT \(ClassPost.columns) FROM \(ClassPostStore.tables)
            WHERE t.class_id = \(classGroup) AND t.valid_from <= \(day)
                AND (t.valid_to IS NULL OR t.valid_to > \(day))
            ORDER BY \(ClassPostStore.order)
            """, ClassPost.init)
    }

    /// The duties of a person on the day.
    package func posts(of person: ID<Person>, on day: LocalDate) throws -> [ClassPost] {
        try db.rows(
            """
            SELECT \(ClassPost.columns) FROM \(ClassPostStore.tables)
            WHERE t.person_id = \(person) AND t.valid_from <= \(day) AND (t.valid_to IS NULL OR t.valid_to > \(day))
            ORDER BY \(ClassPostStore.order)
            """, ClassPost.init)
    }

    /// Who leads and teaches the classes of a school on the day.
    package func posts(ofSchool school: OrganisationID, on day: LocalDate) throws -> [ClassPost] {
        try db.rows(
            """
            SELECT \(ClassPost.columns) FROM \(ClassPostStore.tables)
            JOIN directory_class_group c ON c.id = t.class_id
            WHERE c.school_id = \(school) AND t.valid_from <= \(day) AND (t.valid_to IS NULL OR t.valid_to > \(day))
            ORDER BY \(ClassPostStore.order)
            """, ClassPost.init)
    }

    /// What a person does and did for the classes of a school, the latest first.
    package func history(
        of person: ID<Person>, at school: OrganisationID
    ) throws -> [(post: ClassPost, classGroup: ClassGroup)] {
        try db.rows(
            """
            SELECT \(ClassPost.columns), \(ClassGroup.columns) FROM \(ClassPostStore.tables)
            JOIN directory_class_group c ON c.id = t.class_id JOIN directory_organisation o ON o.id = c.school_id
            WHERE t.person_id = \(person) AND c.school_id = \(school)
                AND (t.valid_to IS NULL OR t.valid_to > t.valid_from)
            ORDER BY t.valid_from DESC, t.kind, t.id DESC
            """
        ) { row in (post: try ClassPost(row), classGroup: try ClassGroup(row, from: ClassPost.columnCount)) }
    }

    /// The duties for the class that have not ended on the day, those that begin later too.
    package func openPosts(of classGroup: ID<ClassGroup>, on day: LocalDate) throws -> [ClassPost] {
        try db.rows(
            """
            SELECT \(ClassPost.columns) FROM \(ClassPostStore.tables)
            WHERE t.class_id = \(classGroup) AND (t.valid_to IS NULL OR t.valid_to > \(day))
            ORDER BY \(ClassPostStore.order)
            """, ClassPost.init)
    }

    /// The class teachers of a school's classes on the day.
    package func homeroomTeachers(of school: OrganisationID, on day: LocalDate) throws -> [ID<ClassGroup>: ClassPost] {
        try homeroomTeachers("c.school_id = \(school)", on: day)
    }

    /// The class teachers of the classes on the day.
    func homeroomTeachers(
        of classes: [ID<ClassGroup>], on day: LocalDate
    ) throws -> [ID<ClassGroup>: ClassPost] {
        try homeroomTeachers("t.class_id IN \(in: classes)", on: day)
    }

    private func homeroomTeachers(_ condition: SQL, on day: LocalDate) throws -> [ID<ClassGroup>: ClassPost] {
        var teachers: [ID<ClassGroup>: ClassPost] = [:]
        try db.each(
            """
            SELECT \(ClassPost.columns) FROM \(ClassPostStore.tables)
            JOIN directory_class_group c ON c.id = t.class_id
            WHERE \(condition) AND t.kind = 'homeroom' AND t.valid_from <= \(day)
                AND (t.valid_to IS NULL OR t.valid_to > \(day))
            ORDER BY t.valid_from
            """
        ) { row in
            let post = try ClassPost(row)
            teachers[post.classGroup] = post
        }
        return teachers
    }

    /// Ends what a person does for the classes of a school; what begins later has never been.
    func endAll(
        of person: ID<Person>, at school: OrganisationID, on day: LocalDate, now: Timestamp
    ) throws {
        try db.execute(
            """
            UPDATE directory_class_post
            SET valid_to = CASE WHEN valid_from > \(day) THEN valid_from ELSE \(day) END, changed_at = \(now)
            WHERE person_id = \(person) AND (valid_to IS NULL OR valid_to > \(day)) AND class_id IN (
                SELECT c.id FROM directory_class_group c WHERE c.school_id = \(school))
            """)
    }
}

extension ClassGroupStore {
    /// Classes with the moment each was last changed; those outside the scope are left out. For feeds to other systems.
    package func changes(
        of ids: [ID<ClassGroup>], within scope: DataScope
    ) throws -> [(classGroup: ClassGroup, changedAt: Timestamp)] {
        try db.rows(
            """
            SELECT \(ClassGroup.columns), c.created_at, c.changed_at FROM \(ClassGroupStore.tables)
            WHERE c.id IN \(in: ids) AND \(SQL.within(scope, "o.path"))
            """
        ) { row in
            let index = ClassGroup.columnCount
            let created: Timestamp = try row.get(index), changed: Timestamp = try row.get(index + 1)
            return (try ClassGroup(row), max(created, changed))
        }
    }
}
