import App
import Demo
import Directory
import Foundation
import Identity
import Kernel
import Logging
import Platform
import Synchronization
import TestKit
import Testing

@testable import Database

/// What is sealed is found nowhere in the clear: not in the database, its log and its backup, not in files, not in the
/// server's log, whatever people do with it.
@Suite("金丝雀") struct CanaryTests {
    /// Keeps every line that is logged.
    final class Log: Sendable {
        private let lines = Mutex<[String]>([])
        var text: String { lines.withLock { $0.joined(separator: "\n") } }
        fileprivate func add(_ line: String) { lines.withLock { $0.append(line) } }

        var logger: Logger {
            var logger = Logger(label: "canary") { _ in Handler(log: self) }
            logger.logLevel = .trace
            return logger
        }
    }

    struct Handler: LogHandler {
        let log: Log
        var metadata: Logger.Metadata = [:]
        var logLevel = Logger.Level.trace

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            log.add("\(event.message) \(event.metadata ?? [:]) \(metadata)")
        }
    }

    /// A pupil with all that can be sealed, her parent and a teacher.
    private struct Nest: Sendable {
        let city: TestCity
        let classGroup: ID<ClassGroup>
        let pupil: ID<Person>
        let guardian: ID<Person>
    }

    private func plant(in city: TestCity) async throws -> Nest {
        let crypto = city.platform.crypto, school = try await city.organisation(TestCity.experimentalSchool)
        let year = SchoolYear(containing: Timestamp.now.day), now = Timestamp.now
        return try await city.database.write { db in
            let classGroup = try ClassGroupService(db, by: .system).open(
                ClassDraft(stage: .primary, entryYear: year.start, number: 1, openedOn: year.firstDay), at: school)
            let numbers = [
                try PersonIdentifier(.citizenNumber, DemoCanaries.citizenNumber),
                try PersonIdentifier(.studentNumber, DemoCanaries.studentNumber),
            ]
            let pupil = try EnrolmentService(db, crypto, by: .system).add(
                NewPupil(
                    name: "孙同学", identifiers: numbers,
                    guardianPhone: try PersonIdentifier(.phone, DemoCanaries.phone)), to: classGroup,
                from: year.firstDay)
            let guardian = try #require(
                try EnrolmentStore(db).guardians(of: [pupil], on: now.day)[pupil]?.first
            ).id
            for person in [pupil, guardian] {
                try DemoCanaries.plantFacts(on: person, from: year.firstDay, db, crypto, at: now)
                try PersonIdentifierStore(db, crypto).set(
                    try PersonIdentifier(
                        .document, DemoCanaries.document + (person == pupil ? "" : "2"), documentType: "2"),
                    of: person, by: "李校长", at: now)
            }
            return Nest(city: city, classGroup: classGroup.id, pupil: pupil, guardian: guardian)
        }
    }

    /// Everything somebody may do with such data, also what fails.
    private func live(with nest: Nest) async throws {
        let city = nest.city, li = try await city.client(.li)
        let page = "/classes/\(nest.classGroup)/pupils/\(nest.pupil)", look = "/people/\(nest.pupil)/look"
        let reason = [("reason", "20"), ("note", "")]
        for item in LookItem.all {
            let shown = try await li.post(look, from: look, [("item", item.id)] + reason)
            if item.id == "address" { #expect(shown.text.contains(DemoCanaries.mark), "the nest is empty") }
        }
        let told = [("reason", "99"), ("item", "address"), ("note", "号码 " + DemoCanaries.citizenNumber)]
        #expect(try await li.post(look, from: look, told).status == 422)
        let number = DemoCanaries.citizenNumber
        let wrong = [
            ("documentNumber", number), ("studentNumber", "G" + number + "9"), ("guardianPhone", DemoCanaries.phone),
        ]
        #expect(try await li.post(page + "/numbers", from: page, wrong).status == 422)
        let paste = "/classes/\(nest.classGroup)/pupils/paste"
        _ = try await li.post(
            paste, from: paste,
            [("lines", "别人 \(DemoCanaries.studentNumber)\n坏行 \(DemoCanaries.phone)"), ("from", "2026-01-01")])
        for way in [
            "/accounts?q=\(number)", "/classes/\(number)", "/people/\(number)/look", "/schools?q=\(DemoCanaries.phone)",
        ] {
            _ = try await li.get(way)
        }
        let visitor = try await city.client(.visitor)
        for name in [number, DemoCanaries.studentNumber, DemoCanaries.phone, DemoCanaries.document] {
            _ = try await visitor.post(
                "/sign-in", from: "/sign-in", [("login", name), ("password", DemoCanaries.mark)])
        }
        let officer = try await city.client(.bureau)
        #expect(try await officer.get("/privacy/looks?format=xlsx").status == 200)
        try await ask(nest)
        let runner = JobRunner(database: city.database, handlers: city.platform.jobs, logger: city.platform.logger)
        while try await runner.runOne() {}
        _ = try await AuditChain.extend(city.database, settled: false)
    }

    /// The pupil asks for a copy and writes a number into a request.
    private func ask(_ nest: Nest) async throws {
        let city = nest.city
        try await city.database.write { db in
            let place = try #require(
                try OrganisationStore(db).find(code: TestCity.experimentalSchool, within: .everything))
            let new = NewAccount(
                name: "孙同学", login: "sun", role: .student, organisation: place.id, from: Timestamp.now.day,
                person: nest.pupil)
            _ = try AccountService(db, by: .system).create(new, passwordHash: "!", mustChange: false)
        }
        let session = try await city.platform.identity.startSession(login: "sun")
        let pupil = TestClient(city.platform.pipeline, session: session)
        #expect(try await pupil.get("/my-data?full=1").text.contains(DemoCanaries.mark))
        _ = try await pupil.post("/my-data/copy", from: "/my-data")
        let request = [("kind", "correction"), ("text", "地址应为 \(DemoCanaries.mark)")]
        #expect(try await pupil.post("/my-data/requests", from: "/my-data", request).status == 303)
    }

    private func found(in bytes: Data) -> [String] {
        DemoCanaries.texts.filter { bytes.range(of: Data($0.utf8)) != nil }
    }

    /// Which canaries stand in which file below the folder.
    private func files(below folder: String) throws -> [String] {
        let names = try FileManager.default.subpathsOfDirectory(atPath: folder)
        #expect(!names.isEmpty)
        return names.flatMap { name -> [String] in
            guard let data = FileManager.default.contents(atPath: folder + "/" + name) else { return [] }
            return found(in: data).map { "\(name): \($0)" }
        }
    }

    /// Which canaries stand in which table of PostgreSQL, as text or in the bytes of a column.
    private func tables(of database: Database) async throws -> [String] {
        try await database.read { db in
            let tables = try db.column(
                "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public' ORDER BY 1",
                as: String.self)
            return try tables.flatMap { table -> [String] in
                let rows = try db.column(SQL(trusted: "SELECT CAST(t AS TEXT) FROM \"\(table)\" t"), as: String.self)
                let text = rows.joined(separator: "\n")
                return DemoCanaries.texts.filter { canary in
                    text.contains(canary) || text.contains(Hex.encode(Array(canary.utf8)))
                }.map { "\(table): \($0)" }
            }
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `nothing sealed is found in the clear`(on database: TestDatabase) async throws {
        let log = Log()
        try await withTestCity(database, configured: { _, _ in }, logger: log.logger) { (city: TestCity) async throws in
            try await live(with: try await plant(in: city))
            #expect(found(in: Data(log.text.utf8)).isEmpty, "the server's log")
            if database == .sqlite { try await city.database.copy(to: city.folder + "/backup.sqlite") }
            let inFiles = try files(below: city.folder)
            #expect(inFiles.isEmpty, "\(inFiles)")
            if database == .postgres {
                let inTables = try await tables(of: city.database)
                #expect(inTables.isEmpty, "\(inTables)")
            }
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `a datum left in the clear is found`(on database: TestDatabase) async throws {
        try await withTestCity(database) { (city: TestCity) async throws in
            try await city.database.write { db in
                try SettingStore(db).set("canary", to: DemoCanaries.mark, by: .system)
                try db.execute(
                    """
                    INSERT INTO directory_person_facts (id, person_id, plain, sealed, sources, valid_from, recorded_at,
                        recorded_by)
                    SELECT 'x', p.id, '', \(Array(DemoCanaries.citizenNumber.utf8)), '', '2026-01-01', 0, ''
                    FROM directory_person p LIMIT 1
                    """)
            }
            let found = database == .sqlite ? try files(below: city.folder) : try await tables(of: city.database)
            #expect(found.contains { $0.contains(DemoCanaries.mark) })
            #expect(found.contains { $0.contains(DemoCanaries.citizenNumber) })
        }
    }
}
