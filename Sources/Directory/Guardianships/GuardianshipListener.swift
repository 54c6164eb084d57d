import Database
import Kernel
import Platform

/// Somebody who must act in the same transaction in which children get guardians or lose them: rights follow from it.
/// That a child changes her school, `LeavingListener` hears.
package protocol GuardianshipListener: Sendable {
    /// The guardians of the children, those whom they had before among them, may have more rights or fewer by now.
    func guardiansChanged(
        of children: [ID<Person>], by actor: AuditActor, now: Timestamp, _ db: Connection
    ) throws
}

extension [any GuardianshipListener] {
    package func tell(
        _ children: [ID<Person>], by actor: AuditActor, now: Timestamp, _ db: Connection
    ) throws {
        for listener in self { try listener.guardiansChanged(of: children, by: actor, now: now, db) }
    }
}
