import Database
import Directory
import Kernel

/// Why somebody is away from work.
package enum LeaveKind: String, Column, Sendable, CaseIterable {
    case sickness, maternity, study, personal, other

    var title: String {
        switch self {
        case .sickness: "病假"
        case .maternity: "产假"
        case .study: "进修"
        case .personal: "事假"
        case .other: "其他"
        }
    }
}

/// 请假: somebody is away from her school from a day on. What she says of the reason is sealed.
struct StaffLeave: Sendable, Equatable {
    let id: ID<StaffLeave>
    let person: ID<Person>
    let school: OrganisationID
    let kind: LeaveKind
    /// Empty when nothing was said.
    let reason: String
    let from: LocalDate
    /// The day on which she is expected back; `nil` when nobody knows.
    let expected: LocalDate?
    /// The first day on which she is back; `nil` while away.
    let until: LocalDate?

    static let reasonLength = 200
}

/// 代课: who does what somebody away does for a class.
struct Substitution: Sendable, Equatable {
    let classGroup: ID<ClassGroup>
    let kind: ClassPostKind
    /// 课程 code; empty for the class teacher.
    let subject: String
    let substitute: ID<Person>
    let substituteName: String

    var title: String { kind == .homeroom ? kind.title : CodeLists.subject.name(of: subject) }
}

/// What a leave needs.
package struct LeaveDraft: Sendable {
    var kind: LeaveKind
    var reason: String
    var from: LocalDate
    var expected: LocalDate?
    /// Who stands in for which duty; duties that are not named stay with her.
    var substitutes: [ID<ClassPost>: ID<Person>]

    package init(
        kind: LeaveKind, reason: String, from: LocalDate, expected: LocalDate?,
        substitutes: [ID<ClassPost>: ID<Person>] = [:]
    ) {
        (self.kind, self.reason, self.from, self.expected) = (kind, reason, from, expected)
        self.substitutes = substitutes
    }
}
