import Database
import Kernel

/// 人员: somebody the city knows.
package struct PersonRecord: Sendable, Equatable {
    package let id: ID<Person>
    package let name: String
    /// Pinyin initials of the name, by which lists are sorted.
    package let initials: String

    /// For statements over `directory_person p`.
    static let columns: SQL = "p.id, p.name, p.initials"
    /// How many columns there are; more may follow in a statement.
    static let columnCount = 3

    init(_ row: borrowing Row) throws {
        (id, name, initials) = (try row.get(0), try row.get(1), try row.get(2))
    }
}

/// A person with a post at a school.
package struct StaffMember: Sendable, Equatable {
    package let person: PersonRecord
    /// 岗位职业码, the first of them when there are several.
    package let post: String
    package let from: LocalDate
}

/// Somebody who is entered together with many others.
package struct NewPerson: Sendable {
    package let id: ID<Person>
    package let name: String
    /// 性别 code
    package let sex: String?
    /// ISO
    package let birthDate: String?

    package init(id: ID<Person>, name: String, sex: String? = nil, birthDate: String? = nil) {
        (self.id, self.name, self.sex, self.birthDate) = (id, name, sex, birthDate)
    }
}
