import Database
import Directory
import Foundation
import Kernel
import Platform
import TestKit
import Testing
import Web

@testable import Federation
@testable import Identity

/// Every door that takes a secret locks after its number of failures, for whatever name the account is called by.
@Suite("每道门的限制") struct DoorLockTests {
    /// Where a secret can be guessed.
    enum Door: CaseIterable, Sendable {
        case password, ownPassword, activation, card, secondFactor, wechat, clientSecret, introspection

        /// Failures that are answered as such; the next attempt is told to wait.
        var limit: Int {
            switch self {
            case .password, .activation, .ownPassword: 5
            // The fifth wrong code is answered with the lock it brings.
            case .secondFactor: 4
            case .clientSecret, .introspection: ClientAuthentication.mostOfClient
            // Nobody is named by a wrong one: the address is what is counted.
            case .card, .wechat: 30
            }
        }
    }

    /// Sends wrong secrets through a door.
    private struct Guesser {
        let city: WeChatCity
        let client: String

        func guess(_ door: Door, _ browser: TestClient, name: String) async throws -> TestAnswer {
            switch door {
            case .password:
                return try await browser.post(
                    "/sign-in", from: "/sign-in", [("login", name), ("password", "wrong-pass-1")])
            case .ownPassword:
                return try await browser.post(
                    "/account/password", from: "/account/password",
                    [("present", "wrong-pass-1"), ("password", "Xin1Mi!Ma0"), ("repeated", "Xin1Mi!Ma0")])
            case .activation:
                return try await browser.post(
                    "/activate", from: "/activate",
                    [
                        ("login", name), ("code", "AAAA-BBBB-CCCC"), ("password", "Xin1Mi!Ma0"),
                        ("repeated", "Xin1Mi!Ma0"),
                    ])
            case .card: return try await browser.post("/card/" + SessionToken.random(), from: "/sign-in")
            case .secondFactor:
                return try await browser.post("/sign-in/confirm", from: "/sign-in/confirm", [("code", "000000")])
            case .wechat:
                let state = try await city.start(browser)
                return try await browser.get("/wechat/callback?code=guessed&state=\(state)")
            case .clientSecret, .introspection:
                let isToken = door == .clientSecret
                let form = [(name: isToken ? "grant_type" : "token", value: isToken ? "client_credentials" : "x")]
                let basic = Data("\(name == "nobody" ? "nobody" : client):wrong".utf8).base64EncodedString()
                return try await browser.send(
                    .post, isToken ? "/openid/token" : "/openid/introspect",
                    ["content-type": "application/x-www-form-urlencoded", "authorization": "Basic " + basic],
                    Array(FormValues(form).encoded.utf8))
            }
        }
    }

    private static let phone = "13800450699"

    /// 某mei, a teacher with password and phone; `browser` is hers for the doors behind sign-in.
    private func withGuesser(
        _ database: TestDatabase, _ body: (WeChatCity, Guesser, ID<Account>) async throws -> Void
    ) async throws {
        try await withWeChat(database) { city in
            let account = try await city.open("mei"), crypto = city.city.platform.crypto
            try await city.database.write { db in
                let person = try AccountStore(db).find(account, within: .everything, at: .now).person
                try PersonIdentifierStore(db, crypto).set(
                    PersonIdentifier(.phone, DoorLockTests.phone), of: person, by: "test", at: .now)
            }
            var content = ApplicationContent()
            (content.name, content.contact, content.contactPhone) = ("图书馆", "陈主任", "0770-2820000")
            (content.protocols, content.scopes) = ([.openID], ["profile"])
            content.redirects = ["https://app.example/cb"]
            let keys = try await city.city.platform.federation.applications.register(content, owner: nil, level: .city)
            try await body(city, Guesser(city: city, client: keys.clientID), account)
        }
    }

