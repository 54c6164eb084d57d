import Database
import Kernel
import Testing

@testable import Identity

extension SignInResult {
    /// `started`, or the text or wait of a refusal.
    var text: String {
        switch self {
        case .started: "started"
        case .refused(let message): message
        case .wait(let seconds): "wait \(seconds)"
        }
    }

    var token: String? {
        if case .started(let token, _, _) = self { token } else { nil }
    }
}

@Suite("登录")
struct SignInTests {
    @Test func `the right password starts a session and tells of the last one`() async throws {
        try await withIdentityCity { city in
            try await city.open("wang", .teacher, at: "school")
            let first = try await city.signIn(" Ｗang ", address: "10.0.0.7")
            guard case .started(let token, false, nil) = first else {
                Issue.record("\(first)")
                return
            }
            #expect(try await city.identity.authenticate(token)?.user.name == "某wang")
            let at = city.clock.now
            city.clock.advance(seconds: 60)
            guard case .started(let other, false, let last) = try await city.signIn("wang") else {
                Issue.record("no second session")
                return
            }
            #expect(last == LastSignIn(at: at, address: "10.0.0.7"))
            #expect(other != token)
            let entries = try await city.audit("account.signed_in")
            #expect(entries.map(\.organisationPath) == [city.place("school").path, city.place("school").path])
        }
    }

    @Test func `a wrong password and an unknown name are answered alike, up to the lock`() async throws {
        try await withIdentityCity { city in
            try await city.open("wang", .teacher, at: "school")
            var answers: [[String]] = []
            for login in ["wang", "nobody"] {
                var texts: [String] = []
                for _ in 0..<6 { texts.append(try await city.signIn(login, "wrong").text) }
                answers.append(texts)
            }
            #expect(answers[0] == answers[1])
            #expect(answers[0].prefix(4).allSatisfy { $0 == "账号或密码不正确" })
            #expect(answers[0][4] == "账号或密码不正确。连续失败次数过多，15 分钟后再试")
            #expect(answers[0][5] == "wait 900")
            #expect(try await city.audit("account.locked").count == 2)
            let failures = try await city.audit("account.sign_in_failed")
            #expect(failures.filter { $0.detail.contains("nobody") }.isEmpty)
            #expect(Set(failures.map(\.organisationPath)) == [city.place("school").path, city.place("city").path])
        }
    }

    @Test func `a locked account refuses the right password until the lock has passed or is lifted`() async throws {
        try await withIdentityCity { city in
            try await city.open("wang", .teacher, at: "school")
            for _ in 0..<5 { _ = try await city.signIn("wang", "wrong") }
            #expect(try await city.signIn("wang").text == "wait 900")
            #expect(try await city.account("wang").isLocked)
            city.clock.advance(seconds: 900)
            #expect(try await city.signIn("wang").text == "started")
            for _ in 0..<5 { _ = try await city.signIn("wang", "wrong") }
            let account = try await city.account("wang"), now = city.clock.now
            try await city.database.write { try AccountService($0, by: .system, now: now).unlock(account) }
            #expect(try await city.signIn("wang").text == "started")
        }
    }

    @Test func `a success takes earlier failures away`() async throws {
        try await withIdentityCity { city in
            try await city.open("wang", .teacher, at: "school")
            for _ in 0..<3 {
                for _ in 0..<4 { _ = try await city.signIn("wang", "wrong") }
                #expect(try await city.signIn("wang").text == "started")
            }
        }
    }

    @Test func `many attempts at once do not outrun the lock`() async throws {
        try await withIdentityCity { city in
            try await city.open("wang", .teacher, at: "school")
            let texts = try await withThrowingTaskGroup(of: String.self) { group in
                for _ in 0..<20 { group.addTask { try await city.signIn("wang", "wrong").text } }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(texts.filter { $0.hasPrefix("账号或密码不正确") }.count == 5)
        }
    }

    @Test func `an address that fails with many names waits, other addresses do not`() async throws {
        try await withIdentityCity { city in
            try await city.open("wang", .teacher, at: "school")
            for number in 0..<30 { _ = try await city.signIn("name\(number)", "wrong", address: "10.9.9.9") }
            #expect(try await city.signIn("wang", address: "10.9.9.9").text == "wait 600")
            #expect(try await city.signIn("wang", address: "10.9.9.8").text == "started")
        }
    }

    @Test func `an attempt that nobody judged does not count`() async throws {
        try await withIdentityCity { city in
            try await city.open("wang", .teacher, at: "school")
            await city.identity.hasher.shutdown()
            for _ in 0..<6 { await #expect(throws: DomainError.self) { try await city.signIn("wang") } }
            let left = try await city.database.read { try ThrottleStore($0).find(ThrottleKey.login("wang")) }
            #expect(left?.failures == 0)
            #expect(left?.wait(at: city.clock.now) == nil)
        }
    }

    @Test func `signing in again ends the browser's session before`() async throws {
        try await withIdentityCity { city in
            let wang = try await city.open("wang", .teacher, at: "school")
            try await city.open("zhao", .teacher, at: "school")
            let token = try #require(try await city.signIn("wang").token)
            let id = try #require(try await city.identity.authenticate(token)).id
            _ = try await city.identity.signIn.signIn(
                .init(
                    login: "zhao", password: IdentityCity.password,
                    visit: SignInVisit(address: "", browser: "", previous: .init(id: id, account: wang))))
            #expect(try await city.identity.authenticate(token) == nil)
        }
    }

    @Test(arguments: [
        ("/plan?date=2015-09-30", "/plan?date=2015-09-30"), ("//evil.example", "/"), ("/\\evil.example", "/"),
        ("https://evil.example", "/"), ("/sign-in?return=/", "/"), ("/学校", "/"), ("/a\r\nset-cookie: x", "/"),
        ("", "/"),
    ])
    func `the way back stays on this site`(wish: String, way: String) {
        #expect(SignInForm(way: wish).way == way)
    }
}
