import Database
import Directory
import Kernel
import Platform

/// One open step on a desk.
struct DeskLine: Sendable {
    let step: ReviewStep
    let title: String
    let type: String
    let school: String
    /// Stage and subject, `2-13`; empty when it belongs to no lesson yet.
    let area: String
    /// Whether the resource is published already as far as a lower level reaches.
    let version: Int
    /// Findings of the machine by grade.
    let blocks: Int
    let suspects: Int
}

/// What a desk is asked for.
struct DeskFilter: Sendable, Equatable {
    var level = ReviewLevel.school
    /// Stage and subject; empty for all.
    var area = ""
    /// Only what somebody has claimed.
    var claimedBy: ID<Account>?
    /// Stages and subjects that others have.
    var hidden: [String] = []
    /// Only what should have been decided before this day.
    var lateOn: LocalDate?
}

/// The lists of the desks: one index range each, whatever stands on the other desks.
struct DeskStore {
    let db: Connection
    init(_ db: Connection) { self.db = db }

    /// Nobody reads further; counting on would cost more than the page.
    static let mostCounted = 1000

    /// A slice by the clock, what is due first on top. `after` is due day and id of the last one seen.
    func list(
        _ filter: DeskFilter, within scope: DataScope, after: (due: String, id: String)?, limit: Int
    ) throws -> [DeskLine] {
        guard let place = try place(scope) else { return [] }
        let rest: SQL = after.map { " AND (s.due_on, s.id) > (\($0.due), \($0.id))" } ?? ""
        return try db.rows(
            """
            SELECT \(ReviewStep.columns), i.title, i.type, o.name, s.area, i.version,
                (SELECT COUNT(*) FROM resources_review_finding g WHERE g.review_id = s.review_id AND g.grade = 'block'),
                (SELECT COUNT(*) FROM resources_review_finding g WHERE g.review_id = s.review_id AND g.grade = 'suspect')
            FROM resources_review_step s JOIN resources_item i ON i.id = s.item_id
            JOIN directory_organisation o ON o.id = i.school_id
            WHERE \(conditions(filter, place))\(rest) ORDER BY s.due_on, s.id LIMIT \(limit)
            """
        ) { row in
            let index = ReviewStep.columnCount
            return DeskLine(
                step: try ReviewStep(row), title: try row.get(index), type: try row.get(index + 1),
                school: try row.get(index + 2), area: try row.get(index + 3), version: try row.get(index + 4),
                blocks: try row.get(index + 5), suspects: try row.get(index + 6))
        }
    }

    /// How many there are, counted up to `mostCounted` and one.
    func count(_ filter: DeskFilter, within scope: DataScope) throws -> Int {
        guard let place = try place(scope) else { return 0 }
        return try db.value(
            """
            SELECT COUNT(*) FROM (
                SELECT 1 FROM resources_review_step s WHERE \(conditions(filter, place))
                LIMIT \(DeskStore.mostCounted + 1)) AS few
            """) ?? 0
    }

    private func conditions(_ filter: DeskFilter, _ place: SQL) -> SQL {
        var parts: [SQL] = ["s.state = 'open' AND s.level = \(filter.level)", place]
        if !filter.area.isEmpty { parts.append("s.area = \(filter.area)") }
        if filter.area.isEmpty, !filter.hidden.isEmpty { parts.append("s.area NOT IN \(in: filter.hidden)") }
        if let account = filter.claimedBy { parts.append("s.claimed_by = \(account)") }
        if let day = filter.lateOn { parts.append("s.due_on < \(day)") }
        return SQL.joined(parts, " AND ")
    }

    /// The condition of a scope, so written that an index has the rows in order: the city needs none, a unit and the
    /// places of a school are compared for equality. `nil` when the scope is empty.
    private func place(_ scope: DataScope) throws -> SQL? {
        guard let first = scope.roots.first else { return nil }
        if first.text.isEmpty || first == .city { return "1 = 1" }
        if scope.roots.allSatisfy({ $0 == $0.unit }) {
            return scope.roots.count == 1 ? "s.unit_path = \(first)" : "s.unit_path IN \(in: scope.roots)"
        }
        if scope.roots.contains(where: { $0 == $0.unit }) { return SQL.within(scope, "s.path") }
        let paths = try OrganisationStore(db).all(within: scope).map(\.path)
        return paths.count == 1 ? "s.path = \(paths[0])" : "s.path IN \(in: paths)"
    }

    /// Stages and subjects that wait at the level, for the choices of the filter.
    func areas(_ level: ReviewLevel, within scope: DataScope) throws -> [String] {
        guard let place = try place(scope) else { return [] }
        return try db.column(
            """
            SELECT DISTINCT few.area FROM (
                SELECT s.area FROM resources_review_step s WHERE s.state = 'open' AND s.level = \(level) AND \(place)
                LIMIT \(DeskStore.mostCounted)) AS few WHERE few.area <> '' ORDER BY few.area
            """)
    }
}
