import Database
import Kernel
import Platform

/// Somebody who must act in the same transaction in which a person stops belonging to a school, as a member of its staff
/// or as its pupil: rights that rest on it end with it. An event would come a moment too late.
package protocol LeavingListener: Sendable {
    /// - Parameter day: the first day on which she no longer belongs to the school.
    func left(
        _ person: ID<Person>, school: OrganisationID, on day: LocalDate, by actor: AuditActor, now: Timestamp,
        _ db: Connection
    ) throws

    /// The same for all who leave the school together, as its last grade does.
    func left(
        _ people: [ID<Person>], school: OrganisationID, on day: LocalDate, by actor: AuditActor, now: Timestamp,
        _ db: Connection
    ) throws

    /// That they left is taken back: what ended when the listener was told so stands as before.
    /// - Parameter then: the time of the transaction in which they had left.
    func returned(
        _ people: [ID<Person>], school: OrganisationID, afterLeavingAt then: Timestamp, by actor: AuditActor,
        now: Timestamp, _ db: Connection
    ) throws

    /// They are pupils of the school by now: what rests on a child's school moves with her.
    func arrived(
        _ people: [ID<Person>], at school: OrganisationID, by actor: AuditActor, now: Timestamp, _ db: Connection
    ) throws
}

extension LeavingListener {
    package func arrived(
        _ people: [ID<Person>], at school: OrganisationID, by actor: AuditActor, now: Timestamp, _ db: Connection
    ) throws {}

    package func left(
        _ people: [ID<Person>], school: OrganisationID, on day: LocalDate, by actor: AuditActor, now: Timestamp,
        _ db: Connection
    ) throws {
        for person in people { try left(person, school: school, on: day, by: actor, now: now, db) }
    }

    package func returned(
        _ people: [ID<Person>], school: OrganisationID, afterLeavingAt then: Timestamp, by actor: AuditActor,
        now: Timestamp, _ db: Connection
    ) throws {}
}

extension [any LeavingListener] {
    package func tell(
        _ person: ID<Person>, left school: OrganisationID, on day: LocalDate, by actor: AuditActor, now: Timestamp,
        _ db: Connection
    ) throws {
        for listener in self { try listener.left(person, school: school, on: day, by: actor, now: now, db) }
    }
}
