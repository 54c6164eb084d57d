import App
import Database
import Demo
import Directory
import Foundation
import Kernel
import Platform
import TestKit
import Testing

/// The demo city holds canaries from the start; whoever works with it leaves none of them anywhere.
@Suite("金丝雀 in the demo city") struct DemoCanaryTests {
    private struct City: Sendable {
        let platform: CityPlatform
        let folder: String

        func client(_ login: String) async throws -> TestClient {
            TestClient(platform.pipeline, session: try await platform.identity.startSession(login: login))
        }

        func work() async throws {
            let runner = JobRunner(database: platform.database, handlers: platform.jobs, logger: platform.logger)
            while try await runner.runOne() {}
        }

        func person(_ login: String) async throws -> ID<Person> {
            let found: ID<Person>? = try await platform.database.read { db in
                try db.value("SELECT person_id FROM identity_account WHERE login_name = \(login)")
            }
            return try #require(found)
        }
    }

    private func withDemo(_ database: TestDatabase, _ body: (City, CanaryLog) async throws -> Void) async throws {
        try await database.withDatabase { database, folder in
            let log = CanaryLog()
            var options = CityPlatform.Options()
            options.passwordCost = .minimal
            // Elsewhere than in a demo its accounts are shut.
            options.demoAccounts = { [] }
            var configuration = try await AppConfiguration.load(.init(dataFolder: folder))
            configuration.publicFolder =
                URL(fileURLWithPath: #filePath).deletingLastPathComponent()
                .appendingPathComponent("../../../Public").standardized.path
            let platform = try CityPlatform(configuration, database: database, options: options, logger: log.logger)
            let result: Result<Void, any Error>
            do {
                try await platform.prepare()
                try await DemoCity.load(.small, into: platform) { _ in }
                result = .success(try await body(City(platform: platform, folder: folder), log))
            } catch { result = .failure(error) }
            await platform.hasher.shutdown()
            try result.get()
        }
    }

    /// A good row, one with a wrong number and one of an unknown class: what is refused holds canaries, too.
    private static let roster = """
        姓名,性别,出生日期,学籍号,身份证号,现住址,班级,家长姓名,家长电话
        石小海,男,2011-11-11,\(DemoCanaries.studentNumber),\(DemoCanaries.citizenNumber),\(DemoCanaries.mark)路1号,六(1)班,石大海,\(DemoCanaries.phone)
        石小江,女,2014-01-02,G\(DemoCanaries.guardianNumber)9,\(DemoCanaries.guardianNumber)9,\(DemoCanaries.mark)路2号,六(1)班,石大江,
        石小河,女,2014-01-03,,,\(DemoCanaries.mark)路3号,\(DemoCanaries.document),石大河,

        """

    /// Looks at and for the pupil of the cast and her parent.
    private func look(_ city: City) async throws {
        let li = try await city.client("li"), child = try await city.person("sun")
        let path = "/people/\(child)/look"
        for item in LookItem.all {
            let shown = try await li.post(path, from: path, [("item", item.id), ("reason", "20"), ("note", "")])
            if item.id == "address" { #expect(shown.text.contains(DemoCanaries.mark), "the nest is empty") }
        }
        let officer = try await city.client("shiju")
        for way in [
            "/people?q=\(DemoCanaries.guardianNumber)", "/people?q=\(DemoCanaries.document)", "/people/\(child)",
        ] {
            let plain = CanarySearch.found(in: Data(try await officer.get(way).bytes))
            #expect(plain.allSatisfy { way.contains($0) }, "\(way): \(plain)")
        }
        let pupil = try await city.client("sun")
        #expect(try await pupil.get("/my-data?full=1").text.contains(DemoCanaries.mark))
        _ = try await pupil.post("/my-data/copy", from: "/my-data")
    }

    /// Sends rosters in that are refused at once, in part, and accepted.
    private func bringIn(_ city: City) async throws {
        let li = try await city.client("li"), page = "/rosters/batches/new"
        func send(_ name: String, _ bytes: [UInt8], cells: String = "") async throws -> TestAnswer {
            try await li.upload(
                "/rosters/batches", from: page, field: "file", fileName: name, bytes,
                [("roster", ""), ("valid_from", Timestamp.now.day.iso), ("cells", cells)])
        }
        let broken = try await send("坏.xlsx", [0x50, 0x4B, 3, 4] + Array(DemoCanaries.texts.joined().utf8))
        #expect(broken.status == 422)
        let bare = try await send("", [], cells: "\(DemoCanaries.mark)\t\(DemoCanaries.citizenNumber)")
        #expect(bare.status == 422)
        let sent = try await send("花名册.csv", Array(DemoCanaryTests.roster.utf8))
        let columns = try #require(sent.location)
        #expect(columns.hasSuffix("/columns"))
        let batch = String(columns.dropLast("/columns".count))
        _ = try await li.post(columns, from: columns)
        try await city.work()
        let back = try await li.get(batch + "/refused"), path = city.folder + "-returned.xlsx"
        try Data(back.bytes).write(to: URL(fileURLWithPath: path))
        defer { try? FileManager.default.removeItem(atPath: path) }  // outside the folder that is searched
        #expect(try CanarySearch.cells(of: path).contains(DemoCanaries.mark), "the nest is empty")
        let digest = try #require(try await li.get(batch).hidden("digest"))
        _ = try await li.post(batch + "/acceptance", from: batch, [("digest", digest)])
        try await city.work()
        #expect(try await li.get(batch).text.contains("已写入花名册"))
    }

    /// A masked export holds none of them.
    private func handOn(_ city: City) async throws {
        let li = try await city.client("li")
        let child = try await city.person("sun")
        let school = try await city.platform.database.read { db in
            try EnrolmentStore(db).school(of: child, on: Timestamp.now.day)
        }
        let place = try #require(school)
        for (full, holds) in [("", false), ("1", true)] {
            let file = try await li.post(
                "/rosters/exports", from: "/rosters/exports/new",
                [
                    ("template", "学籍-学生基础信息"), ("day", Timestamp.now.day.iso), ("place", place.rawValue),
                    ("reason", "报送核查"), ("full", full),
                ])
            #expect(file.status == 200)
            let path = city.folder + "-export.xlsx"
            try Data(file.bytes).write(to: URL(fileURLWithPath: path))
            defer { try? FileManager.default.removeItem(atPath: path) }  // as above
            let found = CanarySearch.found(in: Data(try CanarySearch.cells(of: path).utf8))
            #expect(found.isEmpty != holds, "full: \(full), \(found)")
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `looking, searching, importing and exporting leave nothing in the clear`(
        on database: TestDatabase
    ) async throws {
        try await withDemo(database) { city, log in
            try await look(city)
            try await bringIn(city)
            try await handOn(city)
            _ = try await AuditChain.extend(city.platform.database, settled: false)
            #expect(CanarySearch.found(in: Data(log.text.utf8)).isEmpty, "the server's log")
            if database == .sqlite { try await city.platform.database.copy(to: city.folder + "/backup.sqlite") }
            let inFiles = try CanarySearch.files(below: city.folder)
            #expect(inFiles.isEmpty, "\(inFiles)")
            if database == .postgres {
                let inTables = try await CanarySearch.tables(of: city.platform.database)
                #expect(inTables.isEmpty, "\(inTables)")
            }
        }
    }
}
