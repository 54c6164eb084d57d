import Contracts
import Database
import Directory
import Kernel

/// Classes of the day by what they were sent and used in the term of the day, up to the day. In its first two months the term
/// before counts too: there are holidays in them, and a board that begins with nothing says nothing.
struct ClassFigureStore {
    let db: Connection
    init(_ db: Connection) { self.db = db }

    struct Count: Sendable, Equatable {
        let school: OrganisationID
        let classes: Int
        let pushed: Int
        let used: Int
    }

    /// Schools with classes on the day; none before anything was ever sent, since then nobody has told anything yet.
    func counts(on day: LocalDate) throws -> [Count] {
        let hasBegun: Int? = try db.value(
            "SELECT 1 FROM resources_class_term WHERE pushed_on <= \(day) ORDER BY pushed_on LIMIT 1")
        guard hasBegun != nil else { return [] }
        return try db.rows(
            """
            SELECT c.school_id, COUNT(*), SUM(CASE WHEN t.pushed_on <= \(day) OR b.pushed_on <= \(day) THEN 1 ELSE 0 END),
                SUM(CASE WHEN t.used_on <= \(day) OR b.used_on <= \(day) THEN 1 ELSE 0 END)
            FROM directory_class_group c
            LEFT JOIN resources_class_term t ON t.class_id = c.id AND t.term = \(Term(containing: day).key)
            LEFT JOIN resources_class_term b ON b.class_id = c.id AND b.term = \(ClassFigureStore.before(day))
            WHERE c.opened_on <= \(day) AND (c.closed_on IS NULL OR c.closed_on > \(day)) GROUP BY c.school_id
            """
        ) { Count(school: try $0.get(0), classes: try $0.get(1), pushed: try $0.get(2), used: try $0.get(3)) }
    }

    /// Days of a term in which the one before counts too (本市暂定).
    private static let heldDays = 60

    /// The key of the term before while it counts; one that no term has afterwards.
    private static func before(_ day: LocalDate) -> String {
        let first = Term(containing: day).firstDay
        guard day < first.adding(days: heldDays) else { return "" }
        return Term(containing: first.adding(days: -1)).key
    }

    /// The classes of the school, one row each.
    func sources(of school: OrganisationID, on day: LocalDate, isUse: Bool) throws -> [FigureSource] {
        let classes = try ClassGroupStore(db).classes(of: school, on: day, within: .everything)
        let terms = try terms(of: classes.map(\.id), on: day)
        return classes.map { group in
            let term = terms[group.id], first = (isUse ? term?.usedOn : term?.pushedOn).flatMap { $0 <= day ? $0 : nil }
            let words = isUse ? ("在课上用过", "还没有在课上用") : ("收到推送", "还没有收到推送")
            let from = first ?? max(group.openedOn, Term(containing: day).firstDay)
            return FigureSource(
                label: group.name(on: day), value: first == nil ? words.1 : words.0, validFrom: from,
                origin: isUse ? "上课打开的记录" : "资源推送", recordedBy: "平台", recordedAt: Timestamp(startOf: from),
                path: LessonPages.path(ofClass: group.id))
        }
    }

    private func terms(of classes: [ID<ClassGroup>], on day: LocalDate) throws -> [ID<ClassGroup>: ClassTerm] {
        var found: [ID<ClassGroup>: ClassTerm] = [:]
        try db.each(
            """
            SELECT class_id, MIN(pushed_on), MIN(used_on) FROM resources_class_term
            WHERE class_id IN \(in: classes)
                AND term IN (\(Term(containing: day).key), \(ClassFigureStore.before(day))) GROUP BY class_id
            """
        ) { row in
            found[try row.get(0)] = ClassTerm(pushedOn: try row.get(1), usedOn: try row.get(2))
        }
        return found
    }
}
