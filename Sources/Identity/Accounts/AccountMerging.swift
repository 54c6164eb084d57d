import Database
import Directory
import Kernel
import Platform

/// The account follows when two records of one person become one. One person has one account: where both have one, that of
/// the surviving record stays and the other is suspended; its roles are not handed on.
package struct AccountMerging: PersonMergeListener {
    package init() {}

    package var name: String { "identity.account" }
    package var columns: Set<String> { ["identity_account.person_id"] }

    package func places(
        of person: ID<Person>, on day: LocalDate, _ db: Connection
    ) throws -> [OrganisationPath] {
        let store = AccountStore(db)
        guard let account = try store.account(of: person) else { return [] }
        return (try store.grants(of: [account])[account] ?? []).filter { $0.isOpen(on: day) }.map(\.path)
    }

    package func merge(
        _ person: ID<Person>, into survivor: ID<Person>, by actor: AuditActor, now: Timestamp, _ db: Connection
    ) throws -> String {
        let store = AccountStore(db)
        guard let id = try store.account(of: person) else { return "" }
        let account = try store.find(id, within: .everything, at: now)
        try GrantEnding.check(account.grants.filter { $0.isOpen(on: now.day) }, endedBy: actor, now, store)
        if try store.account(of: survivor) == nil {
            try store.setPerson(survivor, of: id)
            return "moved " + id.rawValue
        }
        guard account.state == .active else { return "" }
        try AccountService(db, by: actor, now: now).suspend(account)
        return "suspended " + id.rawValue
    }

    /// The role of guardians follows the children, who have moved.
    package func settled(_ people: [ID<Person>], by actor: AuditActor, now: Timestamp, _ db: Connection) throws {
        let guardians = try GuardianshipStore(db).everyGuardian(of: people)
        try GuardianGrants().follow(Array(Set(people + guardians)).sorted(), by: actor, now: now, db)
    }

    package func undo(
        _ record: String, of person: ID<Person>, from survivor: ID<Person>, by actor: AuditActor, now: Timestamp,
        _ db: Connection
    ) throws {
        let words = record.split(separator: " ")
        guard words.count == 2, let id = ID<Account>(checking: words[1]) else { return }
        let store = AccountStore(db)
        let account = try store.find(id, within: .everything, at: now)
        if words[0] == "moved" {
            guard account.person == survivor, try store.account(of: person) == nil else {
                throw DomainError.conflict("合并之后账号又有变动，不能撤销")
            }
            try store.setPerson(person, of: id)
        } else if account.state == .suspended {
            try AccountService(db, by: actor, now: now).resume(account)
        }
    }
}

extension AccountStore {
    /// Hands the account to another record of its holder.
    fileprivate func setPerson(_ person: ID<Person>, of account: ID<Account>) throws {
        try db.execute("UPDATE identity_account SET person_id = \(person) WHERE id = \(account)")
        try AccountIndex(db).index(account)
    }
}
