import Database
import Directory
import Kernel
import Platform

/// Writes contributions down, and follows what becomes of them.
struct ContributionWriting {
    let db: Connection
    init(_ db: Connection) { self.db = db }

    /// Part of the transaction that lets readers have a version. Each is written once, whatever is published again.
    /// - Parameter area: stage and subject of the first lesson.
    func published(
        _ item: Item, _ content: ItemContent, area: String, reach: ItemVisibility, now: Timestamp
    ) throws {
        var kinds: [Contribution.Kind] = [.published]
        if reach != .school { kinds.append(.county) }
        if reach == .city || reach == .public { kinds.append(.city) }
        let group = ResourceGroup(type: content.type)?.rawValue ?? ""
        for kind in kinds { try add(kind, item.id, by: nil, item.school, area, group, now) }
        try db.execute(
            """
            UPDATE resources_contribution SET area = \(area), type_group = \(group)
            WHERE item_id = \(item.id) AND (area <> \(area) OR type_group <> \(group))
            """)
        if let parent = item.adaptedFrom, try isByOthers(item.id, parent) { try adapted(parent, by: item.id, now) }
        try recount(item.id)
    }

    private func isByOthers(_ child: ID<Item>, _ parent: ID<Item>) throws -> Bool {
        let store = ItemStore(db), authors = try store.authors(of: [child, parent])
        let makers = Set((authors[child] ?? []).map(\.person))
        return makers.isDisjoint(with: (authors[parent] ?? []).map(\.person))
    }

    private func adapted(_ parent: ID<Item>, by child: ID<Item>, _ now: Timestamp) throws {
        try db.execute(
            """
            INSERT INTO resources_contribution (item_id, kind, by_item_id, school_id, area, type_group, at, is_counted)
            SELECT p.item_id, 'adapted', \(child), p.school_id, p.area, p.type_group, \(now), 1
            FROM resources_contribution p WHERE p.item_id = \(parent) AND p.kind = 'published'
            ON CONFLICT (item_id, kind, by_item_id) DO NOTHING
            """)
    }

    private func add(
        _ kind: Contribution.Kind, _ item: ID<Item>, by child: ID<Item>?, _ school: OrganisationID, _ area: String,
        _ group: String, _ now: Timestamp
    ) throws {
        try db.execute(
            """
            INSERT INTO resources_contribution (item_id, kind, by_item_id, school_id, area, type_group, at, is_counted)
            VALUES (\(item), \(kind), \(child?.rawValue ?? ""), \(school), \(area), \(group), \(now), 1)
            ON CONFLICT (item_id, kind, by_item_id) DO NOTHING
            """)
    }

    /// Part of every transaction that takes a resource down or brings it back.
    func recount(_ item: ID<Item>) throws {
        let isShown: SQL = """
            (SELECT CASE WHEN COUNT(*) = 0 THEN 1 ELSE 0 END FROM resources_item i
             WHERE i.state <> 'published' AND i.id IN (resources_contribution.item_id, resources_contribution.by_item_id))
            """
        try db.execute("UPDATE resources_contribution SET is_counted = \(isShown) WHERE item_id = \(item)")
        try db.execute("UPDATE resources_contribution SET is_counted = \(isShown) WHERE by_item_id = \(item)")
        try ContributionSums(db).follow(item)
    }
}

/// All questions about contributions. Figures of schools are no secret among those who may ask; rows carry a title only
/// for whoever may see the resource.
struct ContributionStore {
    let db: Connection
    init(_ db: Connection) { self.db = db }

    private static func within(_ period: ContributionPeriod) -> SQL {
        let days = period.days
        return "c.is_counted = 1 AND c.at >= \(Timestamp(startOf: days.from)) AND c.at < \(Timestamp(startOf: days.to))"
    }

    /// A school with what came of it.
    struct SchoolLine: Sendable {
        let school: OrganisationID
        let name: String
        let path: OrganisationPath
        var counts = ContributionCounts()
    }

    /// Every open school of the scope, and of the closed ones those with contributions, in tree order.
    func schools(within scope: DataScope, _ period: ContributionPeriod) throws -> [SchoolLine] {
        var found: [OrganisationID: ContributionCounts] = [:]
        try db.each(
            """
            SELECT c.school_id, c.kind, CAST(SUM(c.number) AS INTEGER) FROM directory_organisation s
            CROSS JOIN resources_contribution_sum c
            WHERE \(SQL.within(scope, "s.path")) AND s.kind IN ('school', 'teaching_point') AND c.school_id = s.id
                AND c.month >= \(ContributionMonth(period.days.from).number)
                AND c.month < \(ContributionMonth(period.days.to).number) GROUP BY c.school_id, c.kind
            """
        ) { found[try $0.get(0), default: ContributionCounts()][try $0.get(1)] = try $0.get(2) }
        let all = try db.rows(
            """
            SELECT s.id, s.name, s.path, s.closed_on FROM directory_organisation s
            WHERE \(SQL.within(scope, "s.path")) AND s.kind IN ('school', 'teaching_point') ORDER BY s.path
            """
        ) { row in
            let line = SchoolLine(school: try row.get(0), name: try row.get(1), path: try row.get(2))
            return (line: line, isOpen: try row.get(3, as: LocalDate?.self) == nil)
        }
        return all.compactMap { one in
            var line = one.line
            line.counts = found[line.school] ?? ContributionCounts()
            return one.isOpen || !line.counts.isEmpty ? line : nil
        }
    }

