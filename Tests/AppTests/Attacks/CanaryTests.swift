import App
import Demo
import Directory
import Foundation
import Identity
import Kernel
import Platform
import TestKit
import Testing

@testable import Database

/// What is sealed is found nowhere in the clear: not in the database, its log and its backup, not in files, not in the
/// server's log, whatever people do with it.
@Suite("金丝雀") struct CanaryTests {
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
                try GuardianshipStore(db).confirmedGuardians(of: [pupil], on: now.day)[pupil]?.first
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

    @Test(arguments: TestDatabase.allCases)
    func `nothing sealed is found in the clear`(on database: TestDatabase) async throws {
        let log = CanaryLog()
        try await withTestCity(database, configured: { _, _ in }, logger: log.logger) { (city: TestCity) async throws in
            try await live(with: try await plant(in: city))
            #expect(CanarySearch.found(in: Data(log.text.utf8)).isEmpty, "the server's log")
            if database == .sqlite { try await city.database.copy(to: city.folder + "/backup.sqlite") }
            let inFiles = try CanarySearch.files(below: city.folder)
            #expect(inFiles.isEmpty, "\(inFiles)")
            if database == .postgres {
                let inTables = try await CanarySearch.tables(of: city.database)
                #expect(inTables.isEmpty, "\(inTables)")
            }
        }
    }

    @Test func `a datum is found in every spelling, and in archives within archives`() throws {
        let mark = DemoCanaries.mark, folder = NSTemporaryDirectory() + "canary-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }  // the system clears what is left
        func archive(_ name: String, _ parts: [(String, Data)]) throws -> Data {
            let path = folder + "/" + name, archive = try StoredArchive(path: path)
            for (name, content) in parts {
                try archive.begin(name)
                try archive.add(Array(content))
            }
            try archive.finish()
            return try Data(contentsOf: URL(fileURLWithPath: path))
        }
        for encoding in ["UTF-8", "GB18030", "UTF-16LE", "UTF-16BE"] {
            let text = CanarySearch.encoded("姓名," + mark, as: encoding)
            #expect(CanarySearch.found(in: text) == [mark], "\(encoding)")
        }
        #expect(CanarySearch.found(in: CanarySearch.encoded("姓名,金丝雀", as: "GB18030")).isEmpty)
        // A workbook packs its cells; here it lies in an archive.
        let workbook = folder + "/book.xlsx"
        let writer = try SheetWriter(path: workbook, format: .xlsx)
        try writer.addSheet("表")
        try writer.header(["姓名"])
        try writer.row([.text(mark)])
        try writer.finish()
        let packed = try Data(contentsOf: URL(fileURLWithPath: workbook))
        #expect(CanarySearch.found(in: packed).isEmpty)
        let outer = try archive("outer.zip", [("a.csv", Data("无".utf8)), ("book.xlsx", packed)])
        #expect(CanarySearch.found(in: outer).isEmpty)
        #expect(CanarySearch.found(inParts: outer) == [mark])
        #expect(CanarySearch.found(inParts: try archive("around.zip", [("outer.zip", outer)])) == [mark])
        #expect(try CanarySearch.files(below: folder).count == 3)
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
            let found =
                database == .sqlite
                ? try CanarySearch.files(below: city.folder) : try await CanarySearch.tables(of: city.database)
            #expect(found.contains { $0.contains(DemoCanaries.mark) })
            #expect(found.contains { $0.contains(DemoCanaries.citizenNumber) })
        }
    }
}
