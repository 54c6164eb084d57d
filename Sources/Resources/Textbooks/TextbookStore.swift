import Database
import Kernel

/// All reading SQL of the textbook tree, which is the city's and open to everybody.
package struct TextbookStore {
    let db: Connection
    package init(_ db: Connection) { self.db = db }

    /// What a list of textbooks may be asked for; empty texts ask for all.
    struct Filter: Sendable, Equatable {
        var stage = ""
        var subject = ""
        var edition = ""
        var grade = ""

        /// - Parameter values: an address; what stands in it is compared and never trusted.
        init(_ values: [String: String]) {
            (stage, subject) = (values["stage"] ?? "", values["subject"] ?? "")
            (edition, grade) = (values["edition"] ?? "", values["grade"] ?? "")
        }

        var condition: SQL {
            var parts: [SQL] = ["t.is_removed = 0"]
            if !stage.isEmpty { parts.append("t.stage = \(stage)") }
            if !subject.isEmpty { parts.append("t.subject = \(subject)") }
            if !edition.isEmpty { parts.append("t.edition = \(edition)") }
            if !grade.isEmpty { parts.append("t.grade = \(grade)") }
            return SQL.joined(parts, " AND ")
        }
    }

    /// A line of the list of textbooks.
    struct Line: Sendable {
        let textbook: Textbook
        let lessons: Int
        let order: String
    }

    /// A slice of the textbooks, those of the editions chosen first. `after` is order and id of the last one seen.
    func list(
        _ filter: Filter, chosenFirst chosen: [String], after: (value: String, id: String)?, limit: Int
    ) throws -> (rows: [Line], total: Int) {
        let order: SQL =
            chosen.isEmpty
            ? "t.sort_key" : "(CASE WHEN t.choice_key IN \(in: chosen) THEN '0' ELSE '1' END || t.sort_key)"
        let total: Int = try db.value("SELECT COUNT(*) FROM resources_textbook t WHERE \(filter.condition)") ?? 0
        let rest: SQL = after.map { " AND \(order) > \($0.value)" } ?? ""
        let rows = try db.rows(
            """
            SELECT \(Textbook.columns), \(order), (
                SELECT COUNT(*) FROM resources_node n
                WHERE n.textbook_id = t.id AND n.kind = 'lesson' AND n.is_removed = 0)
            FROM resources_textbook t WHERE \(filter.condition)\(rest) ORDER BY \(order) LIMIT \(limit)
            """
        ) { row in
            Line(
                textbook: try Textbook(row), lessons: try row.get(Textbook.columnCount + 1),
                order: try row.get(Textbook.columnCount))
        }
        return (rows, total)
    }

    /// Stages, subjects and editions that there are, for the choices of a filter.
    func keys() throws -> [TextbookKey] {
        try db.rows(
            """
            SELECT DISTINCT t.stage, t.subject, t.edition FROM resources_textbook t WHERE t.is_removed = 0
            ORDER BY t.stage, t.subject, t.edition
            """
        ) {
            TextbookKey(
                stage: try $0.get(0), subject: try $0.get(1), edition: try $0.get(2), grade: "", volume: "")
        }
    }

    /// The textbooks of the filter in their order, the removed ones left out.
    func textbooks(_ filter: Filter, limit: Int) throws -> [Textbook] {
        try db.rows(
            """
            SELECT \(Textbook.columns) FROM resources_textbook t WHERE \(filter.condition)
            ORDER BY t.sort_key LIMIT \(limit)
            """, Textbook.init)
    }

    /// Throws `DomainError.notFound`.
    func find(_ id: ID<Textbook>) throws -> Textbook {
        let found = try db.first(
            "SELECT \(Textbook.columns) FROM resources_textbook t WHERE t.id = \(id)", Textbook.init)
        guard let found else { throw DomainError.notFound }
        return found
    }

    /// Units and lessons of the volume in their order, the removed ones too.
    package func nodes(of textbook: ID<Textbook>) throws -> [TextbookNode] {
        try db.rows(
            """
            SELECT \(TextbookNode.columns) FROM resources_node n WHERE n.textbook_id = \(textbook)
            ORDER BY n.position, n.id
            """, TextbookNode.init)
    }

    private static let place: SQL =
        """
        SELECT \(TextbookNode.columns), \(Textbook.columns), u.title FROM resources_node n
        JOIN resources_textbook t ON t.id = n.textbook_id LEFT JOIN resources_node u ON u.id = n.parent_id
        """

    private static func place(_ row: borrowing Row) throws -> NodePlace {
        let unit: String? = try row.get(TextbookNode.columnCount + Textbook.columnCount)
        return NodePlace(
            node: try TextbookNode(row), textbook: try Textbook(row, from: TextbookNode.columnCount), unit: unit ?? "")
    }

    /// Throws `DomainError.notFound`.
    package func place(of id: ID<TextbookNode>) throws -> NodePlace {
        guard let found = try places(of: [id]).first else { throw DomainError.notFound }
        return found
    }

    /// In the order of the textbooks; unknown ids are left out.
    package func places(of ids: [ID<TextbookNode>]) throws -> [NodePlace] {
        try db.rows(
            "\(TextbookStore.place) WHERE n.id IN \(in: ids) ORDER BY t.sort_key, n.position, n.id",
            TextbookStore.place)
    }

    /// The node that the catalogue numbers so; `nil` when there is none.
    package func node(code: String) throws -> TextbookNode? {
        try db.first(
            "SELECT \(TextbookNode.columns) FROM resources_node n WHERE n.code = \(code) AND n.is_removed = 0",
            TextbookNode.init)
    }

    /// The lessons of the textbooks of the filter, in their order, the removed ones left out.
    func lessons(_ filter: Filter, limit: Int) throws -> [NodePlace] {
        try db.rows(
            """
            \(TextbookStore.place) WHERE \(filter.condition) AND n.kind = 'lesson' AND n.is_removed = 0
            ORDER BY t.sort_key, n.position, n.id LIMIT \(limit)
            """, TextbookStore.place)
    }
}
