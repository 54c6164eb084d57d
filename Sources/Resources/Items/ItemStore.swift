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
            let item: ID<Item> = try row.get(0), person: ID<Person> = try row.get(1)
            // Two records of one person that became one stand here twice.
            guard found[item]?.contains(where: { $0.person == person }) != true else { return }
            found[item, default: []].append(ItemAuthor(person: person, name: try row.get(2)))
        }
        return found
    }

    /// Why the open versions of the resources came back; those that did not are missing.
    func remarks(of ids: [ID<Item>]) throws -> [ID<Item>: String] {
        let found = try db.rows(
            """
            SELECT item_id, remark FROM resources_item_version
            WHERE item_id IN \(in: ids) AND state = 'draft' AND remark <> ''
            """
        ) { (try $0.get(0, as: ID<Item>.self), try $0.get(1, as: String.self)) }
        return Dictionary(found) { $1 }
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
        /// Only the latest of the node.
        var mostOfNode: Int?
        /// Only of this place.
        var below: OrganisationPath?
        /// Only of these places.
        var within = DataScope.everything
        var states: [ItemState] = [.published]
        /// Only hers.
        var author: ID<Person>?
        /// Only with a version that waits to be published.
        var isPending = false

        /// All but where the list begins; see `ways(for:)`.
        var conditions: [SQL] {
            var parts = words
            if within != .everything { parts.append(SQL.within(within, "o.path")) }
            if !states.isEmpty { parts.append("i.state IN \(in: states)") }
            if let below { parts.append("o.path >= \(below) AND o.path < \(below.end)") }
            if isPending {
                parts.append(
                    """
                    EXISTS (SELECT 1 FROM resources_item_version q WHERE q.item_id = i.id AND q.state = 'pending')
                    """)
            }
            return parts
        }

        /// What is asked of the resource itself.
        var words: [SQL] {
            var parts: [SQL] = []
            if !text.isEmpty {
                let pattern = "%" + Filter.escaped(ItemWords.key(text)) + "%"
                parts.append("i.words LIKE \(pattern) ESCAPE '!'")
            }
            if let group { parts.append("i.type_group = \(group.rawValue)") }
            return parts
        }

        private static func escaped(_ text: String) -> String {
            text.reduce(into: "") { $0 += ["%", "_", "!"].contains($1) ? "!\($1)" : String($1) }
        }
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
