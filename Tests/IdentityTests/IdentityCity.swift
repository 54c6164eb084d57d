import Database
import Directory
import Foundation
import Kernel
import Logging
import Platform
import Synchronization
import Testing
import Web

@testable import Identity

/// A clock that stands still until a test moves it.
final class TestClock: Sendable {
    private let time = Mutex(Timestamp(milliseconds: 1_447_000_000_000))

    var now: Timestamp { time.withLock { $0 } }
    func advance(seconds: Int64) { time.withLock { $0 = $0.adding(seconds: seconds) } }
}

/// Work that was put off, to be done when a test says so.
final class PutOff: Sendable {
    private let work = Mutex<[@Sendable () async -> Void]>([])

    func add(_ one: @escaping @Sendable () async -> Void) { work.withLock { $0.append(one) } }
    func run() async {
        let all = work.withLock { waiting in
            defer { waiting = [] }
            return waiting
        }
        for one in all { await one() }
    }
}

/// A city with two counties and two schools in the first, and one account for each place.
struct IdentityCity: Sendable {
    let database: Database
    let identity: IdentityModule
    let clock: TestClock
    let places: [String: Organisation]

    static let password = "Tuo7luo!Boat"

    func place(_ name: String) -> Organisation { places[name]! }

    @discardableResult
    func open(_ login: String, _ role: Role, at place: String) async throws -> ID<Account> {
        let hash = try await identity.hasher.hash(IdentityCity.password)
        let account = NewAccount(
            name: "某\(login)", login: login, role: role, organisation: self.place(place).id,
            from: clock.now.day.adding(days: -1))
        let now = clock.now
        return try await database.write { db in
            try AccountService(db, by: .system, now: now).create(account, passwordHash: hash, mustChange: false)
        }
    }

    func user(_ login: String) async throws -> CurrentUser {
        let token = try await identity.startSession(login: login)
        return try #require(try await identity.authenticate(token)).user
    }

    func account(_ login: String) async throws -> AccountRecord { try await identity.accounts.find(login) }

    func signIn(_ login: String, _ password: String = IdentityCity.password, address: String = "10.0.0.1") async throws
        -> SignInResult
    {
        try await identity.signIn.signIn(
            .init(
                login: login, password: password,
                visit: SignInVisit(address: address, browser: "Firefox Linux", previous: nil)))
    }

    /// What an administrator does, in a transaction of its own.
    func administer<T: Sendable>(
        as user: CurrentUser, _ deed: @escaping @Sendable (AccountAdministration) throws -> T
    ) async throws -> T {
        let now = clock.now
        return try await database.write { try deed(AccountAdministration($0, by: user, address: "10.0.0.2", now: now)) }
    }

    func audit(_ action: String) async throws -> [AuditEntry] {
        try await database.read { try AuditLog.list(within: .everything, action: action, limit: 100, on: $0) }
    }
}

func withIdentityCity(limits: SessionLimits = SessionLimits(), _ body: (IdentityCity) async throws -> Void) async throws
{
    let folder = NSTemporaryDirectory() + "santong-identity-" + Identifiers.next()
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let database = try Database(
        .sqlite(path: folder + "/santong.sqlite", synchronous: .off), readers: 2, logger: Logger(label: "test"))
    defer { database.close() }
    _ = try await database.migrate(
        PlatformModule.migrations + DirectoryModule.migrations + IdentityModule.migrations)
    let clock = TestClock()
    let identity = IdentityModule(
        database: database, hasher: PasswordHasher(cost: .minimal),
        crypto: InternationalCrypto(.generate()), address: SiteAddress("http://127.0.0.1"), now: { clock.now },
        limits: limits)
    let places = try await database.write { db in
        let service = OrganisationService(db, by: .system, source: "test", now: clock.now)
        let primary = SchoolProfile(schoolType: "211", urbanRural: "111", isCentral: false)
        let city = try service.add(.init(kind: .city, code: "450600", name: "防城港市"), below: nil)
        let county = try service.add(.init(kind: .county, code: "450603", name: "防城区"), below: city)
        let other = try service.add(.init(kind: .county, code: "450681", name: "东兴市"), below: city)
        let school = try service.add(
            .init(kind: .school, code: "2145990001", name: "第一小学", profile: primary), below: county)
        let second = try service.add(
            .init(kind: .school, code: "2145990002", name: "第二小学", profile: primary), below: county)
        return ["city": city, "county": county, "other": other, "school": school, "second": second]
    }
    try await body(IdentityCity(database: database, identity: identity, clock: clock, places: places))
}
