import Database
import Kernel
import Platform
import TestKit

@testable import Directory

/// A primary and a junior school with a teacher each, in a database of its own, on a day of the school year 2026.
struct RosterWorld: Sendable {
    let database: Database
    let crypto: any CryptoProvider
    /// 防城区 华石镇
    let primary: Organisation
    /// 东兴市
    let junior: Organisation
    /// Works at the primary school.
    let teacher: ID<Person>
    /// Works at the junior school.
    let stranger: ID<Person>

    static let today = LocalDate(iso: "2026-10-10")!
    static let now = Timestamp(milliseconds: Int64(today.daysSince1970) * 86_400_000 + 7_200_000)
    static let actor = AuditActor(id: nil, name: "李校长", address: "")
    static let start = LocalDate(iso: "2026-09-01")!
    /// Of the area 450699, which is nobody's.
    static let boy = "450699200809010014"
    static let girl = "450699200809010022"

    func classes<T: Sendable>(_ body: @escaping @Sendable (ClassGroupService) throws -> T) async throws -> T {
        try await database.write { try body(ClassGroupService($0, by: RosterWorld.actor, now: RosterWorld.now)) }
    }

    func pupils<T: Sendable>(_ body: @escaping @Sendable (EnrolmentService) throws -> T) async throws -> T {
        let crypto = crypto
        return try await database.write { db in
            try body(EnrolmentService(db, crypto, by: RosterWorld.actor, now: RosterWorld.now))
        }
    }

    /// 一年级 of the primary school unless told otherwise.
    func open(
        _ number: Int = 1, stage: ClassStage = .primary, entryYear: Int = 2026, at school: Organisation? = nil
    ) async throws -> ClassGroup {
        let school = school ?? primary
        let opened = SchoolYear(start: entryYear).firstDay
        return try await classes {
            try $0.open(
                ClassDraft(stage: stage, entryYear: entryYear, number: number, openedOn: opened), at: school)
        }
    }

    /// The class as it is now.
    func now(_ classGroup: ClassGroup) async throws -> ClassGroup {
        try await database.read { try ClassGroupStore($0).find(classGroup.id, within: .everything) }
    }

    func add(_ name: String, to classGroup: ClassGroup, studentNumber: String? = nil) async throws -> ID<Person> {
        let numbers = try studentNumber.map { [try PersonIdentifier(.studentNumber, $0)] } ?? []
        return try await pupils {
            try $0.add(NewPupil(name: name, identifiers: numbers), to: classGroup, from: RosterWorld.start)
        }
    }

    func members(of classGroup: ClassGroup, on day: LocalDate = today) async throws -> [String] {
        try await database.read { try EnrolmentStore($0).members(of: classGroup.id, on: day).map(\.name) }
    }

    /// Somebody with rights at a place.
    func user(_ person: ID<Person>, at place: Organisation, _ permissions: Set<Permission>) -> CurrentUser {
        let grant = EffectiveGrant(role: "test", organisation: place.id, path: place.path, permissions: permissions)
        return CurrentUser(account: .new(), person: person, name: "王老师", grants: [grant])
    }

    static func run(_ database: TestDatabase, _ body: (RosterWorld) async throws -> Void) async throws {
        let migrations = PlatformModule.migrations + DirectoryModule.migrations
        try await database.withDatabase(migrations: migrations) { database, _ in
            let crypto = InternationalCrypto(KeyRing.generate())
            let world = try await database.write { db in
                try CitySetup.prepare(db)
                let service = OrganisationService(db, by: .system, source: "test")
                func school(_ name: String, _ type: String, below code: String) throws -> Organisation {
                    let parent = try OrganisationStore(db).find(code: code, within: .everything)
                    let profile = SchoolProfile(schoolType: type, urbanRural: "121", isCentral: false)
                    return try service.add(
                        .init(kind: .school, code: nil, name: name, profile: profile), below: parent)
                }
                let primary = try school("华石镇中心小学", "211", below: "450603102")
                let junior = try school("东兴市第一初级中学", "311", below: "450681100")
                let staff = StaffService(db, crypto, by: actor, now: now)
                let long = LocalDate(iso: "2020-09-01")!
                return RosterWorld(
                    database: database, crypto: crypto, primary: primary, junior: junior,
                    teacher: try staff.add(NewStaffMember(name: "王老师", post: "23", from: long), to: primary),
                    stranger: try staff.add(NewStaffMember(name: "赵老师", post: "10", from: long), to: junior))
            }
            try await body(world)
        }
    }
}
