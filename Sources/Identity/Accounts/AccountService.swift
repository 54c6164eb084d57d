import Contracts
import Database
import Directory
import Kernel
import Platform

/// What a new account needs.
package struct NewAccount: Sendable {
    package var name: String
    package var login: String
    package var role: Role
    package var organisation: OrganisationID
    package var from: LocalDate
    /// The first day on which the role no longer holds; `nil` while open-ended.
    package var until: LocalDate?
    /// Somebody the directory knows already; a new person of that name is entered otherwise.
    package var person: ID<Person>?

    package init(
        name: String, login: String, role: Role, organisation: OrganisationID, from: LocalDate, until: LocalDate? = nil,
        person: ID<Person>? = nil
    ) {
        (self.name, self.login, self.role, self.organisation) = (name, login, role, organisation)
        (self.from, self.until, self.person) = (from, until, person)
    }
}

/// The writes on accounts. Each runs inside the caller's transaction and leaves an audit entry. Whether the actor may do
/// it, `AccountAdministration` asks; commands and the demo come straight here.
package struct AccountService {
    /// The name under which the demo enters its data.
    package static let demoActor = "演示数据"
    /// Stands in place of a password's hash while there is none: no password has this hash.
    package static let noPassword = "!"

    let db: Connection
    let actor: AuditActor
    let now: Timestamp
    let store: AccountStore

    package init(_ db: Connection, by actor: AuditActor, now: Timestamp = .now) {
        (self.db, self.actor, self.now, store) = (db, actor, now, AccountStore(db))
    }

    /// Opens an account with its first role. Hashing is slow and asynchronous, so the hash is made beforehand.
    /// Throws `DomainError.invalid` for the fields `name`, `login`, `role`, `organisation` and `until`, and
    /// `DomainError.conflict` when the person has an account: one person, one account.
    @discardableResult
    package func create(_ new: NewAccount, passwordHash: String, mustChange: Bool) throws -> ID<Account> {
        let login = LoginName.normalised(new.login)
        if let problem = LoginName.problem(in: login) { throw DomainError.invalid("login", problem) }
        let taken: Int? = try db.value("SELECT 1 FROM identity_account WHERE login_name = \(login)")
        if taken != nil { throw AccountService.loginTaken(login) }
        if let person = new.person {
            let other: Int? = try db.value("SELECT 1 FROM identity_account WHERE person_id = \(person)")
            if other != nil { throw DomainError.conflict("\(new.name)已经有账号，在原账号上增加角色") }
        }
        let person = try new.person ?? PersonStore(db).insert(name: new.name, at: now)
        let id = ID<Account>.new()
        do {
            try store.insert(
                id, person: person, login: login, passwordHash: passwordHash, mustChange: mustChange, by: actor.name,
                at: now)
        } catch DatabaseError.uniqueViolation {
            throw AccountService.loginTaken(login)
        }
        if passwordHash != AccountService.noPassword { try store.remember(passwordHash, of: id) }
        let place = try OrganisationStore(db).find(new.organisation, within: .everything).path
        try record("account.created", id, at: place, login)
        try grant(new.role, at: new.organisation, from: new.from, until: new.until, to: id)
        return id
    }

    private static func loginTaken(_ login: String) -> DomainError {
        .invalid("login", "登录名 \(login) 已有人使用，换一个")
    }

    /// Gives a role. Without an end it holds as long as the role allows: for ever, or a year for administrators.
    package func grant(
        _ role: Role, at organisation: OrganisationID, from: LocalDate, until: LocalDate?, to account: ID<Account>
    ) throws {
        let place = try OrganisationStore(db).find(organisation, within: .everything)
        let until = until ?? GrantRules.usualEnd(of: role, from: from)
        let existing = try store.grants(of: [account])[account] ?? []
        try GrantRules.check(role, at: place, from: from, until: until, beside: existing)
        try store.insertGrant(role, at: organisation, from: from, until: until, to: account, by: actor.name, at: now)
        let period = "\(from.iso) 至 \(until?.adding(days: -1).iso ?? "长期")"
        try record("account.role_granted", account, at: place.path, "\(role.title)，\(place.name)，\(period)")
    }

    /// Ends a role at once, or on the day. Throws `DomainError.conflict` when it has ended already.
    package func endGrant(_ grant: Grant, of account: ID<Account>, on day: LocalDate? = nil) throws {
        // A role that has not begun ends before it does.
        let end = max(day ?? now.day, grant.from)
        guard try store.endGrant(grant.id, of: account, on: end) else {
            throw DomainError.conflict("这个角色已经结束")
        }
        try record("account.role_ended", account, at: grant.path, "\(grant.role.title)，\(grant.organisationName)")
    }

    /// Lets a role that is to end go on.
    func extendGrant(_ grant: Grant, of account: ID<Account>) throws {
        try store.setOpen(grant.id)
        try record("account.role_granted", account, at: grant.path, "\(grant.role.title)，\(grant.organisationName)，长期")
    }

    /// Sets a password that somebody else chose, ends every session and lifts a lock. A slip printed before is void.
    package func resetPassword(_ hash: String, mustChange: Bool, of account: AccountRecord) throws {
        try store.setPassword(hash, mustChange: mustChange, of: account.id, at: now)
        try OnboardingStore(db).deleteCode(of: account.id)
        try SessionStore(db).deleteAll(of: account.id, except: nil)
        try ThrottleStore(db).delete(ThrottleKey.login(account.login))
        try record("account.password_reset", account.id, at: account.place(on: now.day))
    }

    /// Takes the password away, so that only an activation code opens the account, ends every session and lifts a lock.
    func takePassword(of account: AccountRecord, action: String) throws {
        try store.clearPassword(of: account.id, at: now)
        try SessionStore(db).deleteAll(of: account.id, except: nil)
        try ThrottleStore(db).delete(ThrottleKey.login(account.login))
        try record(action, account.id, at: account.place(on: now.day))
    }

    /// Ends every session of the account and lets nobody sign in by it.
    package func suspend(_ account: AccountRecord) throws {
        guard try store.setState(.suspended, from: .active, of: account.id) else {
            throw DomainError.conflict("这个账号已经停用")
        }
        try SessionStore(db).deleteAll(of: account.id, except: nil)
        try Outbox.post(AccountSuspended(account: account.id.rawValue), now: now, on: db)
        try record("account.suspended", account.id, at: account.place(on: now.day))
    }

    package func resume(_ account: AccountRecord) throws {
        guard try store.setState(.active, from: .suspended, of: account.id) else {
            throw DomainError.conflict("这个账号没有停用")
        }
        try store.noteResumption(of: account.id, at: now)
        try record("account.resumed", account.id, at: account.place(on: now.day))
    }

    /// Lifts the lock that failed attempts have put on the login name.
    package func unlock(_ account: AccountRecord) throws {
        try ThrottleStore(db).delete(ThrottleKey.login(account.login))
        try ThrottleStore(db).delete(ThrottleKey.factor(account.id))
        try record("account.unlocked", account.id, at: account.place(on: now.day))
    }

    /// Suspends an account that nobody has used for long.
    func suspendIdle(_ account: AccountRecord) throws {
        guard try store.setState(.suspended, from: .active, of: account.id) else { return }
        try SessionStore(db).deleteAll(of: account.id, except: nil)
        try Outbox.post(AccountSuspended(account: account.id.rawValue), now: now, on: db)
        try record("account.idled", account.id, at: account.place(on: now.day))
    }

    /// 注销: takes away everything that lets somebody in, ends all roles, frees the login name, and tells whoever keeps
    /// more about the account. What the law has schools keep about the person stays in the directory.
    func close(_ account: AccountRecord, _ crypto: any CryptoProvider) throws {
        let place = account.place(on: now.day)
        guard try store.setState(.closed, from: account.state, of: account.id), account.state != .closed else {
            throw DomainError.conflict("这个账号已经注销")
        }
        for grant in account.grants where grant.isOpen(on: now.day) { try endGrant(grant, of: account.id) }
        try store.clearPassword(of: account.id, at: now)
        try store.forget(account.id)
        try SessionStore(db).deleteAll(of: account.id, except: nil)
        _ = try SecondFactorStore(db, crypto).delete(account.id)
        let onboarding = OnboardingStore(db)
        try onboarding.deleteCode(of: account.id)
        try onboarding.deleteCard(of: account.id)
        try Outbox.post(AccountClosed(account: account.id.rawValue), now: now, on: db)
        try record("account.closed", account.id, at: place)
    }

    /// Takes the second factor off, for somebody whose phone is lost, and ends every session.
    func removeSecondFactor(of account: AccountRecord, _ crypto: any CryptoProvider) throws {
        guard try SecondFactorStore(db, crypto).delete(account.id) else {
            throw DomainError.conflict("这个账号没有启用两步验证")
        }
        try ThrottleStore(db).delete(ThrottleKey.factor(account.id))
        try SessionStore(db).deleteAll(of: account.id, except: nil)
        try record("account.factor_removed", account.id, at: account.place(on: now.day))
    }

    func record(_ action: String, _ id: ID<Account>, at path: OrganisationPath, _ detail: String = "") throws {
        try AuditLog.record(action, id.rawValue, by: actor, at: path, detail, now: now, on: db)
    }
}
