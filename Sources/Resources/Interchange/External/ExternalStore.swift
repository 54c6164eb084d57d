import Database
import Kernel

/// All SQL of external entries. Every question of readers names the viewer.
struct ExternalStore {
    let db: Connection
    init(_ db: Connection) { self.db = db }

    struct Filter: Sendable, Equatable {
        var text = ""
        var stage = ""
        var subject = ""
        var source: ID<HarvestSource>?
        /// Only the city's own catalogue.
        var isOwn = false
        var node: ID<TextbookNode>?

        var isEmpty: Bool { self == Filter() }
    }

    private static func shown(to viewer: ResourceViewer) -> SQL {
        let audiences: [ExternalAudience] = viewer.staff.isEmpty ? [.everybody] : ExternalAudience.allCases
        return "e.is_removed = 0 AND e.is_hidden = 0 AND e.audience IN \(in: audiences)"
    }

    /// A slice, the latest first, and how many there are up to 1,000; at least so many where it is not exact. Of the rarest
    /// word only so many entries are looked at, from the latest or the last one seen on. `after` is its id.
    func list(
        _ filter: Filter, for viewer: ResourceViewer, after: String?, limit: Int,
        mostLooked: Int = ExternalStore.mostLooked
    ) throws -> (rows: [ExternalEntry], total: Int, isExact: Bool) {
        var parts = [ExternalStore.shown(to: viewer)]
        let terms = try rarest(ExternalTerms.asking(filter.text), mostLooked)
        if !filter.text.isEmpty, terms.isEmpty { return ([], 0, true) }
        /// Along the term that fewest have, which stands in the order of the list.
        func source(after: String?) -> SQL {
            guard let first = terms.first else { return "resources_external e" }
            let rest: SQL = after.map { " AND t.entry_id < \($0)" } ?? ""
            return """
                (SELECT t.entry_id FROM resources_external_term t WHERE t.term = \(first.term)\(rest)
                ORDER BY t.entry_id DESC LIMIT \(mostLooked)) f CROSS JOIN resources_external e
                """
        }
        if !terms.isEmpty { parts.append("e.id = f.entry_id") }
        for (term, _) in terms.dropFirst() {
            parts.append(
                """
                EXISTS (SELECT 1 FROM resources_external_term t WHERE t.term = \(term) AND t.entry_id = e.id)
                """)
        }
        if let node = filter.node {
            parts.append(
                """
                EXISTS (SELECT 1 FROM resources_external_node x WHERE x.node_id = \(node) AND x.entry_id = e.id)
                """)
        }
        if !filter.stage.isEmpty { parts.append("e.stage = \(filter.stage)") }
        if !filter.subject.isEmpty { parts.append("e.subject = \(filter.subject)") }
        if let source = filter.source { parts.append("e.source_id = \(source)") }
        if filter.isOwn { parts.append("e.source_id = ''") }
        let all = SQL.joined(parts, " AND ")
        let total: Int =
            try db.value(
                """
                SELECT COUNT(*) FROM (SELECT 1 FROM \(source(after: nil)) WHERE \(all)
                    LIMIT \(ExternalStore.mostCounted)) c
                """) ?? 0
        let key: SQL = terms.isEmpty ? "e.id" : "f.entry_id", rest: SQL = after.map { " AND \(key) < \($0)" } ?? ""
        let ids: [ID<ExternalEntry>] = try db.column(
            "SELECT \(key) FROM \(source(after: after)) WHERE \(all)\(rest) ORDER BY \(key) DESC LIMIT \(limit)")
        let isWhole = (terms.first?.count ?? 0) <= mostLooked
        return (try rows(ids), total, isWhole && total < ExternalStore.mostCounted)
    }

    /// Entries of one word that are looked at for one slice.
    static let mostLooked = 10_000

    /// Entries that are counted at most.
    static let mostCounted = 1_000

