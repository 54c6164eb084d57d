import Database
import Directory
import Kernel

/// Whose plan or target set it is: the whole city's, or one county's.
package struct PlanOwner: Sendable, Equatable {
    /// `nil` for the city.
    package let organisation: OrganisationID?
    package let name: String
    package let path: OrganisationPath

    /// The place of the owner; before the city is set up it is nowhere, which nobody's rights reach.
    static let pathColumn: SQL =
        "COALESCE(o.path, (SELECT c.path FROM directory_organisation c WHERE c.kind = 'city'), '')"
    static let cityName = "全市"

    init(organisation: OrganisationID?, name: String, path: OrganisationPath) {
        (self.organisation, self.name, self.path) = (organisation, name, path)
    }

    /// Three columns: organisation, its name, its path.
    init(_ row: borrowing Row, from index: Int) throws {
        organisation = try row.get(index)
        name = try row.get(index + 1, as: String?.self) ?? PlanOwner.cityName
        path = try row.get(index + 2)
    }

    /// What the city has set all see; what a county has set, the county, whoever is above it and whoever is below it.
    func isVisible(within scope: DataScope) -> Bool {
        if scope.isEmpty { return false }
        return organisation == nil || scope.contains(path) || scope.roots.contains { path.contains($0) }
    }

    func isEditable(by user: CurrentUser, _ permission: Permission) -> Bool {
        !path.text.isEmpty && user.may(permission, at: path)
    }

    /// Throws `forbidden`: the viewer sees the record, but it is not theirs to change.
    func check(_ user: CurrentUser, _ permission: Permission) throws {
        guard isEditable(by: user, permission) else {
            throw DomainError.forbidden("这里的内容由\(organisation == nil ? "市局" : name)维护，你只能查看。")
        }
    }

    /// The owners in whose name the user may write: the city, 市直 and the counties.
    static func choices(for user: CurrentUser, _ permission: Permission, on db: Connection) throws -> [PlanOwner] {
        let store = OrganisationStore(db)
        guard let city = try store.city() else { return [] }
        let units = try store.children(of: city.id, within: .everything).filter { $0.closedOn == nil }
        let owners =
            [PlanOwner(organisation: nil, name: cityName, path: city.path)]
            + units.map { PlanOwner(organisation: $0.id, name: $0.name, path: $0.path) }
        return owners.filter { $0.isEditable(by: user, permission) }
    }

    /// As a form carries it: the key of the county, `city` for the city.
    var formValue: String { organisation?.rawValue ?? "city" }
}
