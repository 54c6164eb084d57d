import App
import Database
import Directory
import Foundation
import Identity
import Kernel
import Platform
import SchoolAffairs

/// What it costs a city to go over into a new school year.
enum RolloverMeasure {
    private static let schools = 412
    private static let pupils = 200_000
    private static let year = SchoolYear(start: 2026)
    private static let now = Timestamp(milliseconds: 1_783_675_200_000)

    /// A city of its own with `synchronous=FULL`: 4,944 classes of 小学, every pupil of the last grade with an account.
    static func run() async throws {
        let folder = try Measure.temporaryFolder()
        // A left-over in the temporary folder harms nobody.
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let database = try Database(.sqlite(path: folder + "/x.sqlite"), readers: 2, logger: Measure.logger)
        defer { database.close() }
        _ = try await database.migrate(CityPlatform.migrations)
        try await Measure.timed("building") { try await build(database) }
        let rollover = YearRollover(database: database, listeners: [GrantEnding()], now: { now })
        let preview = try await Measure.timed("preview") { try await rollover.preview(year) }
        print("\(preview.classes) classes, \(preview.pupils) pupils, \(preview.graduates) graduate")
        let city = try await database.read { try OrganisationStore($0).city() }
        guard let city else { throw DomainError.notFound }
        let run = try await Measure.timed("commit") { try await rollover.run(year, at: city) }
        let roles = try await open(database)
        print("\(run.closed) classes closed, \(run.opened) opened, \(run.left) pupils left; \(roles) roles")
        try await Measure.timed("undo") { try await rollover.undo(run.id) }
        print("\(try await open(database)) roles; peak memory \(Int(Measure.peakMemory)) MB")
    }

    private static func open(_ database: Database) async throws -> Int {
        try await database.read { db in
            try db.value("SELECT COUNT(*) FROM identity_grant WHERE valid_to IS NULL") ?? 0
        }
    }

    private static func build(_ database: Database) async throws {
        let places = try await database.write { db in
            try CitySetup.prepare(db)
            let towns = try OrganisationStore(db).all(within: .everything, kinds: [.town])
            let service = OrganisationService(db, by: .system, source: "measure")
            let profile = SchoolProfile(schoolType: "211", urbanRural: "121", isCentral: false)
            return try (0..<schools).map { number in
                try service.add(
                    .init(kind: .school, code: nil, name: "第\(number)小学", profile: profile),
                    below: towns[number % towns.count])
            }
        }
        let perSchool = pupils / schools
        for (number, school) in places.enumerated() {
            let extra = number < pupils % schools ? 1 : 0
            try await database.write { try fill(school, perSchool + extra, $0) }
        }
    }

    private static func fill(_ school: Organisation, _ count: Int, _ db: Connection) throws {
        var classes: [(id: String, entry: Int)] = []
        for entry in 2020...2025 {
            for number in 1...2 {
                let draft = ClassDraft(
                    stage: .primary, entryYear: entry, number: number, openedOn: SchoolYear(start: entry).firstDay)
                classes.append(
                    (try ClassGroupService(db, by: .system, now: now).open(draft, at: school).id.rawValue, entry))
            }
        }
        var people: [[DatabaseValue]] = [], enrolments: [[DatabaseValue]] = []
        var accounts: [[DatabaseValue]] = [], grants: [[DatabaseValue]] = []
        for index in 0..<count {
            let person = Identifiers.next(), (id, entry) = classes[index % classes.count]
            let name = "韦春\(index)\(school.name)", start = "\(entry)-09-01"
            let born = "\(entry - 6)-\(index % 2 == 0 ? "03" : "11")-0\(1 + index % 9)"
            people.append([
                .text(person), .text(name), .text("wc"), .integer(now.milliseconds), .text("2"), .text(born),
                .integer(now.milliseconds),
            ])
            enrolments.append([
                .text(Identifiers.next()), .text(person), .text(school.id.rawValue), .text(id), .text(start),
                .integer(now.milliseconds), .text("measure"), .integer(now.milliseconds),
            ])
            guard entry == 2020 else { continue }
            let account = Identifiers.next()
            accounts.append([
                .text(account), .text(person), .text("p" + account), .text("!"), .integer(0),
                .integer(now.milliseconds), .text("active"), .text(""), .integer(now.milliseconds), .text("measure"),
            ])
            grants.append([
                .text(Identifiers.next()), .text(account), .text("student"), .text(school.id.rawValue), .text(start),
                .integer(now.milliseconds), .text("measure"),
            ])
        }
        try db.insert(
            into: "directory_person (id, name, initials, created_at, sex, birth_date, changed_at)", rows: people)
        try db.insert(
            into: """
                directory_enrolment (id, person_id, school_id, class_id, valid_from, recorded_at, recorded_by, changed_at)
                """, rows: enrolments)
        try db.insert(
            into: """
                identity_account (id, person_id, login_name, password_hash, must_change_password, password_changed_at,
                    state, last_sign_in_address, created_at, created_by)
                """, rows: accounts)
        try db.insert(
            into: "identity_grant (id, account_id, role, organisation_id, valid_from, created_at, created_by)",
            rows: grants)
    }
}
