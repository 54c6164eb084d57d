import Contracts
import Database
import Directory
import Kernel
import TestKit
import Testing

@testable import Exchange

/// Whoever reads is counted as a receiver, without a row for each person.
@Suite("Reads of other systems") struct ReadTallyTests {
    private static let november = Timestamp(startOf: LocalDate(iso: "2026-11-03")!)
    private static let december = Timestamp(startOf: LocalDate(iso: "2026-12-03")!)
    private static let span = (
        Timestamp(startOf: LocalDate(iso: "2026-01-01")!), Timestamp(startOf: LocalDate(iso: "2027-01-01")!)
    )

    @Test func `a sketch counts few people exactly and many nearly, each once`() {
        var sketch = PeopleSketch(), other = PeopleSketch()
        #expect(sketch.count == 0 && sketch.isEmpty)
        for number in 0..<30 {
            sketch.insert("person-\(number)")
            sketch.insert("person-\(number)")
        }
        #expect(sketch.count == 30)
        for number in 0..<60_000 { other.insert("person-\(number)") }
        #expect(abs(other.count - 60_000) < 60_000 * 5 / 100)
        let many = other.count
        other.merge(sketch)
        #expect(other.count == many)
        #expect(PeopleSketch(kept: other.registers) == other && PeopleSketch(kept: [1, 2]).isEmpty)
    }

    private static func caller(_ name: String, at path: OrganisationPath) -> MachineCaller {
        MachineCaller(
            application: "app-" + name, clientID: name, name: name, purpose: "作业平台", scopes: [],
            organisations: DataScope([path]))
    }

    @Test(arguments: TestDatabase.allCases)
    func `pages are kept together, by system, kind and month, within the places of the viewer`(
        on database: TestDatabase
    ) async throws {
        try await database.withDatabase(migrations: ExchangeModule.migrations(only: "exchange/0021-reads")) {
            database, _ in
            let tally = ReadTally(), school = OrganisationPath("0001/0002/"), other = OrganisationPath("0001/0003/")
            let mine = Self.caller("家校", at: school), stranger = Self.caller("别校", at: other)
            for page in 0..<3 {
                tally.note(
                    .users, .oneRoster, by: mine, records: 100, pupils: (0..<90).map { "p\(page)-\($0)" },
                    at: Self.november)
            }
            tally.note(.enrollments, .oneRoster, by: mine, records: 2, pupils: ["p0-0", "new"], at: Self.november)
            tally.note(.users, .oneRoster, by: mine, records: 0, pupils: [], at: Self.december)
            tally.note(.staff, .scim, by: stranger, records: 7, pupils: [], at: Self.december)
            try await tally.keep(in: database, at: Self.november)
            tally.note(.users, .oneRoster, by: mine, records: 1, pupils: ["p0-0"], at: Self.december)
            try await tally.keep(in: database, at: Self.december)
            try await tally.keep(in: database, at: Self.december)

            let (all, some, rows) = try await database.read { db in
                let store = ReadStore(db)
                return (
                    try store.receivers(within: .everything, from: Self.span.0.day, until: Self.span.1.day),
                    try store.receivers(within: DataScope([school]), from: Self.span.0.day, until: Self.span.1.day),
                    try db.value("SELECT COUNT(*) FROM exchange_read", as: Int.self)
                )
            }
            #expect(rows == 4)
            #expect(all.map(\.name).sorted() == ["别校", "家校"].sorted() && some.map(\.name) == ["家校"])
            let told = try #require(some.first)
            #expect(told.times == 5 && told.purpose == "作业平台" && told.kinds == ["姓名、身份和学校", "班级名单"])
            #expect(told.pupils.map(\.month) == ["2026-11", "2026-12"] && told.pupils.last?.count == 1)
            #expect(abs((told.pupils.first?.count ?? 0) - 271) <= 8)

            let (old, gone) = try await database.write { db in
                (try ReadStore(db).countOld(Self.december), try ReadStore(db).deleteOld(Self.december))
            }
            #expect(old == 2 && gone == 2)
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `what cannot be written waits on`(on database: TestDatabase) async throws {
        try await database.withDatabase(migrations: []) { database, _ in
            let tally = ReadTally(), mine = Self.caller("家校", at: OrganisationPath("0001/"))
            tally.note(.users, .oneRoster, by: mine, records: 1, pupils: ["p"], at: Self.november)
            await #expect(throws: (any Error).self) { try await tally.keep(in: database, at: Self.november) }
            _ = try await database.migrate(ExchangeModule.migrations(only: "exchange/0021-reads"))
            try await tally.keep(in: database, at: Self.november)
            let times = try await database.read { try $0.value("SELECT times FROM exchange_read", as: Int.self) }
            #expect(times == 1)
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `staff that a system reads by SCIM makes it a receiver`(on database: TestDatabase) async throws {
        try await ExchangeCity.run(database) { (world: ExchangeCity) async throws in
            let crypto = world.city.platform.crypto, school = world.school
            _ = try await world.city.database.write { db in
                try StaffService(db, crypto, by: .system).add(
                    NewStaffMember(name: "苏老师", post: "10", from: Timestamp.now.day.adding(days: -9)), to: school)
            }
            #expect(try await world.send(.get, "/Users").status == 200)
            let source = world.city.platform.exchange.dataReceivers, now = Timestamp.now
            let told = try await source.receivers(
                within: DataScope([world.school.path]), from: now.adding(days: -40), until: now.adding(days: 40))
            let receiver = told.first { $0.way == "SCIM 接口" }
            #expect(receiver?.name == "人事系统hr" && receiver?.times == 1 && receiver?.pupils.isEmpty == true)
        }
    }
}

extension ExchangeModule {
    /// Tables that stand alone, without the whole city below them.
    static func migrations(only name: String) -> [Migration] { migrations.filter { $0.name == name } }
}
