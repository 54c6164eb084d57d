import Database
import Kernel
import Platform
import Testing
import Web

@testable import Identity

@Suite("两步验证")
struct SecondFactorTests {
    /// Signs in by password and returns the browser's token.
    private func signIn(_ city: IdentityCity, _ login: String) async throws -> String {
        try #require(try await city.signIn(login).token)
    }

    private func code(_ city: IdentityCity, _ account: ID<Account>, stepsLater: Int64 = 0) async throws -> String {
        let crypto = city.identity.crypto
        let factor = try await city.database.read { try SecondFactorStore($0, crypto).find(account) }
        let step = OneTimePassword.step(at: city.clock.now) + stepsLater
        return OneTimePassword.code(try #require(factor).seed, step: step)
    }

    /// Sets a factor up and returns the confirmed session's token and the recovery codes.
    private func setUp(_ city: IdentityCity, _ account: ID<Account>, _ token: String) async throws
        -> (token: String, codes: [String])
    {
        _ = try await city.identity.secondFactor.begin(account)
        let code = try await code(city, account)
        guard case .activated(let next, let codes) = try await give(city, code, token) else {
            Issue.record("not activated")
            return ("", [])
        }
        return (next, codes)
    }

    private func give(_ city: IdentityCity, _ code: String, _ token: String) async throws -> SecondFactorService.Result
    {
        let info = try #require(try await city.identity.authenticate(token))
        let page = PageContext(
            path: "/sign-in/confirm", user: info.user, csrfToken: "", flash: nil, preferences: DisplayPreferences(),
            navigation: [], site: IdentityPages(city.identity).site)
        let request = WebRequest(
            method: .post, path: "/sign-in/confirm", headers: WebHeaders(), remoteAddress: "10.0.0.3", requestID: "1",
            session: info, page: page, exporter: NoTables())
        return try await city.identity.secondFactor.give(code, by: try #require(.init(request)))
    }

    private struct NoTables: TableExporter {
        func write(title: String, header: [String], rows: [[TableValue]], format: TableFormat) throws -> String { "" }
    }

    @Test func `an administrator must set one up before anything else, a teacher need not`() async throws {
        try await withIdentityCity { city in
            let chen = try await city.open("chen", .countyAdministrator, at: "county")
            try await city.open("wang", .teacher, at: "school")
            let teacher = try #require(try await city.identity.authenticate(try await signIn(city, "wang")))
            #expect(!teacher.mustConfirm && teacher.isComplete)
            let token = try await signIn(city, "chen")
            let first = try #require(try await city.identity.authenticate(token))
            #expect(first.mustConfirm && !first.isComplete && !first.hasSecondFactor)
            let (confirmed, codes) = try await setUp(city, chen, token)
            #expect(Set(codes).count == 10)
            let info = try #require(try await city.identity.authenticate(confirmed))
            #expect(!info.mustConfirm && info.hasSecondFactor && info.confirmedAt == city.clock.now)
            #expect(info.lineage == first.lineage)
            #expect(try await city.identity.authenticate(token) == nil)
            #expect(try await city.audit("account.factor_set").count == 1)
        }
    }

    @Test func `the next sign-in asks for a fresh code, and a code is good once`() async throws {
        try await withIdentityCity { city in
            let wang = try await city.open("wang", .teacher, at: "school")
            _ = try await setUp(city, wang, try await signIn(city, "wang"))
            let token = try await signIn(city, "wang")
            #expect(try #require(try await city.identity.authenticate(token)).mustConfirm)
            let used = try await code(city, wang)
            guard case .refused = try await give(city, used, token) else {
                Issue.record("a used code was taken")
                return
            }
            city.clock.advance(seconds: OneTimePassword.period)
            guard case .confirmed(let next) = try await give(city, try await code(city, wang), token) else {
                Issue.record("a fresh code was refused")
                return
            }
            #expect(try #require(try await city.identity.authenticate(next)).isComplete)
        }
    }

    @Test func `wrong codes lock the door as wrong passwords do`() async throws {
        try await withIdentityCity { city in
            let wang = try await city.open("wang", .teacher, at: "school")
            _ = try await setUp(city, wang, try await signIn(city, "wang"))
            let token = try await signIn(city, "wang")
            for _ in 0..<4 {
                guard case .refused = try await give(city, "abcdefghij", token) else {
                    Issue.record("not refused")
                    return
                }
            }
            guard case .wait(900) = try await give(city, "000000", token) else {
                Issue.record("not locked")
                return
            }
            city.clock.advance(seconds: OneTimePassword.period)
            // The right code does not help while the lock lasts.
            guard case .wait = try await give(city, try await code(city, wang), token) else {
                Issue.record("the lock was passed")
                return
            }
            #expect(try await city.audit("account.factor_failed").count == 5)
        }
    }

    @Test func `a recovery code stands in once`() async throws {
        try await withIdentityCity { city in
            let wang = try await city.open("wang", .teacher, at: "school")
            let (_, codes) = try await setUp(city, wang, try await signIn(city, "wang"))
            let token = try await signIn(city, "wang")
            guard case .confirmed = try await give(city, codes[3].uppercased(), token) else {
                Issue.record("the recovery code was refused")
                return
            }
            let second = try await signIn(city, "wang")
            guard case .refused = try await give(city, codes[3], second) else {
                Issue.record("the recovery code was taken twice")
                return
            }
            let crypto = city.identity.crypto
            let left = try await city.database.read { try SecondFactorStore($0, crypto).recoveryCodes(of: wang) }
            #expect(left == 9)
        }
    }

    @Test func `an administrator takes it off for somebody whose phone is lost`() async throws {
        try await withIdentityCity { city in
            try await city.open("li", .schoolAdministrator, at: "school")
            let wang = try await city.open("wang", .teacher, at: "school")
            let (token, _) = try await setUp(city, wang, try await signIn(city, "wang"))
            let li = try await city.user("li"), crypto = city.identity.crypto
            try await city.administer(as: li) { try $0.removeSecondFactor(wang, crypto) }
            #expect(try await city.identity.authenticate(token) == nil)
            #expect(try #require(try await city.identity.authenticate(try await signIn(city, "wang"))).isComplete)
            await #expect { try await city.administer(as: li) { try $0.removeSecondFactor(wang, crypto) } } throws: {
                if case DomainError.conflict = $0 { true } else { false }
            }
        }
    }

    @Test func `the city's choice of roles holds from the next request`() async throws {
        try await withIdentityCity { city in
            try await city.open("wang", .teacher, at: "school")
            let token = try await signIn(city, "wang")
            let policy = SecondFactorPolicy(roles: [.teacher])
            try await city.database.write {
                try SettingStore($0).set(SecondFactorPolicy.setting, to: policy.text, by: .system)
            }
            #expect(try #require(try await city.identity.authenticate(token)).mustConfirm)
            #expect(SecondFactorPolicy(policy.text, isDemo: true) == policy)
            #expect(SecondFactorPolicy(nil, isDemo: true).roles.isEmpty)
            #expect(SecondFactorPolicy(nil, isDemo: false).roles.contains(.auditAdministrator))
        }
    }

    @Test func `taking personal data out asks for fresh proof after a quarter of an hour`() async throws {
        try await withIdentityCity { city in
            try await city.open("li", .schoolAdministrator, at: "school")
            let pages = IdentityPages(city.identity)
            let token = try await signIn(city, "li")
            let fresh = try await pages.send(.get, "/accounts?format=csv", token: token)
            #expect(fresh.status == 200)
            let info = try #require(try await city.identity.authenticate(token))
            let old = SessionInfo(
                id: info.id, user: info.user, csrfToken: "", mustChangePassword: false, lineage: info.lineage,
                signedInAt: Timestamp.now.adding(seconds: -901))
            let request = WebRequest(
                method: .get, path: "/accounts", query: FormValues([("format", "csv")]), headers: WebHeaders(),
                remoteAddress: "", requestID: "1", session: old,
                page: PageContext(
                    path: "/accounts", user: info.user, csrfToken: "", flash: nil, preferences: DisplayPreferences(),
                    navigation: [], site: pages.site), exporter: NoTables())
            let way = request.proofNeeded()?.headers.first { $0.name == "location" }?.value
            #expect(way == "/sign-in?again=1&return=%2Faccounts%3Fformat%3Dcsv")
        }
    }
}
