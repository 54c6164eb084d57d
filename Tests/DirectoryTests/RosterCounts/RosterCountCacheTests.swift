import Kernel
import TestKit
import Testing

@testable import Directory

@Suite("Kept counts of a school's roster") struct RosterCountCacheTests {
    private typealias World = RosterWorld

    @Test(
        "A change is seen at once, another day and another school are counted by themselves",
        arguments: TestDatabase.allCases)
    func follows(_ database: TestDatabase) async throws {
        try await World.run(database) { world in
            let cache = RosterCountCache(), now = Timestamp.now, (primary, junior) = (world.primary.id, world.junior.id)
            func pupils(_ school: OrganisationID, _ day: LocalDate = World.today) async throws -> Int? {
                try await world.database.read(snapshot: true) {
                    try cache.count(of: school, on: day, at: now, $0)?.pupils
                }
            }
            #expect(try await pupils(primary) == 0, "one of the staff, nobody else")
            let group = try await world.open()
            _ = try await world.add("甲", to: group)
            #expect(try await pupils(primary) == 1)
            let later = World.now.adding(seconds: 1), crypto = world.crypto
            try await world.database.write { db in
                _ = try EnrolmentService(db, crypto, by: World.actor, now: later).add(
                    NewPupil(name: "乙", identifiers: []), to: group, from: World.start)
            }
            #expect(try await pupils(primary) == 2)
            #expect(try await pupils(junior) == 0)
            #expect(try await pupils(primary, World.start.adding(days: -1)) == 0)
        }
    }

    @Test("What changed without a new mark is seen after a minute", arguments: TestDatabase.allCases)
    func ages(_ database: TestDatabase) async throws {
        try await World.run(database) { world in
            let cache = RosterCountCache(), now = Timestamp.now
            let group = try await world.open()
            _ = try await world.add("甲", to: group)
            func pupils(after seconds: Int64) async throws -> Int? {
                try await world.database.read(snapshot: true) {
                    try cache.count(of: world.primary.id, on: World.today, at: now.adding(seconds: seconds), $0)?.pupils
                }
            }
            #expect(try await pupils(after: 0) == 1)
            // As by a change of the same millisecond.
            try await world.database.write {
                try $0.execute("UPDATE directory_enrolment SET valid_to = \(World.today), reason = 'transfer'")
            }
            #expect(try await pupils(after: 59) == 1)
            #expect(try await pupils(after: 60) == 0)
        }
    }
}
