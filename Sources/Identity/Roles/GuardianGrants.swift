import Database
import Directory
import Kernel
import Platform

/// The role of guardians follows their children: in the same transaction in which a relation is confirmed or ends, or a
/// child changes her school, it is given at the schools of the children and ends at all others. Only accounts that exist
/// get it; what a guardian sees of a child, the relation itself decides with every request.
package struct GuardianGrants: GuardianshipListener, LeavingListener {
    /// From so many changes on one entry of the audit log a school stands for all of them.
    private static let manyChanges = 50

    package init() {}

    package func guardiansChanged(
        of children: [ID<Person>], by actor: AuditActor, now: Timestamp, _ db: Connection
    ) throws {
        try follow(try GuardianshipStore(db).everyGuardian(of: children), by: actor, now: now, db)
    }

    package func arrived(
        _ people: [ID<Person>], at school: OrganisationID, by actor: AuditActor, now: Timestamp, _ db: Connection
    ) throws {
        try guardiansChanged(of: people, by: actor, now: now, db)
    }

    package func left(
        _ person: ID<Person>, school: OrganisationID, on day: LocalDate, by actor: AuditActor, now: Timestamp,
        _ db: Connection
    ) throws {
        try left([person], school: school, on: day, by: actor, now: now, db)
    }

    package func left(
        _ people: [ID<Person>], school: OrganisationID, on day: LocalDate, by actor: AuditActor, now: Timestamp,
        _ db: Connection
    ) throws {
        let everybody = try GuardianshipStore(db).everyGuardian(of: people)
        let guardians = Array(try OnboardingStore(db).accounts(of: everybody, at: now).keys)
        // Another child may still be there.
        let stay = try GuardianshipStore(db).schools(of: guardians, on: max(day, now.day))
        let gone = guardians.filter { !(stay[$0]?.contains(school) ?? false) }
        let store = GrantLeavingStore(db)
        let ended = try store.end(at: school, of: gone, ofGuardians: true, on: day, now: now)
        guard ended > 0, let path = try store.path(of: school) else { return }
        try AuditLog.record(
            "account.roles_ended", school.rawValue, by: actor, at: path, "\(ended) 项\(Role.guardian.title)，孩子离校",
            now: now, on: db)
    }

    package func returned(
        _ people: [ID<Person>], school: OrganisationID, afterLeavingAt then: Timestamp, by actor: AuditActor,
        now: Timestamp, _ db: Connection
    ) throws {
        let guardians = try GuardianshipStore(db).everyGuardian(of: people), store = GrantLeavingStore(db)
        let back = try store.giveBack(at: school, of: guardians, ofGuardians: true, endedAt: then)
        if back > 0, let path = try store.path(of: school) {
            try AuditLog.record(
                "account.roles_given_back", school.rawValue, by: actor, at: path, "\(back) 项\(Role.guardian.title)",
                now: now, on: db)
        }
        try follow(guardians, by: actor, now: now, db)
    }

    /// Brings the roles of guardians to what their children are today. Who may hold no other role, 三员, gets none.
    func follow(_ guardians: [ID<Person>], by actor: AuditActor, now: Timestamp, _ db: Connection) throws {
        let accounts = try OnboardingStore(db).accounts(of: guardians, at: now).filter { $0.value.state != .closed }
        guard !accounts.isEmpty else { return }
        let wanted = try GuardianshipStore(db).schools(of: Array(accounts.keys), on: now.day)
        let store = AccountStore(db), grants = try store.grants(of: accounts.values.map(\.account))
        var ending: [(account: ID<Account>, grant: Grant)] = []
        var extending: [(account: ID<Account>, grant: Grant)] = []
        var giving: [(account: ID<Account>, school: OrganisationID)] = []
        for (person, state) in accounts.sorted(by: { $0.key < $1.key }) {
            let open = (grants[state.account] ?? []).filter { $0.isOpen(on: now.day) }
            let held = open.filter { $0.role == .guardian }, schools = wanted[person] ?? []
            ending += held.filter { !schools.contains($0.organisation) }.map { (state.account, $0) }
            if open.contains(where: \.role.isExclusive) { continue }
            giving += schools.subtracting(held.map(\.organisation)).sorted().map { (state.account, $0) }
            // A role that is to end because one child leaves goes on for another.
            for grant in held where schools.contains(grant.organisation) {
                guard let until = grant.until else { continue }
                let later = try GuardianshipStore(db).schools(of: [person], on: until)[person] ?? []
                if later.contains(grant.organisation) { extending.append((state.account, grant)) }
            }
        }
        let places = OrganisationStore(db)
        giving = try giving.filter { one in
            let school = try places.find(one.school, within: .everything)
            return school.closedOn == nil && Role.guardian.kinds.contains(school.kind)
        }
        let service = AccountService(db, by: actor, now: now)
        for one in extending { try service.extendGrant(one.grant, of: one.account) }
        guard ending.count + giving.count > GuardianGrants.manyChanges else {
            for one in ending { try service.endGrant(one.grant, of: one.account) }
            for one in giving {
                try service.grant(.guardian, at: one.school, from: now.day, until: nil, to: one.account)
            }
            return
        }
        try store.endGrants(ending.map(\.grant), on: now.day)
        try store.insertGrants(.guardian, giving, from: now.day, by: actor.name, at: now)
        let ended = Dictionary(grouping: ending, by: \.grant.organisation).mapValues(\.count)
        let given = Dictionary(grouping: giving, by: \.school).mapValues(\.count)
        for school in Set(ended.keys).union(given.keys).sorted() {
            guard let path = try GrantLeavingStore(db).path(of: school) else { continue }
            let words = "\(Role.guardian.title)：新增 \(given[school] ?? 0) 项，结束 \(ended[school] ?? 0) 项"
            try AuditLog.record(
                "account.guardian_roles", school.rawValue, by: actor, at: path, words, now: now, on: db)
        }
    }
}

extension AccountStore {
    /// Ends many roles on the day; one that has not begun ends before it does.
    fileprivate func endGrants(_ grants: [Grant], on day: LocalDate) throws {
        for start in stride(from: 0, to: grants.count, by: 512) {
            let chunk = grants[start..<min(start + 512, grants.count)].map(\.id)
            try db.execute(
                """
                UPDATE identity_grant SET valid_to = CASE WHEN valid_from > \(day) THEN valid_from ELSE \(day) END
                WHERE id IN \(in: chunk) AND (valid_to IS NULL OR valid_to > \(day))
                """)
        }
    }

    /// Gives a role to many accounts, each at a school.
    fileprivate func insertGrants(
        _ role: Role, _ grants: [(account: ID<Account>, school: OrganisationID)], from day: LocalDate,
        by actor: String, at now: Timestamp
    ) throws {
        try db.insert(
            into:
                """
                identity_grant (id, account_id, role, organisation_id, valid_from, created_at, created_by)
                """,
            rows: grants.map { account, school in
                [
                    ID<Grant>.new().databaseValue, account.databaseValue, role.databaseValue, school.databaseValue,
                    day.databaseValue, now.databaseValue, .text(actor),
                ]
            })
    }
}
