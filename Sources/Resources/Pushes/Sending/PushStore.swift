import Database
import Directory
import Kernel

/// All SQL of pushes and of the lessons they are for. Whom a push concerns is decided by whoever asks: see `LessonReader`
/// and `Push.mayBeChanged(by:)`.
struct PushStore {
    let db: Connection
    init(_ db: Connection) { self.db = db }

    /// Throws `DomainError.notFound` for one that she may not change.
    func find(_ id: ID<Push>, for user: CurrentUser) throws -> Push {
        let found = try db.first("SELECT \(Push.columns) FROM \(Push.source) WHERE p.id = \(id)", Push.init)
        guard let found, found.mayBeChanged(by: user) else { throw DomainError.notFound }
        return found
    }

    func pushes(_ ids: [ID<Push>]) throws -> [ID<Push>: Push] {
        let found = try db.rows("SELECT \(Push.columns) FROM \(Push.source) WHERE p.id IN \(in: ids)", Push.init)
        return Dictionary(found.map { ($0.id, $0) }) { first, _ in first }
    }

    /// `nil` when there is none.
    func lesson(_ id: ID<Lesson>) throws -> Lesson? {
        try db.first("SELECT \(Lesson.columns) FROM resources_lesson l WHERE l.id = \(id)", Lesson.init)
    }

    /// What was not taken back, by day, lesson and class.
    func lessons(of classes: [ID<ClassGroup>], from: LocalDate, to: LocalDate) throws -> [Lesson] {
        try db.rows(
            """
            SELECT \(Lesson.columns) FROM resources_lesson l
            WHERE l.class_id IN \(in: classes) AND l.day >= \(from) AND l.day <= \(to) AND l.withdrawn_at IS NULL
            ORDER BY l.day, l.period, l.class_id, l.id
            """, Lesson.init)
    }

    /// The same of a school on a day.
    func lessons(at school: OrganisationID, on day: LocalDate) throws -> [Lesson] {
        try db.rows(
            """
            SELECT \(Lesson.columns) FROM resources_lesson l
            WHERE l.school_id = \(school) AND l.day = \(day) AND l.withdrawn_at IS NULL
            ORDER BY l.period, l.class_id, l.id
            """, Lesson.init)
    }

    /// A slice of all lessons of a class, the latest first. `after` is day and id of the last one seen.
    func history(
        of classGroup: ID<ClassGroup>, after: (day: String, id: String)?, limit: Int
    ) throws -> (rows: [Lesson], total: Int) {
        let rest: SQL = after.map { " AND (l.day, l.id) < (\($0.day), \($0.id))" } ?? ""
        let total: Int =
            try db.value("SELECT COUNT(*) FROM resources_lesson l WHERE l.class_id = \(classGroup)") ?? 0
        let rows = try db.rows(
            """
            SELECT \(Lesson.columns) FROM resources_lesson l WHERE l.class_id = \(classGroup)\(rest)
            ORDER BY l.day DESC, l.id DESC LIMIT \(limit)
            """, Lesson.init)
        return (rows, total)
    }

    /// The lessons of a push, taken back or not.
    func lessons(of push: ID<Push>, limit: Int) throws -> [Lesson] {
        try db.rows(
            """
            SELECT \(Lesson.columns) FROM resources_lesson l WHERE l.push_id = \(push) ORDER BY l.id LIMIT \(limit)
            """, Lesson.init)
    }

    /// How many of them are open, and how many of these were opened in class.
    func counts(of push: ID<Push>) throws -> (open: Int, used: Int) {
        let found = try db.first(
            """
            SELECT COUNT(*), COALESCE(SUM(CASE WHEN EXISTS (
                SELECT 1 FROM resources_opening g WHERE g.lesson_id = l.id) THEN 1 ELSE 0 END), 0)
            FROM resources_lesson l WHERE l.push_id = \(push) AND l.withdrawn_at IS NULL
            """
        ) { (open: try $0.get(0, as: Int.self), used: try $0.get(1, as: Int.self)) }
        return found ?? (0, 0)
    }

    /// The open lesson of the class, day and period for the node; `nil` when there is none.
    func open(_ target: PushTarget, for node: ID<TextbookNode>) throws -> Lesson? {
        try db.first(
            """
            SELECT \(Lesson.columns) FROM resources_lesson l
            WHERE l.class_id = \(target.classGroup) AND l.day = \(target.day) AND l.period = \(target.period)
                AND l.node_id = \(node) AND l.withdrawn_at IS NULL
            """, Lesson.init)
    }

    /// Classes that have the pack of the lesson for the day already, whoever sent it.
    func served(with node: ID<TextbookNode>, on day: LocalDate) throws -> Set<ID<ClassGroup>> {
        Set(
            try db.column(
                """
                SELECT l.class_id FROM resources_lesson l
                WHERE l.node_id = \(node) AND l.day = \(day) AND l.withdrawn_at IS NULL
                """))
    }