    /// What a school published of one stage and subject and one group.
    struct Published: Sendable, Equatable {
        let school: OrganisationID
        let area: String
        let group: String
        /// By the last day, and in all.
        let inTime: Int
        let all: Int
    }

    /// Published resources of a school year by school, stage and subject, and group. Only of the month of the last day
    /// single contributions are read, and not even then when the month ends with it.
    func published(within scope: DataScope, in year: SchoolYear, by due: LocalDate) throws -> [Published] {
        let from = ContributionMonth(year.firstDay).number, last = ContributionMonth(year.lastDay).number
        let next = due.adding(days: 1), month = ContributionMonth(next)
        // What counts towards the months before that of the day after the last.
        let early = try counted(
            """
            FROM directory_organisation s CROSS JOIN resources_contribution_sum c
            WHERE \(SQL.within(scope, "s.path")) AND s.kind IN ('school', 'teaching_point') AND c.school_id = s.id
                AND c.month >= \(from) AND c.month <= \(last) AND c.kind = 'published'
            """, number: "SUM(c.number)", inTime: "SUM(CASE WHEN c.month < \(month.number) THEN c.number ELSE 0 END)")
        guard next.day > 1 else { return early }
        let rest = try counted(
            """
            FROM directory_organisation s CROSS JOIN resources_contribution c
            WHERE \(SQL.within(scope, "s.path")) AND s.kind IN ('school', 'teaching_point') AND c.school_id = s.id
                AND c.is_counted = 1 AND c.at >= \(Timestamp(startOf: month.days.from))
                AND c.at < \(Timestamp(startOf: next)) AND c.kind = 'published'
            """, number: "COUNT(*)", inTime: "COUNT(*)")
        let more = Dictionary(uniqueKeysWithValues: rest.map { ([$0.school.rawValue, $0.area, $0.group], $0.inTime) })
        return early.map { one in
            Published(
                school: one.school, area: one.area, group: one.group,
                inTime: one.inTime + (more[[one.school.rawValue, one.area, one.group]] ?? 0), all: one.all)
        }
    }

    private func counted(_ source: SQL, number: SQL, inTime: SQL) throws -> [Published] {
        try db.rows(
            """
            SELECT c.school_id, c.area, c.type_group, CAST(\(inTime) AS INTEGER), CAST(\(number) AS INTEGER)
            \(source) GROUP BY c.school_id, c.area, c.type_group
            """
        ) { row in
            Published(
                school: try row.get(0), area: try row.get(1), group: try row.get(2), inTime: try row.get(3),
                all: try row.get(4))
        }
    }

    /// Somebody with what she made at the places.
    struct PersonLine: Sendable {
        let person: ID<Person>
        let name: String
        let school: String
        /// Whether she does not want to be named.
        let isUnnamed: Bool
        var counts = ContributionCounts()
    }

    /// Those with the most of one kind, the first `limit`.
    func people(
        _ kind: Contribution.Kind, within scope: DataScope, _ period: ContributionPeriod, limit: Int
    ) throws -> [PersonLine] {
        var lines = try db.rows(
            """
            SELECT f.person_id, p.name, f.school, f.number,
                (SELECT COUNT(*) FROM resources_unnamed u WHERE u.person_id = f.person_id)
            FROM (SELECT w.person_id AS person_id, MIN(s.name) AS school,
                    \(ContributionStore.number(kind)) AS number
                FROM directory_organisation s CROSS JOIN resources_contribution c
                CROSS JOIN resources_item_author w
                WHERE \(SQL.within(scope, "s.path")) AND s.kind IN ('school', 'teaching_point')
                    AND c.school_id = s.id AND \(ContributionStore.within(period)) AND c.kind = \(kind)
                    AND w.item_id = c.item_id
                GROUP BY w.person_id ORDER BY 3 DESC, 1 LIMIT \(limit)) f
            JOIN directory_person p ON p.id = f.person_id ORDER BY f.number DESC, f.person_id
            """
        ) { row in
            PersonLine(
                person: try row.get(0), name: try row.get(1), school: try row.get(2),
                isUnnamed: try row.get(4, as: Int.self) > 0)
        }
        let counts = try counts(of: lines.map(\.person), within: scope, period)
        for index in lines.indices { lines[index].counts = counts[lines[index].person] ?? ContributionCounts() }
        return lines
    }

    /// Two records of somebody that became one name her twice.
    private static func number(_ kind: Contribution.Kind) -> SQL {
        kind == .adapted ? "COUNT(DISTINCT c.by_item_id)" : "COUNT(DISTINCT c.item_id)"
    }

