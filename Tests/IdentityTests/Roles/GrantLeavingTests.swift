import Database
import Directory
import Kernel
import Platform
import Testing

@testable import Identity

@Suite("Rights of those who leave together") struct GrantLeavingTests {
    private func leave(_ city: IdentityCity, _ logins: [String], by actor: AuditActor = .system) async throws {
        let (school, now) = (city.place("school").id, city.clock.now)
        var people: [ID<Person>] = []
        for login in logins { people.append(try await city.account(login).person) }
        let leavers = people
        try await city.database.write {
            try GrantEnding().left(leavers, school: school, on: now.day, by: actor, now: now, $0)
        }
    }

    private func comeBack(_ city: IdentityCity, _ logins: [String], afterLeavingAt then: Timestamp) async throws {
        let (school, now) = (city.place("school").id, city.clock.now)
        var people: [ID<Person>] = []
        for login in logins { people.append(try await city.account(login).person) }
        let back = people
        try await city.database.write {
            try GrantEnding().returned(back, school: school, afterLeavingAt: then, by: .system, now: now, $0)
        }
    }

    private func isOpen(_ city: IdentityCity, _ login: String) async throws -> Bool {
        try await city.account(login).grants.contains { $0.isOpen(on: city.clock.now.day) }
    }

    @Test func `they end at the school alone and are given back`() async throws {
        try await withIdentityCity { city in
            for login in ["sun", "moon"] { try await city.open(login, .student, at: "school") }
            try await city.open("star", .student, at: "second")
            let then = city.clock.now
            try await leave(city, ["sun", "moon", "star"])
            #expect(try await isOpen(city, "sun") == false)
            #expect(try await isOpen(city, "star"))
            let ended = try await city.audit("account.roles_ended").map(\.detail)
            #expect(ended == ["2 项，离校"])
            city.clock.advance(seconds: 60)
            try await comeBack(city, ["sun", "moon", "star"], afterLeavingAt: then)
            #expect(try await isOpen(city, "sun"))
            #expect(try await city.account("sun").grants.map(\.until) == [nil])
        }
    }

    @Test func `what ended at another time stays ended`() async throws {
        try await withIdentityCity { city in
            try await city.open("sun", .student, at: "school")
            let then = city.clock.now
            try await leave(city, ["sun"])
            city.clock.advance(seconds: 60)
            try await comeBack(city, ["sun"], afterLeavingAt: then.adding(seconds: 1))
            #expect(try await isOpen(city, "sun") == false)
        }
    }

    @Test func `an administrator among them is not for the school to end`() async throws {
        try await withIdentityCity { city in
            try await city.open("li", .schoolAdministrator, at: "school")
            try await city.open("ma", .schoolAdministrator, at: "school")
            let actor = AuditActor(try await city.user("ma"), address: "")
            await #expect(throws: DomainError.self) { try await leave(city, ["li"], by: actor) }
            #expect(try await isOpen(city, "li"))
        }
    }
}
