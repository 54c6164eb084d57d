import Database
import Directory
import Kernel
import Platform
import TestKit
import Testing

@testable import Identity

/// Accounts follow when two records of one person become one, and come back.
@Suite("Accounts of merged people")
struct AccountMergingTests {
    private struct Two: Sendable {
        let from: ID<Person>
        let into: ID<Person>
    }

    private func people(in city: TestCity) async throws -> Two {
        try await city.database.write { db in
            let people = PersonStore(db)
            return Two(
                from: try people.insert(name: "王老师", at: .now), into: try people.insert(name: "王老师", at: .now))
        }
    }

    @discardableResult
    private func open(_ login: String, for person: ID<Person>, _ role: Role = .teacher, in city: TestCity) async throws
        -> ID<Account>
    {
        let school = try await city.organisation(TestCity.experimentalSchool).id
        return try await city.database.write { db in
            try AccountService(db, by: .system).create(
                NewAccount(
                    name: "王老师", login: login, role: role, organisation: school,
                    from: role == .teacher ? OrganisationService.always : Timestamp.now.day, person: person),
                passwordHash: "!", mustChange: false)
        }
    }

    private func merging<T: Sendable>(
        _ city: TestCity, by actor: AuditActor = .system, _ body: @escaping @Sendable (PersonMergeService) throws -> T
    ) async throws -> T {
        let crypto = city.platform.crypto
        return try await city.database.write { db in
            try body(PersonMergeService(db, crypto, by: actor, telling: [AccountMerging()]))
        }
    }

    private func account(of person: ID<Person>, in city: TestCity) async throws -> ID<Account>? {
        try await city.database.read { try AccountStore($0).account(of: person) }
    }

    @Test("The one account goes with the person", arguments: TestDatabase.allCases)
    func moved(_ database: TestDatabase) async throws {
        try await withTestCity(database) { (city: TestCity) async throws in
            let two = try await people(in: city), id = try await open("wanglaoshi", for: two.from, in: city)
            let school = try await city.organisation(TestCity.experimentalSchool).path
            #expect(try await self.merging(city) { try $0.places(of: two.from) } == [school])
            let merge = try await merging(city) { try $0.merge(two.from, into: two.into) }
            #expect(try await self.account(of: two.into, in: city) == id)
            try await merging(city) { try $0.undo(merge) }
            #expect(try await self.account(of: two.from, in: city) == id)
            #expect(try await self.account(of: two.into, in: city) == nil)
        }
    }

    @Test("Of two accounts that of the surviving record stays", arguments: TestDatabase.allCases)
    func suspended(_ database: TestDatabase) async throws {
        try await withTestCity(database) { (city: TestCity) async throws in
            let two = try await people(in: city)
            let gone = try await open("wanglaoshi", for: two.from, in: city)
            let kept = try await open("wanglaoshi2", for: two.into, in: city)
            func state() async throws -> AccountState {
                try await city.database.read { try AccountStore($0).find(gone, within: .everything, at: .now).state }
            }
            let merge = try await merging(city) { try $0.merge(two.from, into: two.into) }
            #expect(try await state() == .suspended)
            #expect(try await self.account(of: two.into, in: city) == kept)
            try await merging(city) { try $0.undo(merge) }
            #expect(try await state() == .active)
        }
    }

    @Test("An administrator's account is not merged by whoever could not appoint her", arguments: TestDatabase.allCases)
    func administrators(_ database: TestDatabase) async throws {
        try await withTestCity(database) { (city: TestCity) async throws in
            let two = try await people(in: city)
            try await open("wangxiaozhang", for: two.from, .schoolAdministrator, in: city)
            let li = AuditActor(try await city.user(.li)), bureau = AuditActor(try await city.user(.bureau))
            await #expect(throws: DomainError.self) {
                try await self.merging(city, by: li) { try $0.merge(two.from, into: two.into) }
            }
            #expect(try await self.account(of: two.into, in: city) == nil)
            _ = try await merging(city, by: bureau) { try $0.merge(two.from, into: two.into) }
            #expect(try await self.account(of: two.into, in: city) != nil)
        }
    }
}
