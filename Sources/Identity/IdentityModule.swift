import Database
import Kernel
import Platform
import Web

/// Who people are and what they may do: accounts, sign-in by password, sessions, roles at organisations, and the
/// administration of all that by city, county and school. The other modules see a `CurrentUser` and nothing of this.
package struct IdentityModule: Sendable {
    package static let migrations: [Migration] = [
        Migration(
            "identity/0001-accounts",
            AccountSchema.statements + SessionSchema.statements + ThrottleSchema.statements + SetupSchema.statements),
        Migration("identity/0002-session-lineage", SessionSchema.lineage),
        Migration("identity/0003-second-factor", SecondFactorSchema.statements),
        Migration("identity/0004-onboarding", OnboardingSchema.statements),
        Migration("identity/0005-resumption", AccountSchema.resumption),
        Migration("identity/0006-grant-leavings", AccountSchema.leavings),
        Migration("identity/0007-grant-proposals", GrantProposalSchema.statements),
        Migration("identity/0008-session-method", SessionSchema.method),
        Migration("identity/0009-account-index", AccountSchema.index),
    ]

    /// Where sealed values stand.
    package static let sealedColumns = [
        SealedColumn("identity_second_factor", "seed", key: "account_id", name: "identity_second_factor.seed")
    ]

    let database: Database
    let hasher: PasswordHasher
    let crypto: any CryptoProvider
    let address: SiteAddress
    let now: @Sendable () -> Timestamp
    let cast: @Sendable () async throws -> [DemoAccount]
    /// Other ways to sign in than by password.
    let signInLinks: [SignInLink]
    /// Cards that other modules put on the page of an account.
    let panels: [AccountPanel]
    /// Finds the session of a token; see `authenticate`.
    package let sessions: SessionService

    /// - Parameters:
    ///   - demoAccounts: the cast to list on the sign-in page; asked only in a demo.
    ///   - isDemo: outside a demo its accounts, whose passwords are known to everybody, can do nothing.
    ///   - limits: how long sessions live and how many there may be at once.
    package init(
        database: Database, hasher: PasswordHasher, crypto: any CryptoProvider, address: SiteAddress,
        now: @escaping @Sendable () -> Timestamp = { .now },
        demoAccounts: @escaping @Sendable () async throws -> [DemoAccount] = { [] }, isDemo: Bool = false,
        limits: SessionLimits = SessionLimits(), signInLinks: [SignInLink] = [], panels: [AccountPanel] = []
    ) {
        (self.signInLinks, self.panels) = (signInLinks, panels)
        (self.database, self.hasher, self.crypto, self.now) = (database, hasher, crypto, now)
        self.address = address
        let nobody: @Sendable () async throws -> [DemoAccount] = { [] }
        cast = isDemo ? demoAccounts : nobody
        sessions = SessionService(database: database, limits: limits, now: now, admitsDemoAccounts: isDemo)
    }

    /// Where sessions of people begin.
    package var door: SignInDoor {
        SignInDoor(sessions: sessions, admitsDemoAccounts: sessions.admitsDemoAccounts)
    }
    var signIn: SignInService {
        SignInService(database: database, hasher: hasher, crypto: crypto, door: door, now: now)
    }
    var ownAccount: OwnAccountService {
        OwnAccountService(database: database, hasher: hasher, sessions: sessions, crypto: crypto, now: now)
    }
    var secondFactor: SecondFactorService { SecondFactorService(database: database, crypto: crypto, now: now) }
    var setup: SetupService { SetupService(database: database, hasher: hasher, now: now) }

    package func routes() -> [Route] {
        var routes = Routes(module: "identity")
        SignInRoutes(service: signIn, sessions: sessions, cast: cast, links: signInLinks).add(to: &routes)
        OwnAccountRoutes(service: ownAccount, sessions: sessions, panels: panels).add(to: &routes)
        ActivationRoutes(
            service: ActivationService(database: database, hasher: hasher, crypto: crypto, door: door, now: now)
        ).add(to: &routes)
        ClassAccountRoutes(database: database, crypto: crypto, address: address, now: now).add(to: &routes)
        GuardianAccountRoutes(database: database, crypto: crypto, address: address, now: now).add(to: &routes)
        StaffAccountRoutes(database: database, crypto: crypto, address: address, now: now).add(to: &routes)
        SecondFactorRoutes(service: secondFactor).add(to: &routes)
        SecondFactorPolicyRoutes(database: database, isDemo: sessions.admitsDemoAccounts).add(to: &routes)
        AccessReviewRoutes(database: database, now: now).add(to: &routes)
        AccountRoutes(database: database, hasher: hasher, crypto: crypto, now: now, panels: panels).add(to: &routes)
        SetupRoutes(service: setup).add(to: &routes)
        return routes.all
    }

    /// Finds whom notices are for.
    package var receivers: [EventReceiver] { [NoticeDelivery(database: database, now: now).receiver] }

    /// Accounts from the command line.
    package var accounts: OperatorAccounts { OperatorAccounts(database: database, hasher: hasher, now: now) }

    /// The session behind a token from the cookie or from `Authorization: Bearer`; `nil` when it is not valid (any more).
    package func authenticate(_ token: String) async throws -> SessionInfo? { try await sessions.authenticate(token) }

    /// The path of the page for the first administrator, `/setup/…`; `nil` when there are accounts. Each call makes a new
    /// link and voids the one before.
    package func firstAdministratorLink() async throws -> String? {
        try await setup.makeLink().map { "/setup/" + $0 }
    }

    /// Starts a browser session without a password and as if the second factor had been given, for commands and tests, and
    /// returns its token. Throws `DomainError.notFound` without such an account.
    package func startSession(login: String) async throws -> String {
        let account = try await accounts.find(login), now = now()
        let roles = account.grants.filter { $0.holds(on: now.day) }.map(\.role)
        return try await database.write { db in
            try sessions.start(
                for: account.id, roles: roles, by: .password, confirmedAt: now, browser: "", address: "",
                displacesOthers: false,
                at: now,
                on: db)
        }
    }

    /// A token for programs with the rights of the account. Throws `DomainError.notFound` without such an account.
    package func issueTokenByOperator(login: String, name: String = "命令行", days: Int = 90) async throws -> String {
        try await sessions.issueToken(for: accounts.find(login).id, name: name, days: days, by: .system)
    }

    /// Days after which an account of staff that nobody uses is suspended (GB/T 22239-2019, 8.1.4.2 c).
    package static let idleDays: Int64 = 180

    private func suspendIdle(at now: Timestamp) async throws {
        let limit = now.adding(days: -IdentityModule.idleDays)
        try await database.write { db in
            let store = AccountStore(db), service = AccountService(db, by: .system, now: now)
            for id in try store.idle(since: limit, on: now.day, atMost: 200) {
                try service.suspendIdle(try store.find(id, within: .everything, at: now))
            }
        }
    }

    /// Keeps the index of accounts; see `AccountIndexing`.
    package var accountIndexing: AccountIndexing { AccountIndexing(database: database) }

    /// Removes what has expired: sessions, counts of failures older than two days. For a nightly job.
    package func forgetOld() async throws {
        let now = now(), idle = sessions.limits.idle
        try await database.write { db in
            try SessionStore(db).deleteExpired(at: now, idleSince: now.adding(seconds: -idle))
            try ThrottleStore(db).deleteOld(before: now.adding(days: -2))
        }
        try await suspendIdle(at: now)
    }
}
