import Database
import Directory
import Foundation
import Kernel
import Platform
import TestKit

@testable import SchoolAffairs

/// A central school with a teaching point and a nine-year school, in the July before the school year 2026.
struct RolloverWorld: Sendable {
    let database: Database
    let crypto: any CryptoProvider
    let central: Organisation
    let point: Organisation
    let nineYear: Organisation
    let teacher: ID<Person>
    /// 防城区
    let county: Organisation

    static let year = SchoolYear(start: 2026)
    static let now = time("2026-07-10")
    static let actor = AuditActor(id: nil, name: "李校长", address: "")

    static func time(_ day: String) -> Timestamp {
        Timestamp(milliseconds: Int64(LocalDate(iso: day)!.daysSince1970) * 86_400_000 + 7_200_000)
    }

    @discardableResult
    func write<T: Sendable>(_ body: @escaping @Sendable (Connection) throws -> T) async throws -> T {
        try await database.write { try body($0) }
    }

    /// A class with the pupils; their sex and birth date are those of children who began on time.
    @discardableResult
    func open(
        _ entryYear: Int, _ number: Int = 1, stage: ClassStage = .primary, at school: Organisation? = nil,
        second: Int? = nil, pupils: [String] = [], seconds: [String] = []
    ) async throws -> ClassGroup {
        let school = school ?? central, crypto = crypto
        return try await write { db in
            let start = SchoolYear(start: max(entryYear, second ?? entryYear)).firstDay
            let draft = ClassDraft(
                stage: stage, entryYear: entryYear, number: number, openedOn: start, secondEntryYear: second)
            let classGroup = try ClassGroupService(db, by: RolloverWorld.actor, now: RolloverWorld.now).open(
                draft, at: school)
            let service = EnrolmentService(db, crypto, by: RolloverWorld.actor, now: RolloverWorld.now)
            let age = stage == .primary ? 6 : 12
            for (names, entry) in [(pupils, entryYear), (seconds, second ?? entryYear)] {
                for name in names {
                    let person = try service.add(NewPupil(name: name), to: classGroup, entryYear: entry, from: start)
                    let facts = ["sex": "2", "birthDate": "\(entry - age)-03-02"]
                    try PersonFactStore(db, crypto).change(
                        facts, of: person, from: start,
                        source: FactSource(.school, at: RolloverWorld.now, by: "李校长"))
                }
            }
            return classGroup
        }
    }

    func plan(of school: Organisation? = nil) async throws -> RolloverPlan {
        let school = school ?? central
        return try await database.read { db in
            RolloverPlan(try RolloverService.unit(of: school, RolloverWorld.year, db), RolloverWorld.year)
        }
    }

    func decide<T: Sendable>(
        at time: Timestamp = now, _ body: @escaping @Sendable (RolloverService) throws -> T
    ) async throws -> T {
        try await write { try body(RolloverService($0, RolloverWorld.year, by: RolloverWorld.actor, now: time)) }
    }

    func runs<T: Sendable>(
        at time: Timestamp = now.adding(seconds: 60), _ body: @escaping @Sendable (RolloverRunService) throws -> T
    ) async throws -> T {
        try await write { try body(RolloverRunService($0, by: RolloverWorld.actor, now: time)) }
    }

    var user: CurrentUser {
        let grant = EffectiveGrant(
            role: "test", organisation: county.id, path: county.path, permissions: [.rolloverRun])
        return CurrentUser(account: .new(), person: teacher, name: "陈主任", grants: [grant])
    }

    /// Queues and does a run of the county with unconfirmed schools too.
    func run(at time: Timestamp = now.adding(seconds: 60)) async throws -> (ID<RolloverRun>, RolloverFigures) {
        let (county, user) = (county, user)
        return try await runs(at: time) { service in
            _ = try service.start(RolloverWorld.year, at: county, includingUnconfirmed: true, by: user)
            guard let run = try RolloverRunStore(service.db).waiting(RolloverWorld.year, at: county.path) else {
                throw DomainError.notFound
            }
            return (run.id, try service.run(run.id))
        }
    }

    func members(_ classGroup: ID<ClassGroup>, on day: String = "2026-09-01") async throws -> [String] {
        try await database.read { try EnrolmentStore($0).members(of: classGroup, on: LocalDate(iso: day)!).map(\.name) }
    }

    /// Every row that holds on some day, without the marks of change.
    func state() async throws -> [String] {
        try await database.read { db in
            func rows(_ sql: SQL, _ count: Int) throws -> [String] {
                try db.rows(sql) { row in
                    try (0..<count).map { try row.get($0, as: String?.self) ?? "-" }.joined(separator: "|")
                }
            }
            return try rows(
                """
                SELECT id, school_id, stage, CAST(entry_year AS TEXT), CAST(second_entry_year AS TEXT),
                    CAST(number AS TEXT), kind, alias, opened_on, closed_on FROM directory_class_group
                WHERE closed_on IS NULL OR closed_on > opened_on ORDER BY id
                """, 10)
                + rows(
                    """
                    SELECT id, person_id, school_id, class_id, CAST(entry_year AS TEXT), valid_from, valid_to, reason
                    FROM directory_enrolment WHERE valid_to IS NULL OR valid_to > valid_from ORDER BY id
                    """, 8)
                + rows(
                    """
                    SELECT id, class_id, person_id, kind, subject, valid_from, valid_to FROM directory_class_post
                    WHERE valid_to IS NULL OR valid_to > valid_from ORDER BY id
                    """, 7)
        }
    }

    static func run(_ database: TestDatabase, _ body: (RolloverWorld) async throws -> Void) async throws {
        let migrations = PlatformModule.migrations + DirectoryModule.migrations + SchoolAffairsModule.migrations
        try await database.withDatabase(migrations: migrations) { database, _ in
            let crypto = InternationalCrypto(KeyRing.generate())
            let world = try await database.write { db in
                try CitySetup.prepare(db)
                let service = OrganisationService(db, by: .system, source: "test"), store = OrganisationStore(db)
                let town = try place("450603102", store), county = try place("450603", store)
                func add(
                    _ kind: OrganisationKind, _ name: String, _ type: String, below: Organisation
                ) throws -> Organisation {
                    let profile = SchoolProfile(schoolType: type, urbanRural: "220", isCentral: type == "211")
                    return try service.add(.init(kind: kind, code: nil, name: name, profile: profile), below: below)
                }
                let central = try add(.school, "华石镇中心小学", "211", below: town)
                let teacher = try StaffService(db, crypto, by: actor, now: now).add(
                    NewStaffMember(name: "王老师", post: "23", from: LocalDate(iso: "2020-09-01")!), to: central)
                return RolloverWorld(
                    database: database, crypto: crypto, central: central,
                    point: try add(.teachingPoint, "石桥教学点", "218", below: central),
                    nineYear: try add(.school, "华石镇九年一贯制学校", "312", below: town), teacher: teacher,
                    county: county)
            }
            try await body(world)
        }
    }

    private static func place(_ code: String, _ store: OrganisationStore) throws -> Organisation {
        guard let found = try store.find(code: code, within: .everything) else { throw DomainError.notFound }
        return found
    }
}
