import Database
import Kernel

/// All SQL of target sets and targets.
package struct PlanTargetStore {
    let db: Connection
    package init(_ db: Connection) { self.db = db }

    // MARK: Sets

    /// Every set the viewer may see, from the state's down to the counties'.
    package func sets(within scope: DataScope) throws -> [PlanTargetSet] {
        let sets = try db.rows(
            "SELECT \(PlanTargetSet.columns) FROM \(PlanTargetSet.source) ORDER BY s.period_from DESC, s.id",
            PlanTargetSet.init)
        let layers = TargetSetFile.Layer.allCases
        func rank(_ set: PlanTargetSet) -> Int { layers.firstIndex(of: set.layer) ?? 0 }
        // The sort is stable: within a layer the newer period comes first.
        return sets.filter { $0.owner.isVisible(within: scope) }.sorted { rank($0) < rank($1) }
    }

    /// The sets that count.
    package func published(within scope: DataScope = .everything) throws -> [PlanTargetSet] {
        try sets(within: scope).filter { $0.state == .published }
    }

    package func set(_ id: ID<PlanTargetSet>, within scope: DataScope) throws -> PlanTargetSet {
        let found = try db.first(
            "SELECT \(PlanTargetSet.columns) FROM \(PlanTargetSet.source) WHERE s.id = \(id)", PlanTargetSet.init)
        guard let found, found.owner.isVisible(within: scope) else { throw DomainError.notFound }
        return found
    }

    package func set(code: String) throws -> PlanTargetSet? {
        try db.first(
            "SELECT \(PlanTargetSet.columns) FROM \(PlanTargetSet.source) WHERE s.code = \(code)", PlanTargetSet.init)
    }

    func insert(_ set: TargetSetForm, code: String?, state: PlanTargetSet.State, by name: String, now: Timestamp) throws
        -> ID<PlanTargetSet>
    {
        let id = ID<PlanTargetSet>.new()
        try db.execute(
            """
            INSERT INTO plan_target_set (id, code, plan_id, organisation_id, layer, title, edition, period_from,
                period_to, state, note, changed_at, changed_by)
            VALUES (\(id), \(code), \(set.plan), \(set.organisation), \(set.layer), \(set.title), \(set.edition),
                \(set.from), \(set.to), \(state), \(set.note), \(now), \(name))
            """)
        return id
    }

    /// False when someone has changed the set since `stamp`.
    func update(
        _ id: ID<PlanTargetSet>, to set: TargetSetForm, ifChangedAt stamp: Timestamp, by name: String, now: Timestamp
    ) throws -> Bool {
        try db.change(
            """
            UPDATE plan_target_set SET plan_id = \(set.plan), title = \(set.title), edition = \(set.edition),
                period_from = \(set.from), period_to = \(set.to), note = \(set.note), changed_at = \(now),
                changed_by = \(name)
            WHERE id = \(id) AND changed_at = \(stamp)
            """) == 1
    }

    func updateState(_ id: ID<PlanTargetSet>, to state: PlanTargetSet.State, by name: String, now: Timestamp) throws {
        try db.execute(
            """
            UPDATE plan_target_set SET state = \(state), changed_at = \(now), changed_by = \(name) WHERE id = \(id)
            """)
    }

    /// Hangs the city's sets that belong to no plan yet on a plan whose years they share.
    func attachSets(to plan: ID<ActionPlan>, layer: TargetSetFile.Layer, from: LocalDate, to: LocalDate) throws {
        try db.execute(
            """
            UPDATE plan_target_set SET plan_id = \(plan)
            WHERE plan_id IS NULL AND organisation_id IS NULL AND layer = \(layer) AND period_from <= \(to)
                AND period_to >= \(from)
            """)
    }

    // MARK: Targets

    /// The targets of a set that count on the day (today and later versions not yet in force left out), in order.
    package func targets(of set: ID<PlanTargetSet>, on day: LocalDate) throws -> [PlanTarget] {
        try db.rows(
            """
            SELECT \(PlanTarget.columns) FROM plan_target t
            WHERE t.set_id = \(set) AND t.valid_from <= \(day) AND (t.valid_to IS NULL OR t.valid_to > \(day))
            ORDER BY t.position, t.id
            """, PlanTarget.init)
    }

    /// The last version of every target of a set, ended ones left out: what the editor shows.
    package func current(set: ID<PlanTargetSet>) throws -> [PlanTarget] {
        try db.rows(
            """
            SELECT \(PlanTarget.columns) FROM plan_target t
            WHERE t.set_id = \(set) AND t.valid_to IS NULL ORDER BY t.position, t.id
            """, PlanTarget.init)
    }

    /// The last version of every target of a set, the marks of ended ones included.
    func latest(set: ID<PlanTargetSet>) throws -> [PlanTarget] {
        try db.rows(
            """
            SELECT \(PlanTarget.columns) FROM plan_target t
            WHERE t.set_id = \(set) AND t.version = (
                SELECT MAX(n.version) FROM plan_target n WHERE n.set_id = t.set_id AND n.code = t.code)
            ORDER BY t.position, t.id
            """, PlanTarget.init)
    }

    /// The targets of all published sets that count on the day and that the viewer may see, set by set.
    package func all(on day: LocalDate, within scope: DataScope = .everything) throws -> [PlanTarget] {
        try published(within: scope).flatMap { try targets(of: $0.id, on: day) }
    }

    /// The last version, the mark of an ended target included.
    package func latest(_ code: String, in set: ID<PlanTargetSet>) throws -> PlanTarget {
        guard let found = try history(code, in: set).first else { throw DomainError.notFound }
        return found
    }

    /// Every version, the newest first.
    package func history(_ code: String, in set: ID<PlanTargetSet>) throws -> [PlanTarget] {
        try db.rows(
            """
            SELECT \(PlanTarget.columns) FROM plan_target t WHERE t.set_id = \(set) AND t.code = \(code)
            ORDER BY t.version DESC
            """, PlanTarget.init)
    }

    /// The titles of other sets that use the code in the same years.
    func otherSets(using code: String, as set: PlanTargetSet) throws -> [String] {
        try db.column(
            """
            SELECT DISTINCT s.title FROM plan_target t JOIN plan_target_set s ON s.id = t.set_id
            WHERE t.code = \(code) AND s.id <> \(set.id) AND s.state <> 'archived' AND s.period_from <= \(set.to)
                AND s.period_to >= \(set.from) ORDER BY s.title
            """)
    }

    func lastPosition(in set: ID<PlanTargetSet>) throws -> Int {
        try db.value("SELECT COALESCE(MAX(position), 0) FROM plan_target WHERE set_id = \(set)") ?? 0
    }

    func insert(
        _ definition: TargetDefinition, in set: ID<PlanTargetSet>, version: Int, position: Int, from: LocalDate,
        to: LocalDate?, by name: String, now: Timestamp
    ) throws {
        do {
            try db.execute(
                """
                INSERT INTO plan_target (id, set_id, code, version, clause_path, position, definition, valid_from,
                    valid_to, changed_by, changed_at)
                VALUES (\(Identifiers.next()), \(set), \(definition.id), \(version), \(definition.clause), \(position),
                    \(try definition.stored()), \(from), \(to), \(name), \(now))
                """)
        } catch DatabaseError.uniqueViolation {
            throw DomainError.conflict("目标 \(definition.id) 刚被别人修改。已显示最新的内容，请核对后再保存。")
        }
    }

    /// Makes room for a version that counts from `day` on: earlier versions end there, later ones never count.
    func closeVersions(of code: String, in set: ID<PlanTargetSet>, from day: LocalDate) throws {
        try db.execute(
            """
            UPDATE plan_target SET valid_to = valid_from
            WHERE set_id = \(set) AND code = \(code) AND valid_from >= \(day)
            """)
        try db.execute(
            """
            UPDATE plan_target SET valid_to = \(day)
            WHERE set_id = \(set) AND code = \(code) AND valid_from < \(day)
                AND (valid_to IS NULL OR valid_to > \(day))
            """)
    }

    /// Changes whenever a set or a target has changed; cheap enough to ask on each page.
    package func revision() throws -> String {
        let marks = try db.first(
            """
            SELECT (SELECT COALESCE(MAX(changed_at), 0) FROM plan_target_set), COUNT(*), COALESCE(MAX(changed_at), 0)
            FROM plan_target
            """
        ) { row in "\(try row.integer(0))-\(try row.integer(1))-\(try row.integer(2))" }
        return marks ?? ""
    }
}
