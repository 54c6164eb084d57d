import Foundation
import Kernel
import TestKit
import Testing
import Web

@testable import Federation

@Suite("国家平台接口：浏览器的路") struct GatewayDoorsTests {
    private let here = "https://app.example/enter"

    private func access(_ city: GatewayCity, _ application: GatewayApplication) async throws -> String {
        let machine = try await city.client(.visitor)
        let answer = try await machine.ask("/oauth/createOauthTicket?accessToken=" + machine.token(application))
        return try #require(answer.value(at: "data.accessTicket")?.plain)
    }

    private func way(_ access: String, _ target: String) -> String {
        "/bmp-oauth?"
            + FormValues([(name: "accessTicket", value: access), (name: "redirect_uri", value: target)]).encoded
    }

    @Test(arguments: TestDatabase.allCases)
    func `an application sends its visitor to sign in, once per slip`(on kind: TestDatabase) async throws {
        try await withGateway(kind) { city in
            let application = try await city.register(), access = try await access(city, application)
            let visitor = try await city.client(.visitor).get(way(access, here))
            #expect(visitor.status == 303)
            #expect(visitor.location?.hasPrefix("/sign-in?return=%2Fgateway%2Fauthorize%3FaccessTicket%3D") ?? false)
            let back = try #require(
                URLCoding.decode((visitor.location ?? "").dropFirst("/sign-in?return=".count).utf8, plusIsSpace: false))
            let browser = try await city.client(.wang), answer = try await browser.get(back)
            #expect(answer.status == 303 && answer.location?.hasPrefix(here + "?ticket=") ?? false)
            #expect(answer.headers[.cacheControl] == "no-store")
            let again = try await browser.get(back)
            #expect(again.status == 403 && again.location == nil && again.text.contains("凭据已失效"))
        }
    }

    @Test func `nobody is sent to an address that is not registered`() async throws {
        try await withGateway(.sqlite) { city in
            let application = try await city.register(), access = try await access(city, application)
            let browser = try await city.client(.wang)
            let targets = [
                "https://evil.example/", "https://app.example/enter/", "https://app.example/enter?x=1",
                "https://app.example.evil/enter", "https://app.example/enter%0d%0aSet-Cookie:a=b",
                "//app.example/enter",
                "javascript:alert(1)", "", "https://app.example@evil.example/enter", "https://APP.example/enter",
            ]
            for target in targets {
                for path in [way(access, target), "/login?service=" + URLCoding.encode(target)] {
                    let answer = try await browser.get(path)
                    #expect(answer.status == 403 && answer.location == nil, "\(path)")
                    #expect(answer.text.contains("不能从这里登录"), "\(path)")
                }
            }
            #expect(try await browser.get(way("nonsense", here)).status == 403)
            // The slip is still good for the right address.
            #expect(try await browser.get(way(access, here)).location?.hasPrefix(here) ?? false)
        }
    }

    /// Swift takes the Kelvin sign for a K; browsers do not.
    @Test func `a registered address in other bytes is not registered`() async throws {
        try await withGateway(.sqlite) { city in
            _ = try await city.register(launch: "https://app.example/K")
            let browser = try await city.client(.wang)
            #expect(try await browser.get("/login?service=https%3A%2F%2Fapp.example%2FK").status == 303)
            let strange = try await browser.get("/login?service=https%3A%2F%2Fapp.example%2F%E2%84%AA")
            #expect(strange.status == 403 && strange.location == nil)
        }
    }

    @Test func `the first flavour signs in by the address alone`() async throws {
        try await withGateway(.sqlite) { city in
            _ = try await city.register()
            let path = "/aamif/login?service=" + URLCoding.encode(here)
            let visitor = try await city.client(.visitor).get(path)
            #expect(visitor.location?.hasPrefix("/sign-in?return=%2Fgateway%2Flogin%3Fservice%3D") ?? false)
            let answer = try await city.client(.wang).get(path)
            #expect(answer.location?.hasPrefix(here + "?ticket=") ?? false)
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `the launcher opens active applications of the gateway only`(on kind: TestDatabase) async throws {
        try await withGateway(kind) { city in
            let application = try await city.register(launch: "https://app.example/enter?a=1")
            let path = "/gateway/open/\(application.application.id)", browser = try await city.client(.wang)
            #expect(try await browser.get(path).location?.hasPrefix("https://app.example/enter?a=1&ticket=") ?? false)
            #expect(try await city.client(.visitor).get(path).location?.hasPrefix("/sign-in") ?? false)
            #expect(try await browser.get("/gateway/open/\(Identifiers.next())").status == 404)
            try await city.platform.federation.applications.suspend(clientID: application.id, reason: "检查")
            #expect(try await browser.get(path).status == 404)
        }
    }
}
