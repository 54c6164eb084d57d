import Kernel
import Platform
import TestKit
import Testing
import Web

@testable import Federation

@Suite("OpenID 令牌") struct TokenTests {
    @Test(arguments: TestDatabase.allCases)
    func `a code becomes tokens that tell who she is`(on kind: TestDatabase) async throws {
        try await withOpenID(kind) { city in
            let client = try await city.register()
            let browser = try await city.city.client(.wang)
            let told = try await city.exchange(try await city.code(browser, client), client)
            #expect(told.status == 200 && told.headers[.cacheControl] == "no-store")
            #expect(try told.member("token_type") == "Bearer" && told.member("scope") == "openid profile edu")
            let access = try told.member("access_token")
            let claims = try await city.claims(try told.member("id_token"))
            #expect(claims["iss"] as? String == city.city.platform.address.base)
            #expect(claims["aud"] as? String == client.id && claims["azp"] as? String == client.id)
            #expect(claims["nonce"] as? String == "n-0S6_WzA2Mj")
            #expect(claims["acr"] as? String == AuthenticationContext.twoFactors)
            let half = Base64URL.encode(Array(SHA256.hash(access).prefix(16)))
            #expect(claims["at_hash"] as? String == half)
            let issued = try #require(claims["iat"] as? Int), ends = try #require(claims["exp"] as? Int)
            #expect(ends - issued == 600 && claims["auth_time"] as? Int ?? 0 <= issued)
            #expect((claims["sid"] as? String)?.utf8.count == 22)

            let info = try await city.userInfo(access)
            #expect(info.status == 200 && info.headers[.cacheControl] == "no-store")
            #expect(try info.member("sub") == claims["sub"] as? String)
            #expect(try info.member("name") == "wang(示例)" && info.member("preferred_username") == "wang")
            #expect(info.text.contains(#""role":"teacher","role_name":"教师""#))
            #expect(info.text.contains("防城港市实验小学(示例)") && info.text.contains(TestCity.experimentalSchool))
            let body = try await city.post("/openid/userinfo", [("access_token", access)])
            #expect(body.status == 200 && body.bytes == info.bytes)
        }
    }

    @Test func `a sign-in by password alone is told to be one`() async throws {
        try await withOpenID(.sqlite) { city in
            let client = try await city.register()
            let browser = try await city.city.client(.wang)
            try await city.database.write { try $0.execute("UPDATE identity_session SET confirmed_at = NULL") }
            let told = try await city.exchange(try await city.code(browser, client), client)
            let claims = try await city.claims(try told.member("id_token"))
            #expect(claims["acr"] as? String == AuthenticationContext.oneFactor)
        }
    }

