import Database
import Directory
import Kernel
import Platform
import TestKit
import Testing

@testable import Privacy

/// A class with its class teacher; pupils and guardians are added as a test needs them.
struct ConsentWorld: Sendable {
    let database: Database
    let crypto: any CryptoProvider
    let school: Organisation
    let classGroup: ClassGroup
    let teacher: ID<Person>

    static let today = LocalDate(iso: "2026-10-10")!
    static let noon = Timestamp(startOf: today).adding(seconds: 12 * 3600)
    static let start = LocalDate(iso: "2026-09-01")!

    /// Nobody has an account.
    struct NoAccounts: AccountGate {
        func logins(of people: [ID<Person>], _ db: Connection) throws -> [ID<Person>: PersonLogin] { [:] }
        func holder(ofLogin name: String, _ db: Connection) throws -> ID<Person>? { nil }
        func setOpen(
            _ isOpen: Bool, for person: ID<Person>, within scope: DataScope, by actor: AuditActor, now: Timestamp,
            _ db: Connection
        ) throws {}
    }

    /// - Parameter born: `nil` when it is not known.
    func pupil(_ name: String, born: String? = "2016-05-01") async throws -> ID<Person> {
        let crypto = crypto, classGroup = classGroup
        return try await database.write { db in
            let person = try EnrolmentService(db, crypto, by: .system, now: ConsentWorld.noon)
                .add(NewPupil(name: name), to: classGroup, from: ConsentWorld.start)
            if let born {
                try PersonFactStore(db, crypto).change(
                    ["birthDate": born], of: person, from: ConsentWorld.start,
                    source: FactSource(.roll, at: ConsentWorld.noon, by: "学校"))
            }
            return person
        }
    }

    func guardian(
        _ name: String, of child: ID<Person>, state: GuardianshipState = .confirmed, until end: LocalDate? = nil
    ) async throws -> ID<Person> {
        try await database.write { db in
            let person = try PersonStore(db).insert(name: name, at: ConsentWorld.noon)
            try db.execute(
                """
                INSERT INTO directory_guardianship (id, guardian_id, child_id, valid_from, valid_to, recorded_at,
                    recorded_by, changed_at, state)
                VALUES (\(Identifiers.next()), \(person), \(child), \(ConsentWorld.start), \(end), \(ConsentWorld.noon),
                    '学校', \(ConsentWorld.noon), \(state))
                """)
            return person
        }
    }

    func end(guardian: ID<Person>) async throws {
        try await database.write { db in
            try db.execute(
                "UPDATE directory_guardianship SET valid_to = \(ConsentWorld.today) WHERE guardian_id = \(guardian)")
        }
    }

    /// What a guardian says on a page; `nil` for the pupil herself.
    func say(
        _ word: ConsentAnswer.Word, _ purpose: String = "works", version: Int? = 1, about child: ID<Person>,
        by guardian: ID<Person>? = nil, at now: Timestamp = noon
    ) async throws {
        let crypto = crypto
        try await database.write { db in
            let relation = try guardian.flatMap { guardian in
                try GuardianshipStore(db).children(of: guardian, on: now.day).first { $0.child == child }
            }
            if guardian != nil, relation == nil { throw DomainError.notFound }
            let actor = AuditActor(id: nil, name: "家长", address: "10.1.2.3")
            try ConsentService(db, crypto, by: actor, now: now)
                .say(word, to: purpose, version: version, about: child, by: guardian ?? child, as: relation)
        }
    }

    func standing(
        of child: ID<Person>, for purpose: PublicationPurpose = .works, on day: LocalDate = today
    ) async throws -> ConsentStanding? {
        let gate = ConsentGate(crypto: crypto)
        return try await database.read { try gate.standings(of: [child], for: purpose, on: day, $0)[child] }
    }

    func publish(_ purpose: String, _ number: Int, on day: LocalDate = today) async throws {
        try await database.write { db in
            let store = ConsentPurposeStore(db)
            guard let known = try store.find(purpose, on: day) else { throw DomainError.notFound }
            let now = Timestamp(startOf: day)
            try ConsentPurposeService(db, by: .system, now: now).publish(number, of: purpose, known.version.text)
        }
    }

    static func run(_ database: TestDatabase, _ body: (ConsentWorld) async throws -> Void) async throws {
        let migrations = PlatformModule.migrations + DirectoryModule.migrations + PrivacyModule.migrations
        try await database.withDatabase(migrations: migrations) { database, _ in
            let crypto = InternationalCrypto(KeyRing.generate())
            let world = try await database.write { db in
                try CitySetup.prepare(db)
                let parent = try OrganisationStore(db).find(code: "450603102", within: .everything)
                let profile = SchoolProfile(schoolType: "211", urbanRural: "121", isCentral: false)
                let school = try OrganisationService(db, by: .system, source: "test").add(
                    .init(kind: .school, code: nil, name: "华石镇中心小学", profile: profile), below: parent)
                let classes = ClassGroupService(db, by: .system, now: noon)
                let draft = ClassDraft(stage: .primary, entryYear: 2026, number: 1, openedOn: start)
                let classGroup = try classes.open(draft, at: school)
                let teacher = try StaffService(db, crypto, by: .system, now: noon).add(
                    NewStaffMember(name: "王老师", post: "10", from: start), to: school)
                try classes.nameHomeroomTeacher(teacher, of: classGroup, from: start)
                return ConsentWorld(
                    database: database, crypto: crypto, school: school, classGroup: classGroup, teacher: teacher)
            }
            try await body(world)
        }
    }
}
