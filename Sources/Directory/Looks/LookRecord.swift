import Database
import Kernel

/// Which looks of the record are wanted; what is empty is not asked for.
package struct LookFilter: Sendable {
    /// Part of the name of whoever the data are about.
    package var subject = ""
    /// Part of the name of whoever looked.
    package var looker = ""
    /// Code of the reason.
    package var reason = ""
    package var kind: Look.Kind?
    package var from: LocalDate?
    /// The last day.
    package var until: LocalDate?

    package init() {}

    var condition: SQL {
        var parts: [SQL] = []
        if !subject.isEmpty { parts.append("l.subject_name LIKE \(LookFilter.pattern(subject)) ESCAPE '!'") }
        if !looker.isEmpty { parts.append("l.looker_name LIKE \(LookFilter.pattern(looker)) ESCAPE '!'") }
        if !reason.isEmpty { parts.append("l.reason = \(reason)") }
        if let kind { parts.append("l.kind = \(kind)") }
        if let from { parts.append("l.at >= \(Timestamp(startOf: from))") }
        if let until { parts.append("l.at < \(Timestamp(startOf: until.adding(days: 1)))") }
        return parts.isEmpty ? "1 = 1" : SQL.joined(parts, " AND ")
    }

    private static func pattern(_ text: String) -> String {
        "%" + text.flatMap { "!%_".contains($0) ? ["!", $0] : [$0] } + "%"
    }
}

/// A day on which somebody looked much, or in the night.
package struct UnusualLooks: Sendable {
    package let lookerName: String
    package let day: LocalDate
    package let looks: Int
    /// How many different people's data.
    package let people: Int
    /// Between 22:00 and 6:00.
    package let atNight: Int

    /// From so many looks on, a day is unusual.
    package static let manyInADay = 20
}

/// The record of looks for those who review it and those it is about.
extension LookStore {
    private static let tables: SQL = "directory_look l JOIN directory_organisation o ON o.id = l.organisation_id"

    /// Newest first, continued after the look `after`.
    package func list(
        within scope: DataScope, matching filter: LookFilter = LookFilter(), after: String? = nil, limit: Int
    ) throws -> [Look] {
        let rest: SQL = after.map { " AND l.id < \($0)" } ?? ""
        return try db.rows(
            """
            SELECT \(Look.columns) FROM \(LookStore.tables)
            WHERE \(SQL.within(scope, "o.path")) AND \(filter.condition)\(rest) ORDER BY l.id DESC LIMIT \(limit)
            """, Look.init)
    }

    /// How many looks `list` finds altogether.
    package func count(within scope: DataScope, matching filter: LookFilter = LookFilter()) throws -> Int {
        try db.value(
            """
            SELECT COUNT(*) FROM \(LookStore.tables) WHERE \(SQL.within(scope, "o.path")) AND \(filter.condition)
            """) ?? 0
    }

    /// The looks at one person's data, also at those of records that were merged into hers; newest first.
    package func looks(at person: ID<Person>, limit: Int) throws -> [Look] {
        try db.rows(
            """
            SELECT \(Look.columns) FROM \(LookStore.tables)
            WHERE l.subject_id = \(person)
                OR l.subject_id IN (SELECT p.id FROM directory_person p WHERE p.merged_into = \(person))
            ORDER BY l.id DESC LIMIT \(limit)
            """, Look.init)
    }

    /// The exports at the schools to which the person belongs today, and above them; newest first.
    package func exports(covering person: ID<Person>, on day: LocalDate, limit: Int) throws -> [Look] {
        let lineage = Set(try places(of: person, on: day).flatMap { $0.path.lineage })
        guard !lineage.isEmpty else { return [] }
        return try db.rows(
            """
            SELECT \(Look.columns) FROM \(LookStore.tables)
            WHERE l.kind = 'export' AND o.path IN \(in: lineage.sorted()) ORDER BY l.id DESC LIMIT \(limit)
            """, Look.init)
    }

    /// Days since then on which one account looked `UnusualLooks.manyInADay` times or in the night, the latest first.
    package func unusual(within scope: DataScope, since start: Timestamp, limit: Int) throws -> [UnusualLooks] {
        try db.rows(
            """
            SELECT looker_name, day, COUNT(*) AS looks, COUNT(DISTINCT subject_id),
                SUM(CASE WHEN second >= 79200 OR second < 21600 THEN 1 ELSE 0 END) AS nightly
            FROM (SELECT l.account_id, l.looker_name, l.subject_id, (l.at / 1000 + 28800) / 86400 AS day,
                    (l.at / 1000 + 28800) % 86400 AS second
                FROM \(LookStore.tables)
                WHERE l.kind = 'page' AND l.at >= \(start) AND \(SQL.within(scope, "o.path"))) t
            GROUP BY account_id, looker_name, day
            HAVING COUNT(*) >= \(UnusualLooks.manyInADay)
                OR SUM(CASE WHEN second >= 79200 OR second < 21600 THEN 1 ELSE 0 END) > 0
            ORDER BY day DESC, looks DESC, looker_name LIMIT \(limit)
            """
        ) { row in
            UnusualLooks(
                lookerName: try row.get(0), day: LocalDate(daysSince1970: try row.get(1)), looks: try row.get(2),
                people: try row.get(3), atNight: try row.get(4))
        }
    }
}
