import Database
import Kernel
import Platform
import TestKit
import Testing

@testable import Federation
@testable import Identity

@Suite("微信登录") struct WeChatSignInTests {
    @Test(arguments: TestDatabase.allCases)
    func `a person binds her WeChat once and signs in by it from then on`(on kind: TestDatabase) async throws {
        try await withWeChat(kind) { city in
            try await city.open("mei")
            let phone = city.visitor
            #expect(
                try await phone.get("/sign-in?return=%2Fschools").text.contains("/wechat/sign-in?return=%2Fschools"))
            let leaving = try await phone.get("/wechat/sign-in?return=%2Fschools")
            #expect(leaving.status == 303)
            let address = try #require(leaving.location)
            let start =
                "https://open.weixin.qq.com/connect/oauth2/authorize?appid=wx0123456789abcdef"
                + "&redirect_uri=http%3A%2F%2F127.0.0.1%3A8080%2Fwechat%2Fcallback&response_type=code&scope=snsapi_base&state="
            #expect(address.hasPrefix(start))
            #expect(address.hasSuffix("#wechat_redirect"))
            let state = address.dropFirst(start.count).dropLast("#wechat_redirect".count)
            #expect(state.count == 64)
            #expect(state.allSatisfy { $0.isHexDigit })

            let back = try await phone.get("/wechat/callback?code=\(city.wechat.code(for: "oMei"))&state=\(state)")
            #expect(back.location == "/wechat/unbound")
            #expect(try await phone.get("/account").location?.hasPrefix("/sign-in") == true)
            #expect(try await city.signIn(phone, "mei", from: "/wechat/unbound").location == "/wechat/bind")
            #expect(try await phone.get("/wechat/bind").text.contains("某mei"))
            #expect(try await phone.post("/wechat/bind", from: "/wechat/bind").location == "/schools")
            #expect(try await phone.get("/account").text.contains("解除微信绑定"))
            #expect(try await city.audit("account.wechat_bound").map(\.actorName) == ["某mei"])

            let later = city.visitor
            let answer = try await city.arrive(later, as: "oMei", "?return=%2Fschools")
            #expect(answer.location == "/schools")
            #expect(try await later.get("/account").text.contains("某mei"))
            #expect(try await city.audit("account.signed_in").map(\.detail).contains("mei，微信"))
        }
    }

    @Test func `without a service account at WeChat there is no trace of it`() async throws {
        try await withTestCity(.sqlite) { (city: TestCity) async throws in
            let visitor = TestClient(city.platform.pipeline)
            #expect(try await !visitor.get("/sign-in").text.contains("微信"))
            #expect(try await !city.client(.wang).get("/account").text.contains("微信登录"))
            for path in ["/wechat/sign-in", "/wechat/callback?code=a&state=b", "/wechat/bind"] {
                #expect(try await visitor.get(path).status == 404, "\(path)")
            }
        }
    }

    struct Trouble: Sendable, CustomTestStringConvertible {
        let answer: @Sendable () throws -> OutboundResponse
        let status: Int
        let text: String
        let mayRetry: Bool
        var testDescription: String { text }

        init(
            _ status: Int, _ text: String, retry: Bool = true,
            _ answer: @escaping @Sendable () throws -> OutboundResponse
        ) {
            (self.answer, self.status, self.text, mayRetry) = (answer, status, text, retry)
        }

        static func body(_ text: String, status: Int = 200) -> @Sendable () throws -> OutboundResponse {
            { OutboundResponse(status: status, body: Array(text.utf8)) }
        }
    }

    @Test(arguments: [
        Trouble(400, "授权已经过期", Trouble.body(#"{"errcode":40029,"errmsg":"invalid code"}"#)),
        Trouble(400, "授权已经用过", Trouble.body(#"{"errcode":40163,"errmsg":"code been used"}"#)),
        Trouble(400, "使用完整服务", Trouble.body(#"{"openid":"oX","is_snapshotuser":1}"#)),
        Trouble(503, "暂时连不上微信", Trouble.body(#"{"errcode":-1,"errmsg":"system error"}"#)),
        Trouble(503, "暂时连不上微信", Trouble.body("<html>502</html>")),
        Trouble(503, "暂时连不上微信", Trouble.body("{}")),
        Trouble(503, "暂时连不上微信", Trouble.body(#"{"openid":"a b"}"#)),
        Trouble(503, "暂时连不上微信", Trouble.body("{}", status: 502)),
        Trouble(503, "暂时连不上微信") { throw OutboundError.timeout },
        Trouble(503, "暂时连不上微信") { throw OutboundError.tls },
        Trouble(503, "暂时不能使用", retry: false, Trouble.body(#"{"errcode":40125,"errmsg":"invalid appsecret"}"#)),
        Trouble(503, "暂时不能使用", retry: false, Trouble.body(#"{"errcode":45009}"#)),
    ])
    func `what goes wrong at WeChat is told in words, noted once, and over`(_ trouble: Trouble) async throws {
        try await withWeChat(.sqlite) { city in
            try await city.open("mei")
            try await city.bind("oMei", to: "mei")
            let phone = city.visitor
            city.wechat.fail(trouble.answer)
            let answer = try await city.arrive(phone, as: "oMei")
            #expect(answer.status == trouble.status)
            #expect(answer.text.contains(trouble.text))
            #expect(answer.text.contains("重新用微信登录</a>") == trouble.mayRetry)
            #expect(try await phone.get("/account").location?.hasPrefix("/sign-in") == true)
            let noted = try await city.audit("account.wechat_failed")
            #expect(noted.count == 1)
            #expect(noted.allSatisfy { !$0.succeeded && !$0.detail.contains("f00dfeed") })
            city.wechat.fail(nil)
            #expect(try await city.arrive(phone, as: "oMei").location == "/")
        }
    }

    @Test(arguments: ["", "&code=", "&code=authdeny"])
    func `a person who does not agree is asked nothing further`(_ code: String) async throws {
        try await withWeChat(.sqlite) { city in
            let phone = city.visitor
            let state = try await city.start(phone)
            let answer = try await phone.get("/wechat/callback?state=\(state)\(code)")
            #expect(answer.status == 403)
            #expect(answer.text.contains("你没有同意微信授权"))
            #expect(city.wechat.sent.isEmpty)
        }
    }

    @Test func `an answer from WeChat fits only the browser that asked, once`() async throws {
        try await withWeChat(.sqlite) { city in
            try await city.open("mei")
            try await city.bind("oMei", to: "mei")
            let phone = city.visitor, stranger = city.visitor
            let state = try await city.start(phone)
            _ = try await city.start(stranger)
            func back(_ browser: TestClient, _ state: String) async throws -> TestAnswer {
                try await browser.get("/wechat/callback?code=\(city.wechat.code(for: "oMei"))&state=\(state)")
            }
            for (browser, wrong) in [
                (stranger, state), (city.visitor, state), (phone, ""), (phone, String(state.dropLast())),
                (phone, state.uppercased()),
            ] {
                let answer = try await back(browser, wrong)
                #expect(answer.status == 400)
                #expect(answer.text.contains("已经失效"))
            }
            #expect(city.wechat.sent.isEmpty)
            #expect(try await back(phone, state).location == "/")
            #expect(try await back(phone, state).status == 400)
            #expect(city.wechat.sent.count == 1)
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `of many answers with one state exactly one signs in`(on kind: TestDatabase) async throws {
        try await withWeChat(kind) { city in
            try await city.open("mei")
            try await city.bind("oMei", to: "mei")
            let service = try city.service()
            let attempt = service.start(for: nil, way: "/")
            let visit = SignInVisit(address: "10.0.0.1", browser: "", previous: nil)
            let started = await withTaskGroup(of: Bool.self) { group in
                for _ in 0..<8 {
                    let code = city.wechat.code(for: "oMei")
                    group.addTask {
                        guard case .signIn(.started) = try? await service.finish(attempt, code: code, visit) else {
                            return false
                        }
                        return true
                    }
                }
                return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
            }
            #expect(started == 1)
            #expect(city.wechat.sent.count == 1)
        }
    }

    @Test func `cookies are good for ten minutes, only as they were made`() throws {
        let crypto = InternationalCrypto(.generate()), clock = Clock()
        let cookies = WeChatCookies(crypto: crypto, isSecure: true)
        let attempt = WeChatAttempt(
            state: "s", until: clock.now.adding(seconds: 600).milliseconds, way: "/学校", account: nil)
        let line = try cookies.line(attempt)
        #expect(line.hasSuffix("; Path=/wechat; HttpOnly; SameSite=Lax; Secure; Max-Age=600"))
        let pair = String(line.prefix { $0 != ";" })
        #expect(cookies.attempt("a=b; " + pair + "; c=d", at: clock.now) == attempt)
        #expect(
            cookies.arrival(pair.replacing("santong_wechat=", with: "santong_wechat_arrival="), at: clock.now) == nil)
        #expect(cookies.attempt(String(pair.dropLast(2)), at: clock.now) == nil)
        #expect(cookies.attempt(nil, at: clock.now) == nil)
        #expect(
            WeChatCookies(crypto: InternationalCrypto(.generate()), isSecure: true).attempt(pair, at: clock.now) == nil)
        clock.advance(seconds: 600)
        #expect(cookies.attempt(pair, at: clock.now) == nil)
    }

    @Test(arguments: [
        "https%3A%2F%2Fevil.example", "%2F%2Fevil.example", "%2F%5Cevil.example", "%2Fwechat%2Fsign-in",
        "%2F" + String(repeating: "a", count: 1500),
    ])
    func `nobody is led off the site or round in circles`(_ way: String) async throws {
        try await withWeChat(.sqlite) { city in
            try await city.open("mei")
            try await city.bind("oMei", to: "mei")
            #expect(try await city.arrive(city.visitor, as: "oMei", "?return=\(way)").location == "/")
        }
    }
}
