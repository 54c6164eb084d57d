import Database
import Kernel

/// Why a pupil left a class. The raw value is the 学籍异动类别 code; the list has none for 毕业, 结业 and 肄业, nor for
/// what is the city's own.
package enum LeavingReason: String, Column, Sendable, CaseIterable {
    case classChange = "29"
    case repeating = "02"
    case skipping = "04"
    case transfer = "21"
    case graduation = "graduation"
    case completion = "completion"
    case partialCompletion = "partial_completion"
    case suspension = "11"
    case cancellation = "18"
    case withdrawal = "31"
    case death = "51"
    case other = "99"

    /// Began with a deed that was taken back, and so never was; its period is empty.
    case undone

    package var title: String {
        switch self {
        case .graduation: "毕业"
        case .completion: "结业"
        case .partialCompletion: "肄业"
        case .undone: "已撤销"
        default: CodeLists.enrolmentChange.name(of: rawValue)
        }
    }

    /// Whether the pupil stays on the roll of the school: in another class, or at home for a while.
    package var staysOnRoll: Bool { [.classChange, .repeating, .skipping, .suspension].contains(self) }
}

/// 在班: a person is a pupil of a class, and so of its school, from a day on.
package struct Enrolment: Sendable, Equatable {
    package let id: ID<Enrolment>
    package let person: ID<Person>
    package let name: String
    package let school: OrganisationID
    package let classGroup: ID<ClassGroup>
    /// Of which of the two grades of a 复式班 she is, by its entry year; `nil` is the class's first.
    package let entryYear: Int?
    package let from: LocalDate
    /// The first day on which it no longer holds; `nil` while open.
    package let until: LocalDate?
    /// Why it ended; `nil` while open.
    package let reason: LeavingReason?

    static let columns: SQL =
        """
        e.id, e.person_id, p.name, e.school_id, e.class_id, e.valid_from, e.valid_to, e.reason, e.entry_year
        """
    /// How many columns there are; more may follow in a statement.
    static let columnCount = 9

    init(_ row: borrowing Row) throws {
        (id, person, name) = (try row.get(0), try row.get(1), try row.get(2))
        (school, classGroup) = (try row.get(3), try row.get(4))
        (from, until, reason, entryYear) = (try row.get(5), try row.get(6), try row.get(7), try row.get(8))
    }

    package func holds(on day: LocalDate) -> Bool { from <= day && (until.map { $0 > day } ?? true) }
}

/// A former or present class of a pupil, as her own history shows it.
package struct EnrolmentPeriod: Sendable {
    package let enrolment: Enrolment
    package let classGroup: ClassGroup
}

enum EnrolmentRules {
    /// An enrolment cannot end before it began.
    static func check(end day: LocalDate, of enrolments: [Enrolment], field: String) throws {
        guard let latest = enrolments.max(by: { $0.from < $1.from }), latest.from > day else { return }
        throw DomainError.invalid(field, "\(latest.name)\(latest.from.iso) 才入班，日期不能更早")
    }

    /// Which entry year is kept with an enrolment in the class: none for the class's first grade. Throws
    /// `DomainError.invalid` when the class has no such grade.
    static func kept(entryYear: Int?, in classGroup: ClassGroup, field: String) throws -> Int? {
        guard let year = entryYear, year != classGroup.entryYear else { return nil }
        guard year == classGroup.secondEntryYear else { throw DomainError.invalid(field, "这个班没有 \(year) 年入学的年级") }
        return year
    }

    /// Whether a pupil may be in the class from the day on.
    static func check(start day: LocalDate, in classGroup: ClassGroup, field: String, today: LocalDate) throws {
        try ClassRules.check(day: day, field: field, today: today)
        if day < classGroup.openedOn {
            throw DomainError.invalid(field, "这个班 \(classGroup.openedOn.iso) 开班，日期不能更早")
        }
        if let closed = classGroup.closedOn { throw DomainError.conflict("这个班已于 \(closed.iso) 结束") }
    }
}