    @Test(arguments: TestDatabase.allCases, Door.allCases)
    func `a door locks after its number of failures and says for how long`(
        on database: TestDatabase, _ door: Door
    ) async throws {
        try await withGuesser(database) { city, guesser, _ in
            let isBehind = door == .ownPassword || door == .secondFactor
            let session = try await city.city.platform.identity.startSession(login: "mei")
            let browser = isBehind ? TestClient(city.city.platform.pipeline, session: session) : city.visitor
            if door == .secondFactor { _ = try await browser.get("/sign-in/confirm") }
            for number in 1...door.limit {
                let answer = try await guesser.guess(door, browser, name: "mei")
                #expect(
                    (400..<500).contains(answer.status) && answer.status != 429, "\(door) \(number): \(answer.status)")
            }
            let answer = try await guesser.guess(door, browser, name: "mei")
            if door == .ownPassword {
                #expect(answer.status == 422 && answer.text.contains("后再试"))
            } else {
                #expect(answer.status == 429, "\(door): \(answer.status)")
            }
        }
    }

    @Test(arguments: TestDatabase.allCases, [Door.password, .activation, .clientSecret, .introspection])
    func `a name that exists is answered as one that does not, also when it is locked`(
        on database: TestDatabase, _ door: Door
    ) async throws {
        try await withGuesser(database) { city, guesser, _ in
            // What differs between any two answers: the name typed, tokens, and the time of waiting.
            func plain(_ answer: TestAnswer, _ name: String) -> String {
                var text = answer.text.replacing(name, with: "NAME")
                for field in ["_csrf", "_key"] {
                    if let value = answer.hidden(field) { text = text.replacing(value, with: "") }
                }
                return "\(answer.status) " + text.filter { !$0.isNumber }
            }
            let browser = city.visitor
            for number in 1...(door.limit + 1) {
                let known = plain(try await guesser.guess(door, browser, name: "mei"), "mei")
                let unknown = plain(try await guesser.guess(door, browser, name: "nobody"), "nobody")
                #expect(known == unknown, "\(door) \(number)")
            }
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `an account locked at one door is locked at all of them and by all its names`(
        on database: TestDatabase
    ) async throws {
        try await withGuesser(database) { city, guesser, account in
            let crypto = city.city.platform.crypto
            try await city.bind("oMei", to: "mei")
            let code = ActivationCode.random()
            try await city.database.write { db in
                try OnboardingStore(db).setCode(
                    ActivationCode.key(code, of: account, crypto), of: account, by: "test", at: .now)
            }
            // Five failures, shared out over doors and names.
            let browser = city.visitor
            for (door, name) in [
                (Door.password, "mei"), (.activation, DoorLockTests.phone), (.password, DoorLockTests.phone),
                (.activation, "mei"), (.password, "MEI"),
            ] {
                #expect(try await guesser.guess(door, browser, name: name).status == 422)
            }
            for name in ["mei", DoorLockTests.phone, " Mei "] {
                let right = [("login", name), ("password", WeChatCity.password)]
                #expect(try await browser.post("/sign-in", from: "/sign-in", right).status == 429, "\(name)")
            }
            // The doors of applications let in by the same page.
            for way in ["/cas/login?service=https://app.example/", "/openid/authorize?client_id=x", "/gateway/link"] {
                let answer = try await browser.post(
                    "/sign-in", from: "/sign-in",
                    [("login", "mei"), ("password", WeChatCity.password), ("return", way)])
                #expect(answer.status == 429, "\(way)")
            }
            let right = [("login", "mei"), ("code", code), ("password", "Xin1Mi!Ma0"), ("repeated", "Xin1Mi!Ma0")]
            #expect(try await browser.post("/activate", from: "/activate", right).status == 429)
            #expect(try await city.arrive(city.visitor, as: "oMei").status == 429)
            #expect(try await browser.get("/account").status == 303)
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `neither a card nor a linked platform opens a locked account`(on database: TestDatabase) async throws {
        try await withGateway(database) { city in
            let counterpart = try await city.addCounterpart(), crypto = city.platform.crypto
            try await city.link(GatewayCity.wang.key, GatewayCity.wang.name, with: .wang, at: counterpart)
            let school = try await city.city.organisation(TestCity.experimentalSchool)
            let card = try await city.database.write { db in
                let account = try AccountService(db, by: .system).create(
                    NewAccount(
                        name: "孙同学", login: "sun", role: .student, organisation: school.id, from: Timestamp.now.day),
                    passwordHash: "!", mustChange: false)
                let person = try AccountStore(db).find(account, within: .everything, at: .now).person
                let candidate = AccountOpening.Candidate(person: person, name: "孙同学", place: "")
                return try AccountOpening(db, crypto, by: .system, now: .now).cards(for: [candidate])[0].path
            }
            let browser = try await city.client(.visitor)
            for name in ["wang", "sun"] {
                for _ in 1...5 {
                    _ = try await browser.post(
                        "/sign-in", from: "/sign-in", [("login", name), ("password", "wrong-pass-1")])
                }
            }
            #expect(try await browser.post(card, from: "/sign-in").status == 429)
            #expect(try await browser.get(city.national.way(for: GatewayCity.wang.key)).status == 429)
            #expect(try await browser.get("/account").status == 303)
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `a second factor locks the account in every browser`(on database: TestDatabase) async throws {
        try await withGuesser(database) { city, guesser, _ in
            let identity = city.city.platform.identity, pipeline = city.city.platform.pipeline
            let first = TestClient(pipeline, session: try await identity.startSession(login: "mei"))
            let second = TestClient(pipeline, session: try await identity.startSession(login: "mei"))
            _ = try await first.get("/sign-in/confirm")
            for _ in 1...5 { _ = try await guesser.guess(.secondFactor, first, name: "") }
            #expect(try await guesser.guess(.secondFactor, second, name: "").status == 429)
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `arrivals and callers of the gateway are counted by address`(on database: TestDatabase) async throws {
        try await withGateway(database) { city in
            try await city.addCounterpart()
            let browser = try await city.client(.visitor)
            for number in 1...ArrivalService.limit {
                let status = try await browser.get("/gateway/arrive?ticket=guessed\(number)&sysCode=450000").status
                #expect(status != 429, "\(number)")
            }
            #expect(try await browser.get("/gateway/arrive?ticket=guessed&sysCode=450000").status == 429)
        }
    }
}
