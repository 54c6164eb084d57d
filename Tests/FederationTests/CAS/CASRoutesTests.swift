import Kernel
import TestKit
import Testing
import Web

@testable import Federation

@Suite("CAS 入口") struct CASRoutesTests {
    private let here = "https://good.example/app?next=%2Fa%3Fb%3D1+2&c=%e4%b8%ad"

    private func path(_ door: String, _ values: [(String, String)]) -> String {
        door + "?" + FormValues(values.map { (name: $0.0, value: $0.1) }).encoded
    }

    @Test(arguments: TestDatabase.allCases)
    func `a signed-in person comes back with a ticket that the validators take`(on kind: TestDatabase) async throws {
        try await withSingleSignOut(kind) { city in
            _ = try await city.register()
            let browser = try await city.city.client(.wang)
            let machine = TestClient(city.city.platform.pipeline)
            let doors = [
                ("/cas/validate", "yes\nwang\n"), ("/cas/serviceValidate", "<cas:user>wang</cas:user>"),
                ("/cas/proxyValidate", "<cas:user>wang</cas:user>"),
                ("/cas/p3/serviceValidate", "<cas:name>wang(示例)</cas:name>"),
                ("/cas/p3/proxyValidate", "<cas:role>teacher</cas:role>"),
            ]
            for (door, expected) in doors {
                let answer = try await browser.get(path("/cas/login", [("service", here)]))
                #expect(answer.status == 303)
                let location = try #require(answer.location)
                #expect(location.hasPrefix(here + "&ticket=ST-"))
                let ticket = String(location.dropFirst((here + "&ticket=").count))
                let asked = path(door, [("service", here), ("ticket", ticket)])
                let told = try await machine.get(asked)
                #expect(told.status == 200 && told.text.contains(expected), "\(door): \(told.text)")
                let again = try await machine.get(asked)
                #expect(again.status == 200 && !again.text.contains("wang"), "\(door)")
            }
        }
    }

    @Test func `version 2 tells no attributes, and JSON is there for the asking`() async throws {
        try await withSingleSignOut(.sqlite) { city in
            _ = try await city.register()
            let browser = try await city.city.client(.wang)
            func told(_ door: String, _ more: [(String, String)] = []) async throws -> TestAnswer {
                let location = try #require(try await browser.get(path("/cas/login", [("service", here)])).location)
                let ticket = String(location.dropFirst((here + "&ticket=").count))
                return try await browser.get(path(door, [("service", here), ("ticket", ticket)] + more))
            }
            #expect(!(try await told("/cas/serviceValidate")).text.contains("cas:attributes"))
            let json = try await told("/cas/p3/serviceValidate", [("format", "json")])
            #expect(json.headers[.contentType] == "application/json; charset=utf-8")
            #expect(json.text.contains(#""user":"wang""#) && json.text.contains(#""role":["teacher"]"#))
            #expect(json.headers[.cacheControl] == "no-store")
            let proxied = try await told("/cas/serviceValidate", [("pgtUrl", "https://good.example/pgt")])
            #expect(proxied.text.contains("UNAUTHORIZED_SERVICE_PROXY"))
            #expect(try await told("/cas/serviceValidate", [("format", "yaml")]).text.contains("INVALID_REQUEST"))
            #expect(try await told("/cas/serviceValidate", [("renew", "true")]).text.contains("INVALID_TICKET"))
        }
    }

    @Test(arguments: ["/cas/serviceValidate", "/cas/proxyValidate", "/cas/p3/serviceValidate", "/cas/p3/proxyValidate"])
    func `a question that lacks something or says it twice is no question`(_ door: String) async throws {
        try await withSingleSignOut(.sqlite) { city in
            let machine = TestClient(city.city.platform.pipeline)
            for query in [
                "", "?ticket=ST-1", "?service=https%3A%2F%2Fgood.example%2F", "?ticket=&service=a",
                "?ticket=a&service=b&service=c", "?ticket=a&ticket=b&service=c",
            ] {
                let answer = try await machine.get(door + query)
                #expect(answer.status == 200 && answer.text.contains("INVALID_REQUEST"), "\(query)")
            }
            #expect(try await machine.get("/cas/validate").text == "no\n\n")
        }
    }

