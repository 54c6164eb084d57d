import Kernel

/// A person's time in one browser is over: signed out, idle too long, displaced, suspended, password reset. Whoever let
/// her in on the strength of that session ends it too.
package struct SessionEnded: DomainEvent {
    package static let kind = "identity.session.ended"
    /// The `lineage` of the session: stays the same when its holder proves again who she is.
    package let lineage: String
    package let account: String

    package init(lineage: String, account: String) { (self.lineage, self.account) = (lineage, account) }
}
