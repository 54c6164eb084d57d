import Contracts
import Kernel
import TestKit
import Testing

@testable import Federation

@Suite("机器接口令牌") struct MachineTokenTests {
    private static let rosterAddress = "https://purl.imsglobal.org/spec/or/v1p2/scope/roster.readonly"

    private struct World: Sendable {
        let city: OpenIDCity
        let client: String
        let secret: String
        let appKey: String?

        var tokens: MachineTokens {
            let clock = city.clock
            return MachineTokens(
                database: city.database, crypto: city.city.platform.crypto, now: { clock.now })
        }

        func ask(_ scope: String? = nil) async throws -> TestAnswer {
            let form = [("grant_type", "client_credentials")] + (scope.map { [("scope", $0)] } ?? [])
            return try await city.post("/openid/token", form, basic: (client, secret))
        }

        func application() async throws -> Application {
            let client = client
            return try #require(try await city.database.read { try ApplicationStore($0).find(clientID: client) })
        }
    }

    private func withMachine(
        _ scopes: [MachineScope], owner: String? = nil, on kind: TestDatabase,
        _ body: (World) async throws -> Void
    ) async throws {
        try await withOpenID(kind) { city in
            var content = ApplicationContent()
            (content.name, content.contact, content.contactPhone) = ("排课系统", "陈主任", "0770-2820000")
            content.machineScopes = scopes.map(\.rawValue)
            let keys = try await city.city.platform.federation.applications.register(
                content, owner: owner, level: owner == nil ? .city : .school)
            let secret = try #require(keys.clientSecret)
            try await body(World(city: city, client: keys.clientID, secret: secret, appKey: keys.appKey))
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `an application gets a token for what it was registered for and is known by it`(
        on kind: TestDatabase
    ) async throws {
        let school = TestCity.experimentalSchool
        try await withMachine([.roster, .gradebookRead], owner: school, on: kind) { world in
            let answer = try await world.ask()
            #expect(answer.status == 200 && answer.headers[.cacheControl] == "no-store")
            let told = try answer.json
            #expect(told["token_type"] as? String == "Bearer" && told["expires_in"] as? Int == 3600)
            #expect(told["refresh_token"] == nil && told["id_token"] == nil)
            let token = try answer.member("access_token")
            let caller = try #require(try await world.tokens.caller(token: token))
            #expect(caller.clientID == world.client && caller.name == "排课系统")
            #expect(caller.scopes.count == 4 && caller.scopes.contains(Self.rosterAddress))
            let place = try await world.city.city.organisation(school).path
            #expect(caller.organisations == DataScope([place]))
            #expect(try await world.tokens.caller(token: token + "x") == nil)
            let audit = try await world.city.audit("application.machine_token")
            #expect(audit.count == 1 && audit.first?.detail == "排课系统，OneRoster 名册：全部查询、OneRoster 成绩：读取")
            let kept: Int? = try await world.city.database.read { db in
                try db.value("SELECT COUNT(*) FROM federation_machine_token WHERE scopes LIKE '%stm!_%' ESCAPE '!'")
            }
            #expect(kept == 0)
        }
    }

    @Test func `a token has no more than was asked for, and none is given for nothing`() async throws {
        try await withMachine([.roster, .gradebookRead], on: .sqlite) { world in
            let wish = Self.rosterAddress + " https://purl.imsglobal.org/spec/or/v1p2/scope/gradebook.createput"
            let answer = try await world.ask(wish)
            #expect(try answer.member("scope") == Self.rosterAddress)
            let nothing = try await world.ask("https://purl.imsglobal.org/spec/or/v1p2/scope/gradebook.createput")
            #expect(try nothing.status == 400 && nothing.member("error") == "invalid_scope")
            let wrong = try await world.city.post(
                "/openid/token", [("grant_type", "client_credentials")], basic: (world.client, "guess"))
            #expect(try wrong.status == 401 && wrong.member("error") == "invalid_client")
        }
    }

    @Test func `applications for people get no token of their own`() async throws {
        try await withOpenID(.sqlite) { city in
            let client = try await city.register()
            let answer = try await city.post(
                "/openid/token", [("grant_type", "client_credentials")], basic: client.secret.map { (client.id, $0) })
            #expect(try answer.status == 400 && answer.member("error") == "unauthorized_client")
        }
    }

    @Test func `a token ends with its hour, with the application and when it is taken back`() async throws {
        try await withMachine([.roster], on: .sqlite) { world in
            let application = try await world.application()
            let from = "10.0.0.9"
            let first = try await world.tokens.issue(to: application, asked: nil, from: from).token
            #expect(try await world.tokens.caller(token: first) != nil)
            world.city.clock.advance(seconds: 3600)
            #expect(try await world.tokens.caller(token: first) == nil)

            let second = try await world.ask().member("access_token")
            let asked = try await world.city.post(
                "/openid/introspect", [("token", second)], basic: (world.client, world.secret))
            #expect(try asked.json["active"] as? Bool == true)
            _ = try await world.city.post("/openid/revoke", [("token", second)], basic: (world.client, world.secret))
            let after = try await world.city.post(
                "/openid/introspect", [("token", second)], basic: (world.client, world.secret))
            #expect(try after.json["active"] as? Bool == false)

            let third = try await world.tokens.issue(to: application, asked: nil, from: from).token
            let applications = world.city.city.platform.federation.applications
            try await applications.suspend(clientID: world.client, reason: "试验")
            #expect(try await world.tokens.caller(token: third) == nil)
            try await applications.resume(clientID: world.client)
            #expect(try await world.tokens.caller(token: third) == nil)
        }
    }

    @Test func `only applications of the exchange interface may sign`() async throws {
        try await withMachine([.exchangeRead, .roster], on: .sqlite) { world in
            let signer = try #require(try await world.tokens.signer(clientID: world.client))
            #expect(signer.caller.scopes == ["exchange.read"])
            #expect(signer.secrets == [try #require(world.appKey)])
            #expect(try await world.tokens.signer(clientID: "nobody") == nil)
        }
        try await withMachine([.roster], on: .sqlite) { world in
            #expect(world.appKey == nil)
            let signer = try await world.tokens.signer(clientID: world.client)
            #expect(signer == nil)
        }
    }

    @Test func `what can keep no secret may not call by itself`() {
        var content = ApplicationContent()
        (content.name, content.contact, content.contactPhone) = ("排课系统", "陈主任", "0770-2820000")
        content.machineScopes = [MachineScope.roster.rawValue]
        #expect(content.problems.isEmpty)
        (content.protocols, content.redirects, content.isPublic) = ([.openID], ["https://app.example/cb"], true)
        #expect(content.problems.map(\.field) == ["machine_scopes"])
    }
}
