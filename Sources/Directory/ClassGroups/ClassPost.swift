import Database
import Kernel

/// What a person does for a class.
package enum ClassPostKind: String, Column, Sendable, CaseIterable {
    /// 班主任
    case homeroom
    /// 任课教师
    case subject

    package var title: String { self == .homeroom ? "班主任" : "任课教师" }
}

/// 班主任 or 任课: a person's duty for a class from a day on.
package struct ClassPost: Sendable, Equatable {
    package let id: ID<ClassPost>
    package let classGroup: ID<ClassGroup>
    package let person: ID<Person>
    package let personName: String
    package let kind: ClassPostKind
    /// 课程 code, JY/T 1001-2012; empty for the class teacher.
    package let subject: String
    package let from: LocalDate
    /// The first day on which it no longer holds; `nil` while open.
    package let until: LocalDate?

    static let columns: SQL =
        "t.id, t.class_id, t.person_id, p.name, t.kind, t.subject, t.valid_from, t.valid_to"

    /// How many columns there are; more may follow in a statement.
    static let columnCount = 8

    init(_ row: borrowing Row) throws {
        (id, classGroup, person) = (try row.get(0), try row.get(1), try row.get(2))
        (personName, kind, subject) = (try row.get(3), try row.get(4), try row.get(5))
        (from, until) = (try row.get(6), try row.get(7))
    }

    /// 班主任, or the subject: 语文.
    package var title: String { kind == .homeroom ? kind.title : CodeLists.subject.name(of: subject) }
}
