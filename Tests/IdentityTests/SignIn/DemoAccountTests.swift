import Kernel
import Platform
import Testing
import Web

@testable import Identity

@Suite("演示账号") struct DemoAccountTests {
    @Test func `outside a demo its accounts can do nothing`() async throws {
        try await withIdentityCity { city in
            let hash = try await city.identity.hasher.hash(IdentityCity.password)
            let account = NewAccount(
                name: "李校长", login: "li", role: .schoolAdministrator, organisation: city.place("school").id,
                from: city.clock.now.day)
            let now = city.clock.now
            try await city.database.write { db in
                let actor = AuditActor(id: nil, name: AccountService.demoActor, address: "")
                try AccountService(db, by: actor, now: now).create(account, passwordHash: hash, mustChange: false)
            }
            guard case .refused = try await city.signIn("li") else {
                Issue.record("an account of the demo signed in")
                return
            }
            let token = try await city.identity.issueTokenByOperator(login: "li")
            #expect(try await city.identity.authenticate(token)?.id == nil)
            let demo = IdentityModule(
                database: city.database, hasher: city.identity.hasher, crypto: city.identity.crypto,
                address: SiteAddress("http://127.0.0.1"), now: { now },
                isDemo: true)
            #expect(try await demo.authenticate(token)?.user.name == "李校长")
        }
    }
}
