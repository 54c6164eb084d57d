import Database
import Kernel
import Platform

/// Lists of resources, the latest first. A city has a million of them, so each list says where it begins: at a lesson, an
/// author, a school, what waits, or at the end of an index that already stands in the order of the list.
extension ItemStore {
    /// A slice of a list. Beyond `ItemStore.mostCounted` nobody counts.
    struct Slice: Sendable {
        let rows: [Item]
        let total: Int
        let isTotalBounded: Bool
    }

    /// Rows that are counted at most.
    static let mostCounted = 10_000

    /// A slice, the latest first. `after` is the id of the last one seen.
    func list(_ filter: Filter, for viewer: ResourceViewer, after: String?, limit: Int) throws -> Slice {
        if filter.isSearched { return try searched(filter, for: viewer, after: after, limit: limit) }
        let ways = filter.ways(for: viewer)
        guard !ways.isEmpty else { return Slice(rows: [], total: 0, isTotalBounded: false) }
        var total = 0
        for way in ways where total <= ItemStore.mostCounted {
            let most = ItemStore.mostCounted + 1 - total
            total += try db.value("SELECT COUNT(*) FROM (SELECT 1 FROM \(way.rows) LIMIT \(most)) c") ?? 0
        }
        return Slice(
            rows: try rows(along: ways, after: after, limit: limit), total: min(total, ItemStore.mostCounted),
            isTotalBounded: total > ItemStore.mostCounted)
    }

    /// The latest of a list, where nobody is told how many there are.
    func latest(_ filter: Filter, for viewer: ResourceViewer, limit: Int) throws -> [Item] {
        if filter.isSearched { return try searched(filter, for: viewer, after: nil, limit: limit).rows }
        return try rows(along: filter.ways(for: viewer), after: nil, limit: limit)
    }

    private func rows(along ways: [ItemWay], after: String?, limit: Int) throws -> [Item] {
        guard !ways.isEmpty else { return [] }
        let parts = ways.map { way -> SQL in
            let rest: SQL = after.map { " AND \(way.key) < \($0)" } ?? ""
            return """
                SELECT * FROM (SELECT \(way.key) AS id FROM \(way.rows)\(rest) ORDER BY \(way.key) DESC LIMIT \(limit)) p
                """
        }
        let ids: [ID<Item>] = try db.column("\(SQL.joined(parts, " UNION ALL ")) ORDER BY 1 DESC LIMIT \(limit)")
        return try rows(ids)
    }

    /// Resources that words find in a list on a page.
    static let mostSearched = 1_000
    /// Resources that words find for a file.
    private static let mostSearchedForFile = 50_000

    /// A slice of what the index of the search finds by words, the latest first. Whatever it finds, the records of this
    /// moment say whether she may see it.
    private func searched(
        _ filter: Filter, for viewer: ResourceViewer, after: String?, limit: Int
    ) throws -> Slice {
        let most = min(max(ItemStore.mostSearched, limit), ItemStore.mostSearchedForFile)
        let hits = try ItemSearch(db).listed(filter.request, for: viewer, atMost: most)
        var ids = hits.items
        if let own = filter.wayOfOwn(for: viewer) {
            ids += try db.column("SELECT i.id FROM \(own.rows) LIMIT \(most)", as: ID<Item>.self)
        }
        ids.sort { $0.rawValue > $1.rawValue }
        let rest = ids.drop { id in after.map { id.rawValue >= $0 } ?? false }
        var plain = filter
        plain.text = ""
        let matching = SQL.joined([viewer.condition] + plain.conditions, " AND ")
        var found: [Item] = [], place = rest.startIndex
        while found.count < limit, place < rest.endIndex {
            let some = Array(rest[place..<min(place + 100, rest.endIndex)])
            place += some.count
            found += try db.rows(
                """
                SELECT \(Item.columns) FROM \(Item.source) WHERE i.id IN \(in: some) AND \(matching)
                ORDER BY i.id DESC
                """, Item.init)
        }
        return Slice(rows: Array(found.prefix(limit)), total: ids.count, isTotalBounded: !hits.isWhole)
    }

    /// The resources in the order of their ids, the latest first.
    private func rows(_ ids: [ID<Item>]) throws -> [Item] {
        var found: [Item] = []
        for start in stride(from: 0, to: ids.count, by: 500) {
            let some = Array(ids[start..<min(start + 500, ids.count)])
            found += try db.rows(
                "SELECT \(Item.columns) FROM \(Item.source) WHERE i.id IN \(in: some) ORDER BY i.id DESC", Item.init)
        }
        return found
    }

