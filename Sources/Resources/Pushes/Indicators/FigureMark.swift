import Database

/// Numbers that grow whenever something was written that the figures count.
enum FigureMark: String {
    /// What classes were sent and used.
    case classes
    /// What was published, and for whom.
    case items

    static func bump(_ mark: FigureMark, on db: Connection) throws {
        try db.execute("UPDATE resources_figure_mark SET number = number + 1 WHERE name = \(mark.rawValue)")
    }

    static func text(on db: Connection) throws -> String {
        let number: Int? = try db.value(
            "SELECT number FROM resources_figure_mark WHERE name = \(FigureMark.classes.rawValue)")
        return "\(number ?? 0)/" + (try textOfItems(on: db))
    }

    /// Of published resources, with what the textbooks and their choice tell themselves.
    static func textOfItems(on db: Connection) throws -> String {
        let marks = try db.first(
            """
            SELECT m.number, (SELECT MAX(changed_at) FROM resources_node),
                (SELECT MAX(changed_at) FROM resources_edition_choice), (SELECT COUNT(*) FROM resources_edition_choice)
            FROM resources_figure_mark m WHERE m.name = \(FigureMark.items.rawValue)
            """
        ) { row in try (0..<4).map { try row.get($0, as: Int?.self) ?? 0 } }
        return (marks ?? []).map(String.init).joined(separator: "-")
    }
}
