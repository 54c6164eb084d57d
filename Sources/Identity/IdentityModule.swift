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
    ]

    let database: Database
    let hasher: PasswordHasher
    let now: @Sendable () -> Timestamp
    let cast: @Sendable () async throws -> [DemoAccount]
    /// Finds the session of a token; see `authenticate`.
    package let sessions: SessionService

    /// - Parameters:
    ///   - demoAccounts: the cast to list on the sign-in page; asked only in a demo.
    ///   - isDemo: outside a demo its accounts, whose passwords are known to everybody, can do nothing.
    ///   - limits: how long sessions live and how many there may be at once.
    package init(
        database: Database, hasher: PasswordHasher, now: @escaping @Sendable () -> Timestamp = { .now },
        demoAccounts: @escaping @Sendable () async throws -> [DemoAccount] = { [] }, isDemo: Bool = false,
        limits: SessionLimits = SessionLimits()
    ) {
        (self.database, self.hasher, self.now) = (database, hasher, now)
        let nobody: @Sendable () async throws -> [DemoAccount] = { [] }
        cast = isDemo ? demoAccounts : nobody
        sessions = SessionService(database: database, limits: limits, now: now, admitsDemoAccounts: isDemo)
    }

    /// Where sessions of people begin.
    package var door: SignInDoor {
        SignInDoor(sessions: sessions, admitsDemoAccounts: sessions.admitsDemoAccounts)
    }
    var signIn: SignInService { SignInService(database: database, hasher: hasher, door: door, now: now) }
    var ownAccount: OwnAccountService {
        OwnAccountService(database: database, hasher: hasher, sessions: sessions, now: now)
    }
    var setup: SetupService { SetupService(database: database, hasher: hasher, now: now) }

    package func routes() -> [Route] {
        var routes = Routes(module: "identity")
        SignInRoutes(service: signIn, sessions: sessions, cast: cast).add(to: &routes)
        OwnAccountRoutes(service: ownAccount, sessions: sessions).add(to: &routes)
        AccountRoutes(database: database, hasher: hasher, now: now).add(to: &routes)
        SetupRoutes(service: setup).add(to: &routes)
        return routes.all
    }

    /// Accounts from the command line.
    package var accounts: OperatorAccounts { OperatorAccounts(database: database, hasher: hasher, now: now) }

    /// The session behind a token from the cookie or from `Authorization: Bearer`; `nil` when it is not valid (any more).
    package func authenticate(_ token: String) async throws -> SessionInfo? { try await sessions.authenticate(token) }

    /// The path of the page for the first administrator, `/setup/…`; `nil` when there are accounts. Each call makes a new
    /// link and voids the one before.
    package func firstAdministratorLink() async throws -> String? {
        try await setup.makeLink().map { "/setup/" + $0 }
    }

    /// Starts a browser session without a password, for commands and tests, and returns its token. Throws
    /// `DomainError.notFound` without such an account.
    package func startSession(login: String) async throws -> String {
        let account = try await accounts.find(login), now = now()
        let roles = account.grants.filter { $0.holds(on: now.day) }.map(\.role)
        return try await database.write { db in
            try sessions.start(for: account.id, roles: roles, browser: "", address: "", at: now, on: db)
        }
    }

    /// A token for programs with the rights of the account. Throws `DomainError.notFound` without such an account.
    package func issueTokenByOperator(login: String, name: String = "命令行", days: Int = 90) async throws -> String {
        try await sessions.issueToken(for: accounts.find(login).id, name: name, days: days, by: .system)
    }

    /// Removes what has expired: sessions, counts of failures older than two days. For a nightly job.
    package func forgetOld() async throws {
        let now = now(), idle = sessions.limits.idle
        try await database.write { db in
            try SessionStore(db).deleteExpired(at: now, idleSince: now.adding(seconds: -idle))
            try ThrottleStore(db).deleteOld(before: now.adding(days: -2))
        }
    }
}
