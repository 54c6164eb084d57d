import Demo
import Foundation
import Kernel
import Platform
import TestKit
import Testing
import Web

@testable import Federation

@Suite("国家平台接口：我方调用") struct GatewayClientTests {
    private func line(_ flavour: GatewayFlavour, _ settings: NationalPlatform.Settings) -> GatewayClient.Line {
        let counterpart = Counterpart(
            id: ID("00000000000000000000000001"), name: "某省", baseURL: "https://gateway.example", flavour: flavour.name,
            appID: settings.appID, keyHint: "", systemCode: "", level: .province, linksExactly: false,
            reportsUse: false, isActive: true, revision: 1)
        return GatewayClient.Line(counterpart: counterpart, flavour: flavour, appKey: settings.appKey)
    }

    @Test func `many visitors at once cost one token`() async throws {
        let national = NationalPlatform(GatewayCity.settings())
        let client = GatewayClient(outbound: national, tokens: TokenCache(), now: { .now })
        let line = line(try #require(GatewayFlavours.shipped["v2"]), national.settings)
        let names = try await withThrowingTaskGroup(of: String.self) { group in
            for _ in 0..<20 {
                let ticket = national.ticket(for: GatewayCity.wang.key)
                group.addTask { try await client.identify(ticket: ticket, systemCode: "450000", on: line).name }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(names == Array(repeating: GatewayCity.wang.name, count: 20))
        #expect(national.calls.filter { $0 == "/apigateway/getAccessToken" }.count == 1)
    }

    @Test func `a kept token that has died is replaced once`() async throws {
        let national = NationalPlatform(GatewayCity.settings())
        let client = GatewayClient(outbound: national, tokens: TokenCache(), now: { .now })
        let line = line(try #require(GatewayFlavours.shipped["v2"]), national.settings)
        func arrive() async throws -> ArrivedPerson {
            try await client.identify(
                ticket: national.ticket(for: GatewayCity.wang.key), systemCode: "450000", on: line)
        }
        _ = try await arrive()
        national.forgetTokens()
        #expect(try await arrive().key == GatewayCity.wang.key)
        #expect(national.calls.filter { $0 == "/apigateway/getAccessToken" }.count == 2)
        national.misbehave(.tokenRefused)
        national.forgetTokens()
        await #expect(throws: ArrivalFailure.tokenRefused) { try await arrive() }
    }

    @Test func `a province that nobody programmed takes a file`() async throws {
        let flavour = try GatewayFlavours.read(Data(ProvincialPlatform.flavour.utf8)), province = ProvincialPlatform()
        let settings = NationalPlatform.Settings(), line = line(flavour, settings)
        let now = Timestamp(milliseconds: 1_700_000_000_000)
        province.answer { request in
            request.url.hasSuffix("/open/token")
                ? #"{"code":0,"result":{"tk":"t 1","expire":"3600"}}"#
                : #"{"code":"0","result":{"id":42,"xm":"韦春桃"}}"#
        }
        let client = GatewayClient(outbound: province, tokens: TokenCache(), now: { now })
        let person = try await client.identify(ticket: "a/b", systemCode: "", on: line)
        #expect(person.key == "42" && person.name == "韦春桃")
        #expect(
            province.sent.map(\.url) == [
                "https://gateway.example/open/token", "https://gateway.example/open/who?st=a%2Fb&tk=t%201",
            ])
        let asked = try #require(GatewayValue.parse(province.sent[0].body))
        #expect(asked["client"]?.plain == settings.appID && asked["time"]?.plain == "1700000000")
        let sign = GatewaySignature.text(appID: settings.appID, appKey: settings.appKey, time: "1700000000")
        #expect(asked["sign"]?.plain == sign.lowercased() && asked["extra"] == nil)
        for (answer, failure) in [
            (
                #"{"code":"7","url":"https://x.example"}"#,
                ArrivalFailure.realNameMissing(certificate: "https://x.example")
            ),
            (#"{"code":"5"}"#, .ticketDead), (#"{"code":"0"}"#, .malformed), ("<html>", .malformed), ("", .malformed),
            ("[]", .malformed),
        ] {
            province.answer { $0.url.hasSuffix("/open/token") ? #"{"code":0,"result":{"tk":"t"}}"# : answer }
            await #expect(throws: failure, "\(answer)") {
                try await client.identify(ticket: "a", systemCode: "", on: line)
            }
        }
    }
}

@Suite("对接平台") struct CounterpartTests {
    private let sent = [
        ("name", "自治区平台"), ("level", "province"), ("base_url", "https://gateway.example/"), ("flavour", "v2"),
        ("system_code", "450000"), ("app_id", "fcg-portal"), ("app_key", "secret-app-key-0001"),
    ]

    private func changed(_ name: String, _ value: String) -> [(String, String)] {
        sent.filter { $0.0 != name } + [(name, value)]
    }

    @Test(arguments: TestDatabase.allCases)
    func `the city administrator keeps them, and a key is never shown again`(on kind: TestDatabase) async throws {
        try await withGateway(kind) { city in
            let admin = try await city.client(.bureau), list = "/gateway/counterparts"
            #expect(try await admin.post(list, from: list + "/new", sent).status == 303)
            let found = try await city.database.read { try CounterpartStore($0, city.platform.crypto).all() }
            let known = try #require(found.first), path = "\(list)/\(known.id)"
            #expect(known.baseURL == "https://gateway.example" && known.keyHint == "0001" && !known.reportsUse)
            for page in [list, path] {
                let text = try await admin.get(page).text
                #expect(text.contains("自治区平台") && !text.contains("secret-app-key-0001"))
            }
            // Left empty, the key stays; a form of an older state does not overwrite a newer one.
            let same = changed("app_key", "") + [("revision", "1")]
            #expect(try await admin.post(path, from: path, same).status == 303)
            #expect(try await admin.post(path, from: path, same).status == 409)
            let key = try await city.database.read {
                try CounterpartStore($0, city.platform.crypto).appKey(of: known.id)
            }
            #expect(key == "secret-app-key-0001")
            let told = try await city.audit("gateway.counterpart")
            #expect(told.count == 2 && !told.contains { $0.detail.contains("secret") })
            for member in [TestCity.Member.chen, .li, .wang, .security, .audit] {
                #expect(try await city.client(member).get(list).status == 404, "\(member)")
                #expect(try await city.client(member).get(path).status == 404, "\(member)")
            }
        }
    }

    @Test(arguments: [
        ("base_url", "ftp://gateway.example"), ("base_url", "https://user@gateway.example"),
        ("base_url", "https://gateway.example?x=1"), ("base_url", "https://gateway.example#x"), ("base_url", ""),
        ("flavour", "v9"), ("app_id", "a b"), ("app_id", ""), ("app_key", ""), ("app_key", "short"),
        ("level", "school"),
        ("system_code", "a&b"), ("name", "x"),
    ])
    func `what cannot be is refused at its field`(field: String, value: String) throws {
        let form = CounterpartForm(FormValues(changed(field, value).map { (name: $0.0, value: $0.1) }))
        do {
            _ = try form.checked(.shipped, isNew: true)
            Issue.record("\(field)=\(value) was taken")
        } catch DomainError.invalid(let problems) { #expect(problems.map(\.field) == [field]) }
    }
}
