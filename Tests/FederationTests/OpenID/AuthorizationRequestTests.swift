import Kernel
import TestKit
import Testing
import Web

@testable import Federation

@Suite("OpenID 授权请求") struct AuthorizationRequestTests {
    /// Each is answered by a page that leads nowhere.
    @Test func `a request that no registered address stands behind leads nowhere`() async throws {
        try await withOpenID(.sqlite) { city in
            let client = try await city.register()
            let browser = try await city.city.client(.wang)
            let foreign = [
                "https://evil.example/cb", "https://app.example/cb/", "https://app.example/cb?x=1",
                "https://app.example/cbx", "https://app.example.evil.example/cb", "https://APP.example/cb",
                "https://app.example/cb#", "https://user@app.example/cb", "http://app.example/cb",
                "https://app.example/cb\r\nLocation: https://evil.example", "//app.example/cb", "javascript:alert(1)",
                "https://app.example/../cb", "https://app.example/%63b", "https://app.example:443/cb",
                " https://app.example/cb",
                "https://app.example/cb ", "",
            ]
            for redirect in foreign {
                let answer = try await browser.get(client.question(["redirect_uri": redirect]))
                #expect(answer.status == 400 && answer.location == nil, "\(redirect)")
                #expect(answer.text.contains("返回的地址没有登记"), "\(redirect)")
                #expect(!answer.text.contains("evil.example"), "\(redirect)")
            }
            let missing = try await browser.get(client.question(["redirect_uri": nil]))
            #expect(missing.status == 400 && missing.location == nil)
            for id in ["", "nobody", client.id + "x", client.id.uppercased() + "A", "' OR 1=1 --"] {
                let answer = try await browser.get(client.question(["client_id": id]))
                #expect(answer.status == 400 && answer.location == nil, "\(id)")
            }
            let twice = client.question() + "&redirect_uri=https%3A%2F%2Fevil.example%2F"
            #expect(try await browser.get(twice).status == 400)
            #expect(try await browser.get(client.question() + "&client_id=other").status == 400)
        }
    }

    struct Hostile: Sendable, CustomTestStringConvertible {
        let changes: [String: String?]
        let error: String
        var testDescription: String { "\(changes.keys.sorted().joined(separator: " ")) → \(error)" }

        static let all: [Hostile] = [
            Hostile(changes: ["response_type": "token"], error: "unsupported_response_type"),
            Hostile(changes: ["response_type": "id_token"], error: "unsupported_response_type"),
            Hostile(changes: ["response_type": "code id_token"], error: "unsupported_response_type"),
            Hostile(changes: ["response_type": "none"], error: "unsupported_response_type"),
            Hostile(changes: ["response_type": nil], error: "invalid_request"),
            Hostile(changes: ["response_mode": "fragment"], error: "invalid_request"),
            Hostile(changes: ["response_mode": "query.jwt"], error: "invalid_request"),
            Hostile(changes: ["code_challenge_method": "plain"], error: "invalid_request"),
            Hostile(changes: ["code_challenge_method": nil], error: "invalid_request"),
            Hostile(changes: ["code_challenge": nil], error: "invalid_request"),
            Hostile(changes: ["code_challenge": "short"], error: "invalid_request"),
            Hostile(
                changes: ["code_challenge": "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-c="], error: "invalid_request"),
            Hostile(changes: ["request": "eyJhbGciOiJub25lIn0.e30."], error: "request_not_supported"),
            Hostile(changes: ["request_uri": "https://evil.example/r"], error: "request_uri_not_supported"),
            Hostile(changes: ["registration": "{}"], error: "registration_not_supported"),
            Hostile(changes: ["scope": "profile"], error: "invalid_scope"),
            Hostile(changes: ["scope": nil], error: "invalid_scope"),
            Hostile(changes: ["prompt": "none login"], error: "invalid_request"),
            Hostile(changes: ["prompt": "create"], error: "invalid_request"),
            Hostile(changes: ["max_age": "-1"], error: "invalid_request"),
            Hostile(changes: ["max_age": "99999999999999999999"], error: "invalid_request"),
            Hostile(changes: ["nonce": String(repeating: "n", count: 3000)], error: "invalid_request"),
        ]
    }

    @Test(arguments: Hostile.all)
    func `what may not be asked is told to the application, without a code`(_ hostile: Hostile) async throws {
        try await withOpenID(.sqlite) { city in
            let client = try await city.register(isPublic: true)
            let browser = try await city.city.client(.wang)
            let answer = try await browser.get(client.question(hostile.changes))
            #expect(answer.status == 303)
            #expect(try #require(answer.location).hasPrefix("https://app.example/cb?error="))
            let told = try OpenIDCity.query(answer.location)
            #expect(told["error"] == hostile.error && told["code"] == nil)
            #expect(told["state"] == "状态&x=1" && told["iss"] == city.city.platform.address.base)
        }
    }

    @Test func `a parameter given twice is refused, and a line break in the state stays in it`() async throws {
        try await withOpenID(.sqlite) { city in
            let client = try await city.register()
            let browser = try await city.city.client(.wang)
            for more in ["&nonce=other", "&scope=openid", "&code_challenge_method=plain", "&prompt=none&prompt=login"] {
                let told = try OpenIDCity.query(try await browser.get(client.question() + more).location)
                #expect(told["error"] == "invalid_request" && told["code"] == nil, "\(more)")
            }
            let answer = try await browser.get(client.question(["state": "a\r\nSet-Cookie: x=y"]))
            #expect(answer.location?.contains("\r") == false && answer.location?.contains("\n") == false)
            #expect(try OpenIDCity.query(answer.location)["state"] == "a\r\nSet-Cookie: x=y")
        }
    }

