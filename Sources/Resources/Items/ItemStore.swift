import Database
import Kernel
import Platform

/// All reading SQL of resources. Every question names the viewer; what she may not see does not exist.
package struct ItemStore {
    let db: Connection
    package init(_ db: Connection) { self.db = db }

    /// Throws `DomainError.notFound` when the viewer may not see it.
    package func find(_ id: ID<Item>, for viewer: ResourceViewer) throws -> Item {
        let found = try db.first(
            "SELECT \(Item.columns) FROM \(Item.source) WHERE i.id = \(id) AND \(viewer.condition)", Item.init)
        guard let found else { throw DomainError.notFound }
        return found
    }

    /// Whoever asks; for credits and for the deeds of the platform itself.
    func look(for id: ID<Item>) throws -> Item? {
        try db.first("SELECT \(Item.columns) FROM \(Item.source) WHERE i.id = \(id)", Item.init)
    }

    func authors(of ids: [ID<Item>]) throws -> [ID<Item>: [ItemAuthor]] {
        var found: [ID<Item>: [ItemAuthor]] = [:]
        try db.each(
            """
            SELECT w.item_id, w.person_id, p.name FROM resources_item_author w
            JOIN directory_person p ON p.id = w.person_id WHERE w.item_id IN \(in: ids) ORDER BY w.item_id, w.position
            """
        ) { row in
            found[try row.get(0), default: []].append(ItemAuthor(person: try row.get(1), name: try row.get(2)))
        }
        return found
    }

    func authors(of id: ID<Item>) throws -> [ItemAuthor] { try authors(of: [id])[id] ?? [] }

    /// The latest first.
    func versions(of id: ID<Item>) throws -> [ItemVersion] {
        try db.rows(
            """
            SELECT \(ItemVersion.columns) FROM resources_item_version v WHERE v.item_id = \(id)
            ORDER BY v.number DESC
            """, ItemVersion.init)
    }

    func open(of id: ID<Item>) throws -> ItemVersion? { try versions(of: id).first(where: \.isOpen) }

    /// Of every version.
    func files(of id: ID<Item>) throws -> [ItemFile] {
        try db.rows(
            "SELECT \(ItemFile.columns) FROM \(ItemFile.source) WHERE f.item_id = \(id) ORDER BY f.id", ItemFile.init)
    }

    /// Which resources a list asks for, besides what the viewer may see.
    struct Filter: Sendable, Equatable {
        /// Part of title, summary, tags or pinyin initials.
        var text = ""
        var group: ResourceGroup?
        var node: ID<TextbookNode>?
        /// Only of this place.
        var below: OrganisationPath?
        /// Only of these places.
        var within = DataScope.everything
        var states: [ItemState] = [.published]
        /// Only hers.
        var author: ID<Person>?
        /// Only with a version that waits to be published.
        var isPending = false

        var conditions: [SQL] {
            var parts: [SQL] = [SQL.within(within, "o.path")]
            if !states.isEmpty { parts.append("i.state IN \(in: states)") }
            if !text.isEmpty {
                let pattern = "%" + Filter.escaped(ItemWords.key(text)) + "%"
                parts.append("i.words LIKE \(pattern) ESCAPE '!'")
            }
            if let group { parts.append("i.type_group = \(group.rawValue)") }
            if let node {
                parts.append(
                    """
                    EXISTS (SELECT 1 FROM resources_item_node x JOIN resources_node n ON n.id = x.node_id
                        WHERE x.item_id = i.id AND (n.id = \(node) OR n.parent_id = \(node)))
                    """)
            }
            if let below { parts.append("o.path >= \(below) AND o.path < \(below.end)") }
            if let author {
                parts.append(
                    "EXISTS (SELECT 1 FROM resources_item_author m WHERE m.item_id = i.id AND m.person_id = \(author))")
            }
            if isPending {
                parts.append(
                    """
                    EXISTS (SELECT 1 FROM resources_item_version q WHERE q.item_id = i.id AND q.state = 'pending')
                    """)
            }
            return parts
        }

        private static func escaped(_ text: String) -> String {
            text.reduce(into: "") { $0 += ["%", "_", "!"].contains($1) ? "!\($1)" : String($1) }
        }
    }

    /// A slice, the latest first. `after` is the id of the last one seen.
    func list(
        _ filter: Filter, for viewer: ResourceViewer, after: String?, limit: Int
    ) throws -> (rows: [Item], total: Int) {
        let matching = SQL.joined([viewer.condition] + filter.conditions, " AND ")
        let total: Int = try db.value("SELECT COUNT(*) FROM \(Item.source) WHERE \(matching)") ?? 0
        let rest: SQL = after.map { " AND i.id < \($0)" } ?? ""
        let rows = try db.rows(
            """
            SELECT \(Item.columns) FROM \(Item.source) WHERE \(matching)\(rest) ORDER BY i.id DESC LIMIT \(limit)
            """, Item.init)
        return (rows, total)
    }

    /// The published resources of a lesson or unit by what stands together, the latest first, and how many there are.
    func shelf(
        of node: ID<TextbookNode>, for viewer: ResourceViewer, atMost limit: Int
    ) throws -> [(group: ResourceGroup, rows: [Item], total: Int)] {
        try ResourceGroup.allCases.map { group in
            var filter = Filter()
            (filter.node, filter.group) = (node, group)
            let (rows, total) = try list(filter, for: viewer, after: nil, limit: limit)
            return (group, rows, total)
        }
    }

    /// How many published resources the viewer finds at each unit and lesson of a volume.
    func counts(in textbook: ID<Textbook>, for viewer: ResourceViewer) throws -> [ID<TextbookNode>: Int] {
        var counts: [ID<TextbookNode>: Int] = [:]
        try db.each(
            """
            SELECT x.node_id, COUNT(*) FROM resources_item_node x JOIN resources_node n ON n.id = x.node_id
            JOIN resources_item i ON i.id = x.item_id JOIN directory_organisation o ON o.id = i.school_id
            WHERE n.textbook_id = \(textbook) AND i.state = 'published' AND \(viewer.condition) GROUP BY x.node_id
            """
        ) { counts[try $0.get(0)] = try $0.get(1) }
        return counts
    }

    /// What a resource was made from, the nearest first.
    func ancestors(of item: Item) throws -> [Item] {
        var found: [Item] = [], next = item.adaptedFrom
        while let id = next, found.count < ItemStore.deepest, let parent = try look(for: id) {
            found.append(parent)
            next = parent.adaptedFrom
        }
        return found
    }

    /// Adaptations of adaptations that are shown; nobody makes more.
    private static let deepest = 50

    /// The published resources made from it directly that the viewer may see, and how many there are for anybody.
    func adaptations(of id: ID<Item>, for viewer: ResourceViewer) throws -> (rows: [Item], total: Int) {
        let total: Int =
            try db.value(
                "SELECT COUNT(*) FROM resources_item i WHERE i.adapted_from = \(id) AND i.state = 'published'") ?? 0
        let rows = try db.rows(
            """
            SELECT \(Item.columns) FROM \(Item.source)
            WHERE i.adapted_from = \(id) AND i.state = 'published' AND \(viewer.condition) ORDER BY i.id LIMIT 100
            """, Item.init)
        return (rows, total)
    }
}

/// The words by which a resource is found in a list.
enum ItemWords {
    static func of(_ content: ItemContent) -> String {
        let texts = [content.title] + content.tags + [content.summary]
        return (texts + [Pinyin.initials(of: content.title)]).map(key).joined(separator: " ")
    }

    static func key(_ text: String) -> String { ChineseText.matchingKey(text) }
}
