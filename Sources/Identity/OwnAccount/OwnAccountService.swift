import Database
import Kernel
import Platform
import Web

/// What people do to their own account.
struct OwnAccountService: Sendable {
    let database: Database
    let hasher: PasswordHasher
    let sessions: SessionService
    let crypto: any CryptoProvider
    let now: @Sendable () -> Timestamp

    /// The account with its grants, and its sessions, newest first.
    func overview(
        of account: ID<Account>
    ) async throws -> (account: AccountRecord, sessions: [SessionLine], recoveryCodes: Int) {
        let now = now(), crypto = crypto
        return try await database.read { db in
            (
                try AccountStore(db).find(account, within: .everything, at: now),
                try SessionStore(db).list(of: account, at: now),
                try SecondFactorStore(db, crypto).recoveryCodes(of: account)
            )
        }
    }

    private struct Known: Sendable {
        let credentials: AccountStore.Credentials
        let grants: [Grant]
        let former: [String]
    }

    /// Changes the password, ends every session and token of the account, and returns the token of a new session.
    /// Wrong guesses of the present password count like failed sign-ins. Throws `DomainError.invalid` for the fields
    /// `present`, `password` and `repeated`.
    func changePassword(
        _ change: PasswordChange, of user: CurrentUser, confirmedAt: Timestamp? = nil, address: String, browser: String
    ) async throws -> String {
        let start = now()
        let known = try await known(user.account, at: start)
        let facts = PersonalFacts(
            name: user.name, login: known.credentials.login, organisations: known.grants.map(\.organisationName))
        let problems = change.problems(for: .init(known.grants.map(\.role)), knowing: facts)
        guard problems.isEmpty else { throw DomainError.invalid(problems) }
        try await checkPresent(change.present, known.credentials, address: address)
        for hash in known.former where try await hasher.verify(change.new, against: hash) {
            throw DomainError.invalid("password", "不能使用最近 \(PasswordChange.historyLength) 次用过的密码")
        }
        let hash = try await hasher.hash(change.new)
        let now = now()
        return try await database.write { db in
            let store = AccountStore(db)
            // An administrator's reset in between must win over whoever knew the old password.
            guard try store.credentials(of: user.account)?.passwordHash == known.credentials.passwordHash else {
                throw DomainError.conflict("密码刚被修改，请重新登录。")
            }
            try store.setPassword(hash, mustChange: false, of: user.account, at: now)
            try SessionStore(db).deleteAll(of: user.account, except: nil)
            try ThrottleStore(db).delete(ThrottleKey.login(known.credentials.login))
            let place = try store.find(user.account, within: .everything, at: now).place(on: now.day)
            try AuditLog.record(
                "account.password_changed", user.account.rawValue, by: AuditActor(user, address: address), at: place,
                now: now, on: db)
            return try sessions.start(
                for: user.account, roles: known.grants.map(\.role), by: .password, confirmedAt: confirmedAt,
                browser: browser,
                address: address, at: now, on: db)
        }
    }

    private func known(_ account: ID<Account>, at now: Timestamp) async throws -> Known {
        try await database.read { db in
            let store = AccountStore(db)
            guard let credentials = try store.credentials(of: account) else { throw DomainError.notFound }
            let grants = (try store.grants(of: [account])[account] ?? []).filter { $0.holds(on: now.day) }
            let former = try store.passwordHistory(of: account, limit: PasswordChange.historyLength)
            return Known(credentials: credentials, grants: grants, former: former)
        }
    }

    private func checkPresent(_ password: String, _ known: AccountStore.Credentials, address: String) async throws {
        let key = ThrottleKey.login(known.login), start = now()
        let wait = try await database.write { db -> Int64? in
            let store = ThrottleStore(db)
            if let seconds = try store.find(key)?.wait(at: start) { return seconds }
            try store.add(key, .login, at: start)
            return nil
        }
        if let wait { throw DomainError.invalid("present", SignInService.waitText(wait)) }
        if try await hasher.verify(password, against: known.passwordHash) { return }
        let actor = AuditActor(id: known.id.rawValue, name: known.name, address: address), now = now()
        try await database.write { db in
            let place = try AccountStore(db).find(known.id, within: .everything, at: now).place(on: now.day)
            try AuditLog.record(
                "account.password_changed", known.id.rawValue, by: actor, at: place, "原密码不正确", succeeded: false,
                now: now, on: db)
        }
        throw DomainError.invalid("present", "现在的密码不正确")
    }

    /// Ends every browser session but this one; tokens stay.
    func endOtherSessions(of user: CurrentUser, keeping session: String, address: String) async throws {
        let others = try await overview(of: user.account).sessions.filter { $0.kind == .browser && $0.id != session }
        let actor = AuditActor(user, address: address)
        for other in others {
            try await sessions.end(other.id, of: user.account, action: "account.session_ended", by: actor)
        }
    }
}