    private func counts(
        of people: [ID<Person>], within scope: DataScope, _ period: ContributionPeriod
    ) throws -> [ID<Person>: ContributionCounts] {
        var found: [ID<Person>: ContributionCounts] = [:]
        guard !people.isEmpty else { return found }
        try db.each(
            """
            SELECT w.person_id, c.kind, COUNT(DISTINCT c.item_id || c.by_item_id)
            FROM resources_item_author w CROSS JOIN resources_contribution c
            CROSS JOIN directory_organisation s
            WHERE w.person_id IN \(in: people) AND c.item_id = w.item_id AND \(ContributionStore.within(period))
                AND s.id = c.school_id AND \(SQL.within(scope, "s.path")) GROUP BY w.person_id, c.kind
            """
        ) { found[try $0.get(0), default: ContributionCounts()][try $0.get(1)] = try $0.get(2) }
        return found
    }

    /// What the rows behind a figure are asked for.
    struct Filter: Sendable, Equatable {
        var kind = Contribution.Kind.published
        var scope = DataScope.nothing
        var period: ContributionPeriod
        /// Only what she made.
        var person: ID<Person>?
        /// Stage and subject or a stage alone, and a group; empty for all.
        var area = ""
        var group = ""
    }

    private static func matching(_ filter: Filter) -> SQL {
        var parts = [SQL.within(filter.scope, "o.path"), within(filter.period), "c.kind = \(filter.kind)"]
        if let person = filter.person {
            parts.append("c.item_id IN (SELECT w.item_id FROM resources_item_author w WHERE w.person_id = \(person))")
        }
        if filter.area.contains("-") {
            parts.append("c.area = \(filter.area)")
        } else if !filter.area.isEmpty {
            parts.append("c.area >= \(filter.area + "-") AND c.area < \(filter.area + ".")")
        }
        if !filter.group.isEmpty { parts.append("c.type_group = \(filter.group)") }
        return SQL.joined(parts, " AND ")
    }

    /// Of a school its contributions are read and sorted, of all else those of the kind in the order of time.
    private static func source(_ filter: Filter) -> SQL {
        let isNarrow = filter.scope.roots.allSatisfy(ResourceViewer.isNarrow)
        let tables: SQL =
            isNarrow
            ? "directory_organisation o CROSS JOIN resources_contribution c"
            : "resources_contribution c CROSS JOIN directory_organisation o"
        // As an expression the school does not tempt a database to begin there.
        let school: SQL = isNarrow ? "c.school_id = o.id" : "o.id = (c.school_id || '')"
        return "\(tables) WHERE \(school) AND \(matching(filter))"
    }

    /// Rows that are counted at most; nobody turns so many pages.
    static let mostCounted = 10_000

    /// Counted up to `mostCounted` and one.
    func count(_ filter: Filter) throws -> Int {
        try db.value(
            """
            SELECT COUNT(*) FROM (
                SELECT 1 FROM \(ContributionStore.source(filter)) LIMIT \(ContributionStore.mostCounted + 1)) AS few
            """) ?? 0
    }

    /// The rows behind a figure, the latest first. `after` is moment, resource and adaptation of the last one seen.
    func rows(
        _ filter: Filter, for viewer: ResourceViewer, after: (at: Int64, item: String, by: String)?, limit: Int
    ) throws -> [Contribution] {
        let rest: SQL = after.map { " AND (c.at, c.item_id, c.by_item_id) < (\($0.at), \($0.item), \($0.by))" } ?? ""
        return try db.rows(
            """
            SELECT c.item_id, c.kind, CASE WHEN \(viewer.condition) THEN i.title ELSE '' END, o.name, c.area,
                c.type_group, c.at, c.by_item_id
            FROM (SELECT c.item_id AS item_id, c.kind AS kind, c.school_id AS school_id, c.area AS area,
                    c.type_group AS type_group, c.at AS at, c.by_item_id AS by_item_id
                FROM \(ContributionStore.source(filter))\(rest)
                ORDER BY c.at DESC, c.item_id DESC, c.by_item_id DESC LIMIT \(limit)) c
            JOIN resources_item i ON i.id = c.item_id JOIN directory_organisation o ON o.id = c.school_id
            ORDER BY c.at DESC, c.item_id DESC, c.by_item_id DESC
            """
        ) { row in
            let by: String = try row.get(7)
            return Contribution(
                item: try row.get(0), kind: try row.get(1), title: try row.get(2), school: try row.get(3),
                area: try row.get(4), group: ResourceGroup(rawValue: try row.get(5)), at: try row.get(6),
                by: by.isEmpty ? nil : ID<Item>(by))
        }
    }

    // Being named

    func isUnnamed(_ person: ID<Person>) throws -> Bool {
        let count: Int? = try db.value("SELECT COUNT(*) FROM resources_unnamed u WHERE u.person_id = \(person)")
        return (count ?? 0) > 0
    }

    func setUnnamed(_ isUnnamed: Bool, _ person: ID<Person>, now: Timestamp) throws {
        try db.execute("DELETE FROM resources_unnamed WHERE person_id = \(person)")
        guard isUnnamed else { return }
        try db.execute(
            """
            INSERT INTO resources_unnamed (id, person_id, since) VALUES (\(Identifiers.next()), \(person), \(now))
            """)
    }
}
