import Database
import Kernel
import Platform

/// Somebody who must act in the same transaction in which a person is given a post or loses one: rights follow from it.
/// That she leaves the school altogether, `LeavingListener` hears.
package protocol AppointmentListener: Sendable {
    /// She holds the post from the appointment's first day on.
    func appointed(_ appointment: Appointment, by actor: AuditActor, now: Timestamp, _ db: Connection) throws
    /// She holds it no longer from the day on; other posts of hers at the school may go on.
    func ended(
        _ appointment: Appointment, on day: LocalDate, by actor: AuditActor, now: Timestamp, _ db: Connection
    ) throws
}

/// Who hears of posts and of leaving.
package struct StaffListeners: Sendable {
    package let leaving: [any LeavingListener]
    package let appointments: [any AppointmentListener]

    package init(leaving: [any LeavingListener] = [], appointments: [any AppointmentListener] = []) {
        (self.leaving, self.appointments) = (leaving, appointments)
    }
}
