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
        guard let keys = try keys(filter, within: scope, after: after, limit: limit) else { return [] }
        return try db.rows(
            """
            SELECT \(ReviewStep.columns), i.title, i.type, o.name, s.area, i.version,
                (SELECT COUNT(*) FROM resources_review_finding g WHERE g.review_id = s.review_id AND g.grade = 'block'),
                (SELECT COUNT(*) FROM resources_review_finding g WHERE g.review_id = s.review_id AND g.grade = 'suspect')
            FROM (SELECT few.due_on, few.id FROM (\(keys)) AS few ORDER BY few.due_on, few.id LIMIT \(limit)) AS shown
            JOIN resources_review_step s ON s.id = shown.id JOIN resources_item i ON i.id = s.item_id
            JOIN directory_organisation o ON o.id = i.school_id ORDER BY shown.due_on, shown.id
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
        let most = DeskStore.mostCounted + 1
        guard let keys = try keys(filter, within: scope, after: nil, limit: most) else { return 0 }
        return try db.value(
            "SELECT COUNT(*) FROM (SELECT few.id FROM (\(keys)) AS few LIMIT \(most)) AS counted") ?? 0
    }

    /// Due day and id of the first `limit` steps of each part of the desk; `nil` when nobody's desk is asked for.
    ///
    /// Everything here comes from an index alone, and the order makes PostgreSQL take one even where it believes that
    /// reading the table finds enough at once.
    private func keys(
        _ filter: DeskFilter, within scope: DataScope, after: (due: String, id: String)?, limit: Int
    ) throws -> SQL? {
        var rest: [SQL] = ["s.state = 'open' AND s.level = \(filter.level)"]
        // As an expression, a subject does not tempt SQLite away from what the account has claimed.
        let area: SQL = filter.claimedBy == nil ? "s.area" : "(s.area || '')"
        if !filter.area.isEmpty { rest.append("\(area) = \(filter.area)") }
        if filter.area.isEmpty, !filter.hidden.isEmpty { rest.append("s.area NOT IN \(in: filter.hidden)") }
        if let account = filter.claimedBy { rest.append("s.claimed_by = \(account)") }
        if let day = filter.lateOn { rest.append("s.due_on < \(day)") }
        if let after { rest.append("(s.due_on, s.id) > (\(after.due), \(after.id))") }
        let parts = filter.claimedBy == nil ? try parts(of: scope) : DeskStore.claims(within: scope)
        guard !parts.isEmpty else { return nil }
        return SQL.joined(
            parts.map { part in
                let due: SQL = part.isOrdered ? "s.due_on" : "(s.due_on || '')"
                return """
                    SELECT * FROM (SELECT s.due_on, s.id FROM resources_review_step s
                        WHERE \(SQL.joined(rest + [part.condition], " AND ")) ORDER BY \(due), s.id
                        LIMIT \(limit)) AS part
                    """
            }, " UNION ALL ")
    }

    /// A condition of place, and whether an index has its rows by their clock. Where none has, they are few and sorted; the
    /// order is then an expression, so that SQLite does not walk through everybody's for it.
    private struct Part {
        let condition: SQL
        let isOrdered: Bool
    }

    /// The city needs no condition; a unit and a school are compared for equality. No two parts have a step in common.
    private func parts(of scope: DataScope) throws -> [Part] {
        guard let first = scope.roots.first else { return [] }
        if first.text.isEmpty || first == .city { return [Part(condition: "1 = 1", isOrdered: true)] }
        var parts = scope.roots.filter { $0 == $0.unit }.map {
            Part(condition: "s.unit_path = \($0)", isOrdered: true)
        }
        let below = DataScope(scope.roots.filter { $0 != $0.unit })
        let paths = below.isEmpty ? [] : try OrganisationStore(db).all(within: below).map(\.path)
        if paths.count == 1 { parts.append(Part(condition: "s.path = \(paths[0])", isOrdered: true)) }
        if paths.count > 1 { parts.append(Part(condition: "s.path IN \(in: paths)", isOrdered: false)) }
        return parts
    }

    /// What somebody has claimed is found by her account, wherever it is.
    private static func claims(within scope: DataScope) -> [Part] {
        [Part(condition: SQL.within(scope, "(s.path || '')"), isOrdered: true)]
    }

    /// Stages and subjects that wait at the level, for the choices of the filter: from each to the next along an index.
    func areas(_ level: ReviewLevel, within scope: DataScope) throws -> [String] {
        var found: Set<String> = []
        for part in try parts(of: scope) {
            let open: SQL = "s.state = 'open' AND s.level = \(level) AND \(part.condition)"
            let areas: SQL =
                part.isOrdered
                ? """
                WITH RECURSIVE known (area) AS (
                    SELECT MIN(s.area) FROM resources_review_step s WHERE \(open)
                    UNION ALL
                    SELECT (SELECT MIN(s.area) FROM resources_review_step s WHERE \(open) AND s.area > known.area)
                    FROM known WHERE known.area IS NOT NULL)
                SELECT area FROM known WHERE area IS NOT NULL
                """
                : "SELECT DISTINCT (s.area || '') FROM resources_review_step s WHERE \(open)"
            found.formUnion(try db.column(areas, as: String.self))
        }
        return found.filter { !$0.isEmpty }.sorted()
    }
}
