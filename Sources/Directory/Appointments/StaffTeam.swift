import Database
import Kernel

/// The three teams of the action plan, 四(三): who runs, who maintains and who teaches with information technology.
package enum StaffTeam: String, Column, Sendable, CaseIterable {
    /// 行政管理队伍
    case management
    /// 运维技术队伍
    case technical
    /// 教学创新教师队伍
    case teaching

    package var title: String {
        switch self {
        case .management: "管理队伍"
        case .technical: "技术队伍"
        case .teaching: "教师队伍"
        }
    }
}

/// Somebody in one of the three teams, at a school and from a day on.
package struct TeamMember: Sendable, Equatable {
    package let person: PersonRecord
    package let school: OrganisationID
    package let schoolName: String
    package let path: OrganisationPath
    package let team: StaffTeam
    package let from: LocalDate
    /// The first day on which she is no longer in it; `nil` while open.
    package let until: LocalDate?

    static let columns: SQL =
        "\(PersonRecord.columns), m.organisation_id, o.name, o.path, m.team, m.valid_from, m.valid_to"

    init(_ row: borrowing Row) throws {
        person = try PersonRecord(row)
        let first = PersonRecord.columnCount
        (school, schoolName, path) = (try row.get(first), try row.get(first + 1), try row.get(first + 2))
        (team, from, until) = (try row.get(first + 3), try row.get(first + 4), try row.get(first + 5))
    }
}