    /// What the page of a lesson or unit shows of one kind.
    struct Shelf: Sendable {
        let group: ResourceGroup
        let rows: [Item]
        /// Of all resources of the node, or of the latest where there are more than `mostOnShelves`.
        let total: Int
        let isWhole: Bool
    }

    /// Resources of a node that its page looks at, the latest.
    static let mostOnShelves = 2_000

    /// The published resources of a lesson or unit by what stands together, the latest first, and how many there are.
    func shelves(
        of node: ID<TextbookNode>, for viewer: ResourceViewer, atMost limit: Int, among most: Int = mostOnShelves
    ) throws -> [Shelf] {
        var filter = Filter()
        (filter.node, filter.mostOfNode) = (node, most + 1)
        let keys: Int = try db.value("SELECT COUNT(*) FROM (\(filter.keys(of: node))) k") ?? 0
        var found: [String: (rows: [Item], total: Int)] = [:]
        for way in filter.ways(for: viewer) {
            try db.each(
                """
                SELECT \(Item.columns), f.total FROM (
                    SELECT i.id AS id, ROW_NUMBER() OVER (PARTITION BY i.type_group ORDER BY i.id DESC) AS place,
                        COUNT(*) OVER (PARTITION BY i.type_group) AS total FROM \(way.rows)) f
                CROSS JOIN resources_item i CROSS JOIN directory_organisation o
                WHERE f.place <= \(limit) AND i.id = f.id AND o.id = i.school_id ORDER BY i.id DESC
                """
            ) { row in
                let item = try Item(row), group = ResourceGroup(type: item.content.type)?.rawValue ?? ""
                found[group, default: ([], 0)].rows.append(item)
                found[group]?.total = try row.get(Item.columnCount)
            }
        }
        return ResourceGroup.allCases.map { group in
            let shelf = found[group.rawValue] ?? ([], 0)
            return Shelf(group: group, rows: shelf.rows, total: shelf.total, isWhole: keys <= most)
        }
    }

    /// Resources that are counted at a unit or lesson in the tree of a volume.
    static let mostAtNode = 50

    /// How many published resources the viewer finds at each unit and lesson of a volume; one more than `most` where there
    /// are more.
    func counts(
        in textbook: ID<Textbook>, for viewer: ResourceViewer, upTo most: Int = mostAtNode
    ) throws -> [ID<TextbookNode>: Int] {
        var counts: [ID<TextbookNode>: Int] = [:]
        try db.each(
            """
            SELECT n.id, (
                SELECT COUNT(*) FROM (
                    SELECT 1 FROM resources_item_node x CROSS JOIN resources_item i CROSS JOIN directory_organisation o
                    WHERE x.node_id = n.id AND i.id = x.item_id AND o.id = i.school_id AND i.state = 'published'
                        AND \(viewer.condition) LIMIT \(most + 1)) AS few)
            FROM resources_node n WHERE n.textbook_id = \(textbook)
            """
        ) { counts[try $0.get(0)] = try $0.get(1) }
        return counts
    }
}

/// One part of a list.
struct ItemWay {
    /// `FROM … WHERE …` over `resources_item i`.
    let rows: SQL
    /// The key by which the part can be read from the latest on.
    var key: SQL = "i.id"
}

extension ItemStore.Filter {
    /// What a list is made of, in disjoint parts. `CROSS JOIN` keeps SQLite, which has no statistics, in the order written.
    func ways(for viewer: ResourceViewer) -> [ItemWay] {
        if let author {
            return [way("SELECT m.item_id FROM resources_item_author m WHERE m.person_id = \(author)", viewer)]
        }
        if let node {
            return [way(keys(of: node), viewer)]
        }
        if places.roots.allSatisfy(ResourceViewer.isNarrow) { return [wayOfSchools(viewer)] }
        if isPending { return [wayOfPending(viewer)] }
        return states.flatMap { ways(of: $0, viewer) }
    }

