import Kernel

/// An account was closed for good: whoever keeps something about it deletes that.
package struct AccountClosed: DomainEvent {
    package static let kind = "identity.account.closed"
    package let account: String

    package init(account: String) { self.account = account }
}
