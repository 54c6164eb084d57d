import App
import Connectivity
import Database
import Directory
import Foundation
import Identity
import Kernel
import Synchronization
import TestKit
import Testing

@testable import Demo

@Suite struct DemoTests {
    @Test(arguments: TestDatabase.allCases)
    func `the small demo is the same city every time`(_ database: TestDatabase) async throws {
        let first = try await withDemo(database, .small) { try await signature(of: $0) }
        let second = try await withDemo(database, .small) { try await signature(of: $0) }
        #expect(first == second)
        #expect(first.filter { $0.contains("(示例)") }.count > 1_000)
    }

    @Test(arguments: TestDatabase.allCases)
    func `the small demo has every sort of school and one that nobody told of`(_ database: TestDatabase) async throws {
        try await withDemo(database, .small) { platform in
            let (schools, records) = try await platform.database.read { db in
                (
                    try OrganisationStore(db).all(within: .everything, kinds: [.school, .teachingPoint]),
                    try FacilityStore(db).records(within: .everything, on: FacilityStory.days[4])
                )
            }
            #expect(schools.count == 40)
            #expect(Set(schools.compactMap(\.profile?.schoolType)) == Set(SchoolSort.allCases.map(\.type)))
            for type in ["111", "365", "514"] { #expect(schools.filter { $0.profile?.schoolType == type }.count == 1) }
            #expect(schools.filter { records[$0.id] == nil }.count == 1)

            let experimental = try #require(schools.first { $0.name == DemoSchool.experimental })
            let point = try #require(schools.first { $0.name == DemoSchool.bridgePoint })
            #expect(experimental.path.lineage.count == 3)
            #expect(point.kind == .teachingPoint)
            #expect(schools.first { $0.id == point.parent }?.name == "华石镇中心小学(示例)")
        }
    }

    @Test func `a whole city has the size of the plan's city`() {
        let schools = SchoolDraft.schools(.city)
        let open = schools.filter { !$0.isMerged }
        #expect(open.count == 412)
        #expect(open.filter { !$0.isUnknown }.reduce(0) { $0 + $1.pupils } == 200_000)
        #expect(open.filter { !$0.isUnknown }.reduce(0) { $0 + $1.teachers } == 12_000)
        #expect(Set(schools.map(\.name)).count == schools.count)
        #expect(Set(schools.map(\.login)).count == schools.count)
        #expect(schools.allSatisfy { $0.name.hasSuffix("(示例)") })
        #expect(schools.compactMap(\.code).allSatisfy { $0.count == 10 && $0.dropFirst(2).hasPrefix("45") })
        let expected: [SchoolSort: Int] = [
            .teachingPoint: 120, .completePrimary: 110, .central: 30, .urbanPrimary: 35, .junior: 40, .nineYear: 8,
            .complete: 5, .twelveYear: 1, .senior: 8, .vocational: 5, .special: 3, .kindergarten: 47,
        ]
        for (sort, count) in expected { #expect(open.filter { $0.sort == sort }.count == count, "\(sort)") }
    }

    @Test(arguments: [DemoSize.small, .city])
    func `everything that is told keeps the rules of the register and gets better`(_ size: DemoSize) throws {
        let courses = Dictionary(uniqueKeysWithValues: CountyPlan.all.map { ($0.code, $0.course) })
        var silent = 0
        for school in SchoolDraft.schools(size) where !school.isUnknown && !school.isMerged {
            let story = FacilityStory(school, try #require(courses[school.county]))
            var before: FacilityRecord?
            for day in FacilityStory.days.indices {
                guard let record = story.record(on: day) else {
                    silent += 1
                    continue
                }
                #expect(FacilityRules.problems(of: record).isEmpty, "\(school.name)")
                if let before {
                    for field in [FacilityField.access, .multimediaRooms, .studentComputers, .teacherComputers] {
                        let (old, new) = (try #require(before[field]), try #require(record[field]))
                        #expect(new >= old, "\(school.name) \(field.label)")
                    }
                }
                before = record
            }
        }
        #expect(silent > 0)
    }

    @Test(arguments: TestDatabase.allCases)
    func `the cast can sign in with the password that the demo tells`(_ database: TestDatabase) async throws {
        try await withDemo(database, .small) { platform in
            let cast = try await DemoCast.accounts(platform.database)
            #expect(cast.count == DemoCast.members.count)
            #expect(cast.first { $0.role == "countyAdministrator" }?.name == "陈主任")
            #expect(cast.first { $0.role == "countyAdministrator" }?.organisation == "防城区")
            let head = try #require(cast.first { $0.role == "schoolAdministrator" })
            #expect(head.name == "李校长")
            #expect(head.organisation == DemoSchool.experimental)
            let hash: String? = try await platform.database.read { db in
                try db.value("SELECT password_hash FROM identity_account WHERE login_name = \(head.username)")
            }
            let isRight = try await platform.hasher.verify(head.password, against: hash)
            #expect(isRight)
            let shown = try await DemoCast.signInAccounts(platform.database)
            #expect(shown.map(\.login) == cast.map(\.username))
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `the plan is published and five counts are frozen, with progress told`(_ database: TestDatabase) async throws {
        let lines = Mutex<[String]>([])
        try await withDemo(database, .small, telling: { line in lines.withLock { $0.append(line) } }) { platform in
            let (days, clauses) = try await platform.database.read { db in
                (
                    try db.column("SELECT DISTINCT taken_on FROM plan_snapshot ORDER BY taken_on", as: LocalDate.self),
                    try db.value("SELECT COUNT(*) FROM plan_clause", as: Int.self) ?? 0
                )
            }
            #expect(days == FacilityStory.days)
            #expect(clauses >= 18)
        }
        let told = lines.withLock { $0 }
        #expect(told.contains("schools 41/41"))
        #expect(told.last == "demo small is loaded")
    }

    @Test(arguments: TestDatabase.allCases)
    func `a city without a demo has no cast`(_ database: TestDatabase) async throws {
        try await withDemo(database, .none) { platform in
            let cast = try await DemoCast.accounts(platform.database)
            #expect(cast.isEmpty)
        }
    }

    @Test(arguments: TestDatabase.allCases, ["schools ", "plan: "])
    func `a load that was cut short is known as such and starts anew to the same city`(
        _ database: TestDatabase, _ line: String
    ) async throws {
        let whole = try await withDemo(database, .small) { try await signature(of: $0) }
        try await withEmpty(database) { platform in
            let folder = platform.configuration.dataFolder
            try DemoMarker.write(to: folder)
            let load = Task {
                try await DemoInstallation.load(.small, into: platform) { told in
                    if told.hasPrefix(line) { withUnsafeCurrentTask { $0?.cancel() } }
                }
            }
            await #expect(throws: CancellationError.self) { try await load.value }
            #expect(await DemoInstallation.isUnfinished(platform.database))

            try await DemoInstallation.erase(platform.database, folder: folder)
            #expect(!DemoMarker.exists(in: folder))
            #expect(await !DemoInstallation.isUnfinished(platform.database))
            _ = try await platform.database.migrate(CityPlatform.migrations)
            try await DemoInstallation.load(.small, into: platform) { _ in }
            #expect(await !DemoInstallation.isUnfinished(platform.database))
            let again = try await signature(of: platform)
            #expect(again == whole)
            await #expect(throws: DomainError.self) {
                try await DemoInstallation.erase(platform.database, folder: folder)
            }
            #expect(try await signature(of: platform) == whole)
        }
    }

    @Test func `a folder is a demo when it is marked`() throws {
        let folder = NSTemporaryDirectory() + "santong-marker-" + Identifiers.next()
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }  // the system clears what is left over
        #expect(!DemoMarker.exists(in: folder))
        try DemoMarker.write(to: folder)
        #expect(DemoMarker.exists(in: folder))
    }

    @Test func `shares add up to the total`() {
        #expect(shares(of: 10, by: [1, 1, 1]).reduce(0, +) == 10)
        #expect(shares(of: 100, by: [1, 0, 999]) == [1, 1, 98])
    }

    private func withDemo<T>(
        _ database: TestDatabase, _ size: DemoSize, telling tell: @Sendable (String) -> Void = { _ in },
        _ body: (CityPlatform) async throws -> T
    ) async throws -> T {
        try await withEmpty(database) { platform in
            try await platform.prepare()
            try await DemoCity.load(size, into: platform, tell)
            return try await body(platform)
        }
    }

    private func withEmpty<T>(
        _ database: TestDatabase, _ body: (CityPlatform) async throws -> T
    ) async throws -> T {
        try await database.withDatabase { database, folder in
            var options = CityPlatform.Options()
            options.passwordCost = .minimal
            let configuration = try await AppConfiguration.load(.init(dataFolder: folder))
            let platform = try CityPlatform(
                configuration, database: database, options: options, logger: TestDatabase.logger)
            return try await body(platform)
        }
    }

    /// The tree, the register and the accounts without their keys, a line each.
    private func signature(of platform: CityPlatform) async throws -> [String] {
        try await platform.database.read { db in
            let tree = try OrganisationStore(db).all(within: .everything).map { unit in
                "\(unit.path) \(unit.kind) \(unit.code ?? "-") \(unit.name) \(String(describing: unit.profile))"
            }
            let values = try db.rows(
                """
                SELECT o.name, v.field, v.valid_from, v.value FROM connectivity_value v
                JOIN directory_organisation o ON o.id = v.organisation_id ORDER BY o.path, v.field, v.valid_from
                """
            ) { "\(try $0.text(0)) \(try $0.text(1)) \(try $0.text(2)) \(try $0.real(3))" }
            let logins = try db.column("SELECT login_name FROM identity_account ORDER BY login_name", as: String.self)
            return tree + values + logins
        }
    }
}