    @Test func `two applications know one person by two names, and one of them by the same each time`() async throws {
        try await withOpenID(.sqlite) { city in
            let first = try await city.register(), second = try await city.register("办公系统")
            let browser = try await city.city.client(.wang)
            var subjects: [String] = []
            for client in [first, second, first] {
                let told = try await city.exchange(try await city.code(browser, client), client)
                subjects.append(try #require(try await city.claims(told.member("id_token"))["sub"] as? String))
            }
            #expect(subjects[0] == subjects[2] && subjects[0] != subjects[1])
        }
    }

    @Test func `three ways of showing who asks, and no fourth`() async throws {
        try await withOpenID(.sqlite) { city in
            let client = try await city.register(), open = try await city.register("手机应用", isPublic: true)
            let browser = try await city.city.client(.wang)
            let secret = try #require(client.secret), verifier = try #require(client.verifier)
            func form(_ client: OpenIDClient) async throws -> [(String, String)] {
                [
                    ("grant_type", "authorization_code"), ("code", try await city.code(browser, client)),
                    ("redirect_uri", client.redirect), ("code_verifier", verifier),
                ]
            }
            let named = [("client_id", client.id), ("client_secret", secret)]
            #expect(try await city.post("/openid/token", form(client), basic: (client.id, secret)).status == 200)
            #expect(try await city.post("/openid/token", form(client) + named).status == 200)
            #expect(try await city.exchange(try await city.code(browser, open), open).status == 200)

            let wrong = try await city.post("/openid/token", form(client), basic: (client.id, secret + "x"))
            #expect(wrong.status == 401 && wrong.headers[.wwwAuthenticate] == "Basic realm=\"santong\"")
            #expect(try wrong.member("error") == "invalid_client")
            let silent = try await city.post("/openid/token", form(client) + [("client_id", client.id)])
            #expect(try silent.status == 401 && silent.member("error") == "invalid_client")
            #expect(try await city.post("/openid/token", form(client)).status == 401)
            let both = try await city.post("/openid/token", form(client) + named, basic: (client.id, secret))
            #expect(try both.status == 400 && both.member("error") == "invalid_request")
            let broken = try await city.post("/openid/token", form(client), headers: ["authorization": "Basic %%%"])
            #expect(broken.status == 401)
            #expect(try await city.audit("application.client_refused").count == 2)
        }
    }

    @Test func `guessing a secret ends in waiting, for the guesser only`() async throws {
        try await withOpenID(.sqlite) { city in
            let client = try await city.register(), other = try await city.register("办公系统")
            let form = [("grant_type", "authorization_code"), ("code", "x")]
            for _ in 0..<ClientAuthentication.mostOfClient {
                #expect(try await city.post("/openid/token", form, basic: (client.id, "guess")).status == 401)
            }
            let right = try #require(client.secret)
            let waiting = try await city.post("/openid/token", form, basic: (client.id, right))
            #expect(waiting.status == 429 && waiting.headers[.retryAfter] != nil)
            let free = try await city.post("/openid/token", form, basic: (other.id, try #require(other.secret)))
            #expect(try free.member("error") == "invalid_grant")
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `a code used again kills what came of it`(on kind: TestDatabase) async throws {
        try await withOpenID(kind) { city in
            let client = try await city.register()
            let browser = try await city.city.client(.wang)
            let code = try await city.code(browser, client, ["scope": "openid profile offline_access"])
            let first = try await city.exchange(code, client)
            let access = try first.member("access_token"), refresh = try first.member("refresh_token")
            #expect(try await city.userInfo(access).status == 200)
            let again = try await city.exchange(code, client)
            #expect(try again.status == 400 && again.member("error") == "invalid_grant")
            let dead = try await city.userInfo(access)
            #expect(dead.status == 401)
            #expect(dead.headers[.wwwAuthenticate]?.contains("error=\"invalid_token\"") == true)
            #expect(try await city.refresh(refresh, client).status == 400)
            #expect(try await city.audit("application.code_refused").count == 1)
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `of two that bring one code at the same moment one gets in`(on kind: TestDatabase) async throws {
        try await withOpenID(kind) { city in
            let client = try await city.register()
            let browser = try await city.city.client(.wang)
            for _ in 0..<3 {
                let code = try await city.code(browser, client)
                let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
                    for _ in 0..<4 { group.addTask { try await city.exchange(code, client).status } }
                    return try await group.reduce(into: [Int]()) { $0.append($1) }
                }
                #expect(statuses.sorted() == [200, 400, 400, 400])
            }
        }
    }

    @Test func `a code is good for its application, address and verifier only`() async throws {
        try await withOpenID(.sqlite) { city in
            let client = try await city.register(), other = try await city.register("办公系统")
            let browser = try await city.city.client(.wang)
            func refused(_ answer: TestAnswer) throws -> Bool {
                try answer.status == 400 && answer.member("error") == "invalid_grant"
            }
            #expect(try refused(try await city.exchange(try await city.code(browser, client), other)))
            var changed = client
            changed.redirect = "https://app.example/other"
            #expect(try refused(try await city.exchange(try await city.code(browser, client), changed)))
            changed = client
            changed.verifier = "x" + String(try #require(client.verifier).dropFirst())
            let code = try await city.code(browser, client)
            #expect(try refused(try await city.exchange(code, changed)))
            // A wrong try uses the code up.
            #expect(try refused(try await city.exchange(code, client)))
            changed.verifier = nil
            #expect(try refused(try await city.exchange(try await city.code(browser, client), changed)))
            // A verifier for a request without a challenge: somebody took the challenge away.
            let bare = try await city.code(browser, changed)
            #expect(try refused(try await city.exchange(bare, client)))
            #expect(try await city.exchange(try await city.code(browser, changed), changed).status == 200)
        }
    }

    @Test func `a code runs out after a minute`() async throws {
        try await withOpenID(.sqlite) { city in
            let client = try await city.register()
            let browser = try await city.city.client(.wang)
            let service = TokenService(provider: city.provider)
            func exchange() async throws {
                let code = try await city.code(browser, client)
                let asked = TokenService.Exchange(
                    code: code, redirect: client.redirect, verifier: client.verifier, address: "")
                _ = try await service.exchange(asked, for: client.application)
            }
            city.clock.advance(seconds: 55)
            try await exchange()
            // The codes themselves are made by the real clock, which goes on while the test waits for its turn.
            city.clock.advance(seconds: 900)
            await #expect(throws: OAuthError.invalidGrant("the code has run out")) { try await exchange() }
        }
    }

    @Test func `the token door answers broken questions in its own words`() async throws {
        try await withOpenID(.sqlite) { city in
            let client = try await city.register()
            let basic = (client.id, try #require(client.secret))
            func error(_ form: [(String, String)]) async throws -> String {
                let answer = try await city.post("/openid/token", form, basic: basic)
                #expect(answer.status == 400 && answer.headers[.cacheControl] == "no-store")
                return try answer.member("error")
            }
            #expect(try await error([]) == "invalid_request")
            #expect(try await error([("grant_type", "password")]) == "unsupported_grant_type")
            #expect(try await error([("grant_type", "authorization_code")]) == "invalid_request")
            #expect(try await error([("grant_type", "refresh_token")]) == "invalid_request")
            let twice = [("grant_type", "authorization_code"), ("code", "a"), ("code", "b")]
            #expect(try await error(twice) == "invalid_request")
            let odd = [("grant_type", "authorization_code"), ("code", String(repeating: "界", count: 2000))]
            #expect(try await error(odd) == "invalid_grant")
        }
    }

    @Test func `userinfo says what is wrong with a token as the protocol wants it`() async throws {
        try await withOpenID(.sqlite) { city in
            let none = try await city.machine.get("/openid/userinfo")
            #expect(none.status == 401 && none.headers[.wwwAuthenticate] == "Bearer realm=\"santong\"")
            for token in ["", "x", "sta_" + SecureRandom.token(), String(repeating: "a", count: 5000)] {
                let answer = try await city.userInfo(token)
                #expect(answer.status == 401, "\(token)")
            }
            let twice = try await city.post(
                "/openid/userinfo", [("access_token", "a")], headers: ["authorization": "Bearer b"])
            #expect(try twice.status == 400 && twice.member("error") == "invalid_request")
        }
    }
}
