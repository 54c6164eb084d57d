import Database
import Directory
import Kernel
import Platform
import Testing
import Web

@testable import Identity

/// Ways by which somebody could come to rights that are not hers, each of them shut.
@Suite("账号不被他人取得")
struct AccountTakeoverTests {
    /// A new slip for the account, as an administrator prints it.
    private func slip(_ city: IdentityCity, _ login: String) async throws -> String {
        let account = try await city.account(login), now = city.clock.now, crypto = city.identity.crypto
        let slips = try await city.database.write { db in
            try AccountOpening(db, crypto, by: .system, now: now).slips(
                for: [.init(person: account.person, name: account.name, place: "语文组")])
        }
        return try #require(slips.first).code
    }

    private func activate(_ city: IdentityCity, _ login: String, _ code: String) async throws -> SignInResult {
        let identity = city.identity
        let service = ActivationService(
            database: city.database, hasher: identity.hasher, crypto: identity.crypto, door: identity.door,
            now: { city.clock.now })
        let form = ActivationForm(
            FormValues([
                ("login", login), ("code", code), ("password", IdentityCity.password),
                ("repeated", IdentityCity.password),
            ]))
        return try await service.activate(form, SignInVisit(address: "10.0.0.9", browser: "", previous: nil))
    }

    private func isStarted(_ result: SignInResult) -> Bool {
        if case .started = result { return true }
        return false
    }

    @Test func `a slip opens nothing after the password was reset another way`() async throws {
        try await withIdentityCity { city in
            try await city.open("wang", .teacher, at: "school")
            let code = try await slip(city, "wang")
            _ = try await city.identity.accounts.resetByOperator(login: "wang")
            #expect(!isStarted(try await activate(city, "wang", code)))
            #expect(isStarted(try await activate(city, "wang", try await slip(city, "wang"))))
        }
    }

    @Test func `a lock that wrong codes bring is in the audit log`() async throws {
        try await withIdentityCity { city in
            try await city.open("wang", .teacher, at: "school")
            for _ in 1...4 { _ = try await activate(city, "wang", "AAAA-BBBB-CCCC") }
            #expect(try await city.audit("account.locked").isEmpty)
            _ = try await activate(city, "wang", "AAAA-BBBB-CCCC")
            #expect(try await city.audit("account.locked").count == 1)
        }
    }

    @Test func `a slip opens nothing while the account is suspended, and is not used up`() async throws {
        try await withIdentityCity { city in
            try await city.open("wang", .teacher, at: "school")
            try await city.open("li", .schoolAdministrator, at: "school")
            let code = try await slip(city, "wang"), id = try await city.account("wang").id
            let li = try await city.user("li")
            try await city.administer(as: li) { try $0.suspend(id) }
            #expect(!isStarted(try await activate(city, "wang", code)))
            try await city.administer(as: li) { try $0.resume(id) }
            #expect(isStarted(try await activate(city, "wang", code)))
        }
    }

    @Test func `nothing more is done to a closed account`() async throws {
        try await withIdentityCity { city in
            let id = try await city.open("wang", .teacher, at: "school")
            try await city.open("li", .schoolAdministrator, at: "school")
            let li = try await city.user("li"), crypto = city.identity.crypto, day = city.clock.now.day
            let school = city.place("school").id
            try await city.administer(as: li) { try $0.close(id, crypto) }
            await #expect(throws: DomainError.self) {
                try await city.administer(as: li) { try $0.grant(.teacher, at: school, from: day, until: nil, to: id) }
            }
            await #expect(throws: DomainError.self) {
                _ = try await city.administer(as: li) { try $0.resetPassword("x", of: id) }
            }
        }
    }

    @Test func `a pupil is not made a teacher by a transfer`() async throws {
        try await withIdentityCity { city in
            let id = try await city.open("sun", .student, at: "school")
            try await city.open("chen", .countyAdministrator, at: "county")
            let chen = try await city.user("chen")
            let form = FormValues([
                ("leaving", city.place("school").id.rawValue), ("joining", city.place("second").id.rawValue),
            ])
            await #expect(throws: DomainError.self) {
                try await city.administer(as: chen) { try $0.transfer(id, Transfer(form)) }
            }
            let grants = try await city.account("sun").grants
            #expect(grants.map(\.role) == [.student])
        }
    }

    @Test func `who keeps the rolls does not end the rights of the school's administrator`() async throws {
        try await withIdentityCity { city in
            try await city.open("li", .schoolAdministrator, at: "school")
            try await city.open("wang", .teacher, at: "school")
            try await city.open("ma", try #require(Role(rawValue: "roll_keeper")), at: "school")
            try await city.open("chen", .countyAdministrator, at: "county")
            let school = city.place("school").id, now = city.clock.now
            func leave(_ login: String, by name: String) async throws {
                let person = try await city.account(login).person
                let actor = AuditActor(try await city.user(name), address: "")
                try await city.database.write {
                    try GrantEnding().left(person, school: school, on: now.day, by: actor, now: now, $0)
                }
            }
            await #expect(throws: DomainError.self) { try await leave("li", by: "ma") }
            #expect(try await city.account("li").grants.allSatisfy { $0.isOpen(on: now.day) })
            try await leave("wang", by: "ma")
            #expect(try await city.account("wang").grants.allSatisfy { !$0.isOpen(on: now.day) })
            try await leave("li", by: "chen")
            #expect(try await city.account("li").grants.allSatisfy { !$0.isOpen(on: now.day) })
        }
    }

    @Test func `pupils who graduate with their class lose their rights at the school`() async throws {
        try await withIdentityCity { city in
            try await city.open("sun", .student, at: "school")
            let person = try await city.account("sun").person, school = city.place("school"), now = city.clock.now
            let crypto = city.identity.crypto, year = SchoolYear(containing: now.day)
            try await city.database.write { db in
                let classes = ClassGroupService(db, by: .system, now: now, telling: [GrantEnding()])
                let one = try classes.open(
                    ClassDraft(stage: .primary, entryYear: year.start, number: 1, openedOn: year.firstDay), at: school)
                try EnrolmentService(db, crypto, by: .system, now: now).enrol(person, in: one, from: year.firstDay)
                try classes.close(one, on: now.day, pupilsLeave: .graduation)
            }
            let grants = try await city.account("sun").grants
            #expect(grants.count == 1)
            #expect(grants.allSatisfy { !$0.isOpen(on: now.day) })
        }
    }

    @Test func `a token needs a fresh proof and never makes another`() async throws {
        try await withIdentityCity { city in
            let pages = IdentityPages(city.identity), id = try await city.open("wang", .teacher, at: "school")
            let form = [(name: "name", value: "程序"), (name: "days", value: "30")]
            let program = try await city.identity.issueTokenByOperator(login: "wang")
            await #expect(throws: DomainError.self) {
                let answer = try await pages.send(.post, "/account/tokens", token: program, form)
                if answer.status == 403 { throw DomainError.forbidden("") }
            }
            let browser = try await city.identity.startSession(login: "wang")
            city.clock.advance(seconds: 16 * 60)
            #expect(try await pages.send(.post, "/account/tokens", token: browser, form).status == 303)
            let count: Int? = try await city.database.read {
                try $0.value("SELECT COUNT(*) FROM identity_session WHERE account_id = \(id) AND kind = 'token'")
            }
            #expect(count == 1)
        }
    }
}
