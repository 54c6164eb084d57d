import Directory
import Kernel
import Testing
import Web

@testable import Identity

@Suite("第一位管理员")
struct SetupTests {
    private func form(_ password: String = "Tuo7luo!Boat") -> SetupForm {
        SetupForm(
            FormValues([
                ("name", "林青"), ("login", "Linqing8"), ("password", password), ("repeated", password),
            ]))
    }

    @Test func `the link makes one city administrator and is gone`() async throws {
        try await withIdentityCity { city in
            let setup = city.identity.setup
            let first = try #require(try await setup.makeLink())
            let token = try #require(try await setup.makeLink())
            await #expect { try await setup.hasCity(first) } throws: { isNotFound($0) }
            await #expect(throws: DomainError.self) { try await setup.complete(token, form("short"), address: "") }
            try await setup.complete(token, form(), address: "10.0.0.1")
            #expect(try await city.user("linqing8").may(.accountManage))
            await #expect { try await setup.hasCity(token) } throws: { isNotFound($0) }
            await #expect { try await setup.complete(token, form(), address: "") } throws: { isNotFound($0) }
            #expect(try await city.identity.firstAdministratorLink() == nil)
        }
    }

    @Test func `a link ends after a day, and other tokens open nothing`() async throws {
        try await withIdentityCity { city in
            let setup = city.identity.setup
            let token = try #require(try await setup.makeLink())
            #expect(try await setup.hasCity(token))
            await #expect { try await setup.hasCity(SessionToken.random()) } throws: { isNotFound($0) }
            await #expect { try await setup.hasCity("x") } throws: { isNotFound($0) }
            city.clock.advance(seconds: 86_400)
            await #expect { try await setup.hasCity(token) } throws: { isNotFound($0) }
        }
    }
}
