import Database
import Kernel

/// Whether the school stands by a guardian relation. Only a confirmed one gives rights.
package enum GuardianshipState: String, Column, Sendable, CaseIterable {
    case pending, confirmed, refused

    package var title: String {
        switch self {
        case .pending: "待确认"
        case .confirmed: "已确认"
        case .refused: "已否认"
        }
    }
}

/// How the platform came to know of a guardian relation.
package enum GuardianshipOrigin: String, Column, Sendable, CaseIterable {
    case roster, school, declared

    package var title: String {
        switch self {
        case .roster: "花名册导入"
        case .school: "学校填写"
        case .declared: "家长申报"
        }
    }
}

/// 监护关系: somebody is a guardian of a child from a day on; the page always says 家长.
package struct Guardianship: Sendable, Equatable {
    package let id: ID<Guardianship>
    package let child: ID<Person>
    package let childName: String
    package let guardian: ID<Person>
    package let guardianName: String
    /// Code of 监护人关系 (`CodeLists.guardianRelation`); `nil` when nobody has told it.
    package let relation: String?
    /// 1 for the first guardian of the child, 2 for the second; `nil` when nobody has told it.
    package let order: Int?
    package let state: GuardianshipState
    package let origin: GuardianshipOrigin
    /// Of a declared relation the day on which the school confirmed it, before that the day of the declaration.
    package let from: LocalDate
    /// The first day on which it no longer holds; `nil` while open.
    package let until: LocalDate?
    /// When somebody confirmed or refused it, and who; `nil` while pending.
    package let decidedAt: Timestamp?
    package let decidedBy: String?
    /// Why the school refused it; `nil` otherwise.
    package let reason: String?
    /// `nil` when it is not known; such a child counts as a minor.
    package let childBirthDate: LocalDate?

    /// For statements over `directory_guardianship g`, the child as `c` and the guardian as `p` of `directory_person`.
    static let columns: SQL =
        """
        g.id, g.child_id, c.name, g.guardian_id, p.name, g.relation, g.ordinal, g.state, g.origin, g.valid_from,
        g.valid_to, g.decided_at, g.decided_by, g.reason, c.birth_date
        """
    /// How many columns there are; more may follow in a statement.
    static let columnCount = 15

    init(_ row: borrowing Row) throws {
        (id, child, childName) = (try row.get(0), try row.get(1), try row.get(2))
        (guardian, guardianName) = (try row.get(3), try row.get(4))
        (relation, order, state, origin) = (try row.get(5), try row.get(6), try row.get(7), try row.get(8))
        (from, until) = (try row.get(9), try row.get(10))
        (decidedAt, decidedBy, reason) = (try row.get(11), try row.get(12), try row.get(13))
        let birth: String? = try row.get(14)
        childBirthDate = birth.flatMap { LocalDate(iso: $0) }
    }

    package var isConfirmed: Bool { state == .confirmed }

    package func holds(on day: LocalDate) -> Bool { from <= day && (until.map { $0 > day } ?? true) }

    /// Whether the child is 18 on the day, so that nobody is her guardian any more (民法典 art. 17, 18).
    package func isOfAge(on day: LocalDate) -> Bool {
        childBirthDate.map { Majority.day(ofBirth: $0) <= day } ?? false
    }

    /// Whether the guardian may see and decide for the child on the day: confirmed, not ended, the child a minor.
    package func givesAccess(on day: LocalDate) -> Bool { isConfirmed && holds(on: day) && !isOfAge(on: day) }

    /// The word of the relation, `家长` when it is not known.
    package var relationTitle: String { relation.map(CodeLists.guardianRelation.name) ?? "家长" }

    /// `第一监护人`, `第二监护人`; `nil` when nobody has told it.
    package var orderTitle: String? { order.map { $0 == 1 ? "第一监护人" : "第二监护人" } }
}

/// 成年: eighteen years of age (民法典 art. 17).
package enum Majority {
    package static let age = 18

    /// The day on which somebody born on the day is of age. Who was born on 29 February is on 1 March of a year without.
    package static func day(ofBirth birth: LocalDate) -> LocalDate {
        let year = birth.year + age
        return LocalDate(year: year, month: birth.month, day: birth.day)
            ?? LocalDate(year: year, month: 3, day: 1) ?? birth
    }

    /// The same of a column of ISO text, as ISO text; there 29 February stands in every year.
    package static func day(ofBirth column: SQL) -> SQL {
        "CAST(CAST(substr(\(column), 1, 4) AS INTEGER) + 18 AS TEXT) || substr(\(column), 5)"
    }

    /// The latest birth date, as ISO text, of those who are of age on the day; in a year without it 29 February stands for
    /// a day between its neighbours.
    package static func latestBirth(ofAgeOn day: LocalDate) -> String {
        let year = String(max(day.year - age, 1))
        return String(repeating: "0", count: 4 - year.utf8.count) + year + day.iso.dropFirst(4)
    }
}
