import Database
import Directory
import Kernel

/// 角色: what an account may do at an organisation and below it. The code is stored and fixed for ever.
package enum Role: String, Column, Sendable, CaseIterable {
    case cityAdministrator = "city_admin"
    case cityLeader = "city_leader"
    case countyAdministrator = "county_admin"
    case countyViewer = "county_viewer"
    case schoolAdministrator = "school_admin"
    case schoolLeader = "school_leader"
    case teacher
    case student
    case guardian
    case systemAdministrator = "system_admin"
    case securityAdministrator = "security_admin"
    case auditAdministrator = "audit_admin"

    package var title: String {
        switch self {
        case .cityAdministrator: "市局管理员"
        case .cityLeader: "市局领导"
        case .countyAdministrator: "县(市、区)管理员"
        case .countyViewer: "县(市、区)查看"
        case .schoolAdministrator: "学校管理员"
        case .schoolLeader: "校长"
        case .teacher: "教师"
        case .student: "学生"
        case .guardian: "家长"
        case .systemAdministrator: "系统管理员"
        case .securityAdministrator: "安全管理员"
        case .auditAdministrator: "审计管理员"
        }
    }

    /// 三员 (GB/T 22239-2019, 8.1.5): held alone, and without business data.
    package var isExclusive: Bool {
        switch self {
        case .systemAdministrator, .securityAdministrator, .auditAdministrator: true
        default: false
        }
    }

    /// Whether the stricter rules for administrators hold: password length and age, idle time, sessions at once.
    package var isAdministrator: Bool { isExclusive || self == .cityAdministrator || self == .countyAdministrator }

    /// The kinds of organisation at which the role can be held.
    package var kinds: Set<OrganisationKind> {
        switch self {
        case .cityAdministrator, .cityLeader, .systemAdministrator, .securityAdministrator, .auditAdministrator: [.city]
        case .countyAdministrator: [.county, .municipal]
        case .countyViewer: [.county, .municipal, .town]
        case .schoolAdministrator, .schoolLeader, .teacher, .student, .guardian: [.school, .teachingPoint]
        }
    }

    package var permissions: Set<Permission> { Role.permissionTable[self] ?? [] }

    /// The roles that a holder may give and take within her own place, and whose accounts she may manage.
    package var manages: Set<Role> {
        switch self {
        case .cityAdministrator:
            [
                .cityAdministrator, .cityLeader, .countyAdministrator, .countyViewer, .schoolAdministrator,
                .schoolLeader,
                .teacher, .systemAdministrator,
            ]
        case .countyAdministrator: [.countyViewer, .schoolAdministrator, .schoolLeader, .teacher]
        case .schoolAdministrator: [.schoolLeader, .teacher]
        case .systemAdministrator: Set(Role.allCases)
        default: []
        }
    }

    private static let permissionTable: [Role: Set<Permission>] = {
        let teaching: Set<Permission> = ["directory.school.view", "plan.state.view", "connectivity.register.view"]
        let viewing = teaching.union(["directory.organisation.view"])
        let accounts: Set<Permission> = [.accountView, .accountManage]
        let school = viewing.union(accounts).union(["connectivity.register.edit"])
        let county = school.union([
            "directory.organisation.edit", "connectivity.import.view", "connectivity.import.submit", "plan.target.edit",
        ])
        let city = county.union([
            "plan.document.edit", "plan.setting.edit", "plan.snapshot.freeze",
            "platform.audit.view",
            "platform.job.view",
        ])
        return [
            .cityAdministrator: city, .cityLeader: viewing, .countyAdministrator: county, .countyViewer: viewing,
            .schoolAdministrator: school, .schoolLeader: viewing, .teacher: teaching,
            .systemAdministrator: accounts.union(["platform.job.view"]), .securityAdministrator: [.accountView],
            .auditAdministrator: ["platform.audit.view", "platform.audit.verify"],
        ]
    }()
}
