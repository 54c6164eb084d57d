import Foundation
import Identity
import Kernel
import Platform
import TestKit
import Testing
import Web

@testable import Federation

@Suite("OpenID 令牌的寿命") struct TokenLifeTests {
    private let offline: [String: String?] = ["scope": "openid profile offline_access"]

    @Test(arguments: TestDatabase.allCases)
    func `a refresh token is good once, and used again it kills the family`(on kind: TestDatabase) async throws {
        try await withOpenID(kind) { city in
            let client = try await city.register()
            let browser = try await city.city.client(.wang)
            let first = try await city.exchange(try await city.code(browser, client, offline), client)
            let second = try await city.refresh(try first.member("refresh_token"), client)
            #expect(second.status == 200)
            let old = try await city.claims(first.member("id_token"))
            let new = try await city.claims(second.member("id_token"))
            #expect(new["sub"] as? String == old["sub"] as? String && new["nonce"] == nil)
            #expect(new["auth_time"] as? Int == old["auth_time"] as? Int)
            #expect(try await city.userInfo(second.member("access_token")).status == 200)

            let stolen = try await city.refresh(try first.member("refresh_token"), client)
            #expect(try stolen.status == 400 && stolen.member("error") == "invalid_grant")
            #expect(try await city.refresh(try second.member("refresh_token"), client).status == 400)
            #expect(try await city.userInfo(second.member("access_token")).status == 401)
            #expect(try await city.audit("application.refresh_refused").count == 1)
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `of two that refresh at the same moment one gets tokens`(on kind: TestDatabase) async throws {
        try await withOpenID(kind) { city in
            let client = try await city.register()
            let browser = try await city.city.client(.wang)
            let first = try await city.exchange(try await city.code(browser, client, offline), client)
            let token = try first.member("refresh_token")
            let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<4 { group.addTask { try await city.refresh(token, client).status } }
                return try await group.reduce(into: [Int]()) { $0.append($1) }
            }
            #expect(statuses.sorted() == [200, 400, 400, 400])
        }
    }

    @Test func `another application cannot use a refresh token, and trying ends it`() async throws {
        try await withOpenID(.sqlite) { city in
            let client = try await city.register(), other = try await city.register("办公系统")
            let browser = try await city.city.client(.wang)
            let first = try await city.exchange(try await city.code(browser, client, offline), client)
            #expect(try await city.refresh(try first.member("refresh_token"), other).status == 400)
            #expect(try await city.refresh(try first.member("refresh_token"), client).status == 400)
        }
    }

    @Test func `a refresh may ask for less, not for more`() async throws {
        try await withOpenID(.sqlite) { city in
            let client = try await city.register()
            let browser = try await city.city.client(.wang)
            let first = try await city.exchange(try await city.code(browser, client, offline), client)
            let token = try first.member("refresh_token")
            let more = try await city.refresh(token, client, [("scope", "openid edu")])
            #expect(try more.status == 400 && more.member("error") == "invalid_scope")
            let less = try await city.refresh(token, client, [("scope", "openid")])
            #expect(try less.member("scope") == "openid")
            #expect(try await city.userInfo(less.member("access_token")).text.contains("wang") == false)
            // What was left out once is not lost for good.
            let whole = try await city.refresh(try less.member("refresh_token"), client)
            #expect(try whole.member("scope") == "openid profile offline_access")
            #expect(try await city.userInfo(whole.member("access_token")).text.contains("wang"))
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `tokens end with the session, offline ones do not`(on kind: TestDatabase) async throws {
        try await withOpenID(kind) { city in
            let client = try await city.register()
            let browser = try await city.city.client(.wang)
            let bound = try await city.exchange(try await city.code(browser, client), client)
            let kept = try await city.exchange(try await city.code(browser, client, offline), client)
            let pending = try await city.code(browser, client)
            #expect(try await browser.post("/sign-out", from: "/account").status == 303)
            #expect(try await city.userInfo(bound.member("access_token")).status == 401)
            #expect(try await city.exchange(pending, client).status == 400)
            #expect(try await city.userInfo(kept.member("access_token")).status == 200)
            #expect(try await city.refresh(try kept.member("refresh_token"), client).status == 200)
        }
    }

    @Test func `a new password ends what was granted under the old one`() async throws {
        try await withOpenID(.sqlite) { city in
            let client = try await city.register()
            let browser = try await city.city.client(.wang)
            let kept = try await city.exchange(try await city.code(browser, client, offline), client)
            _ = try await city.city.platform.identity.accounts.resetByOperator(login: "wang")
            #expect(try await city.userInfo(kept.member("access_token")).status == 401)
            #expect(try await city.refresh(try kept.member("refresh_token"), client).status == 400)
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `tokens end when the application is suspended, and stay so when it resumes`(on kind: TestDatabase) async throws
    {
        try await withOpenID(kind) { city in
            let client = try await city.register()
            let browser = try await city.city.client(.wang)
            let kept = try await city.exchange(try await city.code(browser, client, offline), client)
            let applications = city.city.platform.federation.applications
            try await applications.suspend(clientID: client.id, reason: "检查")
            #expect(try await city.userInfo(kept.member("access_token")).status == 401)
            #expect(try await city.refresh(try kept.member("refresh_token"), client).status == 401)
            try await applications.resume(clientID: client.id)
            #expect(try await city.userInfo(kept.member("access_token")).status == 401)
            #expect(try await city.refresh(try kept.member("refresh_token"), client).status == 400)
        }
    }

    @Test func `tokens run out, and what has run out is forgotten`() async throws {
        try await withOpenID(.sqlite) { city in
            let client = try await city.register()
            let browser = try await city.city.client(.wang)
            let told = try await city.exchange(try await city.code(browser, client, offline), client)
            let access = try told.member("access_token"), refresh = try told.member("refresh_token")
            let service = TokenService(provider: city.provider)
            city.clock.advance(seconds: Authorization.accessLife - 60)
            #expect(try await service.claims(access) != nil)
            city.clock.advance(seconds: 120)
            #expect(try await service.claims(access) == nil)
            let next = try await service.refresh(refresh, scopes: nil, for: client.application, from: "")
            city.clock.advance(seconds: Authorization.refreshLife + 60)
            await #expect(throws: OAuthError.invalidGrant("the refresh token has run out")) {
                _ = try await service.refresh(
                    try #require(next.refreshToken), scopes: nil, for: client.application, from: "")
            }
            city.clock.advance(seconds: 2 * 86_400)
            let now = city.clock.now
            try await city.database.write { try AuthorizationStore($0).deleteOld(at: now) }
            let left = try await city.database.read { db in
                let tokens: Int = try db.value("SELECT COUNT(*) FROM federation_openid_token") ?? -1
                let rest: Int = try db.value("SELECT COUNT(*) FROM federation_openid_authorization") ?? -1
                return tokens + rest
            }
            #expect(left == 0)
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `an application learns of its own tokens only and ends its own only`(on kind: TestDatabase) async throws {
        try await withOpenID(kind) { city in
            let client = try await city.register(), other = try await city.register("办公系统")
            let browser = try await city.city.client(.wang)
            let told = try await city.exchange(try await city.code(browser, client, offline), client)
            let access = try told.member("access_token"), refresh = try told.member("refresh_token")
            let own = (client.id, try #require(client.secret)), foreign = (other.id, try #require(other.secret))
            let active = try await city.post("/openid/introspect", [("token", access)], basic: own)
            #expect(try active.json["active"] as? Bool == true && active.member("client_id") == client.id)
            #expect(try active.member("scope") == "openid profile offline_access")
            for (token, basic) in [(access, foreign), (refresh, foreign), ("sta_unknown", own), ("", own)]
            where token != "" {
                let answer = try await city.post("/openid/introspect", [("token", token)], basic: basic)
                #expect(answer.text == #"{"active":false}"#)
            }
            #expect(try await city.post("/openid/introspect", [("token", access)]).status == 401)

            let refused = try await city.post("/openid/revoke", [("token", access)], basic: foreign)
            #expect(refused.status == 400)
            #expect(try await city.userInfo(access).status == 200)
            #expect(try await city.post("/openid/revoke", [("token", "unknown")], basic: own).status == 200)
            #expect(try await city.post("/openid/revoke", [("token", access)], basic: own).status == 200)
            #expect(try await city.userInfo(access).status == 401)
            let next = try await city.refresh(refresh, client)
            #expect(next.status == 200)
            let last = try next.member("refresh_token")
            #expect(try await city.post("/openid/revoke", [("token", last)], basic: own).status == 200)
            #expect(try await city.userInfo(next.member("access_token")).status == 401)
            #expect(try await city.refresh(last, client).status == 400)
        }
    }

    @Test func `no code or token stands in the database as it is`() async throws {
        try await withOpenID(.sqlite) { city in
            let client = try await city.register()
            let browser = try await city.city.client(.wang)
            let code = try await city.code(browser, client, offline)
            let told = try await city.exchange(code, client)
            let found = try await city.database.read { db in
                try db.value(
                    "SELECT COUNT(*) FROM federation_openid_token WHERE hash = \(SHA256.hash(try told.member("access_token")))",
                    as: Int.self)
            }
            #expect(found == 1)
            let secrets = [code, try told.member("access_token"), try told.member("refresh_token")]
            let files = try ["santong.sqlite", "santong.sqlite-wal"].map { name in
                Array(try Data(contentsOf: URL(fileURLWithPath: city.city.folder + "/" + name)))
            }
            func stands(_ text: String) -> Bool { files.contains { $0.firstRange(of: Array(text.utf8)) != nil } }
            #expect(stands(client.id))
            for secret in secrets { #expect(!stands(secret)) }
        }
    }
}
