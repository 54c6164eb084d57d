import Kernel
import Platform
import TestKit
import Testing
import Web

@testable import Federation

@Suite("OpenID 授权页面") struct ConsentTests {
    private func request(_ page: TestAnswer) throws -> String {
        try #require(page.hidden("request")).replacing("&amp;", with: "&")
    }

    @Test(arguments: TestDatabase.allCases)
    func `a person is asked once, and again after taking it back`(on kind: TestDatabase) async throws {
        try await withOpenID(kind) { city in
            let client = try await city.register(asksConsent: true)
            let browser = try await city.city.client(.wang)
            let silent = try OpenIDCity.query(try await browser.get(client.question(["prompt": "none"])).location)
            #expect(silent["error"] == "consent_required")
            let page = try await browser.get(client.question())
            #expect(page.status == 200 && page.text.contains("姓名、登录名") && page.text.contains("图书馆"))
            let values = [("request", try request(page)), ("agree", "1")]
            let done = try await browser.post("/openid/consent", from: client.question(), values)
            let refresh = try #require(done.headers[.init("refresh")!])
            let told = try OpenIDCity.query(refresh)
            #expect(try await city.exchange(try #require(told["code"]), client).status == 200)

            let later = try await city.exchange(try await city.code(browser, client), client)
            #expect(later.status == 200)
            let more = try await browser.get(client.question(["scope": "openid profile edu offline_access"]))
            #expect(more.status == 200 && more.text.contains("同意并继续"))

            #expect(try await browser.get("/account").text.contains(#"<a href="/account/applications">"#))
            let own = try await browser.get("/account/applications")
            #expect(own.text.contains("图书馆") && own.text.contains("取消授权"))
            let withdrawn = try await browser.post(
                "/account/applications/withdraw", from: "/account/applications",
                [("application", client.application.id.rawValue)])
            #expect(withdrawn.status == 303)
            #expect(try await city.userInfo(later.member("access_token")).status == 401)
            #expect(try await browser.get(client.question()).text.contains("同意并继续"))
            #expect(try await city.audit("application.consent_given").count == 1)
            #expect(try await city.audit("application.consent_withdrawn").count == 1)
        }
    }

    @Test func `saying no is told to the application`() async throws {
        try await withOpenID(.sqlite) { city in
            let client = try await city.register(asksConsent: true)
            let browser = try await city.city.client(.wang)
            let values = [("request", try request(try await browser.get(client.question())))]
            let done = try await browser.post("/openid/consent", from: client.question(), values)
            let told = try OpenIDCity.query(done.headers[.init("refresh")!])
            #expect(told["error"] == "access_denied" && told["code"] == nil && told["state"] == "状态&x=1")
        }
    }

    @Test func `what the page held is judged anew`() async throws {
        try await withOpenID(.sqlite) { city in
            let client = try await city.register(asksConsent: true)
            let browser = try await city.city.client(.wang)
            let question = client.question(["redirect_uri": "https://evil.example/"]).split(separator: "?")[1]
            let done = try await browser.post(
                "/openid/consent", from: "/account", [("request", String(question)), ("agree", "1")])
            #expect(done.status == 400 && done.headers[.init("refresh")!] == nil)
            let fresh = String(client.question(["prompt": "login"]).split(separator: "?")[1])
            let stale = try await browser.post(
                "/openid/consent", from: "/account", [("request", fresh), ("agree", "1")])
            #expect(stale.status == 303 && stale.location?.hasPrefix("/sign-in?") == true)
        }
    }

    @Test func `a visitor is sent to sign in and comes back to the same question`() async throws {
        try await withOpenID(.sqlite) { city in
            let client = try await city.register()
            let visitor = city.machine
            let answer = try await visitor.get(client.question(["login_hint": "wang"]))
            let told = try OpenIDCity.query(answer.location)
            #expect(answer.location?.hasPrefix("/sign-in?return=%2Fopenid%2Fauthorize%3F") == true)
            #expect(told["again"] == nil && told["login"] == "wang")
            let page = try await visitor.get(try #require(answer.location))
            #expect(page.status == 200 && page.text.contains(#"value="wang""#))
            let back = try #require(told["return"])
            let browser = try await city.city.client(.wang)
            let code = try OpenIDCity.query(try await browser.get(back).location)
            #expect(code["code"]?.utf8.count == 43 && code["state"] == "状态&x=1")
            let silent = try OpenIDCity.query(try await visitor.get(client.question(["prompt": "none"])).location)
            #expect(silent["error"] == "login_required" && silent["state"] == "状态&x=1")
        }
    }

    @Test func `a fresh sign-in is asked for once, and nobody can forge that it was`() async throws {
        try await withOpenID(.sqlite) { city in
            let client = try await city.register()
            let browser = try await city.city.client(.wang)
            let first = try await browser.get(client.question(["prompt": "login"]))
            let told = try OpenIDCity.query(first.location)
            #expect(told["again"] == "1")
            let back = try #require(told["return"])
            // The old session does not do.
            #expect(try await browser.get(back).location?.hasPrefix("/sign-in?") == true)
            // A session begun afterwards does.
            let later = try await city.city.client(.wang)
            #expect(try OpenIDCity.query(try await later.get(back).location)["code"] != nil)
            // The mark of one question is good for no other, and none can be made up.
            let mark = try #require(try OpenIDCity.query(back)["asked"])
            for forged in [mark, "AAAA", String(city.clock.now.milliseconds)] {
                let other = client.question(["prompt": "login", "nonce": "other", "asked": forged])
                #expect(try await later.get(other).location?.hasPrefix("/sign-in?") == true)
            }
        }
    }

    @Test func `an answer by form goes to the application's origin only`() async throws {
        try await withOpenID(.sqlite) { city in
            let client = try await city.register()
            let browser = try await city.city.client(.wang)
            let answer = try await browser.get(client.question(["response_mode": "form_post"]))
            #expect(answer.status == 200 && answer.text.contains(#"action="https://app.example/cb""#))
            #expect(answer.hidden("code")?.utf8.count == 43)
            let policy = answer.headers[.init("content-security-policy")!] ?? ""
            #expect(policy.contains("form-action 'self' https://app.example;"))
        }
    }

    @Test func `a program's token and a suspended session let nobody in`() async throws {
        try await withOpenID(.sqlite) { city in
            let client = try await city.register()
            let token = try await city.city.platform.identity.issueTokenByOperator(login: "wang")
            let answer = try await city.machine.get(client.question(), headers: ["authorization": "Bearer " + token])
            #expect(answer.location?.hasPrefix("/sign-in?") == true)
        }
    }
}
