import Kernel
import Testing

@testable import Identity

@Suite("会话")
struct SessionTests {
    @Test func `a session knows its user, and the rights of today only`() async throws {
        try await withIdentityCity { city in
            let wang = try await city.open("wang", .teacher, at: "school")
            let second = city.place("second").id, today = city.clock.now.day
            try await city.database.write { db in
                let service = AccountService(db, by: .system, now: city.clock.now)
                try service.grant(
                    .schoolLeader, at: second, from: today.adding(days: 1), until: today.adding(days: 2), to: wang)
            }
            var roles: [[String]] = []
            for _ in 0..<3 {
                roles.append(try await city.user("wang").grants.map(\.role))
                city.clock.advance(seconds: 86_400)
            }
            #expect(roles == [["teacher"], ["teacher", "school_leader"], ["teacher"]])
            let user = try await city.user("wang")
            #expect(user.name == "某wang")
            #expect(user.account == wang)
            #expect(user.scope(of: "directory.school.view") == DataScope([city.place("school").path]))
        }
    }

    @Test(arguments: ["", "x", String(repeating: "A", count: 43), String(repeating: "é", count: 43), "' OR 1=1 --"])
    func `what is no token of ours is nobody`(token: String) async throws {
        try await withIdentityCity { city in
            let session = try await city.identity.authenticate(token)
            #expect(session == nil)
        }
    }

    @Test func `a session ends after idle time, earlier for administrators, and in any case after twelve hours`()
        async throws
    {
        try await withIdentityCity { city in
            try await city.open("wang", .teacher, at: "school")
            try await city.open("chen", .countyAdministrator, at: "county")
            let putOff = PutOff()
            let sessions = SessionService(
                database: city.database, limits: SessionLimits(), now: { city.clock.now },
                inBackground: { putOff.add($0) })
            for (login, idle) in [("wang", Int64(30 * 60)), ("chen", 15 * 60)] {
                let token = try await city.identity.startSession(login: login)
                for _ in 0..<3 {
                    city.clock.advance(seconds: idle - 1)
                    #expect(try await sessions.authenticate(token) != nil)
                    await putOff.run()
                }
                city.clock.advance(seconds: idle)
                #expect(try await sessions.authenticate(token) == nil)
            }
            let token = try await city.identity.startSession(login: "wang")
            for _ in 0..<71 {
                city.clock.advance(seconds: 600)
                #expect(try await sessions.authenticate(token) != nil)
                await putOff.run()
            }
            city.clock.advance(seconds: 600)
            #expect(try await sessions.authenticate(token) == nil)
        }
    }

    @Test func `use is noted once a minute at most`() async throws {
        try await withIdentityCity { city in
            let wang = try await city.open("wang", .teacher, at: "school")
            let putOff = PutOff()
            let sessions = SessionService(
                database: city.database, limits: SessionLimits(), now: { city.clock.now },
                inBackground: { putOff.add($0) })
            let token = try await city.identity.startSession(login: "wang")
            let start = city.clock.now
            func seen() async throws -> Timestamp? {
                await putOff.run()
                return try await city.database.read { try SessionStore($0).list(of: wang, at: start).first?.lastSeenAt }
            }
            city.clock.advance(seconds: 59)
            _ = try await sessions.authenticate(token)
            #expect(try await seen() == start)
            city.clock.advance(seconds: 1)
            _ = try await sessions.authenticate(token)
            #expect(try await seen() == city.clock.now)
        }
    }

    @Test func `the newest session wins where the limits say so`() async throws {
        try await withIdentityCity(limits: SessionLimits(administratorSessions: 1)) { city in
            try await city.open("chen", .countyAdministrator, at: "county")
            try await city.open("wang", .teacher, at: "school")
            for (login, remains) in [("chen", false), ("wang", true)] {
                let first = try #require(try await city.signIn(login).token)
                city.clock.advance(seconds: 1)
                let second = try #require(try await city.signIn(login).token)
                #expect(try await (city.identity.authenticate(first) != nil) == remains)
                #expect(try await city.identity.authenticate(second) != nil)
            }
        }
    }

    @Test func `a token of a program outlives idle time, ends on its day, and can be revoked`() async throws {
        try await withIdentityCity { city in
            let chen = try await city.open("chen", .countyAdministrator, at: "county")
            let token = try await city.identity.issueTokenByOperator(login: "chen", name: "脚本", days: 2)
            city.clock.advance(seconds: 86_400)
            let session = try #require(try await city.identity.authenticate(token))
            city.clock.advance(seconds: 86_400)
            #expect(try await city.identity.authenticate(token) == nil)
            let second = try await city.identity.issueTokenByOperator(login: "chen")
            try await city.identity.sessions.end(session.id, of: chen, action: "account.token_revoked", by: .system)
            #expect(try await city.identity.authenticate(second) != nil)
            let id = try #require(try await city.identity.authenticate(second)).id
            let wang = try await city.open("wang", .teacher, at: "school")
            try await city.identity.sessions.end(id, of: wang, action: "account.token_revoked", by: .system)
            #expect(try await city.identity.authenticate(second) != nil, "another account's token was revoked")
            try await city.identity.sessions.end(id, of: chen, action: "account.token_revoked", by: .system)
            #expect(try await city.identity.authenticate(second) == nil)
            await #expect(throws: DomainError.self) {
                try await city.identity.issueTokenByOperator(login: "chen", days: 367)
            }
        }
    }

    @Test func `an old password must be changed, an administrator's sooner`() async throws {
        try await withIdentityCity { city in
            try await city.open("chen", .countyAdministrator, at: "county")
            try await city.open("wang", .teacher, at: "school")
            func mustChange(_ login: String) async throws -> Bool {
                let token = try await city.identity.startSession(login: login)
                return try #require(try await city.identity.authenticate(token)).mustChangePassword
            }
            #expect(try await [mustChange("chen"), mustChange("wang")] == [false, false])
            city.clock.advance(seconds: 90 * 86_400)
            #expect(try await [mustChange("chen"), mustChange("wang")] == [true, false])
            city.clock.advance(seconds: 90 * 86_400)
            #expect(try await mustChange("wang"))
        }
    }

    @Test func `what has expired is forgotten, what is good stays`() async throws {
        try await withIdentityCity { city in
            try await city.open("wang", .teacher, at: "school")
            _ = try await city.identity.startSession(login: "wang")
            _ = try await city.signIn("nobody", "x")
            let token = try await city.identity.issueTokenByOperator(login: "wang")
            city.clock.advance(seconds: 3 * 86_400)
            try await city.identity.forgetOld()
            let left = try await city.database.read { db in
                [
                    try db.value("SELECT COUNT(*) FROM identity_session", as: Int.self),
                    try db.value("SELECT COUNT(*) FROM identity_throttle", as: Int.self),
                ]
            }
            #expect(left == [1, 0])
            #expect(try await city.identity.authenticate(token) != nil)
        }
    }
}
