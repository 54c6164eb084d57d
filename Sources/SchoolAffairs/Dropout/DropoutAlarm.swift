import Database
import Directory
import Kernel

/// How an alarm ended.
package enum DropoutOutcome: String, Column, Sendable, CaseIterable {
    case returned, transferred, suspended, excused, other

    package var title: String {
        switch self {
        case .returned: "已返校"
        case .transferred: "已转学"
        case .suspended: "已休学"
        case .excused: "已补假"
        case .other: "其他"
        }
    }
}

/// 控辍保学提醒: a pupil in compulsory education who has been away without leave for too many school days on end.
package struct DropoutAlarm: Sendable {
    package let id: ID<DropoutAlarm>
    package let person: ID<Person>
    package let name: String
    package let school: OrganisationID
    package let schoolName: String
    package let path: OrganisationPath
    package let classGroup: ID<ClassGroup>
    package let raisedOn: LocalDate
    /// The first and the number of the school days on end.
    package let since: LocalDate
    package let days: Int
    package let closedOn: LocalDate?
    package let outcome: DropoutOutcome?

    /// What the timeline calls the first step, which the platform takes.
    static let raised = "提醒"

    static let columns: SQL =
        """
        d.id, d.person_id, p.name, d.school_id, o.name, o.path, d.class_id, d.raised_on, d.since, d.days, d.closed_on,
        d.outcome
        """

    init(_ row: borrowing Row) throws {
        (id, person, name) = (try row.get(0), try row.get(1), try row.get(2))
        (school, schoolName, path) = (try row.get(3), try row.get(4), try row.get(5))
        (classGroup, raisedOn, since) = (try row.get(6), try row.get(7), try row.get(8))
        (days, closedOn, outcome) = (try row.get(9), try row.get(10), try row.get(11))
    }
}

/// What somebody did to bring the pupil back, by kind.
enum DropoutActionKind: String, CaseIterable {
    case phone, visit, guardian, village, support, other

    var title: String {
        switch self {
        case .phone: "电话联系"
        case .visit: "家访"
        case .guardian: "约谈家长"
        case .village: "联系村(社区)"
        case .support: "落实帮扶"
        case .other: "其他"
        }
    }
}
