import Database
import Directory
import Kernel

/// All SQL of what is in packs.
struct PackStore {
    let db: Connection
    init(_ db: Connection) { self.db = db }

    /// Rows looked at for one lesson.
    private static let most = 60

    /// The published resources of the lesson that the viewer finds, the best first.
    func candidates(
        for node: ID<TextbookNode>, _ viewer: ResourceViewer, _ consent: any PublicationConsent
    ) throws -> [PackCandidate] {
        let rows = try db.rows(
            """
            SELECT \(Item.columns), CAST(COALESCE(
                (SELECT SUM(u.uses) FROM resources_item_use_slot u WHERE u.item_id = i.id), 0) AS INTEGER) AS uses
            FROM resources_item_node x CROSS JOIN resources_item i CROSS JOIN directory_organisation o
            WHERE x.node_id = \(node) AND i.id = x.item_id AND o.id = i.school_id AND i.state = 'published'
                AND \(viewer.published)
            ORDER BY CASE i.visibility WHEN 'school' THEN 0 WHEN 'county' THEN 1 ELSE 2 END DESC, uses DESC, i.id DESC
            LIMIT \(PackStore.most)
            """
        ) { PackCandidate(item: try Item($0), uses: try $0.get(Item.columnCount)) }
        let open = try PackGate(consent, db).open(rows.map(\.item))
        return Pack.ranked(rows.filter { open.contains($0.item.id) })
    }

    /// Those of the resources that the viewer may see, in whatever state.
    func entries(of items: [ID<Item>], for viewer: ResourceViewer) throws -> [ID<Item>: PackEntry] {
        var found: [ID<Item>: PackEntry] = [:]
        try db.each(
            """
            SELECT \(Item.columns), i.for_pupils FROM \(Item.source)
            WHERE i.id IN \(in: items) AND \(viewer.condition)
            """
        ) { row in
            let item = try Item(row)
            found[item.id] = PackEntry(item: item, isForPupils: try row.get(Item.columnCount))
        }
        return found
    }

    /// What the pushes hold, in their order.
    func entries(of pushes: [ID<Push>]) throws -> [ID<Push>: [PackEntry]] {
        var found: [ID<Push>: [PackEntry]] = [:]
        try db.each(
            """
            SELECT \(Item.columns), i.for_pupils, e.push_id FROM resources_push_entry e
            JOIN resources_item i ON i.id = e.item_id JOIN directory_organisation o ON o.id = i.school_id
            WHERE e.push_id IN \(in: pushes) ORDER BY e.push_id, e.position
            """
        ) { row in
            found[try row.get(Item.columnCount + 1), default: []].append(
                PackEntry(item: try Item(row), isForPupils: try row.get(Item.columnCount)))
        }
        return found
    }

    func set(_ items: [ID<Item>], of push: ID<Push>) throws {
        try db.execute("DELETE FROM resources_push_entry WHERE push_id = \(push)")
        try db.insert(
            into: "resources_push_entry (push_id, item_id, position)",
            rows: items.enumerated().map { [push.databaseValue, $1.databaseValue, .integer(Int64($0 + 1))] })
    }

    /// Rows of one resource among which its uses are spread.
    private static let slots = 16

    /// One more use in the class. Each class keeps to one row; all of them make up the sum.
    func noteUse(of item: ID<Item>, in group: ID<ClassGroup>) throws {
        let slot = group.rawValue.utf8.reduce(0) { ($0 * 31 + Int($1)) % 65_521 } % PackStore.slots
        try db.execute(
            """
            INSERT INTO resources_item_use_slot (item_id, slot, uses) VALUES (\(item), \(slot), 1)
            ON CONFLICT (item_id, slot) DO UPDATE SET uses = resources_item_use_slot.uses + 1
            """)
    }
}