    /// The term that fewest entries have comes first, each with its entries, counted to one more than are looked at.
    private func rarest(_ terms: [String], _ mostLooked: Int) throws -> [(term: String, count: Int)] {
        var counted: [(term: String, count: Int)] = []
        for term in terms {
            let count: Int? = try db.value(
                """
                SELECT COUNT(*) FROM (SELECT 1 FROM resources_external_term WHERE term = \(term)
                    LIMIT \(mostLooked + 1)) c
                """)
            counted.append((term, count ?? 0))
        }
        return counted.sorted { $0.count < $1.count }
    }

    private func rows(_ ids: [ID<ExternalEntry>]) throws -> [ExternalEntry] {
        guard !ids.isEmpty else { return [] }
        return try db.rows(
            """
            SELECT \(ExternalEntry.columns) FROM \(ExternalEntry.source) WHERE e.id IN \(in: ids) ORDER BY e.id DESC
            """, ExternalEntry.init)
    }

    /// Of the city's own catalogue. Throws `DomainError.notFound`.
    func own(_ id: ID<ExternalEntry>) throws -> ExternalEntry {
        let found = try db.first(
            """
            SELECT \(ExternalEntry.columns) FROM \(ExternalEntry.source)
            WHERE e.id = \(id) AND e.source_id = '' AND e.is_removed = 0
            """, ExternalEntry.init)
        guard let found else { throw DomainError.notFound }
        return found
    }

    func own(link: String) throws -> ExternalEntry? {
        try db.first(
            """
            SELECT \(ExternalEntry.columns) FROM \(ExternalEntry.source)
            WHERE e.source_id = '' AND e.identifier = \(link) AND e.is_removed = 0
            """, ExternalEntry.init)
    }

    /// The city's own, hidden ones too, the latest first.
    func own(
        _ states: [LinkState], after: String?, limit: Int
    ) throws -> (rows: [ExternalEntry], total: Int) {
        let some: SQL = states.isEmpty ? "" : " AND e.link_state IN \(in: states)"
        let total: Int =
            try db.value(
                "SELECT COUNT(*) FROM resources_external e WHERE e.source_id = '' AND e.is_removed = 0\(some)") ?? 0
        let rest: SQL = after.map { " AND e.id < \($0)" } ?? ""
        let rows = try db.rows(
            """
            SELECT \(ExternalEntry.columns) FROM \(ExternalEntry.source)
            WHERE e.source_id = '' AND e.is_removed = 0\(some)\(rest) ORDER BY e.id DESC LIMIT \(limit)
            """, ExternalEntry.init)
        return (rows, total)
    }

    func nodes(of ids: [ID<ExternalEntry>]) throws -> [ID<ExternalEntry>: [ID<TextbookNode>]] {
        var found: [ID<ExternalEntry>: [ID<TextbookNode>]] = [:]
        try db.each(
            "SELECT entry_id, node_id FROM resources_external_node WHERE entry_id IN \(in: ids) ORDER BY entry_id, node_id"
        ) { found[try $0.get(0), default: []].append(try $0.get(1)) }
        return found
    }

    // Writing

    struct Known: Sendable {
        let id: ID<ExternalEntry>
        let digest: String
        let isRemoved: Bool
    }

    /// What is kept of a source by its identifiers.
    func known(_ identifiers: [String], of source: ID<HarvestSource>?) throws -> [String: Known] {
        let key = source?.rawValue ?? ""
        var found: [String: Known] = [:]
        try db.each(
            """
            SELECT identifier, id, digest, is_removed FROM resources_external
            WHERE source_id = \(key) AND identifier IN \(in: identifiers)
            """
        ) {
            found[try $0.get(0)] = Known(id: try $0.get(1), digest: try $0.get(2), isRemoved: try $0.get(3))
        }
        return found
    }