    @Test func `a visitor signs in first and keeps her way`() async throws {
        try await withSingleSignOut(.sqlite) { city in
            _ = try await city.register()
            let visitor = TestClient(city.city.platform.pipeline)
            let answer = try await visitor.get(path("/cas/login", [("service", here), ("method", "POST")]))
            let location = try #require(answer.location)
            let way = try #require(URLCoding.decode(location.utf8, plusIsSpace: false)).dropFirst(
                "/sign-in?return=".count)
            #expect(location.hasPrefix("/sign-in?return=") && way.hasPrefix("/cas/login?service="))
            #expect(WebRoutes.isOwnPath(String(way)) && way.utf8.allSatisfy { (0x21...0x7E).contains($0) })
            let browser = try await city.city.client(.wang)
            let page = try await browser.get(String(way))
            #expect(page.status == 200 && page.text.contains(#"name="ticket" value="ST-"#))
            let policy = try #require(page.headers[.contentSecurityPolicy])
            #expect(policy.contains("form-action 'self' https://good.example;"))
            #expect(!page.text.contains("<script>"))
        }
    }

    @Test func `gateway asks nobody anything`() async throws {
        try await withSingleSignOut(.sqlite) { city in
            _ = try await city.register()
            let visitor = TestClient(city.city.platform.pipeline)
            let asked = path("/cas/login", [("service", here), ("gateway", "true")])
            #expect(try await visitor.get(asked).location == here)
            let program = try await city.city.platform.identity.issueTokenByOperator(login: "wang")
            #expect(try await visitor.get(asked, headers: ["authorization": "Bearer " + program]).location == here)
            let browser = try await city.city.client(.wang)
            #expect(try await browser.get(asked).location?.hasPrefix(here + "&ticket=ST-") == true)
            let renewed = try await visitor.get(asked + "&renew=true").location
            #expect(renewed?.hasPrefix("/sign-in?return=") == true)
        }
    }

    @Test func `renew wants a sign-in after it was asked, and no other mark will do`() async throws {
        try await withSingleSignOut(.sqlite) { city in
            _ = try await city.register()
            _ = try await city.register("办公系统", ["https://office.example/*"])
            let old = try await city.city.client(.wang)
            let asked = path("/cas/login", [("service", here), ("renew", "true")])
            let location = try #require(try await old.get(asked).location)
            #expect(location.hasSuffix("&again=1"))
            let decoded = try #require(URLCoding.decode(location.utf8, plusIsSpace: false))
            let way = String(decoded.dropFirst("/sign-in?return=".count).dropLast("&again=1".count))
            // The old session does not become fresh by taking the way back without signing in.
            #expect(try await old.get(way).location?.hasPrefix("/sign-in?return=") == true)
            let fresh = try await city.city.client(.wang)
            let back = try #require(try await fresh.get(way).location)
            #expect(back.hasPrefix(here + "&ticket=ST-"))
            let ticket = String(back.dropFirst((here + "&ticket=").count))
            let told = try await fresh.get(
                path("/cas/p3/serviceValidate", [("service", here), ("ticket", ticket), ("renew", "true")]))
            #expect(told.text.contains("<cas:isFromNewLogin>true</cas:isFromNewLogin>"))
            let other = way.replacing(URLCoding.encode(here), with: URLCoding.encode("https://office.example/"))
            #expect(other != way)
            #expect(try await fresh.get(other).location?.hasPrefix("/sign-in?return=") == true)
            #expect(try await fresh.get(asked + "&asked=AAAA").location?.hasPrefix("/sign-in?return=") == true)
        }
    }

    @Test(arguments: [
        "https://evil.example/", "https://good.example.evil/", "https://good.example@evil.example/", "//good.example/",
        "https://good.example/\r\nSet-Cookie: a=b", "https://good.example/%0d%0aSet-Cookie:%20a=b",
        "javascript:alert(1)",
        "https://good.example/app/../../x", "https://evil.example/?u=https://good.example/",
        "https://good.example\\.evil/", "",
        "https://good.example/?ticket=ST-0", "/plan",
    ])
    func `no strange address is led to, signed in or not, in or out`(_ service: String) async throws {
        try await withSingleSignOut(.sqlite) { city in
            _ = try await city.register()
            let browser = try await city.city.client(.wang), visitor = TestClient(city.city.platform.pipeline)
            for client in [browser, visitor] {
                for more in [[], [("gateway", "true")], [("method", "POST")], [("renew", "true")]] {
                    let answer = try await client.get(path("/cas/login", [("service", service)] + more))
                    #expect(answer.status == 403 && answer.location == nil && !answer.text.contains("ST-"), "\(more)")
                }
            }
            let twice = path("/cas/login", [("service", "https://good.example/"), ("service", service)])
            #expect(try await browser.get(twice).status == 403)
            for name in ["service", "url"] {
                #expect(try await visitor.get(path("/cas/logout", [(name, service)])).location == "/sign-in")
            }
        }
    }

    @Test func `without a service the door leads into the platform`() async throws {
        try await withSingleSignOut(.sqlite) { city in
            let visitor = try await TestClient(city.city.platform.pipeline).get("/cas/login")
            #expect(visitor.location == "/sign-in")
            let person = try await city.city.client(.wang).get("/cas/login")
            #expect(person.location == "/")
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `signing out by CAS ends the session and leads to a registered address only`(on kind: TestDatabase)
        async throws
    {
        try await withSingleSignOut(kind) { city in
            _ = try await city.register()
            for name in ["service", "url"] {
                let browser = try await city.city.client(.wang)
                #expect(try await browser.get("/account").status == 200)
                let answer = try await browser.get(path("/cas/logout", [(name, "https://good.example/bye")]))
                #expect(answer.location == "https://good.example/bye")
                #expect(try await browser.get("/account").status == 303)
            }
            let (token, info) = try await city.session(.wang)
            let browser = TestClient(city.city.platform.pipeline, session: token)
            _ = try await browser.get("/cas/logout?service=https%3A%2F%2Fevil.example%2F")
            #expect(try await city.city.platform.identity.authenticate(token)?.id == nil)
            #expect(try await city.audit("account.signed_out").first?.actorID == info.user.account.rawValue)
        }
    }

    @Test(arguments: [["sec-fetch-mode": "no-cors"], ["sec-purpose": "prefetch"], ["sec-fetch-mode": "cors"]])
    func `nothing embedded or loaded ahead signs out`(_ headers: [String: String]) async throws {
        try await withSingleSignOut(.sqlite) { city in
            let browser = try await city.city.client(.wang)
            #expect(try await browser.get("/cas/logout", headers: headers).status == 403)
            #expect(try await browser.get("/account").status == 200)
        }
    }
}
