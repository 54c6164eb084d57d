import Database
import Directory
import Kernel
import Platform
import Web

/// 两步验证: setting it up, giving it at sign-in, and taking it off.
struct SecondFactorService: Sendable {
    let database: Database
    let crypto: any CryptoProvider
    let now: @Sendable () -> Timestamp

    static let wrong = "验证码不正确或已过期，用验证器上现在的 6 位数字"

    /// Who gives a code: a signed-in session that is to be confirmed.
    struct Giver: Sendable {
        let account: ID<Account>
        let session: [UInt8]
        let actor: AuditActor

        /// `nil` for a request without a browser session.
        init?(_ request: WebRequest) {
            guard let info = request.session, !info.lineage.isEmpty, let hash = Hex.decode(info.id) else { return nil }
            (account, session) = (info.user.account, hash)
            actor = AuditActor(info.user, address: request.remoteAddress)
        }
    }

    enum Result: Sendable {
        /// The session goes on under this token.
        case confirmed(token: String)
        /// The first code was right: the factor is in force from now on.
        case activated(token: String, recoveryCodes: [String])
        case refused(String)
        case wait(seconds: Int64)
    }

    func isActive(_ account: ID<Account>) async throws -> Bool {
        let crypto = crypto
        return try await database.read { try SecondFactorStore($0, crypto).find(account)?.isActive ?? false }
    }

    /// The seed to put into an authenticator app; the same until the first code is given. Throws
    /// `DomainError.conflict` when a factor is in force.
    func begin(_ account: ID<Account>) async throws -> [UInt8] {
        let crypto = crypto, now = now(), fresh = SecureRandom.bytes(OneTimePassword.seedByteCount)
        return try await database.write { db in
            let store = SecondFactorStore(db, crypto)
            if let known = try store.find(account) {
                if known.isActive { throw DomainError.conflict("两步验证已经启用。") }
                return known.seed
            }
            try store.begin(fresh, of: account, at: now)
            return fresh
        }
    }

    /// Judges a code, or a recovery code, and confirms the session under a new token. Failures count per account as
    /// those of passwords do.
    func give(_ code: String, by giver: Giver) async throws -> Result {
        let crypto = crypto, now = now(), key = ThrottleKey.factor(giver.account)
        let digits = PasswordText.folded(code).filter(\.isNumber)
        let recovery = (0..<RecoveryCode.count).map { _ in RecoveryCode.random() }
        return try await database.write { db in
            let throttle = ThrottleStore(db), store = SecondFactorStore(db, crypto)
            if let seconds = try throttle.find(key)?.wait(at: now) { return .wait(seconds: seconds) }
            guard let factor = try store.find(giver.account) else { return .refused("还没有设置两步验证") }
            if let step = OneTimePassword.matchingStep(digits, factor.seed, after: factor.lastStep, at: now),
                try store.use(step: step, of: giver.account)
            {
                try throttle.delete(key)
                return try confirm(giver, factor.isActive ? nil : recovery, at: now, on: db)
            }
            if factor.isActive, try store.useRecoveryCode(code, of: giver.account) {
                try throttle.delete(key)
                try note("account.recovery_code_used", giver, at: now, on: db)
                return try confirm(giver, nil, at: now, on: db)
            }
            let count = try throttle.add(key, .login, at: now)
            try note("account.factor_failed", giver, succeeded: false, at: now, on: db)
            guard let seconds = count.wait(at: now) else { return .refused(SecondFactorService.wrong) }
            try note("account.locked", giver, succeeded: false, at: now, on: db)
            return .wait(seconds: seconds)
        }
    }

    /// - Parameter recovery: the codes that come with a factor put in force by this code.
    private func confirm(
        _ giver: Giver, _ recovery: [String]?, at now: Timestamp, on db: Connection
    ) throws -> Result {
        let token = SessionToken.random()
        guard let hash = SessionToken.hash(token),
            try SessionStore(db).renew(giver.session, as: hash, csrfToken: SessionToken.random(), confirmedAt: now)
        else { return .refused("登录已经失效，请重新登录") }
        guard let recovery else {
            try note("account.factor_given", giver, at: now, on: db)
            return .confirmed(token: token)
        }
        try SecondFactorStore(db, crypto).replaceRecoveryCodes(recovery, of: giver.account)
        try note("account.factor_set", giver, at: now, on: db)
        return .activated(token: token, recoveryCodes: recovery)
    }

    /// New recovery codes in place of the old ones.
    func renewRecoveryCodes(of user: CurrentUser, address: String) async throws -> [String] {
        let crypto = crypto, now = now(), codes = (0..<RecoveryCode.count).map { _ in RecoveryCode.random() }
        try await database.write { db in
            let store = SecondFactorStore(db, crypto)
            guard try store.find(user.account)?.isActive ?? false else { throw DomainError.conflict("还没有启用两步验证。") }
            try store.replaceRecoveryCodes(codes, of: user.account)
            try SecondFactorService.note(
                "account.recovery_codes_renewed", user.account, by: AuditActor(user, address: address), at: now, on: db)
        }
        return codes
    }

    private func note(
        _ action: String, _ giver: Giver, succeeded: Bool = true, at now: Timestamp, on db: Connection
    ) throws {
        try SecondFactorService.note(
            action, giver.account, by: giver.actor, succeeded: succeeded, at: now, on: db)
    }

    static func note(
        _ action: String, _ account: ID<Account>, by actor: AuditActor, succeeded: Bool = true, at now: Timestamp,
        on db: Connection
    ) throws {
        let place = try AccountStore(db).find(account, within: .everything, at: now).place(on: now.day)
        try AuditLog.record(action, account.rawValue, by: actor, at: place, succeeded: succeeded, now: now, on: db)
    }
}
