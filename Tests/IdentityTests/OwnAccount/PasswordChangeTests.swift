import Kernel
import Testing

@testable import Identity

@Suite("修改密码")
struct PasswordChangeTests {
    private func change(_ city: IdentityCity, _ present: String, _ new: String, _ repeated: String? = nil) async throws
        -> String
    {
        let user = try await city.user("wang")
        return try await city.identity.ownAccount.changePassword(
            PasswordChange(present: present, new: new, repeated: repeated ?? new), of: user, address: "", browser: "")
    }

    private func problems(_ deed: () async throws -> String) async -> [String] {
        do {
            _ = try await deed()
            return []
        } catch DomainError.invalid(let problems) {
            return problems.map(\.field)
        } catch {
            return ["\(error)"]
        }
    }

    @Test func `a change ends all sessions and tokens and starts a new session`() async throws {
        try await withIdentityCity { city in
            try await city.open("wang", .teacher, at: "school")
            let browser = try await city.identity.startSession(login: "wang")
            let program = try await city.identity.issueTokenByOperator(login: "wang")
            let token = try await change(city, IdentityCity.password, "Kelp-Reef-88")
            #expect(try await city.identity.authenticate(browser) == nil)
            #expect(try await city.identity.authenticate(program) == nil)
            #expect(try await city.identity.authenticate(token)?.mustChangePassword == false)
            #expect(try await city.signIn("wang").text != "started")
            #expect(try await city.signIn("wang", "Kelp-Reef-88").text == "started")
        }
    }

    @Test func `problems stand at their fields`() async throws {
        try await withIdentityCity { city in
            try await city.open("wang", .teacher, at: "school")
            #expect(
                await problems { try await change(city, "", "Kelp-Reef-88", "Kelp-Reef-8") } == ["present", "repeated"])
            #expect(await problems { try await change(city, IdentityCity.password, "第一小学Ab3!") } == ["password"])
            #expect(await problems { try await change(city, "wrong", "Kelp-Reef-88") } == ["present"])
        }
    }

    @Test func `the last five passwords cannot come back, the sixth can`() async throws {
        try await withIdentityCity { city in
            try await city.open("wang", .teacher, at: "school")
            var present = IdentityCity.password
            for number in 1...4 {
                let next = "Kelp-Reef-8\(number)"
                _ = try await change(city, present, next)
                present = next
                #expect(await problems { try await change(city, present, IdentityCity.password) } == ["password"])
                #expect(await problems { try await change(city, present, present) } == ["password"])
            }
            _ = try await change(city, present, "Kelp-Reef-85")
            _ = try await change(city, "Kelp-Reef-85", IdentityCity.password)
        }
    }

    @Test func `guessing the present password locks like signing in`() async throws {
        try await withIdentityCity { city in
            try await city.open("wang", .teacher, at: "school")
            for _ in 0..<5 {
                #expect(await problems { try await change(city, "wrong", "Kelp-Reef-88") } == ["present"])
            }
            #expect(await problems { try await change(city, IdentityCity.password, "Kelp-Reef-88") } == ["present"])
            #expect(try await city.signIn("wang").text == "wait 900")
        }
    }
}
