import Database
import Kernel

/// Reading SQL of coverage: counts only, whoever made the resources.
struct CoverageStore {
    let db: Connection
    init(_ db: Connection) { self.db = db }

    /// Every published resource at the lessons of the textbooks of the filter.
    func facts(_ filter: TextbookStore.Filter) throws -> [CoverageFact] {
        try db.rows(
            """
            SELECT x.node_id, i.type_group, i.visibility, o.path FROM resources_textbook t
            JOIN resources_node n ON n.textbook_id = t.id JOIN resources_item_node x ON x.node_id = n.id
            JOIN resources_item i ON i.id = x.item_id JOIN directory_organisation o ON o.id = i.school_id
            WHERE \(filter.condition) AND n.kind = 'lesson' AND n.is_removed = 0 AND i.state = 'published'
            """, CoverageStore.fact)
    }

    /// Every published resource at these lessons.
    func facts(at nodes: [ID<TextbookNode>]) throws -> [CoverageFact] {
        try db.rows(
            """
            SELECT x.node_id, i.type_group, i.visibility, o.path FROM resources_item_node x
            JOIN resources_item i ON i.id = x.item_id JOIN directory_organisation o ON o.id = i.school_id
            WHERE x.node_id IN \(in: nodes) AND i.state = 'published'
            """, CoverageStore.fact)
    }

    private static func fact(_ row: borrowing Row) throws -> CoverageFact {
        CoverageFact(
            node: try row.get(0), group: ResourceGroup(rawValue: try row.get(1)) ?? .material,
            visibility: try row.get(2), path: try row.get(3))
    }
}
