import Database
import Kernel
import Platform
import TestKit
import Testing

@testable import Directory

/// Matching against the people on record, on both databases.
@Suite("Matching")
struct PersonMatcherTests {
    private static let born = LocalDate(iso: "2008-09-01")!

    private func match(_ candidates: [PersonCandidate], in world: RosterWorld) async throws -> [PersonMatch] {
        let crypto = world.crypto
        return try await world.database.read { try PersonMatcher($0, crypto).matches(candidates) }
    }

    private func tell(_ born: LocalDate, of person: ID<Person>, in world: RosterWorld) async throws {
        let crypto = world.crypto
        try await world.database.write { db in
            _ = try PersonFactStore(db, crypto).change(
                ["name": "黄小芳", "birthDate": born.iso], of: person, from: RosterWorld.start,
                source: FactSource(.school, at: RosterWorld.now, by: "李校长"))
        }
    }

    @Test("Many at once, each by what is known of her", arguments: TestDatabase.allCases)
    func many(_ database: TestDatabase) async throws {
        try await RosterWorld.run(database) { world in
            let number = "G" + RosterWorld.girl
            let classGroup = try await world.open()
            let girl = try await world.add("黄小芳", to: classGroup, studentNumber: number)
            let boy = try await world.add("黄小明", to: classGroup)
            try await tell(PersonMatcherTests.born, of: girl, in: world)
            let school = world.primary.id
            let matches = try await match(
                [
                    PersonCandidate(
                        name: "黄小芳", identifiers: [try PersonIdentifier(.studentNumber, number)]),
                    PersonCandidate(name: "黄小芳", birthDate: PersonMatcherTests.born, school: school),
                    PersonCandidate(name: "黄小芳", birthDate: PersonMatcherTests.born, school: world.junior.id),
                    PersonCandidate(name: "黄小明", birthDate: PersonMatcherTests.born, school: school),
                    PersonCandidate(name: "黄小红", birthDate: PersonMatcherTests.born, school: school),
                ], in: world)
            #expect(
                matches == [
                    .known(girl, by: .studentNumber), .known(girl, by: .school), .doubtful([girl], why: .nearly),
                    .doubtful([boy], why: .nearly), .unknown,
                ])
        }
    }

    @Test("A pupil is known by her name and a parent's phone", arguments: TestDatabase.allCases)
    func parentsPhone(_ database: TestDatabase) async throws {
        try await RosterWorld.run(database) { world in
            let classGroup = try await world.open()
            let phone = try PersonIdentifier(.phone, "13900000001")
            let girl = try await world.pupils {
                try $0.add(NewPupil(name: "黄小芳", guardianPhone: phone), to: classGroup, from: RosterWorld.start)
            }
            let matches = try await match(
                [
                    PersonCandidate(name: "黄小芳", school: world.junior.id, guardianPhone: phone),
                    PersonCandidate(name: "黄小兰", school: world.junior.id, guardianPhone: phone),
                ], in: world)
            #expect(matches == [.known(girl, by: .phone), .unknown])
        }
    }

    @Test("More candidates than one statement takes", arguments: TestDatabase.allCases)
    func chunks(_ database: TestDatabase) async throws {
        try await RosterWorld.run(database) { world in
            let classGroup = try await world.open()
            let girl = try await world.add("黄小芳", to: classGroup, studentNumber: "G" + RosterWorld.girl)
            var candidates = (0..<1200).map { PersonCandidate(name: "无名\($0)", school: world.primary.id) }
            candidates.append(
                PersonCandidate(
                    name: "黄小芳", identifiers: [try PersonIdentifier(.studentNumber, "G" + RosterWorld.girl)]))
            let matches = try await match(candidates, in: world)
            #expect(matches.last == .known(girl, by: .studentNumber))
            #expect(matches.dropLast().allSatisfy { $0 == .unknown })
        }
    }
}