    func insert(
        _ id: ID<Push>, for node: ID<TextbookNode>, by sender: ID<Person>, at organisation: OrganisationID,
        grade: String, lastDay: LocalDate, now: Timestamp
    ) throws {
        try db.execute(
            """
            INSERT INTO resources_push (id, node_id, sender_id, organisation_id, grade, revision, sent_at, last_day)
            VALUES (\(id), \(node), \(sender), \(organisation), \(grade), 1, \(now), \(lastDay))
            """)
    }

    func insert(
        _ targets: [(target: PushTarget, school: OrganisationID)], of push: ID<Push>, for node: ID<TextbookNode>
    )
        throws
    {
        for start in stride(from: 0, to: targets.count, by: 500) {
            try db.insert(
                into: "resources_lesson (id, push_id, node_id, class_id, school_id, day, period)",
                rows: targets[start..<min(start + 500, targets.count)].map { entry in
                    [
                        .text(Identifiers.next()), push.databaseValue, node.databaseValue,
                        entry.target.classGroup.databaseValue, entry.school.databaseValue,
                        entry.target.day.databaseValue, .integer(Int64(entry.target.period)),
                    ]
                })
        }
    }

    /// Notes a change when nobody was faster.
    func touch(_ push: Push) throws -> Bool {
        try db.change(
            """
            UPDATE resources_push SET revision = revision + 1
            WHERE id = \(push.id) AND revision = \(push.revision) AND withdrawn_at IS NULL
            """) > 0
    }

    /// Takes back what is for the day and later, once.
    func withdraw(_ push: ID<Push>, from day: LocalDate, now: Timestamp) throws -> Bool {
        let isFirst =
            try db.change(
                """
                UPDATE resources_push SET withdrawn_at = \(now), revision = revision + 1
                WHERE id = \(push) AND withdrawn_at IS NULL
                """) > 0
        guard isFirst else { return false }
        try db.execute(
            """
            UPDATE resources_lesson SET withdrawn_at = \(now)
            WHERE push_id = \(push) AND day >= \(day) AND withdrawn_at IS NULL
            """)
        return true
    }

    /// Takes it back for one class, once.
    func withdraw(_ lesson: ID<Lesson>, of push: ID<Push>, now: Timestamp) throws -> Bool {
        try db.change(
            """
            UPDATE resources_lesson SET withdrawn_at = \(now)
            WHERE id = \(lesson) AND push_id = \(push) AND withdrawn_at IS NULL
            """) > 0
    }

    /// A class with the grades it is taught in, as textbooks name them.
    struct GradedClass: Sendable {
        let classGroup: ID<ClassGroup>
        let school: OrganisationID
        let path: OrganisationPath
        let grades: [String]
    }

    /// The open classes below a place on a day.
    func classes(below place: OrganisationPath, on day: LocalDate) throws -> [GradedClass] {
        try db.rows(
            """
            SELECT c.id, c.school_id, o.path, c.stage, c.years, c.entry_year, c.second_entry_year
            FROM directory_class_group c JOIN directory_organisation o ON o.id = c.school_id
            WHERE \(SQL.within(DataScope([place]), "o.path")) AND c.opened_on <= \(day)
                AND (c.closed_on IS NULL OR c.closed_on > \(day)) ORDER BY o.path, c.id
            """
        ) { row in
            let entries = [try row.get(5, as: Int?.self), try row.get(6, as: Int?.self)].compactMap { $0 }
            return GradedClass(
                classGroup: try row.get(0), school: try row.get(1), path: try row.get(2),
                grades: PushGrade.codes(try row.get(3), years: try row.get(4), entries: entries, on: day))
        }
    }
}

extension PushStore {
    /// The schools of the classes that have it.
    func schools(of push: ID<Push>) throws -> [OrganisationPath] {
        try db.column(
            """
            SELECT DISTINCT o.path FROM resources_lesson l JOIN directory_organisation o ON o.id = l.school_id
            WHERE l.push_id = \(push) AND l.withdrawn_at IS NULL ORDER BY o.path
            """)
    }

    /// Her open push of the lesson to a grade of the place for the day; `nil` when there is none.
    func latest(
        of sender: ID<Person>, for node: ID<TextbookNode>, at place: OrganisationID, on day: LocalDate
    ) throws -> ID<Push>? {
        try db.value(
            """
            SELECT p.id FROM resources_push p
            WHERE p.sender_id = \(sender) AND p.node_id = \(node) AND p.organisation_id = \(place) AND p.grade <> ''
                AND p.last_day = \(day) AND p.withdrawn_at IS NULL ORDER BY p.id DESC LIMIT 1
            """)
    }

    /// A slice of what she sent, the latest first. `after` is the id of the last one seen.
    func sent(by sender: ID<Person>, after: String?, limit: Int) throws -> (rows: [Push], total: Int) {
        let rest: SQL = after.map { " AND p.id < \($0)" } ?? ""
        let total: Int = try db.value("SELECT COUNT(*) FROM resources_push p WHERE p.sender_id = \(sender)") ?? 0
        let rows = try db.rows(
            """
            SELECT \(Push.columns) FROM \(Push.source) WHERE p.sender_id = \(sender)\(rest)
            ORDER BY p.id DESC LIMIT \(limit)
            """, Push.init)
        return (rows, total)
    }
}
