import Database
import Directory
import Kernel
import Platform

/// The accounts of people, for staff registers of other systems.
package struct PersonAccounts: AccountGate {
    package init() {}

    package func logins(of people: [ID<Person>], _ db: Connection) throws -> [ID<Person>: PersonLogin] {
        try AccountStore(db).logins(of: people)
    }

    package func holder(ofLogin name: String, _ db: Connection) throws -> ID<Person>? {
        try AccountStore(db).find(login: name, at: .now)?.person
    }

    package func setOpen(
        _ isOpen: Bool, for person: ID<Person>, within scope: DataScope, by actor: AuditActor, now: Timestamp,
        _ db: Connection
    ) throws {
        let store = AccountStore(db)
        guard let id = try store.account(of: person) else { return }
        let account = try store.find(id, within: .everything, at: now)
        guard account.state == (isOpen ? .suspended : .active) else { return }
        if account.grants.contains(where: { $0.isOpen(on: now.day) && !scope.contains($0.path) }) {
            throw DomainError.forbidden("这个人在别的单位还有角色，由上级管理员停用或恢复账号。")
        }
        let service = AccountService(db, by: actor, now: now)
        if isOpen { try service.resume(account) } else { try service.suspend(account) }
    }
}
