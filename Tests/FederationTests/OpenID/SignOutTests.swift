import Kernel
import Platform
import TestKit
import Testing
import Web

@testable import Federation

@Suite("OpenID 退出") struct OpenIDSignOutTests {
    private func path(_ values: [(String, String)]) -> String {
        "/openid/logout?" + FormValues(values.map { (name: $0.0, value: $0.1) }).encoded
    }
    private let bye = ("post_logout_redirect_uri", "https://app.example/bye?from=platform")

    private func idToken(_ city: OpenIDCity, _ browser: TestClient, _ client: OpenIDClient) async throws -> String {
        try await city.exchange(try await city.code(browser, client), client).member("id_token")
    }

    private func isSignedIn(_ browser: TestClient) async throws -> Bool {
        try await browser.get("/account").status == 200
    }

    @Test(arguments: TestDatabase.allCases)
    func `a token of this session signs out without a question`(on kind: TestDatabase) async throws {
        try await withOpenID(kind) { city in
            let client = try await city.register()
            let browser = try await city.city.client(.wang)
            let hint = try await idToken(city, browser, client)
            let answer = try await browser.get(path([("id_token_hint", hint), bye, ("state", "s 1")]))
            #expect(answer.status == 303)
            #expect(answer.location == "https://app.example/bye?from=platform&state=s%201")
            #expect(try await !isSignedIn(browser))
            // Nobody is signed in any more: she is only sent on.
            let again = try await browser.get(path([("id_token_hint", hint), bye]))
            #expect(again.location == "https://app.example/bye?from=platform")
            #expect(try await browser.get(path([("id_token_hint", hint)])).location == "/sign-in")
        }
    }

    @Test func `without such a token the person is asked`() async throws {
        try await withOpenID(.sqlite) { city in
            let client = try await city.register(), other = try await city.register("办公系统")
            let browser = try await city.city.client(.wang), another = try await city.city.client(.li)
            let foreign = try await idToken(city, another, client)
            let hint = try await idToken(city, browser, client)
            let middle = hint.split(separator: ".")[1]
            let forged = hint.replacing(middle, with: foreign.split(separator: ".")[1])
            let unsigned = "eyJhbGciOiJub25lIn0.\(middle)."
            let questions: [[(String, String)]] = [
                [], [("client_id", client.id), bye], [("id_token_hint", foreign), bye],
                [("id_token_hint", forged), bye],
                [("id_token_hint", unsigned), bye], [("id_token_hint", "x"), bye],
                [("id_token_hint", hint), ("client_id", other.id), bye],
            ]
            for question in questions {
                let answer = try await browser.get(question.isEmpty ? "/openid/logout" : path(question))
                #expect(answer.status == 200 && answer.text.contains("退出后"), "\(question)")
            }
            #expect(try await isSignedIn(browser))
            // What a browser loads ahead or embeds signs nobody out.
            let embedded = try await browser.get(
                path([("id_token_hint", hint)]), headers: ["sec-fetch-mode": "no-cors"])
            #expect(embedded.status == 200)
            #expect(try await isSignedIn(browser))

            let page = try await browser.get(path([("client_id", client.id), bye]))
            let request = try #require(page.hidden("request")).replacing("&amp;", with: "&")
            let done = try await browser.post(
                "/openid/logout/confirm", from: path([("client_id", client.id), bye]), [("request", request)])
            #expect(done.status == 200)
            #expect(done.headers[.init("refresh")!] == "0; url=https://app.example/bye?from=platform")
            #expect(try await !isSignedIn(browser))
        }
    }

    @Test func `nobody is sent to an address that is not registered for it`() async throws {
        try await withOpenID(.sqlite) { city in
            let client = try await city.register()
            let browser = try await city.city.client(.wang)
            for target in [
                "https://evil.example/", "https://app.example/cb", "https://app.example/bye", "//evil.example",
            ] {
                let hint = try await idToken(city, browser, client)
                let asked = path([("id_token_hint", hint), ("post_logout_redirect_uri", target)])
                let visitor = try await TestClient(city.city.platform.pipeline).get(asked)
                #expect(visitor.location == "/sign-in", "\(target)")
            }
        }
    }

    @Test func `a form from elsewhere comes back as an address`() async throws {
        try await withOpenID(.sqlite) { city in
            let client = try await city.register()
            let answer = try await city.post("/openid/logout", [("client_id", client.id), ("x", "y"), ("state", "中")])
            #expect(answer.location == "/openid/logout?client_id=\(client.id)&state=%E4%B8%AD")
            let asked = try await city.post("/openid/authorize", [("client_id", client.id), ("other", "y")])
            #expect(asked.location == "/openid/authorize?client_id=\(client.id)")
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `an application that listens is told of the end of the session`(on kind: TestDatabase) async throws {
        try await withSingleSignOut(kind) { told in
            let city = OpenIDCity(city: told.city)
            let client = try await city.register(logoutURL: "https://app.example/out")
            let browser = try await told.city.client(.wang)
            let token = try await city.claims(try await idToken(city, browser, client))
            #expect(try await browser.post("/sign-out", from: "/account").status == 303)
            try await told.settle()
            let sent = try #require(told.network.sent.first)
            #expect(told.network.sent.count == 1 && sent.url == "https://app.example/out" && sent.method == .post)
            let form = try #require(URLCoding.parse(sent.body))
            let text = try #require(form.raw("logout_token"))
            #expect(JWS.read(text)?.type == "logout+jwt")
            let claims = try await city.claims(text)
            #expect(claims["sid"] as? String == token["sid"] as? String)
            #expect(claims["sub"] as? String == token["sub"] as? String && claims["aud"] as? String == client.id)
            #expect(claims["nonce"] == nil && (claims["jti"] as? String)?.isEmpty == false)
            let events = try #require(claims["events"] as? [String: Any])
            #expect(events.keys.sorted() == ["http://schemas.openid.net/event/backchannel-logout"])
            // It is no ID token: nobody can sign out with it.
            let hint = try await IDTokenHint.read(text, city.provider)
            #expect(hint == nil)
        }
    }
}
