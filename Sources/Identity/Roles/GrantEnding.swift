import Database
import Directory
import Kernel
import Platform
import Web

/// Ends somebody's rights at a school in the transaction in which she leaves it. The account stays: it is hers for life.
/// What she may do as a guardian rests on her children; see `GuardianGrants`.
package struct GrantEnding: LeavingListener {
    package init() {}

    package func left(
        _ person: ID<Person>, school: OrganisationID, on day: LocalDate, by actor: AuditActor, now: Timestamp,
        _ db: Connection
    ) throws {
        let store = AccountStore(db)
        guard let account = try store.account(of: person) else { return }
        let open = (try store.grants(of: [account])[account] ?? []).filter {
            $0.organisation == school && $0.isOpen(on: day) && $0.role != .guardian
        }
        try GrantEnding.check(open, endedBy: actor, now, store)
        let service = AccountService(db, by: actor, now: now)
        for grant in open { try service.endGrant(grant, of: account, on: day) }
    }

    package func left(
        _ people: [ID<Person>], school: OrganisationID, on day: LocalDate, by actor: AuditActor, now: Timestamp,
        _ db: Connection
    ) throws {
        // Who administers something is asked about singly: her rights may not be the actor's to end.
        let store = GrantLeavingStore(db)
        let others = try store.holders(of: GrantEnding.guarded, at: school, among: people, on: day)
        for person in others { try left(person, school: school, on: day, by: actor, now: now, db) }
        let ended = try store.end(at: school, of: people, on: day, now: now)
        guard ended > 0, let path = try store.path(of: school) else { return }
        try AuditLog.record(
            "account.roles_ended", school.rawValue, by: actor, at: path, "\(ended) 项，离校", now: now, on: db)
    }

    package func returned(
        _ people: [ID<Person>], school: OrganisationID, afterLeavingAt then: Timestamp, by actor: AuditActor,
        now: Timestamp, _ db: Connection
    ) throws {
        let store = GrantLeavingStore(db), back = try store.giveBack(at: school, of: people, endedAt: then)
        guard back > 0, let path = try store.path(of: school) else { return }
        try AuditLog.record(
            "account.roles_given_back", school.rawValue, by: actor, at: path, "\(back) 项", now: now, on: db)
    }

    private static let guarded = Role.allCases.filter { $0.permissions.contains(.accountManage) }

    /// Whoever keeps a school's rolls must not take the rights of those who administer it: that is for those who may give
    /// the role. Throws `DomainError.forbidden`.
    static func check(
        _ grants: [Grant], endedBy actor: AuditActor, _ now: Timestamp, _ store: AccountStore
    ) throws {
        guard let id = actor.id.flatMap({ ID<Account>(checking: $0) }) else { return }
        let guarded = grants.filter { $0.role.permissions.contains(.accountManage) }
        if guarded.isEmpty { return }
        let account = try store.find(id, within: .everything, at: now)
        let own = account.grants.filter { $0.holds(on: now.day) }.map(\.effective)
        let user = CurrentUser(account: id, person: account.person, name: account.name, grants: own)
        if let grant = guarded.first(where: { !GrantRules.mayGrant($0.role, at: $0.path, by: user) }) {
            throw DomainError.forbidden("这个人是\(grant.organisationName)的\(grant.role.title)，由上级管理员办理。")
        }
    }
}