    @Test func `an application that is suspended or speaks another protocol gets nobody`() async throws {
        try await withOpenID(.sqlite) { city in
            let client = try await city.register()
            let browser = try await city.city.client(.wang)
            try await city.city.platform.federation.applications.suspend(clientID: client.id, reason: "检查")
            let answer = try await browser.get(client.question())
            #expect(answer.status == 400 && answer.location == nil && answer.text.contains("已暂停"))
        }
    }

    @Test func `scopes that the application may not have are left out`() async throws {
        try await withOpenID(.sqlite) { city in
            let client = try await city.register(scopes: ["profile"])
            let browser = try await city.city.client(.wang)
            let code = try await city.code(browser, client, ["scope": "openid edu email profile offline_access phone"])
            let told = try await city.exchange(code, client)
            #expect(try told.member("scope") == "openid profile")
            #expect(try told.json["refresh_token"] == nil)
        }
    }
}

@Suite("OpenID 授权判断") struct AuthorizationDecisionTests {
    private let now = Timestamp(milliseconds: 1_447_000_000_000)

    private func request(_ pairs: [(String, String)] = []) async throws -> AuthorizationRequest {
        try await withOpenID(.sqlite) { city in
            let client = try await city.register()
            let query = client.question(Dictionary(uniqueKeysWithValues: pairs.map { ($0.0, Optional($0.1)) }))
            let values = try #require(URLCoding.parse(query.utf8.drop { $0 != 0x3F }.dropFirst()))
            return try AuthorizationRequest(values, client.application, redirects: [client.redirect])
        }
    }

    private func visitor(_ age: Int64, agreed: Bool = true, expected: Bool = true) -> AuthorizationDecision.Visitor {
        .init(signedInAt: now.adding(seconds: -age), hasAgreed: agreed, isExpected: expected)
    }

    @Test func `prompt none never asks the person anything`() async throws {
        let silent = try await request([("prompt", "none")])
        #expect(AuthorizationDecision.of(silent, nil, asked: nil, at: now) == .refuse(.loginRequired))
        #expect(AuthorizationDecision.of(silent, visitor(10), asked: nil, at: now) == .issue)
        let unasked = visitor(10, agreed: false), other = visitor(10, expected: false)
        #expect(AuthorizationDecision.of(silent, unasked, asked: nil, at: now) == .refuse(.consentRequired))
        #expect(AuthorizationDecision.of(silent, other, asked: nil, at: now) == .refuse(.loginRequired))
        let aged = try await request([("prompt", "none"), ("max_age", "60")])
        #expect(AuthorizationDecision.of(aged, visitor(61), asked: nil, at: now) == .refuse(.loginRequired))
        #expect(AuthorizationDecision.of(aged, visitor(59), asked: nil, at: now) == .issue)
    }

    @Test(arguments: ["login", "select_account", "login consent"])
    func `prompt login is met only by a sign-in after the question`(_ prompt: String) async throws {
        let asking = try await request([("prompt", prompt)])
        let after: AuthorizationDecision = prompt.contains("consent") ? .consent : .issue
        #expect(AuthorizationDecision.of(asking, nil, asked: nil, at: now) == .signIn(fresh: true))
        #expect(AuthorizationDecision.of(asking, visitor(0), asked: nil, at: now) == .signIn(fresh: true))
        let asked = now.adding(seconds: -30)
        #expect(AuthorizationDecision.of(asking, visitor(31), asked: asked, at: now) == .signIn(fresh: true))
        #expect(AuthorizationDecision.of(asking, visitor(30), asked: asked, at: now) == after)
    }

    @Test func `an age of zero asks once and no more`() async throws {
        let aged = try await request([("max_age", "0")])
        #expect(AuthorizationDecision.of(aged, visitor(0), asked: nil, at: now) == .signIn(fresh: true))
        #expect(AuthorizationDecision.of(aged, visitor(5), asked: now.adding(seconds: -9), at: now) == .issue)
    }

    @Test func `whoever is not expected must sign in as the one who is`() async throws {
        let plain = try await request()
        let other = visitor(5, expected: false)
        #expect(AuthorizationDecision.of(plain, other, asked: nil, at: now) == .signIn(fresh: true))
        let asked = now.adding(seconds: -9)
        #expect(AuthorizationDecision.of(plain, other, asked: asked, at: now) == .refuse(.loginRequired))
    }

    @Test func `consent is asked until it is given, and whenever the application wants`() async throws {
        let plain = try await request(), asking = try await request([("prompt", "consent")])
        #expect(AuthorizationDecision.of(plain, visitor(5, agreed: false), asked: nil, at: now) == .consent)
        #expect(AuthorizationDecision.of(asking, visitor(5), asked: nil, at: now) == .consent)
        #expect(AuthorizationDecision.of(asking, visitor(5), asked: nil, agrees: true, at: now) == .issue)
        // Pressing the button does not make a stale sign-in a fresh one.
        let login = try await request([("prompt", "login")])
        let pressed = AuthorizationDecision.of(login, visitor(5), asked: nil, agrees: true, at: now)
        #expect(pressed == .signIn(fresh: true))
    }
}
