import Database
import Kernel
import Platform

/// Signing in by password. An attempt is counted as a failure before the password is looked at, so that many at once
/// cannot outrun the lock; a success takes the count away.
struct SignInService: Sendable {
    let database: Database
    let hasher: PasswordHasher
    let crypto: any CryptoProvider
    let door: SignInDoor
    let now: @Sendable () -> Timestamp

    struct Attempt: Sendable {
        let login: String
        let password: String
        let visit: SignInVisit
    }

    func signIn(_ attempt: Attempt) async throws -> SignInResult {
        let opening = try await open(attempt)
        guard case .judged(let known, let key, let lock) = opening else {
            if case .wait(let seconds) = opening { return .wait(seconds: seconds) }
            return .refused(SignInDoor.wrong)
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
        guard isRight, let known, door.admitsDemoAccounts || !known.isOfDemo else {
            return try await fail(attempt, known, lock)
        }
        return try await succeed(attempt, known, key, newHash)
    }

    private enum Opening: Sendable {
        case wait(Int64)
        /// The account of the name, if there is one, the key its failures are counted by, and the lock that this attempt
        /// brings if it fails.
        case judged(AccountStore.Credentials?, key: String, lock: Timestamp?)
    }

    private func open(_ attempt: Attempt) async throws -> Opening {
        let now = now(), login = LoginName.normalised(attempt.login), crypto = crypto
        return try await database.write { db in
            let store = ThrottleStore(db)
            let known = try AccountStore(db).credentials(anyName: attempt.login, crypto)
            // Whatever name she comes by, an account has one count.
            let key = ThrottleKey.login(known?.login ?? login)
            let counts = [try store.find(ThrottleKey.address(attempt.visit.address)), try store.find(key)]
            if let seconds = counts.compactMap({ $0?.wait(at: now) }).max() { return .wait(seconds) }
            let count = try store.add(key, .login, at: now)
            let lock = count.wait(at: now) == nil ? nil : count.lockedUntil
            return .judged(known, key: key, lock: lock)
        }
    }

    private func fail(
        _ attempt: Attempt, _ known: AccountStore.Credentials?, _ lock: Timestamp?
    ) async throws -> SignInResult {
        let now = now()
        let wait = try await database.write { db -> Int64? in
            let store = ThrottleStore(db)
            // Attempts judged side by side all end here: those past the limit learn nothing.
            if let seconds = try store.find(ThrottleKey.address(attempt.visit.address))?.wait(at: now) {
                return seconds
            }
            try store.add(ThrottleKey.address(attempt.visit.address), .address, at: now)
            try SignInDoor.note(
                "account.sign_in_failed", known, .password, attempt.visit.address, succeeded: false, at: now, on: db)
            if lock != nil {
                try SignInDoor.note(
                    "account.locked", known, .password, attempt.visit.address, succeeded: false, at: now, on: db)
            }
            return nil
        }
        if let wait { return .wait(seconds: wait) }
        guard let lock, let seconds = ThrottleCount(since: now, lockedUntil: lock).wait(at: now) else {
            return .refused(SignInDoor.wrong)
        }
        return .refused(SignInDoor.wrong + "。" + SignInService.waitText(seconds))
    }

    private func succeed(
        _ attempt: Attempt, _ known: AccountStore.Credentials, _ key: String, _ newHash: String?
    ) async throws -> SignInResult {
        let now = now()
        return try await database.write { db in
            let throttle = ThrottleStore(db)
            if let seconds = try throttle.find(ThrottleKey.address(attempt.visit.address))?.wait(at: now) {
                return .wait(seconds: seconds)
            }
            try throttle.delete(key)
            return try door.admit(known, newHash: newHash, by: .password, attempt.visit, at: now, on: db)
        }
    }

    /// How long to wait, in words.
    static func waitText(_ seconds: Int64) -> String {
        let minutes = (seconds + 59) / 60
        let time = minutes > 90 ? "\((minutes + 59) / 60) 小时" : "\(minutes) 分钟"
        return "连续失败次数过多，\(time)后再试"
    }
}