    @discardableResult
    func insert(
        _ content: ExternalContent, identifier: String, of source: ID<HarvestSource>?, for audience: ExternalAudience,
        seenIn run: String = "", by name: String, now: Timestamp
    ) throws -> ID<ExternalEntry> {
        let id = ID<ExternalEntry>.new(), key = source?.rawValue ?? ""
        try db.execute(
            """
            INSERT INTO resources_external (id, source_id, identifier, title, description, subjects, stage, subject, link,
                provider, licence, language, audience, digest, is_removed, is_hidden, seen_in, revision, created_at,
                changed_at, changed_by, link_state, failures, link_target, check_due)
            VALUES (\(id), \(key), \(identifier), \(content.title), \(content.description),
                \(content.subjects.joined(separator: "\n")), \(content.stage), \(content.subject), \(content.link),
                \(content.provider), \(content.licence), \(content.language), \(audience), \(content.digest), 0, 0,
                \(run), 1, \(now), \(now), \(name), 'unchecked', 0, '', \(now))
            """)
        try setTerms(of: id, content.terms)
        return id
    }

    /// Also brings back what was removed. What was found of the link before counts no more where it changed.
    func set(
        _ content: ExternalContent, identifier: String, of id: ID<ExternalEntry>, for audience: ExternalAudience,
        seenIn run: String = "", by name: String, now: Timestamp
    ) throws {
        try db.execute(
            """
            UPDATE resources_external SET is_hidden = 0, link_state = 'unchecked', failures = 0, link_target = '',
                check_due = \(now)
            WHERE id = \(id) AND link <> \(content.link)
            """)
        try db.execute(
            """
            UPDATE resources_external SET identifier = \(identifier), title = \(content.title),
                description = \(content.description), subjects = \(content.subjects.joined(separator: "\n")),
                stage = \(content.stage), subject = \(content.subject), link = \(content.link),
                provider = \(content.provider), licence = \(content.licence), language = \(content.language),
                audience = \(audience), digest = \(content.digest), is_removed = 0, seen_in = \(run),
                revision = revision + 1, changed_at = \(now), changed_by = \(name)
            WHERE id = \(id)
            """)
        try setTerms(of: id, content.terms)
    }

    private func setTerms(of id: ID<ExternalEntry>, _ terms: Set<String>) throws {
        try db.execute("DELETE FROM resources_external_term WHERE entry_id = \(id)")
        try db.insert(
            into: "resources_external_term (term, entry_id)",
            rows: terms.sorted().map { [.text($0), id.databaseValue] })
    }

    func setNodes(_ nodes: [ID<TextbookNode>], of id: ID<ExternalEntry>) throws {
        try db.execute("DELETE FROM resources_external_node WHERE entry_id = \(id)")
        try db.insert(
            into: "resources_external_node (entry_id, node_id)",
            rows: Set(nodes).sorted().map { [id.databaseValue, $0.databaseValue] })
    }

    func see(_ ids: [ID<ExternalEntry>], in run: String) throws {
        try db.execute("UPDATE resources_external SET seen_in = \(run) WHERE id IN \(in: ids)")
    }

    /// Takes entries out of sight; they are kept, so that they are known when they come back.
    func remove(_ ids: [ID<ExternalEntry>], by name: String, now: Timestamp) throws {
        try db.execute("DELETE FROM resources_external_term WHERE entry_id IN \(in: ids)")
        try db.execute(
            """
            UPDATE resources_external SET is_removed = 1, digest = '', revision = revision + 1, changed_at = \(now),
                changed_by = \(name)
            WHERE id IN \(in: ids) AND is_removed = 0
            """)
    }

    /// Entries of the source that a whole harvest did not meet.
    func unseen(in run: String, of source: ID<HarvestSource>, limit: Int) throws -> [ID<ExternalEntry>] {
        try db.column(
            """
            SELECT id FROM resources_external
            WHERE source_id = \(source) AND is_removed = 0 AND seen_in <> \(run) ORDER BY id LIMIT \(limit)
            """)
    }

    func count(of source: ID<HarvestSource>) throws -> Int {
        try db.value("SELECT COUNT(*) FROM resources_external WHERE source_id = \(source) AND is_removed = 0") ?? 0
    }

    func setAudience(_ audience: ExternalAudience, of source: ID<HarvestSource>) throws {
        try db.execute("UPDATE resources_external SET audience = \(audience) WHERE source_id = \(source)")
    }
}