    /// The resources of a lesson or unit, whoever may see them.
    func keys(of node: ID<TextbookNode>) -> SQL {
        let some: SQL = mostOfNode.map { " ORDER BY x.item_id DESC LIMIT \($0)" } ?? ""
        return """
            SELECT DISTINCT x.item_id FROM resources_item_node x WHERE x.node_id IN (
                SELECT n.id FROM resources_node n WHERE n.id = \(node) OR n.parent_id = \(node))\(some)
            """
    }

    private var places: DataScope { below.map { DataScope([$0]) } ?? within }

    /// Beginning at the keys that a question gives.
    private func way(_ keys: SQL, _ viewer: ResourceViewer) -> ItemWay {
        let matching = SQL.joined([viewer.condition] + conditions, " AND ")
        return ItemWay(
            rows: """
                (SELECT DISTINCT k.item_id AS id FROM (\(keys)) k) m CROSS JOIN resources_item i
                CROSS JOIN directory_organisation o WHERE i.id = m.id AND o.id = i.school_id AND \(matching)
                """)
    }

    private func wayOfSchools(_ viewer: ResourceViewer) -> ItemWay {
        let matching = SQL.joined([viewer.condition] + conditions, " AND ")
        return ItemWay(
            rows: """
                resources_item i CROSS JOIN directory_organisation o
                WHERE i.school_id IN (SELECT s.id FROM directory_organisation s WHERE \(SQL.within(places, "s.path")))
                    AND o.id = i.school_id AND \(matching)
                """)
    }

    private func wayOfPending(_ viewer: ResourceViewer) -> ItemWay {
        var filter = self
        filter.isPending = false
        let matching = SQL.joined([viewer.condition] + filter.conditions, " AND ")
        return ItemWay(
            rows: """
                resources_item_version q CROSS JOIN resources_item i CROSS JOIN directory_organisation o
                WHERE q.state = 'pending' AND i.id = q.item_id AND o.id = i.school_id AND \(matching)
                """, key: "q.item_id")
    }

    /// Whether words are to be looked up in the index: a list that begins nowhere in particular would look at every row.
    var isSearched: Bool {
        !text.isEmpty && states == [.published] && author == nil && node == nil && !isPending && within == .everything
    }

    /// The same as a question to the index.
    var request: SearchRequest {
        var request = SearchRequest(text: String(ChineseText.normalised(text).prefix(SearchRequest.longest)))
        if let group { request.facets[.group] = group.rawValue }
        if let below { request.facets[.place] = below.text }
        return request
    }

    /// Her own published ones, as far as nobody else is shown them where she is.
    func wayOfOwn(for viewer: ResourceViewer) -> ItemWay? { wayOfOwn(.published, viewer) }

    private func wayOfOwn(_ state: ItemState, _ viewer: ResourceViewer) -> ItemWay? {
        guard let person = viewer.person else { return nil }
        // As far as the other parts have not got them.
        let others = state == .published ? viewer.published : viewer.reviewed ?? "1 = 0"
        var parts: [SQL] = ["i.state = \(state)", "NOT (\(others))"] + words
        if places != .everything { parts.append(ResourceViewer.madeWithin(places)) }
        return ItemWay(
            rows: """
                (SELECT DISTINCT w.item_id AS id FROM resources_item_author w WHERE w.person_id = \(person)) m
                CROSS JOIN resources_item i CROSS JOIN directory_organisation o
                WHERE i.id = m.id AND o.id = i.school_id AND \(SQL.joined(parts, " AND "))
                """)
    }

    /// Beginning at the latest of each visibility.
    private func ways(of state: ItemState, _ viewer: ResourceViewer) -> [ItemWay] {
        var rest = words
        if places != .everything { rest.append(ResourceViewer.madeWithin(places)) }
        // The widest first: a list that is counted to the end of counting is counted along one index.
        var ways = ItemVisibility.allCases.reversed().compactMap { visibility -> ItemWay? in
            guard let reach = state == .published ? viewer.reach(visibility) : viewer.reviewed else { return nil }
            // Where the index of schools is the short way, the other is not to tempt.
            let isShort = state == .published && visibility == .school && viewer.hasFewSchools
            let kind: SQL = isShort ? "(i.visibility || '') = \(visibility)" : "i.visibility = \(visibility)"
            let all = ["i.state = \(state)", kind, reach] + rest
            return ItemWay(rows: "resources_item i WHERE \(SQL.joined(all, " AND "))")
        }
        if let own = wayOfOwn(state, viewer) { ways.append(own) }
        return ways
    }
}
