import Database
import Foundation
import Kernel
import Platform

/// All SQL of catalogues, and all writing SQL of the tree.
struct CatalogueStore {
    let db: Connection
    init(_ db: Connection) { self.db = db }

    /// Throws `DomainError.notFound`.
    func find(_ id: ID<Catalogue>) throws -> Catalogue {
        let found = try db.first(
            "SELECT \(Catalogue.columns) FROM resources_catalogue c WHERE c.id = \(id)", Catalogue.init)
        guard let found else { throw DomainError.notFound }
        return found
    }

    /// The latest first.
    func list(after: String?, limit: Int) throws -> (rows: [Catalogue], total: Int) {
        let total: Int = try db.value("SELECT COUNT(*) FROM resources_catalogue c") ?? 0
        let rest: SQL = after.map { " WHERE c.id < \($0)" } ?? ""
        let rows = try db.rows(
            """
            SELECT \(Catalogue.columns) FROM resources_catalogue c\(rest) ORDER BY c.id DESC LIMIT \(limit)
            """, Catalogue.init)
        return (rows, total)
    }

    /// The one that made the tree what it is; `nil` before the first.
    func latestAccepted() throws -> Catalogue? {
        try db.first(
            """
            SELECT \(Catalogue.columns) FROM resources_catalogue c WHERE c.state = 'accepted'
            ORDER BY c.decided_at DESC, c.id DESC LIMIT 1
            """, Catalogue.init)
    }

    /// A number that grows with everything that changes the tree.
    func tree() throws -> Int {
        try db.value(
            """
            SELECT CAST(COALESCE(SUM(CASE state WHEN 'accepted' THEN 1 WHEN 'undone' THEN 1000000 ELSE 0 END), 0)
                AS BIGINT) FROM resources_catalogue
            """) ?? 0
    }

    func insert(
        _ id: ID<Catalogue>, year: Int, file: ID<StoredFile>, name: String, isComplete: Bool, by author: String,
        now: Timestamp
    ) throws {
        try db.execute(
            """
            INSERT INTO resources_catalogue (id, year, file_id, file_name, is_complete, state, digest, counts,
                created_at, created_by, decided_by)
            VALUES (\(id), \(year), \(file), \(name), \(isComplete), \(ImportState.compared), '', '', \(now),
                \(author), '')
            """)
    }

    /// Replaces the change set.
    func set(_ result: CatalogueResult, of id: ID<Catalogue>) throws {
        try db.execute(
            """
            UPDATE resources_catalogue SET digest = \(result.digest), counts = \(result.counts.text), tree = \(result.tree)
            WHERE id = \(id)
            """)
        try db.execute("DELETE FROM resources_catalogue_line WHERE catalogue_id = \(id)")
        try db.insert(
            into: "resources_catalogue_line (catalogue_id, number, kind, place, title, words, content)",
            rows: result.rows)
    }

    /// A slice of the change set in its order, with the number of each line.
    func lines(
        of id: ID<Catalogue>, kind: CatalogueLine.Kind? = nil, after: Int = 0, limit: Int = .max
    ) throws -> [(number: Int, line: CatalogueLine)] {
        let only: SQL = kind.map { " AND l.kind = \($0.rawValue)" } ?? ""
        return try db.rows(
            """
            SELECT l.number, l.content FROM resources_catalogue_line l
            WHERE l.catalogue_id = \(id) AND l.number > \(after)\(only) ORDER BY l.number LIMIT \(limit)
            """
        ) { row in
            let text: String = try row.get(1)
            return (try row.get(0), try JSONDecoder().decode(CatalogueLine.self, from: Data(text.utf8)))
        }
    }

    /// The conditional update is the lock: of two people who decide, one is too late.
    func move(
        _ id: ID<Catalogue>, from state: ImportState, to next: ImportState, by name: String, now: Timestamp
    ) throws -> Bool {
        try db.change(
            """
            UPDATE resources_catalogue SET state = \(next), decided_at = \(now), decided_by = \(name)
            WHERE id = \(id) AND state = \(state)
            """) > 0
    }

    /// Every node of the tree, the removed ones too.
    func known() throws -> [KnownNode] {
        try db.rows(
            """
            SELECT n.id, n.parent_id, t.stage, t.subject, t.edition, t.grade, t.volume, n.kind, n.title, u.title, n.code,
                n.position, n.is_removed
            FROM resources_node n JOIN resources_textbook t ON t.id = n.textbook_id
            LEFT JOIN resources_node u ON u.id = n.parent_id ORDER BY t.sort_key, n.position, n.id
            """
        ) { row in
            let key = TextbookKey(
                stage: try row.get(2), subject: try row.get(3), edition: try row.get(4), grade: try row.get(5),
                volume: try row.get(6))
            let unit: String? = try row.get(9)
            return KnownNode(
                id: try row.get(0), parent: try row.get(1),
                state: NodeState(
                    key: key, kind: try row.get(7), title: try row.get(8), unit: unit ?? "", code: try row.get(10),
                    position: try row.get(11), isRemoved: try row.get(12)))
        }
    }

    /// The volume, made when there is none.
    func textbook(_ key: TextbookKey, now: Timestamp) throws -> String {
        let found: String? = try db.value("SELECT id FROM resources_textbook WHERE sort_key = \(key.sortKey)")
        if let found { return found }
        let id = Identifiers.next()
        try db.execute(
            """
            INSERT INTO resources_textbook (id, stage, subject, edition, grade, volume, choice_key, sort_key, is_removed,
                changed_at)
            VALUES (\(id), \(key.stage), \(key.subject), \(key.edition), \(key.grade), \(key.volume), \(key.choiceKey),
                \(key.sortKey), 0, \(now))
            """)
        return id
    }

    func insertNodes(_ rows: [[DatabaseValue]]) throws {
        try db.insert(
            into: "resources_node (id, textbook_id, parent_id, kind, code, title, position, is_removed, changed_at)",
            rows: rows)
    }

    func update(_ id: String, _ state: NodeState, textbook: String, parent: String?, now: Timestamp) throws {
        try db.execute(
            """
            UPDATE resources_node SET textbook_id = \(textbook), parent_id = \(parent), kind = \(state.kind),
                code = \(state.code), title = \(state.title), position = \(state.position),
                is_removed = \(state.isRemoved), changed_at = \(now)
            WHERE id = \(id)
            """)
    }

    /// A volume stands in the catalogue while one of its nodes does.
    func settleTextbooks(now: Timestamp) throws {
        try db.execute(
            """
            UPDATE resources_textbook SET changed_at = \(now), is_removed = CASE WHEN EXISTS (
                SELECT 1 FROM resources_node n WHERE n.textbook_id = resources_textbook.id AND n.is_removed = 0)
                THEN 0 ELSE 1 END
            """)
    }
}

/// A comparison made ready to be written.
struct CatalogueResult: Sendable {
    /// Of the change set, as whoever accepts it has seen it.
    let digest: String
    let counts: CatalogueCounts
    /// The tree it was made with.
    let tree: Int
    fileprivate let rows: [[DatabaseValue]]

    init(_ comparison: CatalogueComparison, digest: String, tree: Int, of id: ID<Catalogue>) throws {
        (self.digest, self.tree, counts) = (digest, tree, CatalogueCounts(comparison))
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        rows = try comparison.lines.enumerated().map { number, line in
            let content = String(decoding: try encoder.encode(line), as: UTF8.self)
            return [
                id.databaseValue, .integer(Int64(number + 1)), .text(line.kind.rawValue), .text(line.place),
                .text(line.title), .text(line.words), .text(content),
            ]
        }
    }
}
