import Database
import Directory
import Kernel
import Platform

/// What waits or runs at a school for somebody ends in the transaction in which she leaves it: her leave and a transfer
/// that nobody has approved yet.
package struct StaffDeparture: LeavingListener {
    private let crypto: any CryptoProvider

    package init(crypto: any CryptoProvider) { self.crypto = crypto }

    package func left(
        _ person: ID<Person>, school: OrganisationID, on day: LocalDate, by actor: AuditActor, now: Timestamp,
        _ db: Connection
    ) throws {
        let leaves = StaffLeaveStore(db, crypto), transfers = StaffTransferStore(db)
        if let leave = try leaves.open(of: person, at: school) { _ = try leaves.end(leave, on: day) }
        if let transfer = try transfers.open(of: person), transfer.from.id == school {
            _ = try transfers.move(transfer, to: .withdrawn, now: now)
        }
    }

    /// A grade of pupils has no leaves and no transfers of staff: only who has one is looked at.
    package func left(
        _ people: [ID<Person>], school: OrganisationID, on day: LocalDate, by actor: AuditActor, now: Timestamp,
        _ db: Connection
    ) throws {
        let waiting = try StaffLeaveStore(db, crypto).awaited(at: school).union(StaffTransferStore(db).leaving(school))
        for person in people where waiting.contains(person) {
            try left(person, school: school, on: day, by: actor, now: now, db)
        }
    }
}
