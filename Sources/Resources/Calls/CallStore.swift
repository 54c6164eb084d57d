import Database
import Directory
import Kernel

/// All SQL of calls. A call is seen by everybody at or below its place, and by whoever reviews there.
struct CallStore {
    let db: Connection
    init(_ db: Connection) { self.db = db }

    /// The calls that reach the viewer: those of her places and of all above them, and those in what she reviews.
    private static func seen(by viewer: ResourceViewer) -> SQL {
        let above = Array(Set(viewer.places.flatMap(\.lineage))).sorted()
        return "(o.path IN \(in: above) OR \(SQL.within(viewer.reviews, "o.path")))"
    }

    /// Throws `DomainError.notFound` when it does not reach the viewer.
    func find(_ id: ID<Call>, for viewer: ResourceViewer) throws -> Call {
        let found = try db.first(
            "SELECT \(Call.columns) FROM \(Call.source) WHERE c.id = \(id) AND \(CallStore.seen(by: viewer))", Call.init
        )
        guard let found else { throw DomainError.notFound }
        return found
    }

    struct Filter: Sendable, Equatable {
        /// Only those that are open on the day; `nil` for all.
        var openOn: LocalDate?
        /// Stage and subject, `2-13`; empty for all.
        var areas: [String] = []
    }

    /// A slice, what is due first on top. `after` is due day and id of the last one seen.
    func list(
        _ filter: Filter, for viewer: ResourceViewer, after: (due: String, id: String)?, limit: Int
    ) throws -> (rows: [(call: Call, answers: Int)], total: Int) {
        var parts = [CallStore.seen(by: viewer)]
        if let day = filter.openOn { parts.append("c.state = 'open' AND c.due_on >= \(day)") }
        if !filter.areas.isEmpty { parts.append("t.stage || '-' || t.subject IN \(in: filter.areas)") }
        let source: SQL =
            """
            \(Call.source) JOIN resources_node n ON n.id = c.node_id JOIN resources_textbook t ON t.id = n.textbook_id
            WHERE \(SQL.joined(parts, " AND "))
            """
        let rest: SQL = after.map { " AND (c.due_on, c.id) > (\($0.due), \($0.id))" } ?? ""
        let total: Int = try db.value("SELECT COUNT(*) FROM \(source)") ?? 0
        let rows = try db.rows(
            """
            SELECT \(Call.columns), (SELECT COUNT(*) FROM resources_call_answer a WHERE a.call_id = c.id)
            FROM \(source)\(rest) ORDER BY c.due_on, c.id LIMIT \(limit)
            """
        ) { (call: try Call($0), answers: try $0.get(Call.columnCount, as: Int.self)) }
        return (rows, total)
    }

    /// The open call of the place for the lesson.
    func open(at organisation: OrganisationID, for node: ID<TextbookNode>) throws -> Call? {
        try db.first(
            """
            SELECT \(Call.columns) FROM \(Call.source)
            WHERE c.organisation_id = \(organisation) AND c.node_id = \(node) AND c.state = 'open'
            """, Call.init)
    }

    /// Every open call for one of the lessons, whoever opened it.
    func open(for nodes: [ID<TextbookNode>]) throws -> [Call] {
        try db.rows(
            "SELECT \(Call.columns) FROM \(Call.source) WHERE c.node_id IN \(in: nodes) AND c.state = 'open'", Call.init
        )
    }

    /// Every open call that the resource was made for.
    func open(answeredBy item: ID<Item>) throws -> [Call] {
        try db.rows(
            """
            SELECT \(Call.columns) FROM \(Call.source) JOIN resources_call_answer a ON a.call_id = c.id
            WHERE a.item_id = \(item) AND c.state = 'open'
            """, Call.init)
    }

    /// Those that reach the viewer and are open for the lesson.
    func open(for node: ID<TextbookNode>, on day: LocalDate, for viewer: ResourceViewer) throws -> [Call] {
        try db.rows(
            """
            SELECT \(Call.columns) FROM \(Call.source)
            WHERE c.node_id = \(node) AND c.state = 'open' AND c.due_on >= \(day) AND \(CallStore.seen(by: viewer))
            ORDER BY c.due_on, c.id
            """, Call.init)
    }

    func insert(
        _ id: ID<Call>, at organisation: OrganisationID, for node: ID<TextbookNode>, wanted: [ResourceGroup],
        due: LocalDate, by name: String, now: Timestamp
    ) throws {
        try db.execute(
            """
            INSERT INTO resources_call (id, organisation_id, node_id, wanted, note, due_on, state, revision, opened_at,
                opened_by)
            VALUES (\(id), \(organisation), \(node), \(Call.text(wanted)), '', \(due), 'open', 1, \(now), \(name))
            """)
    }

    /// Changes it when nobody was faster.
    func set(
        _ call: Call, wanted: [ResourceGroup], due: LocalDate, note: String
    ) throws -> Bool {
        try db.change(
            """
            UPDATE resources_call SET wanted = \(Call.text(wanted)), due_on = \(due), note = \(note),
                revision = revision + 1 WHERE id = \(call.id) AND revision = \(call.revision) AND state = 'open'
            """) > 0
    }

    /// Ends it once.
    func end(_ id: ID<Call>, _ state: Call.State, now: Timestamp) throws -> Bool {
        try db.change(
            """
            UPDATE resources_call SET state = \(state), closed_at = \(now), revision = revision + 1
            WHERE id = \(id) AND state = 'open'
            """) > 0
    }

    func overdue(on day: LocalDate) throws -> [Call] {
        try db.rows(
            "SELECT \(Call.columns) FROM \(Call.source) WHERE c.state = 'open' AND c.due_on < \(day)", Call.init)
    }

    func answer(_ call: ID<Call>, with item: ID<Item>, now: Timestamp) throws {
        try db.execute(
            """
            INSERT INTO resources_call_answer (call_id, item_id, at) VALUES (\(call), \(item), \(now))
            ON CONFLICT (call_id, item_id) DO NOTHING
            """)
    }

    /// Resources that answer the call, as far as the viewer may see them, the latest first; and how many there are.
    func answers(to call: ID<Call>, for viewer: ResourceViewer) throws -> (rows: [Item], total: Int) {
        let total: Int = try db.value("SELECT COUNT(*) FROM resources_call_answer a WHERE a.call_id = \(call)") ?? 0
        let rows = try db.rows(
            """
            SELECT \(Item.columns) FROM \(Item.source) JOIN resources_call_answer a ON a.item_id = i.id
            WHERE a.call_id = \(call) AND \(viewer.condition) ORDER BY i.id DESC LIMIT 200
            """, Item.init)
        return (rows, total)
    }

    /// What the place of the call finds for its lesson.
    func coverage(of call: Call) throws -> NodeCoverage? {
        guard let place = try TextbookStore(db).places(of: [call.node]).first else { return nil }
        return NodeCoverage.board([place], try CoverageStore(db).facts(at: [call.node]), at: call.path).first
    }
}
