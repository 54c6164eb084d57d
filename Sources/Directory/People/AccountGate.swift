import Database
import Kernel
import Platform

/// The way in that a person has, for modules that keep people for other systems and know nothing of accounts.
package struct PersonLogin: Sendable, Equatable {
    package let name: String
    /// Whether she may sign in; not so while the account is suspended or closed.
    package let isOpen: Bool
    /// Whether she has a way to do so: not before an account that was opened for her is activated.
    package let canEnter: Bool

    package init(name: String, isOpen: Bool, canEnter: Bool) {
        (self.name, self.isOpen, self.canEnter) = (name, isOpen, canEnter)
    }
}

/// Opens and shuts the accounts of people in the transaction of a deed. What a person may do follows from her posts and
/// roles; this only decides whether she gets in at all.
package protocol AccountGate: Sendable {
    /// The logins of those who have an account.
    func logins(of people: [ID<Person>], _ db: Connection) throws -> [ID<Person>: PersonLogin]
    /// Whose login it is; `nil` when nobody's.
    func holder(ofLogin name: String, _ db: Connection) throws -> ID<Person>?
    /// Suspends or resumes the person's account; nothing happens without one, or when it is so already. Throws
    /// `DomainError.forbidden` when she holds a role outside the scope: who answers for a part may not shut her out of
    /// the rest.
    func setOpen(
        _ isOpen: Bool, for person: ID<Person>, within scope: DataScope, by actor: AuditActor, now: Timestamp,
        _ db: Connection
    ) throws
}
