import Database
import Directory
import Kernel

/// 教材: one volume with its units and lessons.
package struct Textbook: Sendable, Equatable {
    package let id: ID<Textbook>
    package let key: TextbookKey
    /// No lesson of it stands in the latest catalogue.
    package let isRemoved: Bool

    /// For statements over `resources_textbook t`.
    static let columns: SQL = "t.id, t.stage, t.subject, t.edition, t.grade, t.volume, t.is_removed"
    static let columnCount = 7

    init(_ row: borrowing Row) throws { try self.init(row, from: 0) }

    init(_ row: borrowing Row, from index: Int) throws {
        id = try row.get(index)
        key = TextbookKey(
            stage: try row.get(index + 1), subject: try row.get(index + 2), edition: try row.get(index + 3),
            grade: try row.get(index + 4), volume: try row.get(index + 5))
        isRemoved = try row.get(index + 6)
    }
}

/// 单元 or 课: what resources hang on.
package struct TextbookNode: Sendable, Equatable {
    package enum Kind: String, Column, Codable, Sendable {
        case unit, lesson
        package var title: String { self == .unit ? "单元" : "课" }
    }

    package let id: ID<TextbookNode>
    package let textbook: ID<Textbook>
    /// The unit of a lesson; `nil` for a unit, and for a lesson that stands in none.
    package let parent: ID<TextbookNode>?
    package let kind: Kind
    /// As the catalogue numbers it; `nil` when it does not.
    package let code: String?
    package let title: String
    /// Place in the volume, from 1; a unit stands before its lessons.
    package let position: Int
    /// It stands in the latest catalogue no more; its resources stay.
    package let isRemoved: Bool

    /// For statements over `resources_node n`.
    static let columns: SQL = "n.id, n.textbook_id, n.parent_id, n.kind, n.code, n.title, n.position, n.is_removed"
    static let columnCount = 8

    init(_ row: borrowing Row) throws { try self.init(row, from: 0) }

    init(_ row: borrowing Row, from index: Int) throws {
        (id, textbook, parent) = (try row.get(index), try row.get(index + 1), try row.get(index + 2))
        (kind, code, title) = (try row.get(index + 3), try row.get(index + 4), try row.get(index + 5))
        (position, isRemoved) = (try row.get(index + 6), try row.get(index + 7))
    }
}

/// A lesson with the words of where it stands: 小学语文 人教版 三年级上册 · 第一单元.
package struct NodePlace: Sendable, Equatable {
    package let node: TextbookNode
    package let textbook: Textbook
    /// Title of the unit; empty for a unit and for a lesson that stands in none.
    package let unit: String

    package var title: String { unit.isEmpty ? node.title : unit + " · " + node.title }
    package var full: String { textbook.key.title + " " + title }
}
