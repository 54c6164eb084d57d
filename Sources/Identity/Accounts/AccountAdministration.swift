import Database
import Directory
import Kernel
import Platform

/// What an administrator does to other people's accounts: the rules of `GrantRules` before every deed of
/// `AccountService`, in the same transaction. Accounts outside her organisations answer `DomainError.notFound`, those she
/// sees but may not change `DomainError.forbidden`.
struct AccountAdministration {
    let user: CurrentUser
    let store: AccountStore
    let service: AccountService

    init(_ db: Connection, by user: CurrentUser, address: String, now: Timestamp) {
        self.user = user
        store = AccountStore(db)
        service = AccountService(db, by: AuditActor(user, address: address), now: now)
    }

    func create(_ account: NewAccount, passwordHash: String) throws -> ID<Account> {
        try checkPlace(account.role, at: account.organisation)
        return try service.create(account, passwordHash: passwordHash, mustChange: true)
    }

    func grant(
        _ role: Role, at organisation: OrganisationID, from: LocalDate, until: LocalDate?, to id: ID<Account>
    ) throws {
        let account = try managed(id)
        try checkPlace(role, at: organisation)
        try service.grant(role, at: organisation, from: from, until: until, to: account.id)
    }

    func endGrant(_ grant: ID<Grant>, of id: ID<Account>) throws {
        let account = try managed(id)
        guard let grant = account.grants.first(where: { $0.id == grant }) else { throw DomainError.notFound }
        try service.endGrant(grant, of: account.id)
    }

    func resetPassword(_ hash: String, of id: ID<Account>) throws -> AccountRecord {
        let account = try managed(id)
        try service.resetPassword(hash, mustChange: true, of: account)
        return account
    }

    func suspend(_ id: ID<Account>) throws { try service.suspend(managed(id)) }
    func resume(_ id: ID<Account>) throws { try service.resume(managed(id)) }
    func unlock(_ id: ID<Account>) throws { try service.unlock(managed(id)) }

    /// The account, when the user may see and change it.
    func managed(_ id: ID<Account>) throws -> AccountRecord {
        let account = try store.find(id, within: user.scope(of: .accountView), at: service.now)
        guard GrantRules.mayManage(id, holding: account.grants, by: user, on: service.now.day) else {
            throw DomainError.forbidden(id == user.account ? "不能管理自己的账号，请由其他管理员办理。" : "这个账号由上级管理员管理。")
        }
        return account
    }

    /// Places outside the user's own do not exist for her, so the message is that of an unknown choice.
    private func checkPlace(_ role: Role, at organisation: OrganisationID) throws {
        let scope = user.scope(of: .accountManage)
        let place: Organisation
        do {
            place = try OrganisationStore(service.db).find(organisation, within: scope)
        } catch DomainError.notFound {
            throw DomainError.invalid("organisation", "选择单位")
        }
        guard GrantRules.mayGrant(role, at: place.path, by: user) else {
            throw DomainError.invalid("role", "你不能授予\(place.name)的\(role.title)角色")
        }
    }
}
