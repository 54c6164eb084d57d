import Database
import Directory
import Kernel
import Platform

/// All SQL of samples. They are seen by whoever reviews for their whole county, 市直 or the city.
struct SampleStore {
    let db: Connection
    init(_ db: Connection) { self.db = db }

    /// Where somebody looks at samples: the units and the city of her scope, not single schools.
    static func scope(of user: CurrentUser) -> DataScope {
        DataScope(user.scope(of: .itemReview).roots.filter { !ResourceViewer.isNarrow($0) })
    }

    /// Throws `DomainError.notFound` outside the scope.
    func find(_ id: ID<Sample>, within scope: DataScope) throws -> Sample {
        let found = try db.first(
            """
            SELECT \(Sample.columns) FROM \(Sample.source) WHERE p.id = \(id) AND \(SQL.within(scope, "p.unit_path"))
            """, Sample.init)
        guard let found else { throw DomainError.notFound }
        return found
    }

    /// What waits, what is due first on top. `after` is due day and id of the last one seen.
    func open(
        within scope: DataScope, after: (due: String, id: String)?, limit: Int
    ) throws -> (rows: [Sample], total: Int) {
        let place: SQL = scope.roots.first == .city ? "1 = 1" : SQL.within(scope, "p.unit_path")
        let matching: SQL = "p.state = 'open' AND \(place)"
        let total: Int = try db.value("SELECT COUNT(*) FROM resources_sample p WHERE \(matching)") ?? 0
        let rest: SQL = after.map { " AND (p.due_on, p.id) > (\($0.due), \($0.id))" } ?? ""
        let rows = try db.rows(
            """
            SELECT \(Sample.columns) FROM \(Sample.source) WHERE \(matching)\(rest)
            ORDER BY p.due_on, p.id LIMIT \(limit)
            """, Sample.init)
        return (rows, total)
    }

    /// What was looked at of one month, in the order of drawing. `after` is the id of the last one seen.
    func done(
        _ month: SampleMonth, within scope: DataScope, after: String?, limit: Int
    ) throws -> (rows: [Sample], total: Int) {
        let matching: SQL = "p.month = \(month.text) AND p.state <> 'open' AND \(SQL.within(scope, "p.unit_path"))"
        let total: Int = try db.value("SELECT COUNT(*) FROM resources_sample p WHERE \(matching)") ?? 0
        let rest: SQL = after.map { " AND p.id > \($0)" } ?? ""
        let rows = try db.rows(
            "SELECT \(Sample.columns) FROM \(Sample.source) WHERE \(matching)\(rest) ORDER BY p.id LIMIT \(limit)",
            Sample.init)
        return (rows, total)
    }

    /// What came of every look at a resource, the latest first.
    func looks(at item: ID<Item>) throws -> [Sample] {
        try db.rows(
            """
            SELECT \(Sample.columns) FROM \(Sample.source) WHERE p.item_id = \(item) AND p.state <> 'open'
            ORDER BY p.month DESC, p.id LIMIT 24
            """, Sample.init)
    }

    /// Ends it when nobody was faster.
    func decide(
        _ id: ID<Sample>, _ state: Sample.State, _ note: String, by user: CurrentUser, now: Timestamp
    ) throws -> Bool {
        try db.change(
            """
            UPDATE resources_sample SET state = \(state), note = \(note), decided_by = \(user.account),
                decided_name = \(user.name), decided_at = \(now) WHERE id = \(id) AND state = 'open'
            """) > 0
    }

    /// Ends those of resources that are down already.
    func voidHidden(now: Timestamp) throws {
        try db.execute(
            """
            UPDATE resources_sample SET state = 'void', decided_at = \(now)
            WHERE state = 'open' AND NOT EXISTS (
                SELECT 1 FROM resources_item i WHERE i.id = resources_sample.item_id AND i.state = 'published')
            """)
    }

    // Drawing

    /// Counties and 市直 that have not drawn in the month.
    func undrawn(_ month: SampleMonth) throws -> [Organisation] {
        let drawn: [OrganisationID] = try db.column(
            "SELECT r.unit_id FROM resources_sample_round r WHERE r.month = \(month.text)")
        return try OrganisationStore(db).all(within: .everything, kinds: [.county, .municipal]).filter {
            !drawn.contains($0.id)
        }
    }

