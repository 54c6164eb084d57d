import Database
import Directory
import Kernel

/// What the platform vouches for when it introduces a person to another system: who she is, and what she is where.
package struct AccountProfile: Sendable {
    package let account: ID<Account>
    package let person: ID<Person>
    package let name: String
    package let login: String
    package let state: AccountState
    package let updatedAt: Timestamp
    /// Her roles of the day, oldest first.
    package let posts: [Post]

    /// A role at an organisation.
    package struct Post: Sendable {
        package let role: Role
        package let organisation: Organisation
    }
}

extension AccountStore {
    /// The profile as of the day. Throws `DomainError.notFound` without such an account.
    package func profile(of id: ID<Account>, at now: Timestamp) throws -> AccountProfile {
        let account = try find(id, within: .everything, at: now)
        let organisations = OrganisationStore(db)
        let posts = try account.grants.filter { $0.holds(on: now.day) }.map { grant in
            AccountProfile.Post(
                role: grant.role, organisation: try organisations.find(grant.organisation, within: .everything))
        }
        return AccountProfile(
            account: account.id, person: account.person, name: account.name, login: account.login, state: account.state,
            updatedAt: account.createdAt, posts: posts.filter { $0.organisation.closedOn == nil })
    }
}
