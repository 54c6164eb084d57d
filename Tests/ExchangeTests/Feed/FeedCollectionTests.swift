import Database
import Directory
import Foundation
import Kernel
import Platform
import TestKit
import Testing

@testable import Exchange

@Suite("变化的次序") struct FeedCollectionTests {
    private func places(_ city: TestCity, _ dataset: FeedDataset) async throws -> [Int] {
        try await city.database.read {
            try $0.column("SELECT sequence FROM exchange_feed WHERE dataset = \(dataset) ORDER BY sequence")
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `nobody who was slower gives a place a second time`(on database: TestDatabase) async throws {
        try await withTestCity(database) { (city: TestCity) async throws in
            let now = Timestamp.now
            var slow = FeedCollection(city.database)
            // Another server collects everything between the look and the writing of this one.
            slow.pause = { try await FeedCollection(city.database).collect(.organisations, now: now) }
            let given = try await slow.collect(.organisations, now: now)
            let first = try await places(city, .organisations)
            #expect(given == 0 && !first.isEmpty && first == Array(1...first.count))
            #expect(try await FeedCollection(city.database).collect(.organisations, now: now) == 0)
            // A change gets the next place, and its record has no other.
            try await city.database.write { db in
                try db.execute(
                    "UPDATE directory_organisation_version SET recorded_at = recorded_at + 1 WHERE organisation_id = (SELECT id FROM directory_organisation WHERE code = \(TestCity.experimentalSchool))"
                )
            }
            #expect(try await slow.collect(.organisations, now: now) == 0)
            let second = try await places(city, .organisations)
            #expect(second.count == first.count && second.last == first.count + 1)
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `several at once give each change one place`(on database: TestDatabase) async throws {
        try await withTestCity(database) { (city: TestCity) async throws in
            let now = Timestamp.now
            let given = try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<4 {
                    group.addTask { try await FeedCollection(city.database).collect(.organisations, now: now) }
                }
                return try await group.reduce(0, +)
            }
            let places = try await places(city, .organisations)
            #expect(places == Array(1...given))
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `what an undone import takes back is told as deleted`(on database: TestDatabase) async throws {
        try await DropCity.run(database, [("accepts_alone", "1")]) { (world: DropCity) async throws in
            let crypto = world.city.platform.crypto, scope = world.partner.scope, day = Timestamp.now.day
            /// Keys of the records after the place, and whether each is told as deleted.
            func told(_ dataset: FeedDataset, after: Int) async throws -> (deleted: [String: Bool], end: Int) {
                try await FeedCollection(world.database).collect(dataset, now: .now)
                return try await world.database.read { db in
                    let slice = try FeedStore(db).slice(dataset, within: scope, after: after, limit: 100)
                    let records = try FeedRecordStore(
                        db: db, crypto: crypto, scope: scope, today: day, withSensitive: false
                    ).records(dataset, slice.entries)
                    let pairs = records.map { ($0["src_id"]?.text ?? "", $0["deleted"]?.flag == true) }
                    return (Dictionary(uniqueKeysWithValues: pairs), slice.end)
                }
            }
            let datasets = [FeedDataset.students, .enrolments, .classes]
            try world.put(DropCity.roster, as: world.name())
            try await world.drop.run()
            let files = try await world.files()
            #expect(files.map(\.state) == [.accepted], "\(files)")
            var known: [FeedDataset: (deleted: [String: Bool], end: Int)] = [:]
            for dataset in datasets {
                let here = try await told(dataset, after: 0)
                #expect(here.deleted.values.contains(false), "\(dataset)")
                known[dataset] = here
            }
            let user = try await world.city.user(.bureau)
            for file in files.reversed() {
                try await world.drop.reader.decisions.undo(file.id, for: user, by: .system)
            }
            for dataset in datasets {
                let before = try #require(known[dataset]), after = try await told(dataset, after: before.end)
                let made = before.deleted.filter { !$0.value }.keys
                let gone = after.deleted.filter { $0.value && made.contains($0.key) }.count
                #expect(
                    gone == (dataset == .classes ? 1 : 2), "\(dataset): \(after.deleted)")
            }
        }
    }
}
