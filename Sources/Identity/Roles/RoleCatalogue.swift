import Directory
import Foundation
import Kernel

/// What one role is.
package struct RoleDefinition: Sendable {
    package let name: String
    package let title: String
    /// The row of the plan's list of roles that it stands for, `R1`…`R27`; 市局管理员 and 县管理员 share R10's idea of an
    /// administrator of a level.
    package let plan: String
    package let kinds: Set<OrganisationKind>
    package let permissions: Set<Permission>
    package let manages: Set<Role>
    package let isAdministrator: Bool
    package let isExclusive: Bool
    package let needsSecondFactor: Bool
    /// How many days one grant may last; `nil` = without end. Delegated administration is renewed every year.
    package let longestDays: Int?
    /// Whether accounts are given the role; otherwise it comes with an appointment, as 班主任 does with her class.
    package let isGranted: Bool
}

/// 角色目录: all roles and all permissions, as data. `@name` in a list of permissions stands for a bundle.
package struct RoleCatalogue: Sendable {
    package let roles: [String: RoleDefinition]
    package let order: [Role]
    /// Every permission there is with what it allows, in Chinese, in the order they are shown.
    package let permissions: [(permission: Permission, title: String)]

    /// The catalogue of the installation, `roles.json`.
    package static let shipped: RoleCatalogue = {
        guard let url = Bundle.module.url(forResource: "roles", withExtension: "json"),
            let data = try? Data(contentsOf: url), let catalogue = try? RoleCatalogue(data)
        else { fatalError("The installation lacks a sound roles.json") }
        return catalogue
    }()

    /// What is wrong with a catalogue.
    package enum Flaw: Error, Equatable {
        case unknownBundle(String)
        case unknownPermission(String)
        case unknownPlace(String)
        case unknownRole(String)
    }

    private struct Document: Decodable {
        struct PermissionEntry: Decodable { let name: String, title: String }
        struct RoleEntry: Decodable {
            let code: String, name: String, title: String, plan: String
            let places: [String], permissions: [String], manages: [String]
            let isAdministrator: Bool, isExclusive: Bool, needsSecondFactor: Bool, isGranted: Bool
            let longestDays: Int?
        }
        let bundles: [String: [String]]
        let permissions: [PermissionEntry]
        let roles: [RoleEntry]
    }

    /// Throws `Flaw` or a decoding error.
    package init(_ data: Data) throws {
        let document = try JSONDecoder().decode(Document.self, from: data)
        let known = Set(document.permissions.map(\.name)), codes = Set(document.roles.map(\.code))
        func unfolded(_ names: [String]) throws -> Set<Permission> {
            try names.reduce(into: []) { result, name in
                if name.hasPrefix("@") {
                    guard let bundle = document.bundles[String(name.dropFirst())] else {
                        throw Flaw.unknownBundle(name)
                    }
                    result.formUnion(try unfolded(bundle))
                } else {
                    guard known.contains(name) else { throw Flaw.unknownPermission(name) }
                    result.insert(Permission(name))
                }
            }
        }
        permissions = document.permissions.map { (Permission($0.name), $0.title) }
        order = document.roles.map { Role(inCatalogue: $0.code) }
        var roles: [String: RoleDefinition] = [:]
        for entry in document.roles {
            let kinds = try entry.places.map { place in
                guard let kind = OrganisationKind(rawValue: place) else { throw Flaw.unknownPlace(place) }
                return kind
            }
            if let stranger = entry.manages.first(where: { !codes.contains($0) }) { throw Flaw.unknownRole(stranger) }
            roles[entry.code] = RoleDefinition(
                name: entry.name, title: entry.title, plan: entry.plan, kinds: Set(kinds),
                permissions: try unfolded(entry.permissions), manages: Set(entry.manages.map(Role.init(inCatalogue:))),
                isAdministrator: entry.isAdministrator, isExclusive: entry.isExclusive,
                needsSecondFactor: entry.needsSecondFactor, longestDays: entry.longestDays,
                isGranted: entry.isGranted)
        }
        self.roles = roles
    }

    /// What the permission allows, in Chinese; its name when the catalogue does not know it.
    package func title(of permission: Permission) -> String {
        permissions.first { $0.permission == permission }?.title ?? permission.name
    }
}
