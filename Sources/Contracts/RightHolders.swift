import Kernel

/// Somebody with a right at a place.
package struct RightHolder: Sendable, Equatable {
    package let account: ID<Account>
    package let name: String
    /// Chinese title of the role that gives it: 教务主任.
    package let role: String

    package init(account: ID<Account>, name: String, role: String) {
        (self.account, self.name, self.role) = (account, name, role)
    }
}

/// Who holds a right, as accounts and their grants say.
package protocol RightHolders: Sendable {
    /// Those whose grant is for exactly the place and holds on the day, each once, by name.
    func holders(of permission: Permission, at place: OrganisationID, on day: LocalDate) async throws -> [RightHolder]
}
