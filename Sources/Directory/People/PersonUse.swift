import Database
import Kernel
import Platform

/// Another module that keeps something of people, asked before their records are taken back: an import whose people have
/// accounts by now cannot be undone.
package protocol PersonUse: Sendable {
    /// What one of the people is used for, in Chinese; `nil` when nothing hangs on any of them.
    func use(of people: [ID<Person>], _ db: Connection) throws -> String?
}

/// Another module in which the platform writes of people by itself: what nobody has acted on since goes when the import that
/// entered the people is taken back.
package protocol PersonTraces: Sendable {
    /// Removes it in the transaction of the undoing, before anybody is asked what the people are used for. The audit log
    /// tells what went.
    func remove(of people: [ID<Person>], by actor: AuditActor, now: Timestamp, _ db: Connection) throws
}
