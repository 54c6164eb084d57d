import Database
import Directory
import Identity
import Kernel

/// 用户身份 as the gateway numbers it.
enum GatewayIdentity: String, Sendable, CaseIterable {
    case student = "0"
    case teacher = "1"
    case guardian = "2"
    case schoolStaff = "3"
    case office = "4"

    var title: String {
        switch self {
        case .student: "学生"
        case .teacher: "教师"
        case .guardian: "家长"
        case .schoolStaff: "学校工作人员"
        case .office: "机构工作人员"
        }
    }

    init(_ role: Role) {
        switch role {
        case .student: self = .student
        case .guardian: self = .guardian
        case .teacher: self = .teacher
        default: self = role.kinds.contains(.school) ? .schoolStaff : .office
        }
    }
}

/// A person as the gateway shows her: who she is, and the one post by which others place her.
struct GatewayPerson: Sendable {
    let account: ID<Account>
    let person: ID<Person>
    let name: String
    let login: String
    let isActive: Bool
    /// Whether she has taken the account over from those who opened it.
    let isConfirmed: Bool
    let paths: [OrganisationPath]
    private let post: (identity: GatewayIdentity, organisation: OrganisationID, name: String, path: OrganisationPath)?

    init(_ account: AccountRecord, on day: LocalDate) {
        (self.account, person, name, login) = (account.id, account.person, account.name, account.login)
        (isActive, isConfirmed) = (account.state == .active, !account.mustChangePassword)
        let grants = account.grants.filter { $0.holds(on: day) }
        paths = grants.map(\.path)
        let posts = grants.map {
            (
                identity: GatewayIdentity($0.role), organisation: $0.organisation, name: $0.organisationName,
                path: $0.path
            )
        }
        // Who teaches and administers is a teacher to applications.
        let order: [GatewayIdentity] = [.teacher, .schoolStaff, .office, .student, .guardian]
        post = order.lazy.compactMap { identity in posts.first { $0.identity == identity } }.first
    }

    var identity: GatewayIdentity? { post?.identity }
    var organisation: OrganisationID? { post?.organisation }
    var organisationName: String? { post?.name }

    /// What an application with the scopes may know of her.
    func fields(for scopes: Set<String>) -> [String: GatewayValue] {
        let key = GatewayValue.text(GatewayKey.text(account))
        var fields: [String: GatewayValue] = ["personId": key, "userId": key]
        if scopes.contains(ApplicationScope.profile.rawValue) {
            (fields["name"], fields["userName"], fields["loginAccount"]) = (.text(name), .text(name), .text(login))
            fields["gender"] = "0"
        }
        if scopes.contains(ApplicationScope.edu.rawValue), let post {
            fields["userIdentity"] = .text(post.identity.rawValue)
            fields["orgId"] = .text(GatewayKey.text(post.organisation))
            fields["orgName"] = .text(post.name)
        }
        return fields
    }
}

/// An organisation as the gateway shows it.
enum GatewayOrganisation {
    /// - Parameter places: city, counties and towns by their place in the tree.
    static func fields(_ organisation: Organisation, _ places: [OrganisationPath: Organisation]) -> [String:
        GatewayValue]
    {
        let county = organisation.path.lineage.lazy.compactMap { places[$0] }
            .first { $0.kind == .county || $0.kind == .municipal }
        let city = places[organisation.path.lineage.first ?? organisation.path]
        var fields: [String: GatewayValue] = [
            "orgId": .text(GatewayKey.text(organisation.id)), "orgName": .text(organisation.name),
            "orgCode": .text(organisation.code ?? ""), "orgType": organisation.kind.isSchool ? "1" : "0",
            "provinceCode": .text(province), "cityCode": .text(Divisions.city), "city": .text(city?.name ?? ""),
            "areaCode": .text(county?.code ?? ""), "area": .text(county?.name ?? ""),
        ]
        if let parent = organisation.parent { fields["parentOrgId"] = .text(GatewayKey.text(parent)) }
        if let type = organisation.profile?.schoolType { fields["eduType"] = .text(type) }
        return fields
    }

    /// 广西壮族自治区, from the first two digits of the city's own code.
    static let province = String(Divisions.city.prefix(2)) + "0000"
}
