import Directory
import Identity
import Kernel
import Platform
import Web

/// 系统接入申请, as it is filled in.
struct ApplicationForm: Sendable {
    var content = ApplicationContent()
    var level = ""
    var owner = ""
    /// The state of the application the form was made from.
    var revision = 0

    init() {
        content.protocols = [.openID]
        content.scopes = [.openID, .profile, .edu].map { (scope: ApplicationScope) in scope.rawValue }
        content.audience = ["teacher"]
    }

    init(_ content: ApplicationContent, _ record: ApplicationRecord) {
        self.content = content
        (level, owner) = (record.application.level.rawValue, record.application.owner.rawValue)
        revision = record.revision
    }

    /// - Parameter logo: the one the application has.
    init(_ values: FormValues, logo: String?) {
        content.name = values["name"] ?? ""
        content.summary = values["summary"] ?? ""
        content.contact = values["contact"] ?? ""
        content.contactPhone = values["contact_phone"] ?? ""
        content.launchURL = values["launch_url"] ?? ""
        content.logoutURL = values["logout_url"] ?? ""
        content.protocols = values.all("protocols").compactMap(SignOnProtocol.init)
        content.redirects = ApplicationForm.lines(values["redirects"])
        content.afterLogout = ApplicationForm.lines(values["after_logout"])
        content.services = ApplicationForm.lines(values["services"])
        content.scopes = values.all("scopes").filter { ApplicationScope(rawValue: $0) != nil }
        content.machineScopes = values.all("machine_scopes").filter { MachineScope(rawValue: $0) != nil }
        content.audience = values.all("audience").filter { Role(rawValue: $0) != nil }
        content.isPublic = values.has("is_public")
        content.asksConsent = values.has("asks_consent")
        content.logo = values.has("remove_logo") ? nil : logo
        (level, owner) = (values["level"] ?? "", values["owner"] ?? "")
        revision = values["revision"].flatMap { Int($0) } ?? 0
    }

    private static func lines(_ text: String?) -> [String] {
        (text ?? "").split(whereSeparator: \.isNewline).map { line in
            String(line.drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed())
        }.filter { !$0.isEmpty }
    }

    struct Checked: Sendable {
        let content: ApplicationContent
        let logo: ApplicationLogo?
        let revision: Int
    }

    /// The values with the logo that came along, or every problem of the fields.
    func checked(_ logo: ApplicationLogo?, _ earlier: [FieldProblem]) throws -> Checked {
        var content = content
        if let logo { content.logo = logo.sha256 }
        let problems = content.problems + earlier
        guard problems.isEmpty else { throw DomainError.invalid(problems) }
        return Checked(content: content.canonical, logo: logo, revision: revision)
    }

    /// Owner and level of an application that is not in force yet.
    func checkedPlace() throws -> (owner: OrganisationID, level: ApplicationLevel) {
        var problems: [FieldProblem] = []
        let level = ApplicationLevel(rawValue: level), owner = OrganisationID(checking: owner)
        if level == nil { problems.append(FieldProblem(field: "level", message: "选择接入级别")) }
        if owner == nil { problems.append(FieldProblem(field: "owner", message: "选择申请单位")) }
        guard let level, let owner else { throw DomainError.invalid(problems) }
        return (owner, level)
    }
}

/// The levels and owners that an applicant may choose from.
struct ApplicationChoices: Sendable {
    let levels: [ApplicationLevel]
    let owners: [SelectOption]

    /// Schools with their county before the name, in tree order.
    init(_ places: [Organisation], units: [Organisation]) {
        let kinds = Set(places.map(\.kind))
        levels = ApplicationLevel.allCases.filter { !$0.owners.isDisjoint(with: kinds) }
        owners = places.map { place in
            let unit = units.first { $0.path.contains(place.path) && $0.id != place.id }
            return SelectOption(place.id.rawValue, unit.map { "\($0.name)·\(place.name)" } ?? place.name)
        }
    }
}
