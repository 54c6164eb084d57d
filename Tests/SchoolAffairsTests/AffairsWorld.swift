import Database
import Directory
import Kernel
import Platform
import TestKit

@testable import SchoolAffairs

/// Three primary schools with classes of 2024, 2025 and 2026, on a Wednesday of the school year 2026: two in 防城区, one in
/// 东兴市.
struct AffairsWorld: Sendable {
    struct School: Sendable {
        let organisation: Organisation
        /// By entry year.
        let classes: [Int: ClassGroup]
    }

    let database: Database
    let crypto: any CryptoProvider
    let sender: School
    /// In the county of `sender`.
    let neighbour: School
    /// In another county.
    let receiver: School
    let leaves = Leaves()

    static let today = LocalDate(iso: "2026-10-14")!
    static let now = Timestamp(milliseconds: Int64(today.daysSince1970) * 86_400_000 + 7_200_000)
    static let start = LocalDate(iso: "2026-09-01")!
    /// Of the area 450699, which is nobody's.
    static let boy = "450699200809010014"
    static let girl = "450699200809010022"
    static let actor = AuditActor(id: "clerk", name: "李校长", address: "")
    static let county = AuditActor(id: "county", name: "陈主任", address: "")

    /// Hears who left which school.
    final class Leaves: LeavingListener {
        private let heard = Heard()
        func left(
            _ person: ID<Person>, school: OrganisationID, on day: LocalDate, by actor: AuditActor, now: Timestamp,
            _ db: Connection
        ) throws {
            heard.add("\(person) \(school) \(day.iso)")
        }
        var all: [String] { heard.all }
    }

    func write<T: Sendable>(_ body: @escaping @Sendable (Connection) throws -> T) async throws -> T {
        try await database.write { try body($0) }
    }

    func transfers<T: Sendable>(
        at now: Timestamp = now, by actor: AuditActor = actor,
        _ body: @escaping @Sendable (TransferService) throws -> T
    ) async throws -> T {
        let crypto = crypto, leaves = leaves
        return try await database.write { db in
            try body(TransferService(db, crypto, by: actor, now: now, telling: [leaves]))
        }
    }

    func changes<T: Sendable>(
        at now: Timestamp = now, _ body: @escaping @Sendable (StudentChangeService) throws -> T
    ) async throws -> T {
        let crypto = crypto, leaves = leaves
        return try await database.write { db in
            try body(StudentChangeService(db, crypto, by: AffairsWorld.actor, now: now, telling: [leaves]))
        }
    }

    func add(_ name: String, to classGroup: ClassGroup, _ number: String = "G" + boy) async throws -> ID<Person> {
        let crypto = crypto
        return try await database.write { db in
            try EnrolmentService(db, crypto, by: AffairsWorld.actor, now: AffairsWorld.now).add(
                NewPupil(name: name, identifiers: [try PersonIdentifier(.studentNumber, number)]), to: classGroup,
                from: AffairsWorld.start)
        }
    }

    func history(_ pupil: ID<Person>) async throws -> [Enrolment] {
        try await database.read { try EnrolmentStore($0).history(of: pupil).map(\.enrolment) }
    }

    func events() async throws -> [String] {
        try await database.read {
            // Giving the staff of this world their posts has told something, too.
            try $0.column(
                """
                SELECT kind FROM platform_event WHERE kind LIKE 'affairs.student%' OR kind LIKE 'affairs.dropout%'
                ORDER BY id
                """)
        }
    }

    static func run(_ database: TestDatabase, _ body: (AffairsWorld) async throws -> Void) async throws {
        let migrations = PlatformModule.migrations + DirectoryModule.migrations + SchoolAffairsModule.migrations
        try await database.withDatabase(migrations: migrations) { database, _ in
            let crypto = InternationalCrypto(KeyRing.generate())
            let world = try await database.write { db in
                try CitySetup.prepare(db)
                func school(_ name: String, below code: String) throws -> School {
                    let parent = try OrganisationStore(db).find(code: code, within: .everything)
                    let profile = SchoolProfile(schoolType: "211", urbanRural: "121", isCentral: false)
                    let school = try OrganisationService(db, by: .system, source: "test").add(
                        .init(kind: .school, code: nil, name: name, profile: profile), below: parent)
                    let service = ClassGroupService(db, by: actor, now: now)
                    let classes = try [2024, 2025, 2026].map { year in
                        let opened = SchoolYear(start: year).firstDay
                        return (
                            year,
                            try service.open(
                                ClassDraft(stage: .primary, entryYear: year, number: 1, openedOn: opened), at: school)
                        )
                    }
                    return School(organisation: school, classes: Dictionary(uniqueKeysWithValues: classes))
                }
                return AffairsWorld(
                    database: database, crypto: crypto, sender: try school("华石镇中心小学", below: "450603102"),
                    neighbour: try school("扶隆镇中心小学", below: "450603102"),
                    receiver: try school("江平镇第一小学", below: "450681101"))
            }
            try await body(world)
        }
    }
}

/// The kind of a `DomainError`, to compare by; `done` without one.
func refusal(_ deed: () async throws -> Void) async -> String {
    do {
        try await deed()
        return "done"
    } catch DomainError.notFound {
        return "notFound"
    } catch DomainError.conflict {
        return "conflict"
    } catch DomainError.invalid(let problems) {
        return "invalid " + problems.map(\.field).joined(separator: ",")
    } catch {
        return "\(error)"
    }
}
