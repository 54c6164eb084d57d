import Database
import Directory
import Kernel
import Platform

/// What came of an attempt to sign in.
enum SignInResult: Sendable {
    case started(token: String, mustChangePassword: Bool, last: LastSignIn?)
    /// Wrong, or not allowed; the text is shown.
    case refused(String)
    /// Too many failures; not even looked at.
    case wait(seconds: Int64)
}

/// When and from where the account signed in before.
struct LastSignIn: Sendable, Equatable {
    let at: Timestamp
    let address: String
}

/// Signing in by password. An attempt is counted as a failure before the password is looked at, so that many at once
/// cannot outrun the lock; a success takes the count away.
struct SignInService: Sendable {
    let database: Database
    let hasher: PasswordHasher
    let sessions: SessionService
    let now: @Sendable () -> Timestamp
    /// Whether accounts of the demo's data may sign in; their passwords are known to everybody.
    let admitsDemoAccounts: Bool

    static let wrong = "账号或密码不正确"

    struct Attempt: Sendable {
        let login: String
        let password: String
        let address: String
        let browser: String
        /// The session the browser had before; it ends.
        let previous: SessionReference?
    }

    struct SessionReference: Sendable {
        let id: String
        let account: ID<Account>
    }

    func signIn(_ attempt: Attempt) async throws -> SignInResult {
        let key = ThrottleKey.login(LoginName.normalised(attempt.login))
        let opening = try await open(attempt, key)
        guard case .judged(let known, let lock) = opening else {
            if case .wait(let seconds) = opening { return .wait(seconds: seconds) }
            return .refused(SignInService.wrong)
        }
        let isRight: Bool
        var newHash: String?
        do {
            isRight = try await hasher.verify(attempt.password, against: known?.passwordHash)
            if isRight, let known, hasher.needsRehash(known.passwordHash) {
                newHash = try await hasher.hash(attempt.password)
            }
        } catch {
            // Nobody judged the attempt, so it must not count.
            try await database.write { try ThrottleStore($0).takeBack(key, lockedUntil: lock) }
            throw error
        }
        guard isRight, let known, admitsDemoAccounts || !known.isOfDemo else {
            return try await fail(attempt, known, lock)
        }
        return try await succeed(attempt, known, key, newHash)
    }

    private enum Opening: Sendable {
        case wait(Int64)
        /// The account of the name, if there is one, and the lock that this attempt brings if it fails.
        case judged(AccountStore.Credentials?, lock: Timestamp?)
    }

    private func open(_ attempt: Attempt, _ key: String) async throws -> Opening {
        let now = now(), login = LoginName.normalised(attempt.login)
        return try await database.write { db in
            let store = ThrottleStore(db)
            let counts = [try store.find(ThrottleKey.address(attempt.address)), try store.find(key)]
            if let seconds = counts.compactMap({ $0?.wait(at: now) }).max() { return .wait(seconds) }
            let count = try store.add(key, .login, at: now)
            let lock = count.wait(at: now) == nil ? nil : count.lockedUntil
            return .judged(try AccountStore(db).credentials(login: login), lock: lock)
        }
    }

    private func fail(
        _ attempt: Attempt, _ known: AccountStore.Credentials?, _ lock: Timestamp?
    ) async throws -> SignInResult {
        let now = now()
        let wait = try await database.write { db -> Int64? in
            let store = ThrottleStore(db)
            // Attempts judged side by side all end here: those past the limit learn nothing.
            if let seconds = try store.find(ThrottleKey.address(attempt.address))?.wait(at: now) { return seconds }
            try store.add(ThrottleKey.address(attempt.address), .address, at: now)
            try note("account.sign_in_failed", known, attempt, succeeded: false, at: now, on: db)
            if lock != nil { try note("account.locked", known, attempt, succeeded: false, at: now, on: db) }
            return nil
        }
        if let wait { return .wait(seconds: wait) }
        guard let lock, let seconds = ThrottleCount(since: now, lockedUntil: lock).wait(at: now) else {
            return .refused(SignInService.wrong)
        }
        return .refused(SignInService.wrong + "。" + SignInService.waitText(seconds))
    }

    private func succeed(
        _ attempt: Attempt, _ known: AccountStore.Credentials, _ key: String, _ newHash: String?
    ) async throws -> SignInResult {
        let now = now()
        return try await database.write { db in
            let throttle = ThrottleStore(db)
            if let seconds = try throttle.find(ThrottleKey.address(attempt.address))?.wait(at: now) {
                return .wait(seconds: seconds)
            }
            try throttle.delete(key)
            let store = AccountStore(db)
            guard try store.markSignedIn(known, newHash: newHash, address: attempt.address, at: now) else {
                try note("account.sign_in_failed", known, attempt, succeeded: false, at: now, on: db)
                return .refused(known.state == .active ? SignInService.wrong : "这个账号已停用，请联系管理员")
            }
            if let previous = attempt.previous, let hash = Hex.decode(previous.id) {
                try SessionStore(db).delete(hash, of: previous.account)
            }
            let roles = try (store.grants(of: [known.id])[known.id] ?? []).filter { $0.holds(on: now.day) }.map(\.role)
            let token = try sessions.start(
                for: known.id, roles: roles, browser: attempt.browser, address: attempt.address, at: now, on: db)
            try note("account.signed_in", known, attempt, succeeded: true, at: now, on: db)
            let last = known.lastSignInAt.map { LastSignIn(at: $0, address: known.lastSignInAddress) }
            return .started(token: token, mustChangePassword: known.mustChange, last: last)
        }
    }

    /// A name that no account has is not written down: it may be a password typed into the wrong field.
    private func note(
        _ action: String, _ known: AccountStore.Credentials?, _ attempt: Attempt, succeeded: Bool, at now: Timestamp,
        on db: Connection
    ) throws {
        let actor = AuditActor(id: known?.id.rawValue, name: known?.name ?? "访客", address: attempt.address)
        let place =
            try known.map { try AccountStore(db).find($0.id, within: .everything, at: now).place(on: now.day) }
            ?? OrganisationStore(db).city()?.path
        try AuditLog.record(
            action, known?.id.rawValue ?? "", by: actor, at: place ?? .city, known?.login ?? "没有这个账号",
            succeeded: succeeded, now: now, on: db)
    }

    /// How long to wait, in words.
    static func waitText(_ seconds: Int64) -> String {
        let minutes = (seconds + 59) / 60
        let time = minutes > 90 ? "\((minutes + 59) / 60) 小时" : "\(minutes) 分钟"
        return "连续失败次数过多，\(time)后再试"
    }
}
