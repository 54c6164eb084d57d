import Database
import Kernel
import Platform
import TestKit

@testable import Directory

/// A girl who was entered twice in the primary school, once with her number and once with a phone and more data.
struct MergeWorld: Sendable {
    let world: RosterWorld
    let classGroup: ClassGroup
    let other: ClassGroup
    /// Has 学籍号, birth date and health; in class 1.
    let numbered: ID<Person>
    /// Has 身份证号, another birth date and an address; in class 2; has a guardian.
    let typed: ID<Person>

    static func run(_ database: TestDatabase, _ body: @escaping (MergeWorld) async throws -> Void) async throws {
        try await RosterWorld.run(database) { world in
            let one = try await world.open(1), two = try await world.open(2)
            let numbered = try await world.add("黄小芳", to: one, studentNumber: "G" + RosterWorld.girl)
            let typed = try await world.pupils {
                try $0.add(
                    NewPupil(
                        name: "黄晓芳", identifiers: [try PersonIdentifier(.citizenNumber, RosterWorld.girl)],
                        guardianPhone: try PersonIdentifier(.phone, "13900000001")), to: two,
                    from: RosterWorld.start.adding(days: 9))
            }
            let made = MergeWorld(world: world, classGroup: one, other: two, numbered: numbered, typed: typed)
            try await made.tell(["name": "黄小芳", "birthDate": "2008-09-01", "health": "1"], of: numbered, .roll)
            try await made.tell(
                ["name": "黄晓芳", "birthDate": "2008-10-01", "currentAddress": "华石镇", "talent": "绘画"], of: typed, .school)
            try await body(made)
        }
    }

    func tell(_ values: [String: String], of person: ID<Person>, _ kind: FactSource.Kind) async throws {
        let crypto = world.crypto
        try await world.database.write { db in
            _ = try PersonFactStore(db, crypto).change(
                values, of: person, from: RosterWorld.start,
                source: FactSource(kind, at: RosterWorld.now, by: "李校长"))
        }
    }

    func merging<T: Sendable>(
        telling listeners: [any PersonMergeListener] = [], at now: Timestamp = RosterWorld.now.adding(seconds: 60),
        _ body: @escaping @Sendable (PersonMergeService) throws -> T
    ) async throws -> T {
        let crypto = world.crypto
        return try await world.database.write { db in
            try body(PersonMergeService(db, crypto, by: RosterWorld.actor, now: now, telling: listeners))
        }
    }

    func facts(of person: ID<Person>) async throws -> [String: PersonFact] {
        let crypto = world.crypto
        return try await world.database.read { try PersonFactStore($0, crypto).latest(of: person)?.values ?? [:] }
    }

    func holder(_ kind: PersonIdentifierKind, _ text: String) async throws -> ID<Person>? {
        let crypto = world.crypto, number = try PersonIdentifier(kind, text)
        return try await world.database.read { try PersonIdentifierStore($0, crypto).holder(of: number) }
    }

    /// Every row of people, word for word; sealed bytes and the time of the last change left out.
    func rows() async throws -> [String] {
        try await world.database.read { db in
            var all: [String] = []
            for table in MergeWorld.tables {
                all += try db.column(table)
            }
            return all
        }
    }

    private static let tables: [SQL] = [
        """
        SELECT 'person ' || id || name || initials || COALESCE(sex, '-') || COALESCE(birth_date, '-')
            || COALESCE(merged_into, '-') FROM directory_person ORDER BY 1
        """,
        "SELECT 'post ' || id || person_id || valid_from || COALESCE(valid_to, '-') FROM directory_appointment ORDER BY 1",
        "SELECT 'class ' || id || person_id || valid_from || COALESCE(valid_to, '-') FROM directory_class_post ORDER BY 1",
        """
        SELECT 'pupil ' || id || person_id || valid_from || COALESCE(valid_to, '-') || COALESCE(reason, '-')
        FROM directory_enrolment ORDER BY 1
        """,
        """
        SELECT 'guardian ' || id || guardian_id || child_id || valid_from || COALESCE(valid_to, '-')
        FROM directory_guardianship ORDER BY 1
        """,
        "SELECT 'number ' || id || person_id || kind || document_type FROM directory_person_identifier ORDER BY 1",
        """
        SELECT 'facts ' || id || person_id || plain || sources || valid_from || COALESCE(valid_to, '-')
        FROM directory_person_facts ORDER BY 1
        """,
    ]
}
