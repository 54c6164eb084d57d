import Kernel

/// An account was suspended: what others hold on the strength of it ends and does not come back with it.
package struct AccountSuspended: DomainEvent {
    package static let kind = "identity.account.suspended"
    package let account: String

    package init(account: String) { self.account = account }
}

/// An account was closed for good: whoever keeps something about it deletes that.
package struct AccountClosed: DomainEvent {
    package static let kind = "identity.account.closed"
    package let account: String

    package init(account: String) { self.account = account }
}
