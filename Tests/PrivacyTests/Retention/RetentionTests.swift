import Contracts
import Database
import Directory
import Kernel
import Platform
import Synchronization
import TestKit
import Testing

@testable import Privacy

@Suite("保存期限")
struct RetentionTests {
    /// Records with nothing but their times and whom they are about.
    final class Records: RetentionSource, Sendable {
        let kinds = ["looks"]
        private let all: Mutex<[(at: Timestamp, of: ID<Person>?)]>

        init(_ all: [(at: Timestamp, of: ID<Person>?)]) { self.all = Mutex(all) }

        var count: Int { all.withLock { $0.count } }

        func overdue(_ kind: String, before: Timestamp, sparing people: Set<ID<Person>>) async throws -> Int {
            all.withLock { $0.count { $0.at < before && !($0.of.map(people.contains) ?? false) } }
        }

        func delete(
            _ kind: String, before: Timestamp, sparing people: Set<ID<Person>>, atMost limit: Int
        ) async throws -> Int {
            all.withLock { all in
                var left = limit
                let old = all.count
                all.removeAll { record in
                    guard left > 0, record.at < before, !(record.of.map(people.contains) ?? false) else { return false }
                    left -= 1
                    return true
                }
                return old - all.count
            }
        }
    }

    private static let now = Timestamp(startOf: LocalDate(iso: "2026-10-10")!)

    private static func run(
        _ database: TestDatabase, _ records: Records, _ body: (RetentionService, Database) async throws -> Void
    ) async throws {
        let migrations = PlatformModule.migrations + DirectoryModule.migrations + PrivacyModule.migrations
        try await database.withDatabase(migrations: migrations) { database, _ in
            try await body(
                RetentionService(database: database, sources: [records], now: { RetentionTests.now }), database)
        }
    }

    private static func old(_ count: Int, of person: ID<Person>? = nil) -> [(at: Timestamp, of: ID<Person>?)] {
        let at = now.adding(days: -1097)
        return Array(repeating: (at: at, of: person), count: count)
    }

    @Test(arguments: TestDatabase.allCases)
    func `nothing goes before it is counted and confirmed, and what is young stays`(
        on database: TestDatabase
    ) async throws {
        let records = Records(RetentionTests.old(1203) + [(at: RetentionTests.now.adding(days: -1095), of: nil)])
        try await RetentionTests.run(database, records) { (service, database) async throws in
            let run = try await database.write { try RetentionStore($0).start(by: "局", at: RetentionTests.now) }
            #expect(try await service.count(run) == 1203)
            #expect(records.count == 1204)
            // Not confirmed.
            #expect(try await service.delete(run) == 0)
            #expect(records.count == 1204)
            let isConfirmed = try await database.write {
                try RetentionStore($0).confirm(run, by: "科长", at: RetentionTests.now)
            }
            #expect(isConfirmed)
            #expect(try await service.delete(run) == 1203)
            #expect(try await service.delete(run) == 0)
            #expect(records.count == 1)
            let known = try await database.read { try RetentionStore($0).runs(limit: 1) }
            #expect(known.first?.state == .done && known.first?.confirmedBy == "科长")
            #expect(known.first?.lines.map(\.deleted) == [1203])
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `what is held stays until the hold ends`(on database: TestDatabase) async throws {
        let records = Records(RetentionTests.old(3))
        try await RetentionTests.run(database, records) { (service, database) async throws in
            let day = RetentionTests.now.day
            try await database.write { try RetentionStore($0).hold("looks", nil, "诉讼", from: day, by: "局") }
            func counted() async throws -> Int {
                let run = try await database.write { try RetentionStore($0).start(by: "局", at: RetentionTests.now) }
                return try await service.count(run)
            }
            #expect(try await counted() == 0)
            let hold = try #require(try await database.read { try RetentionStore($0).holds(on: day).first })
            let isReleased = try await database.write { try RetentionStore($0).release(hold.id, on: day) }
            #expect(isReleased)
            #expect(try await counted() == 3)
        }
    }

    @Test func `a hold of one person spares hers in every kind`() {
        let one = ID<Person>.new(), other = ID<Person>.new(), day = RetentionTests.now.day
        func hold(_ kind: String, _ person: ID<Person>?) -> LegalHold {
            LegalHold(
                id: .new(), kind: kind, person: person, personName: "", reason: "", from: day, until: nil, by: "")
        }
        let held = HeldRecords([hold("", one), hold("looks", other), hold("audit", nil)])
        #expect(held.people("looks") == [one, other] && held.people("requests") == [one])
        #expect(held.isHeld("audit") && !held.isHeld("looks"))
        #expect(HeldRecords([hold("", nil)]).isHeld("anything"))
    }

    @Test(arguments: TestDatabase.allCases)
    func `every month counts once by itself and deletes nothing`(on database: TestDatabase) async throws {
        let records = Records(RetentionTests.old(3))
        try await RetentionTests.run(database, records) { (service, database) async throws in
            for iso in ["2026-10-10", "2026-10-31", "2026-11-01", "2027-01-15", "2027-01-16"] {
                let now = Timestamp(startOf: LocalDate(iso: iso)!)
                try await RetentionService(database: database, sources: [records], now: { now }).tend()
            }
            let runs = try await database.read { try RetentionStore($0).runs(limit: 9) }
            #expect(runs.map(\.startedAt.day.iso) == ["2027-01-15", "2026-11-01", "2026-10-10"])
            let runner = JobRunner(database: database, handlers: service.jobs, logger: TestDatabase.logger)
            while try await runner.runOne() {}
            let counted = try await database.read { try RetentionStore($0).runs(limit: 9) }
            #expect(counted.allSatisfy { $0.state == .counted && $0.lines.map(\.overdue) == [3] })
            #expect(records.count == 3)
        }
    }

    @Test func `every period is at least what the law asks`() {
        #expect(Set(RetentionPeriod.all.map(\.kind)).count == RetentionPeriod.all.count)
        #expect(RetentionPeriod.of("audit").map { $0.days >= 184 } ?? false)
        #expect(RetentionPeriod.of("looks").map { $0.days >= 1095 } ?? false)
    }
}
