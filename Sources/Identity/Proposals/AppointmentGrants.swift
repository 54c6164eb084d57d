import Database
import Directory
import Kernel
import Platform

/// Rights follow posts, in the same transaction: a post at a school gives the role of a teacher there to whoever has an
/// account, 校领导 proposes the role of its leader to those who may give it, and the end of that post ends the role. That
/// somebody leaves the school altogether, `GrantEnding` hears.
package struct AppointmentGrants: AppointmentListener {
    package init() {}

    package func appointed(
        _ appointment: Appointment, by actor: AuditActor, now: Timestamp, _ db: Connection
    ) throws {
        let store = AccountStore(db)
        guard let account = try store.account(of: appointment.person) else { return }
        let known = try store.find(account, within: .everything, at: now)
        guard known.state != .closed else { return }
        let held = known.grants.filter {
            $0.organisation == appointment.school && $0.overlaps(from: appointment.from, until: nil)
        }
        if !held.contains(where: { $0.role == .teacher }) {
            do {
                try AccountService(db, by: actor, now: now).grant(
                    .teacher, at: appointment.school, from: appointment.from, until: nil, to: account)
            } catch DomainError.invalid {
                // 三员 hold nothing beside their office; the post is hers all the same.
            }
        }
        if appointment.post == GrantProposal.leaderPost, !held.contains(where: { $0.role == .schoolLeader }) {
            try GrantProposalStore(db).add(
                .schoolLeader, for: account, at: appointment.school, from: appointment.from, by: actor.name, now: now)
        }
    }

    package func ended(
        _ appointment: Appointment, on day: LocalDate, by actor: AuditActor, now: Timestamp, _ db: Connection
    ) throws {
        guard appointment.post == GrantProposal.leaderPost else { return }
        let store = AccountStore(db)
        guard let account = try store.account(of: appointment.person) else { return }
        let others = try AppointmentStore(db).open(of: appointment.person, at: appointment.school, on: day)
        if others.contains(where: { $0.post == GrantProposal.leaderPost && $0.id != appointment.id }) { return }
        try GrantProposalStore(db).void(
            .schoolLeader, of: account, at: appointment.school, by: actor.name, now: now)
        let grants = (try store.grants(of: [account])[account] ?? []).filter {
            $0.organisation == appointment.school && $0.role == .schoolLeader && $0.isOpen(on: day)
        }
        for grant in grants { try AccountService(db, by: actor, now: now).endGrant(grant, of: account, on: day) }
    }
}
