import Foundation
import Kernel
import Testing
import Web

@testable import Identity

@Suite("登录页面")
struct SignInPagesTests {
    private func form(_ login: String, _ password: String, _ way: String = "/plan") -> [(name: String, value: String)] {
        [(name: "login", value: login), (name: "password", value: password), (name: "return", value: way)]
    }

    @Test func `sign in leads back to the page asked for, sign out ends the session`() async throws {
        try await withIdentityCity { city in
            let pages = IdentityPages(city.identity)
            try await city.open("wang", .teacher, at: "school")
            let page = try await pages.send(.get, "/sign-in?return=%2Fplan%3Fdate%3D2015-09-30")
            #expect(page.text.contains("value=\"/plan?date=2015-09-30\""))
            let answer = try await pages.send(.post, "/sign-in", form("wang", IdentityCity.password))
            #expect(answer.status == 303)
            #expect(answer.location == "/plan")
            guard case .start(let token)? = answer.sessionChange else {
                Issue.record("no session")
                return
            }
            let out = try await pages.send(.post, "/sign-out", token: token)
            #expect(out.sessionChange == .end)
            #expect(try await city.identity.authenticate(token) == nil)
        }
    }

    @Test func `a failure keeps the name, never the password, and a lock says how long`() async throws {
        try await withIdentityCity { city in
            let pages = IdentityPages(city.identity)
            try await city.open("wang", .teacher, at: "school")
            #expect(try await pages.send(.post, "/sign-in", form("", "")).text.contains("field-password-problem"))
            var last: WebResponse?
            for _ in 0..<6 { last = try await pages.send(.post, "/sign-in", form("wang", "secret-guess")) }
            let locked = try #require(last)
            #expect(locked.status == 429)
            #expect(locked.headers.contains { $0.name == "retry-after" && $0.value == "900" })
            #expect(locked.text.contains("15 分钟后再试"))
            #expect(locked.text.contains("value=\"wang\""))
            #expect(!locked.text.contains("secret-guess"))
        }
    }

    @Test func `a demo lists its cast for one click, other platforms never ask for one`() async throws {
        try await withIdentityCity { city in
            try await city.open("wang", .teacher, at: "school")
            let member = DemoAccount(
                role: "教师", name: "王老师", login: "wang", password: IdentityCity.password, organisation: "第一小学")
            for isDemo in [true, false] {
                let identity = IdentityModule(
                    database: city.database, hasher: city.identity.hasher, crypto: city.identity.crypto,
                    address: SiteAddress("http://127.0.0.1"), now: { city.clock.now },
                    demoAccounts: { [member] }, isDemo: isDemo)
                let pages = IdentityPages(identity)
                let page = try await pages.send(.get, "/sign-in")
                #expect(page.text.contains("以王老师登录") == isDemo)
                #expect(page.count("name=\"login\"") == 1)
                let answer = try await pages.send(.post, "/sign-in", [(name: "cast", value: "wang")])
                #expect(answer.status == (isDemo ? 303 : 422))
            }
        }
    }

    @Test func `who must change the password is sent there first`() async throws {
        try await withIdentityCity { city in
            let pages = IdentityPages(city.identity)
            let password = try await city.identity.accounts.createByOperator(
                name: "林青", login: "lin", role: "city_admin", organisationCode: nil)
            let answer = try await pages.send(.post, "/sign-in", form("lin", password))
            #expect(answer.location == "/account/password?return=%2Fplan")
            guard case .start(let token)? = answer.sessionChange else {
                Issue.record("no session")
                return
            }
            let wrong = [
                (name: "present", value: password), (name: "password", value: "short"),
                (name: "repeated", value: "other"),
            ]
            let refused = try await pages.send(.post, "/account/password", token: token, wrong)
            #expect(refused.status == 422)
            #expect(refused.text.contains("密码至少要有 10 个字符"))
            let right = [
                (name: "present", value: password), (name: "password", value: "Kelp-Reef-88"),
                (name: "repeated", value: "Kelp-Reef-88"),
            ]
            let done = try await pages.send(.post, "/account/password", token: token, right)
            #expect(done.location == "/")
            guard case .start(let next)? = done.sessionChange else {
                Issue.record("the session was not renewed")
                return
            }
            #expect(try await city.identity.authenticate(next)?.mustChangePassword == false)
        }
    }
}

@Suite("我的账号")
struct OwnAccountPagesTests {
    @Test func `a token is shown once and works, other sessions can be ended`() async throws {
        try await withIdentityCity { city in
            let pages = IdentityPages(city.identity)
            try await city.open("wang", .teacher, at: "school")
            let token = try await city.identity.startSession(login: "wang")
            let other = try await city.identity.startSession(login: "wang")
            let form = [(name: "name", value: "排课程序"), (name: "days", value: "30")]
            let made = try await pages.send(.post, "/account/tokens", token: token, form)
            let parts = made.text.components(separatedBy: "<code>")
            try #require(parts.count == 2)
            let program = parts[1].components(separatedBy: "</code>")[0]
            #expect(try await city.identity.authenticate(program)?.user.name == "某wang")
            #expect(
                try await pages.send(.post, "/account/tokens", token: token, [(name: "days", value: "0")]).status == 422
            )
            let page = try await pages.send(.get, "/account", token: token)
            #expect(page.text.contains("排课程序"))
            #expect(!page.text.contains(program))
            _ = try await pages.send(.post, "/account/sessions/end-others", token: token)
            #expect(try await city.identity.authenticate(other) == nil)
            #expect(try await city.identity.authenticate(token) != nil)
            let id = try #require(try await city.identity.authenticate(program)).id
            _ = try await pages.send(.post, "/account/tokens/revoke", token: token, [(name: "session", value: id)])
            #expect(try await city.identity.authenticate(program) == nil)
        }
    }

    @Test func `the first administrator's page asks for the city only where it is missing`() async throws {
        try await withIdentityCity { city in
            let pages = IdentityPages(city.identity)
            let path = try #require(try await city.identity.firstAdministratorLink())
            let page = try await pages.send(.get, path)
            #expect(!page.text.contains("name=\"city_name\""))
            let refused = try await pages.send(.post, path, [(name: "login", value: "x")])
            #expect(refused.status == 422)
            await #expect { try await pages.send(.get, "/setup/unknown") } throws: { isNotFound($0) }
        }
    }
}
