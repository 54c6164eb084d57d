import Kernel
import Platform
import TestKit
import Testing
import Web

@testable import Federation

@Suite("签名密钥") struct SigningKeyTests {
    private func keys(_ city: OpenIDCity) -> SigningKeys {
        let clock = city.clock
        return SigningKeys(database: city.database, crypto: city.city.platform.crypto, now: { clock.now })
    }

    @Test(arguments: TestDatabase.allCases)
    func `a new key is known before it signs and the old one after it`(on kind: TestDatabase) async throws {
        try await withOpenID(kind) { city in
            let keys = keys(city)
            let first = try await keys.current()
            #expect(try await keys.published().map(\.id) == [first.id])
            let made = try await keys.rotate(by: .system)
            #expect(try await keys.current().id == first.id)
            #expect(try await keys.published().map(\.id) == [first.id, made.id])
            city.clock.advance(seconds: SigningKeys.lead - 1)
            #expect(try await keys.current().id == first.id)
            city.clock.advance(seconds: 1)
            #expect(try await keys.current().id == made.id)
            #expect(try await keys.published().map(\.id) == [first.id, made.id])
            // Longer than the last token that the old key signed can live.
            city.clock.advance(seconds: Authorization.idTokenLife + 60)
            #expect(try await keys.published().map(\.id) == [first.id, made.id])
            city.clock.advance(seconds: SigningKeys.keep)
            #expect(try await keys.published().map(\.id) == [made.id])
            #expect(try await keys.find(first.id) != nil)
            #expect(try await city.audit("application.signing_keys_rotated").count == 1)
        }
    }

    @Test func `only one key waits at a time`() async throws {
        try await withOpenID(.sqlite) { city in
            let keys = keys(city)
            try await keys.rotate(by: .system)
            await #expect(throws: DomainError.self) { try await keys.rotate(by: .system) }
            city.clock.advance(seconds: SigningKeys.lead)
            let third = try await keys.rotate(lead: 0, by: .system)
            #expect(try await keys.current().id == third.id)
            #expect(try await keys.published().count == 3)
        }
    }

    @Test func `a compromised key is gone at once`() async throws {
        try await withOpenID(.sqlite) { city in
            let keys = keys(city)
            let first = try await keys.current()
            let id = try await keys.replaceCompromised(by: .system)
            #expect(try await keys.published().map(\.id) == [id])
            #expect(try await keys.find(first.id) == nil)
        }
    }

    @Test func `a key that has served long enough is replaced by itself`() async throws {
        try await withOpenID(.sqlite) { city in
            let keys = keys(city)
            let first = try await keys.current()
            try await keys.tend()
            #expect(try await keys.published().count == 1)
            city.clock.advance(seconds: SigningKeys.longestUse * 86_400)
            try await keys.tend()
            try await keys.tend()
            #expect(try await keys.published().count == 2)
            city.clock.advance(seconds: SigningKeys.lead)
            #expect(try await keys.current().id != first.id)
            city.clock.advance(seconds: SigningKeys.memory * 86_400 + SigningKeys.keep + 1)
            try await keys.tend()
            #expect(try await keys.find(first.id) == nil)
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `many who ask for the first key get the same`(on kind: TestDatabase) async throws {
        try await withOpenID(kind) { city in
            let keys = keys(city)
            let ids = try await withThrowingTaskGroup(of: String.self) { group in
                for _ in 0..<4 { group.addTask { try await keys.current().id } }
                return try await group.reduce(into: Set<String>()) { $0.insert($1) }
            }
            #expect(ids.count == 1)
        }
    }

    @Test func `what is announced is what there is`() async throws {
        try await withOpenID(.sqlite) { city in
            let told = try await city.machine.get("/.well-known/openid-configuration")
            let document = try told.json, base = city.city.platform.address.base
            #expect(document["issuer"] as? String == base)
            #expect(try await city.machine.get("/.well-known/oauth-authorization-server").bytes == told.bytes)
            let paths = Set(city.city.platform.routes.map(\.path))
            for (name, value) in document where name.hasSuffix("_endpoint") || name == "jwks_uri" {
                let text = try #require(value as? String)
                #expect(text.hasPrefix(base + "/") && paths.contains(String(text.dropFirst(base.count))), "\(name)")
            }
            let keys = try await city.machine.get("/openid/jwks")
            #expect(keys.headers[.cacheControl] == "public, max-age=600")
            let list = try #require(try keys.json["keys"] as? [[String: Any]])
            #expect(list.count == 1 && list[0]["kty"] as? String == "RSA" && list[0]["e"] as? String == "AQAB")
            #expect(list[0]["d"] == nil && list[0]["p"] == nil)
            #expect((list[0]["n"] as? String)?.utf8.count == 342)
        }
    }
}