    /// Draws from everything published of the unit that is not waiting for a look already; read along the index of
    /// schools alone.
    func draw(_ seed: UInt64, of unit: OrganisationPath, in month: SampleMonth) throws -> SampleDraw {
        // Also what another unit drew before the school came to this one.
        let known = Set(
            try db.column(
                "SELECT p.item_id FROM resources_sample p WHERE p.state = 'open'", as: ID<Item>.self)
                + db.column(
                    "SELECT p.item_id FROM resources_sample p WHERE p.month = \(month.text)", as: ID<Item>.self))
        var draw = SampleDraw(seed: seed)
        try db.each(
            """
            SELECT i.visibility, i.id FROM directory_organisation s CROSS JOIN resources_item i
            WHERE s.path >= \(unit) AND s.path < \(unit.end) AND i.school_id = s.id AND i.state = 'published'
            """
        ) { row in
            let id: ID<Item> = try row.get(1)
            if !known.contains(id) { draw.add(id, try row.get(0)) }
        }
        return draw
    }

    /// Keeps a draw, unless the unit has one of the month.
    func insert(
        _ draw: SampleDraw, of unit: Organisation, in month: SampleMonth, due: LocalDate, now: Timestamp
    ) throws -> Bool {
        let items = draw.chosen, seedText = String(draw.seed, radix: 16)
        let isNew = try db.change(
            """
            INSERT INTO resources_sample_round (unit_id, month, seed, published, school_only, due_on, drawn_at)
            VALUES (\(unit.id), \(month.text), \(seedText), \(draw.published), \(draw.schoolOnly), \(due), \(now))
            ON CONFLICT (unit_id, month) DO NOTHING
            """)
        guard isNew > 0 else { return false }
        for start in stride(from: 0, to: items.count, by: 500) {
            let some = Array(items[start..<min(start + 500, items.count)])
            let facts = try db.rows(
                "SELECT i.id, i.version, i.visibility FROM resources_item i WHERE i.id IN \(in: some)"
            ) {
                (
                    id: try $0.get(0, as: ID<Item>.self), version: try $0.get(1, as: Int64.self),
                    reach: try $0.get(2, as: String.self)
                )
            }
            try db.insert(
                into: """
                    resources_sample (id, unit_id, unit_path, month, item_id, version, reach, due_on, state,
                        decided_name, note)
                    """,
                rows: facts.map { fact in
                    [
                        ID<Sample>.new().databaseValue, unit.id.databaseValue, unit.path.databaseValue,
                        .text(month.text), fact.id.databaseValue, .integer(fact.version), .text(fact.reach),
                        due.databaseValue, .text("open"), .text(""), .text(""),
                    ]
                })
        }
        return true
    }

    // Figures

    /// The draws of the last months in the scope, the latest first.
    func rounds(within scope: DataScope, since month: SampleMonth, on day: LocalDate) throws -> [SampleRound] {
        var rounds = try db.rows(
            """
            SELECT r.unit_id, o.name, r.month, r.seed, r.published, r.school_only, r.due_on
            FROM resources_sample_round r JOIN directory_organisation o ON o.id = r.unit_id
            WHERE r.month >= \(month.text) AND \(SQL.within(scope, "o.path")) ORDER BY r.month DESC, o.path
            """
        ) { row in
            SampleRound(
                unit: try row.get(0), unitName: try row.get(1),
                month: SampleMonth(text: try row.get(2)) ?? SampleMonth(day), seed: try row.get(3),
                published: try row.get(4), schoolOnly: try row.get(5), due: try row.get(6))
        }
        var counts: [String: [Sample.State: Int]] = [:], late: [String: Int] = [:]
        try db.each(
            """
            SELECT p.unit_id || p.month, p.state, COUNT(*),
                SUM(CASE WHEN p.state = 'open' AND p.due_on < \(day) THEN 1 ELSE 0 END)
            FROM resources_sample p WHERE p.month >= \(month.text) AND \(SQL.within(scope, "p.unit_path"))
            GROUP BY p.unit_id, p.month, p.state
            """
        ) { row in
            let key: String = try row.get(0)
            counts[key, default: [:]][try row.get(1)] = try row.get(2)
            late[key, default: 0] += try row.get(3, as: Int.self)
        }
        for index in rounds.indices {
            let key = rounds[index].unit.rawValue + rounds[index].month.text
            rounds[index].counts = counts[key] ?? [:]
            rounds[index].late = late[key] ?? 0
        }
        return rounds
    }
}
