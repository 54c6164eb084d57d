import Database
import Directory
import Identity
import Kernel
import Platform

/// Signing in by WeChat, and binding a WeChat to an account.
struct WeChatService: Sendable {
    let database: Database
    let client: WeChatClient
    let crypto: any CryptoProvider
    let door: SignInDoor
    let now: @Sendable () -> Timestamp
    /// Tells whether a pupil may have her WeChat bound; without one nobody is asked.
    var consent: (any ServiceConsent)?

    /// Seconds since a person has shown who she is in which she may bind a WeChat.
    static let freshness: Int64 = 600

    // MARK: Signing in

    /// Begins a way to WeChat.
    func start(for account: ID<Account>?, way: String) -> WeChatAttempt {
        WeChatAttempt(
            state: Hex.encode(SecureRandom.bytes(32)), until: now().adding(seconds: WeChatCookies.life).milliseconds,
            way: way, account: account?.rawValue)
    }

    /// What came of a way back from WeChat.
    enum Outcome: Sendable {
        case signIn(SignInResult)
        /// Nobody's account is bound to this WeChat.
        case unbound(WeChatIdentity)
        /// She wanted to bind a WeChat that is bound already.
        case bound(to: ID<Account>)
        /// She came back before.
        case repeated
        case wait(seconds: Int64)
        case failed(WeChatError)
    }

    /// Redeems the code that a person came back with, once.
    func finish(_ attempt: WeChatAttempt, code: String, _ visit: SignInVisit) async throws -> Outcome {
        let start = now()
        let opening = try await database.write { db -> Outcome? in
            guard try store(db).spend(attempt.state, at: start) else { return .repeated }
            return try door.wait(from: visit.address, at: start, on: db).map { .wait(seconds: $0) }
        }
        if let opening { return opening }
        let identity: WeChatIdentity
        do {
            identity = try await client.redeem(code)
        } catch let error as WeChatError {
            try await note(error, visit.address)
            return .failed(error)
        }
        let now = now()
        return try await database.write { db in
            guard let binding = try store(db).find(identity) else { return .unbound(identity) }
            if attempt.account != nil { return .bound(to: binding.account) }
            if let seconds = try door.wait(for: binding.account, at: now, on: db) { return .wait(seconds: seconds) }
            let result: SignInResult
            do {
                guard try mayUse(binding.account, at: now, db) else {
                    // What was agreed has been taken back since.
                    let actor = AuditActor(id: nil, name: AuditActor.system.name, address: visit.address)
                    try unbind(binding.account, by: actor, at: now, on: db)
                    return .unbound(identity)
                }
                result = try door.admit(binding.account, by: .wechat, visit, at: now, on: db)
            } catch DomainError.notFound {
                // The account has been erased since.
                try store(db).delete(of: binding.account)
                return .unbound(identity)
            }
            if case .started = result { try store(db).use(identity, of: binding.account, at: now) }
            return .signIn(result)
        }
    }

    /// Codes are not guessed for fun: whoever sends wrong ones uses up the city's quota at WeChat.
    private func note(_ error: WeChatError, _ address: String) async throws {
        let now = now()
        try await database.write { db in
            if error == .refusedCode || error == .usedCode { try door.countFailure(from: address, at: now, on: db) }
            try AuditLog.record(
                "account.wechat_failed", "", by: AuditActor(id: nil, name: AuditActor.visitor.name, address: address),
                at: .city, error.note, succeeded: false, now: now, on: db)
        }
    }

    // MARK: Binding

    func binding(of account: ID<Account>) async throws -> WeChatBinding? {
        try await database.read { try store($0).find(of: account) }
    }

    private func mayUse(_ account: ID<Account>, at now: Timestamp, _ db: Connection) throws -> Bool {
        guard let consent else { return true }
        let person = try AccountStore(db).find(account, within: .everything, at: now).person
        return try consent.allows(.wechat, of: person, on: now.day, db)
    }

    /// Throws `DomainError.conflict` when the account or the WeChat is bound, and for a pupil without consent.
    func bind(_ identity: WeChatIdentity, to user: CurrentUser, address: String) async throws {
        let now = now(), actor = AuditActor(user, address: address)
        do {
            try await database.write { db in
                if let other = try store(db).find(identity) {
                    throw DomainError.conflict(WeChatService.boundText(isOwn: other.account == user.account))
                }
                guard try store(db).find(of: user.account) == nil else {
                    throw DomainError.conflict("你的账号已绑定另一个微信。先在“我的账号”解除绑定，再绑定新的。")
                }
                guard try mayUse(user.account, at: now, db) else {
                    throw DomainError.conflict("学生绑定微信要先在“征求同意”里同意“微信绑定”，未满十四周岁由家长同意。")
                }
                try store(db).insert(identity, to: user.account, at: now)
                try record("account.wechat_bound", user.account, by: actor, at: now, on: db)
            }
        } catch DatabaseError.uniqueViolation {
            throw DomainError.conflict(WeChatService.boundText(isOwn: false))
        }
    }

    static func boundText(isOwn: Bool) -> String {
        isOwn ? "这个微信已经绑定你的账号。" : "这个微信已绑定其他账号。先用那个账号登录，在“我的账号”解除绑定，再绑定这个账号。"
    }

    /// Takes the WeChat off the user's own account. Throws `DomainError.conflict` when there is none.
    func unbind(_ user: CurrentUser, address: String) async throws {
        let now = now(), actor = AuditActor(user, address: address)
        try await database.write { try unbind(user.account, by: actor, at: now, on: $0) }
    }

    /// Takes the WeChat off another's account. Throws as `AccountStore.managed` does, and `DomainError.conflict` when
    /// there is none.
    func unbind(_ account: ID<Account>, by user: CurrentUser, address: String) async throws {
        let now = now(), actor = AuditActor(user, address: address)
        try await database.write { db in
            let managed = try AccountStore(db).managed(account, by: user, at: now)
            try unbind(managed.id, by: actor, at: now, on: db)
        }
    }

    private func unbind(_ account: ID<Account>, by actor: AuditActor, at now: Timestamp, on db: Connection) throws {
        guard try store(db).delete(of: account) else { throw DomainError.conflict("这个账号没有绑定微信。") }
        try record("account.wechat_unbound", account, by: actor, at: now, on: db)
    }

    private func record(
        _ action: String, _ account: ID<Account>, by actor: AuditActor, at now: Timestamp, on db: Connection
    ) throws {
        let place = try AccountStore(db).find(account, within: .everything, at: now).place(on: now.day)
        try AuditLog.record(action, account.rawValue, by: actor, at: place, now: now, on: db)
    }

    private func store(_ db: Connection) -> WeChatBindingStore {
        WeChatBindingStore(db: db, crypto: crypto, appID: client.settings.appID)
    }
}
