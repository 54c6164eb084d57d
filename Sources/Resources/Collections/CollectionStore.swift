import Database
import Directory
import Kernel

/// All SQL of collections. What a viewer may not see of their resources is left out of every answer.
struct CollectionStore {
    let db: Connection
    init(_ db: Connection) { self.db = db }

    /// The collections of a place that the viewer may see, the latest first.
    func list(of organisation: OrganisationID, for user: CurrentUser?) throws -> [ItemCollection] {
        try db.rows(
            """
            SELECT \(ItemCollection.columns) FROM \(ItemCollection.source)
            WHERE c.organisation_id = \(organisation) AND \(CollectionStore.seen(by: user))
            ORDER BY c.id DESC LIMIT \(ItemCollection.mostOfSite)
            """, ItemCollection.init)
    }

    /// Those with the ids that everybody may see.
    func shown(_ ids: [ID<ItemCollection>]) throws -> [ID<ItemCollection>: ItemCollection] {
        guard !ids.isEmpty else { return [:] }
        let rows = try db.rows(
            """
            SELECT \(ItemCollection.columns) FROM \(ItemCollection.source)
            WHERE c.id IN \(in: ids) AND c.state = 'published'
            """, ItemCollection.init)
        return Dictionary(rows.map { ($0.id, $0) }) { first, _ in first }
    }

    /// Throws `DomainError.notFound` when the viewer may not see it.
    func find(_ id: ID<ItemCollection>, for user: CurrentUser?) throws -> ItemCollection {
        let found = try db.first(
            """
            SELECT \(ItemCollection.columns) FROM \(ItemCollection.source)
            WHERE c.id = \(id) AND \(CollectionStore.seen(by: user))
            """, ItemCollection.init)
        guard let found else { throw DomainError.notFound }
        return found
    }

    /// One that she fills; throws `DomainError.notFound` for any other.
    func managed(_ id: ID<ItemCollection>, by user: CurrentUser) throws -> ItemCollection {
        let found = try find(id, for: user)
        guard user.may(.siteEdit, at: found.path) else { throw DomainError.notFound }
        return found
    }

    /// Every collection that she fills, by place.
    func managed(by user: CurrentUser) throws -> [ItemCollection] {
        try db.rows(
            """
            SELECT \(ItemCollection.columns) FROM \(ItemCollection.source)
            WHERE \(SQL.within(user.scope(of: .siteEdit), "o.path")) ORDER BY o.path, c.id DESC LIMIT 500
            """, ItemCollection.init)
    }

    private static func seen(by user: CurrentUser?) -> SQL {
        let own = SQL.within(user?.scope(of: .siteEdit) ?? .nothing, "o.path")
        return "((c.state = 'published' AND s.state = 'published' AND o.closed_on IS NULL) OR \(own))"
    }

    func count(at organisation: OrganisationID) throws -> Int {
        try db.value(
            "SELECT COUNT(*) FROM resources_collection c WHERE c.organisation_id = \(organisation)", as: Int.self) ?? 0
    }

    func insert(
        _ content: CollectionContent, at organisation: OrganisationID, by name: String, now: Timestamp
    ) throws -> ID<ItemCollection> {
        let id = ID<ItemCollection>.new()
        try db.execute(
            """
            INSERT INTO resources_collection (id, organisation_id, kind, title, summary, state, revision, changed_at,
                changed_by)
            VALUES (\(id), \(organisation), \(content.kind), \(content.title), \(content.summary), 'draft', 1, \(now),
                \(name))
            """)
        return id
    }

    /// Changes it when nobody was faster.
    func set(
        _ content: CollectionContent, _ state: ItemCollection.State, of collection: ItemCollection, by name: String,
        now: Timestamp
    ) throws -> Bool {
        try db.change(
            """
            UPDATE resources_collection SET kind = \(content.kind), title = \(content.title),
                summary = \(content.summary), state = \(state), revision = revision + 1, changed_at = \(now),
                changed_by = \(name)
            WHERE id = \(collection.id) AND revision = \(collection.revision)
            """) > 0
    }

    // Its resources

    /// What the collection shows the viewer, in its order.
    func items(
        of id: ID<ItemCollection>, for viewer: ResourceViewer, limit: Int = ItemCollection.mostItems
    ) throws -> [Item] {
        try db.rows(
            """
            SELECT \(Item.columns) FROM resources_collection_item e CROSS JOIN resources_item i
            CROSS JOIN directory_organisation o
            WHERE e.collection_id = \(id) AND i.id = e.item_id AND o.id = i.school_id AND i.state = 'published' AND \(viewer.condition)
            ORDER BY e.position, e.item_id LIMIT \(limit)
            """, Item.init)
    }

    /// How many resources stand in it, seen or not.
    func itemCount(of id: ID<ItemCollection>) throws -> Int {
        try db.value(
            "SELECT COUNT(*) FROM resources_collection_item e WHERE e.collection_id = \(id)", as: Int.self) ?? 0
    }

    /// The keys of its resources, in its order.
    func keys(of id: ID<ItemCollection>) throws -> [ID<Item>] {
        try db.column(
            """
            SELECT e.item_id FROM resources_collection_item e WHERE e.collection_id = \(id)
            ORDER BY e.position, e.item_id
            """)
    }

    /// The published collections on open sites that hold the resource.
    func holding(_ item: ID<Item>) throws -> [ItemCollection] {
        try db.rows(
            """
            SELECT \(ItemCollection.columns) FROM resources_collection_item e
            JOIN resources_collection c ON c.id = e.collection_id
            JOIN directory_organisation o ON o.id = c.organisation_id
            JOIN resources_site s ON s.organisation_id = c.organisation_id
            WHERE e.item_id = \(item) AND c.state = 'published' AND s.state = 'published' AND o.closed_on IS NULL
            ORDER BY c.id LIMIT 20
            """, ItemCollection.init)
    }

    /// Which of the collections hold the resource.
    func holding(_ item: ID<Item>, among ids: [ID<ItemCollection>]) throws -> Set<ID<ItemCollection>> {
        guard !ids.isEmpty else { return [] }
        let found: [ID<ItemCollection>] = try db.column(
            """
            SELECT e.collection_id FROM resources_collection_item e
            WHERE e.item_id = \(item) AND e.collection_id IN \(in: ids)
            """)
        return Set(found)
    }

    /// At the end; nothing happens when it stands there already.
    func add(_ item: ID<Item>, to id: ID<ItemCollection>, now: Timestamp) throws -> Bool {
        let last: Int =
            try db.value("SELECT MAX(e.position) FROM resources_collection_item e WHERE e.collection_id = \(id)") ?? 0
        return try db.change(
            """
            INSERT INTO resources_collection_item (collection_id, item_id, position, added_at)
            VALUES (\(id), \(item), \(last + 1), \(now)) ON CONFLICT (collection_id, item_id) DO NOTHING
            """) > 0
    }

    func remove(_ item: ID<Item>, from id: ID<ItemCollection>) throws -> Bool {
        try db.change(
            "DELETE FROM resources_collection_item WHERE collection_id = \(id) AND item_id = \(item)") > 0
    }

    /// Puts the resources in this order.
    func order(_ items: [ID<Item>], of id: ID<ItemCollection>) throws {
        for (index, item) in items.enumerated() {
            try db.execute(
                """
                UPDATE resources_collection_item SET position = \(index + 1)
                WHERE collection_id = \(id) AND item_id = \(item)
                """)
        }
    }
}
