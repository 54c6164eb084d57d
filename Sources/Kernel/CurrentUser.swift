/// A person known to the city; the subject of `ID<Person>`.
package enum Person {}
/// A way of a person to sign in; the subject of `ID<Account>`.
package enum Account {}
/// A bureau, county, town, school or teaching point; the subject of `ID<Organisation>`.
package enum OrganisationSubject {}
package typealias OrganisationID = ID<OrganisationSubject>

/// A right, `module.noun.verb`, for example `connectivity.register.edit`.
package struct Permission: Hashable, Sendable, ExpressibleByStringLiteral, CustomStringConvertible {
    package let name: String
    package init(stringLiteral name: String) { self.name = name }
    package init(_ name: String) { self.name = name }
    package var description: String { name }
}

/// A place in the organisation tree, written from the root: `0001/0003/0017/`. A subtree is an index range of such text.
package struct OrganisationPath: Hashable, Sendable, Comparable, CustomStringConvertible {
    package let text: String
    package init(_ text: String) { self.text = text }
    /// The city: the root of the tree, and the place of what belongs to no one below it.
    package static let city = OrganisationPath("0001/")
    package var description: String { text }
    package static func < (a: OrganisationPath, b: OrganisationPath) -> Bool { a.text < b.text }

    /// Whether `other` is this place or below it.
    package func contains(_ other: OrganisationPath) -> Bool { other.text.utf8.starts(with: text.utf8) }

    /// The first text after the subtree: `path >= text AND path < end` selects it. Every path ends in `/`, and `0` follows `/`.
    package var end: String { text.isEmpty ? "~" : String(text.dropLast()) + "0" }
}

/// One right at one place of the tree.
package struct EffectiveGrant: Sendable, Equatable {
    package let role: String
    package let organisation: OrganisationID
    package let path: OrganisationPath
    package let permissions: Set<Permission>

    package init(role: String, organisation: OrganisationID, path: OrganisationPath, permissions: Set<Permission>) {
        (self.role, self.organisation, self.path, self.permissions) = (role, organisation, path, permissions)
    }
}

/// Who is asking: filled from the session by `Identity`, carried in the request, handed to every store.
package struct CurrentUser: Sendable {
    package let account: ID<Account>
    package let person: ID<Person>
    package let name: String
    package let grants: [EffectiveGrant]

    package init(account: ID<Account>, person: ID<Person>, name: String, grants: [EffectiveGrant]) {
        (self.account, self.person, self.name, self.grants) = (account, person, name, grants)
    }

    /// Whether the right is held anywhere.
    package func may(_ permission: Permission) -> Bool { grants.contains { $0.permissions.contains(permission) } }

    /// Whether the right is held at `path` or above it.
    package func may(_ permission: Permission, at path: OrganisationPath) -> Bool {
        grants.contains { $0.permissions.contains(permission) && $0.path.contains(path) }
    }

    /// The subtrees where the right is held, without those inside another.
    package func scope(of permission: Permission) -> DataScope {
        DataScope(grants.filter { $0.permissions.contains(permission) }.map(\.path))
    }
}

/// The organisations a viewer may reach: disjoint subtrees.
package struct DataScope: Sendable, Equatable {
    package let roots: [OrganisationPath]

    package init(_ paths: [OrganisationPath]) {
        var roots: [OrganisationPath] = []
        for path in paths.sorted() where !roots.contains(where: { $0.contains(path) }) { roots.append(path) }
        self.roots = roots
    }

    /// Everything; for commands run by the operator and for jobs.
    package static let everything = DataScope([OrganisationPath("")])
    package static let nothing = DataScope([])

    /// The place whose holders see what was done with the whole scope: its one root, or the closest place above all of
    /// them. A place that nobody holds when the scope is empty.
    package var commonPlace: OrganisationPath {
        guard let first = roots.first else { return OrganisationPath("~") }
        var common = first.text
        for root in roots.dropFirst() {
            while !root.text.hasPrefix(common) {
                let shorter = common.dropLast()
                common = shorter.lastIndex(of: "/").map { String(shorter[...$0]) } ?? ""
            }
        }
        return OrganisationPath(common)
    }

    package func contains(_ path: OrganisationPath) -> Bool { roots.contains { $0.contains(path) } }
    package var isEmpty: Bool { roots.isEmpty }
}
