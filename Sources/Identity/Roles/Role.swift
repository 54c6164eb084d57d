import Database
import Directory
import Kernel

/// 角色: what an account may do at an organisation and below it. The catalogue of `roles.json` says what each role is;
/// the constants name those that rules speak of. The code is stored and fixed for ever.
package struct Role: RawRepresentable, Hashable, Column, Sendable, CustomStringConvertible {
    package let rawValue: String

    /// `nil` unless the catalogue has the code.
    package init?(rawValue code: String) {
        guard RoleCatalogue.shipped.roles[code] != nil else { return nil }
        rawValue = code
    }

    private init(_ code: String) { rawValue = code }

    /// For the catalogue, which is read before any code can be looked up in it.
    init(inCatalogue code: String) { rawValue = code }

    package static let cityAdministrator = Role("city_admin")
    package static let cityLeader = Role("city_leader")
    package static let researcher = Role("researcher")
    package static let countyAdministrator = Role("county_admin")
    package static let countyViewer = Role("county_viewer")
    package static let schoolAdministrator = Role("school_admin")
    package static let schoolLeader = Role("school_leader")
    package static let teacher = Role("teacher")
    package static let student = Role("student")
    package static let guardian = Role("guardian")
    package static let systemAdministrator = Role("system_admin")
    package static let securityAdministrator = Role("security_admin")
    package static let auditAdministrator = Role("audit_admin")

    /// The roles that an account can be given, in the order of the catalogue.
    package static let allCases: [Role] = RoleCatalogue.shipped.order.filter { $0.definition.isGranted }

    package var definition: RoleDefinition { RoleCatalogue.shipped.roles[rawValue]! }

    package var title: String { definition.title }

    /// 三员 (GB/T 22239-2019, 8.1.5): held alone, and without business data.
    package var isExclusive: Bool { definition.isExclusive }

    /// Whether the stricter rules for administrators hold: password length and age, idle time, sessions at once.
    package var isAdministrator: Bool { definition.isAdministrator }

    /// Whether its holder signs in with a second factor where the city demands one.
    package var needsSecondFactor: Bool { definition.needsSecondFactor }

    /// The kinds of organisation at which the role can be held.
    package var kinds: Set<OrganisationKind> { definition.kinds }

    package var permissions: Set<Permission> { definition.permissions }

    /// The roles that a holder may give and take within her own place, and whose accounts she may manage.
    package var manages: Set<Role> { definition.manages }

    /// The name scripts know it by: `cityAdministrator`.
    package var description: String { definition.name }
}
