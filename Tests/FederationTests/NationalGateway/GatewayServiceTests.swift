import Foundation
import Kernel
import Platform
import TestKit
import Testing

@testable import Federation

@Suite("国家平台接口：规则") struct GatewayServiceTests {
    private func call(_ fields: [String: GatewayValue]) -> GatewayCall {
        GatewayCall(fields.map { ($0.key, $0.value) })
    }

    private func refusal(_ body: () async throws -> some Any) async -> GatewayRefusal? {
        do {
            _ = try await body()
            return nil
        } catch { return error as? GatewayRefusal }
    }

    private func token(_ city: GatewayCity, _ application: GatewayApplication) async throws -> String {
        let time = String(city.clock.now.milliseconds)
        return try await city.service.token(call(application.signed(at: time)), from: "192.0.2.1")
    }

    @Test(arguments: TestDatabase.allCases)
    func `a token is given to who signs, and refused with the right code otherwise`(on kind: TestDatabase) async throws
    {
        try await withGateway(kind) { city in
            let application = try await city.register(), service = city.service
            let now = city.clock.now.milliseconds
            let good = application.signed(at: String(now))
            #expect(!(try await service.token(call(good), from: "").isEmpty))
            func code(_ change: (inout [String: GatewayValue]) -> Void) async throws -> String? {
                var fields = good
                change(&fields)
                let sent = call(fields)
                return await refusal { try await service.token(sent, from: "") }?.code.rawValue
            }
            for name in ["appId", "timeStamp", "keyInfo"] {
                #expect(try await code { $0[name] = nil } == "200001", "\(name)")
                #expect(try await code { $0[name] = "" } == "200001", "\(name)")
            }
            #expect(try await code { $0["keyInfo"] = .text(String(repeating: "A", count: 40)) } == "200002")
            #expect(try await code { $0["appId"] = "unknown" } == "200002")
            #expect(try await code { $0["timeStamp"] = "yesterday" } == "200002")
            #expect(try await code { $0 = application.signed(at: String(now - 301_000)) } == "200002")
            #expect(try await code { $0 = application.signed(at: String(now / 1000 + 301)) } == "200002")
            #expect(try await code { $0["usessionId"] = "00000000000000000000000000000000" } == "300006")
            let other = try await city.register("办公系统")
            #expect(try await code { $0["appId"] = .text(other.id) } == "200002")
            // A stranger and a wrong signature are told the same.
            let strange = call(good.merging(["appId": "unknown"]) { $1 })
            let unsigned = call(good.merging(["keyInfo": "AA"]) { $1 })
            let texts = [
                await refusal { try await service.token(strange, from: "") }?.text,
                await refusal { try await service.token(unsigned, from: "") }?.text,
            ]
            #expect(texts[0] == texts[1] && texts[0] != nil)
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `a signature is answered again for ten seconds and then never`(on kind: TestDatabase) async throws {
        try await withGateway(kind) { city in
            let application = try await city.register(), service = city.service
            let sent = call(application.signed(at: String(city.clock.now.milliseconds / 1000)))
            let first = try await service.token(sent, from: "")
            city.clock.advance(seconds: 9)
            #expect(try await service.token(sent, from: "") != first)
            for seconds: Int64 in [1, 60, 200] {
                city.clock.advance(seconds: seconds)
                let refused = await refusal { try await service.token(sent, from: "") }
                #expect(refused?.code == .wrong && refused?.text.contains("用过") ?? false)
            }
            // Later the time alone refuses it, so nothing needs to be remembered for ever.
            city.clock.advance(seconds: 400)
            #expect(await refusal { try await service.token(sent, from: "") }?.text.contains("5 分钟") ?? false)
            _ = try await token(city, application)
            let kept = try await city.database.read {
                try $0.value("SELECT COUNT(*) FROM federation_gateway_signature", as: Int.self)
            }
            #expect(kept == 1)
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `a ticket serves once, its own application, while the session lasts`(on kind: TestDatabase) async throws {
        try await withGateway(kind) { city in
            let application = try await city.register(), other = try await city.register("办公系统")
            let service = city.service, session = try await city.session(.wang)
            let own = try await token(city, application), foreign = try await token(city, other)
            func admitted(_ ticket: String, _ token: String) async throws -> GatewayRefusal? {
                let sent = call(["ticket": .text(ticket), "accessToken": .text(token)])
                return await refusal { try await service.admission(sent, from: "") }
            }
            let ticket = try await city.ticket(for: application, session)
            #expect(try await admitted(ticket, own) == nil)
            #expect(try await admitted(ticket, own)?.code == .dead)
            // The wrong application does not get in, and has used the ticket up.
            let stolen = try await city.ticket(for: application, session)
            #expect(try await admitted(stolen, foreign)?.code == .dead)
            #expect(try await admitted(stolen, own)?.code == .dead)
            #expect(try await city.audit("application.ticket_refused").count == 1)
            let old = try await city.ticket(for: application, session)
            city.clock.advance(seconds: GatewayTicket.life)
            #expect(try await admitted(old, own)?.code == .dead)
            let late = try await city.ticket(for: application, session)
            try await city.platform.identity.sessions.end(
                session.id, of: session.user.account, action: "account.signed_out", by: AuditActor(session.user))
            #expect(try await admitted(late, own)?.code == .dead)
            #expect(try await admitted("nonsense", own)?.code == .dead)
            await #expect(throws: DomainError.self) { try await city.ticket(for: application, session) }
            #expect(try await city.audit("application.entered").count == 1)
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `of many who bring the same ticket at once, one gets in`(on kind: TestDatabase) async throws {
        try await withGateway(kind) { city in
            let application = try await city.register(), service = city.service
            let token = try await token(city, application)
            let ticket = try await city.ticket(for: application, try await city.session(.wang))
            let sent = call(["ticket": .text(ticket), "accessToken": .text(token)])
            let admitted = await withTaskGroup(of: Bool.self) { group in
                for _ in 0..<12 {
                    group.addTask { await refusal { try await service.admission(sent, from: "") } == nil }
                }
                return await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
            }
            #expect(admitted == 1)
            let entered = try await city.audit("application.entered")
            #expect(entered.count == 1 && entered[0].actorName == "wang(示例)")
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `a suspended application is known no more, and has lost what it was given`(on kind: TestDatabase) async throws
    {
        try await withGateway(kind) { city in
            let application = try await city.register(), service = city.service
            let own = try await token(city, application)
            let ticket = try await city.ticket(for: application, try await city.session(.wang))
            try await city.platform.federation.applications.suspend(clientID: application.id, reason: "检查")
            let time = String(city.clock.now.adding(seconds: 1).milliseconds)
            let asked = call(application.signed(at: time))
            #expect(await refusal { try await service.token(asked, from: "") } == GatewayService.stranger)
            let shown = call(["ticket": .text(ticket), "accessToken": .text(own)])
            #expect(await refusal { try await service.admission(shown, from: "") }?.code == .wrong)
            try await city.platform.federation.applications.resume(clientID: application.id)
            #expect(await refusal { try await service.admission(shown, from: "") }?.code == .wrong)
            #expect(!(try await token(city, application).isEmpty))
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `tokens end after two hours`(on kind: TestDatabase) async throws {
        try await withGateway(kind) { city in
            let application = try await city.register(), service = city.service
            let own = try await token(city, application)
            city.clock.advance(seconds: GatewayTicket.tokenLife - 1)
            #expect(!(try await service.access(call(["accessToken": .text(own)])).isEmpty))
            city.clock.advance(seconds: 1)
            let sent = call(["accessToken": .text(own)])
            #expect(await refusal { try await service.access(sent) }?.code == .wrong)
            #expect(await refusal { try await service.access(call([:])) }?.code == .missing)
        }
    }

    @Test func `an application that asks without end is told to wait`() async throws {
        try await withGateway(.sqlite) { city in
            let application = try await city.register(), other = try await city.register("办公系统")
            let service = city.service
            for number in 0..<GatewayService.tokenLimit {
                let time = String(city.clock.now.milliseconds + Int64(number))
                _ = try await service.token(call(application.signed(at: time)), from: "")
            }
            let more = call(application.signed(at: String(city.clock.now.milliseconds + 999)))
            #expect(await refusal { try await service.token(more, from: "") }?.code == .tooMany)
            #expect(
                !(try await service.token(call(other.signed(at: String(city.clock.now.milliseconds))), from: "").isEmpty)
            )
            city.clock.advance(seconds: 60)
            let later = call(application.signed(at: String(city.clock.now.milliseconds)))
            #expect(!(try await service.token(later, from: "").isEmpty))
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `an application hands its visitor on to another one`(on kind: TestDatabase) async throws {
        try await withGateway(kind) { city in
            let service = city.service, first = try await city.register(), second = try await city.register("办公系统")
            let school = try await city.register("校内应用", owner: TestCity.experimentalSchool, level: .school)
            let tokens = [
                try await token(city, first), try await token(city, second), try await token(city, school),
            ]
            func session(at application: GatewayApplication, _ token: String) async throws -> String {
                let ticket = try await city.ticket(for: application, try await city.session(.wang))
                let sent = call(["ticket": .text(ticket), "accessToken": .text(token)])
                return try await service.admission(sent, from: "").session
            }
            let own = try await session(at: first, tokens[0])
            let handed = try await service.ticket(
                from: call(["usessionId": .text(own), "accessToken": .text(tokens[0])]))
            let arrived = try await service.admission(
                call(["ticket": .text(handed), "accessToken": .text(tokens[1])]), from: "")
            #expect(arrived.person.name == "wang(示例)" && arrived.application.id == second.application.id)
            #expect(try await city.audit("application.entered").contains { $0.detail.contains("由校本资源转来") })
            // Another application's session is none, and a school's application names where it hands on to.
            let foreign = call(["usessionId": .text(own), "accessToken": .text(tokens[1])])
            #expect(await refusal { try await service.ticket(from: foreign) }?.code == .dead)
            let inSchool = try await session(at: school, tokens[2])
            let open = call(["usessionId": .text(inSchool), "accessToken": .text(tokens[2])])
            #expect(await refusal { try await service.ticket(from: open) }?.code == .wrong)
            let named = try await service.ticket(
                from: call([
                    "usessionId": .text(inSchool), "accessToken": .text(tokens[2]), "targetAppId": .text(second.id),
                ]))
            let stolen = call(["ticket": .text(named), "accessToken": .text(tokens[0])])
            #expect(await refusal { try await service.admission(stolen, from: "") }?.code == .dead)
        }
    }

    @Test func `an appKey in a call is not there any more`() throws {
        let sent = call(["appKey": "secret", "APPKEY": "secret", "appId": "x"])
        #expect(sent.text("appKey") == nil && sent.text("appkey") == nil && sent.text("appid") == "x")
        #expect(!"\(sent)".contains("secret"))
    }
}
