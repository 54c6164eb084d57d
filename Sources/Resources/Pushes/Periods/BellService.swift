import Database
import Directory
import Kernel
import Platform

/// Sets the lesson times of a school, in one transaction with its audit entry.
struct BellService {
    let db: Connection
    let user: CurrentUser
    let actor: AuditActor
    let now: Timestamp

    init(_ db: Connection, by user: CurrentUser, address: String = "", now: Timestamp) {
        (self.db, self.user, self.now) = (db, user, now)
        actor = AuditActor(user, address: address)
    }

    /// Throws `DomainError.notFound` for a school outside her scope, `.invalid` at the fields.
    func set(_ schedule: BellSchedule, of id: OrganisationID) throws {
        let school = try OrganisationStore(db).find(id, within: user.scope(of: .periodEdit))
        guard school.kind.isSchool else { throw DomainError.notFound }
        let problems = schedule.problems()
        guard problems.isEmpty else { throw DomainError.invalid(problems) }
        do { try BellStore(db).set(schedule, of: id) } catch DatabaseError.uniqueViolation {
            throw DomainError.conflict("作息时间刚被别人修改。请刷新后再保存。")
        }
        let words = schedule.periods.map { "\($0.number) \($0.times)" }.joined(separator: "，")
        try AuditLog.record(
            "periods.changed", id.rawValue, by: actor, at: school.path, "\(school.name)：\(words)", now: now, on: db)
    }
}
