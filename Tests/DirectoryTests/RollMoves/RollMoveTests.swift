import Database
import Kernel
import Platform
import TestKit
import Testing

@testable import Directory

@Suite("Moves of whole classes") struct RollMoveTests {
    private typealias World = RosterWorld
    private static let day = LocalDate(iso: "2026-09-01")!
    private static let long = LocalDate(iso: "2021-09-01")!

    /// Every row that holds on some day, without the marks of change.
    static func state(_ database: Database) async throws -> [String] {
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

    private func service<T: Sendable>(
        _ world: World, at seconds: Int64 = 0, telling listeners: [any LeavingListener] = [],
        _ body: @escaping @Sendable (RollMoveService) throws -> T
    ) async throws -> T {
        try await world.database.write { db in
            try body(
                RollMoveService(
                    db, by: World.actor, now: World.now.adding(seconds: 60 + seconds), telling: listeners))
        }
    }

    /// A class of the years that ended, with three pupils and a teacher.
    private func finished(_ world: World) async throws -> (ClassGroup, [ID<Person>]) {
        let old = try await world.open(entryYear: 2020), teacher = world.teacher
        try await world.classes { service in
            try service.nameHomeroomTeacher(teacher, of: old, from: RollMoveTests.long)
            try service.addTeacher(teacher, of: old, subject: "13", from: RollMoveTests.long)
        }
        let pupils = try await world.pupils { service in
            try ["韦一", "韦二", "韦三"].map { try service.add(NewPupil(name: $0), to: old, from: RollMoveTests.long) }
        }
        return (old, pupils)
    }

    @Test(arguments: TestDatabase.allCases)
    func `a class ends, one pupil repeats, the others leave, and all of it is taken back`(
        on database: TestDatabase
    ) async throws {
        try await World.run(database) { world in
            let (old, pupils) = try await finished(world), younger = try await world.open(2, entryYear: 2021)
            let enrolment = try await world.database.read {
                try EnrolmentStore($0).open(of: pupils[0], in: old.id).id
            }
            let before = try await RollMoveTests.state(world.database)
            var move = RollMove(on: RollMoveTests.day, at: world.primary.path)
            move.parts = [.init(old.id, entryYear: 2020, .graduation, to: nil)]
            move.singles = [.init(enrolment, .repeating, to: .init(younger.id))]
            move.closings = [old.id]
            let moved = move, heard = Heard()
            let outcome = try await service(world, telling: [heard]) { try $0.make(moved) }
            #expect((outcome.moved, outcome.left, outcome.closed) == (1, 2, 1))
            #expect(try await world.members(of: younger) == ["韦一"])
            #expect(try await world.members(of: old).isEmpty)
            #expect(try await world.members(of: old, on: RollMoveTests.day.adding(days: -1)).count == 3)
            #expect(heard.left == Set(pupils.dropFirst()))
            let posts = try await world.database.read { try ClassPostStore($0).posts(of: old.id, on: World.today) }
            #expect(posts.isEmpty)
            try await service(world, at: 1, telling: [heard]) { try $0.undo(outcome.id) }
            #expect(try await RollMoveTests.state(world.database) == before)
            #expect(heard.returned == Set(pupils.dropFirst()))
            let history = try await world.database.read { try EnrolmentStore($0).history(of: pupils[0]).count }
            #expect(history == 1)
            await #expect(throws: DomainError.self) {
                try await service(world, at: 2) { try $0.undo(outcome.id) }
            }
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `a new class takes pupils and teachers over`(on database: TestDatabase) async throws {
        try await World.run(database) { world in
            let (old, _) = try await finished(world), new = ID<ClassGroup>.new()
            let draft = ClassDraft(
                stage: .primary, entryYear: 2021, number: 1, openedOn: RollMoveTests.day, secondEntryYear: 2020)
            var move = RollMove(on: RollMoveTests.day, at: world.primary.path)
            move.openings = [.init(id: new, school: world.primary.id, draft: draft, postsFrom: old.id)]
            move.parts = [.init(old.id, entryYear: 2020, .classChange, to: .init(new, entryYear: 2020))]
            move.closings = [old.id]
            let moved = move
            _ = try await service(world) { try $0.make(moved) }
            let (members, posts) = try await world.database.read { db in
                (
                    try EnrolmentStore(db).members(of: new, on: World.today),
                    try ClassPostStore(db).posts(of: new, on: World.today)
                )
            }
            #expect(members.map(\.entryYear) == [2020, 2020, 2020])
            #expect(posts.map(\.kind) == [.homeroom, .subject])
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `what rests on a move keeps it from being taken back`(on database: TestDatabase) async throws {
        try await World.run(database) { world in
            let (old, pupils) = try await finished(world), next = try await world.open(3, entryYear: 2021)
            var move = RollMove(on: RollMoveTests.day, at: world.primary.path)
            move.parts = [.init(old.id, entryYear: 2020, .graduation, to: nil)]
            move.closings = [old.id]
            let moved = move
            let outcome = try await service(world) { try $0.make(moved) }
            #expect(try await service(world, at: 1) { try $0.obstacles(to: outcome.id) }.isEmpty)
            try await world.pupils { try $0.enrol(pupils[0], in: next, from: World.today) }
            let obstacles = try await service(world, at: 2) { try $0.obstacles(to: outcome.id) }
            #expect(obstacles.map(\.classGroup) == [old.id])
            let state = try await RollMoveTests.state(world.database)
            await #expect(throws: DomainError.self) { try await service(world, at: 3) { try $0.undo(outcome.id) } }
            #expect(try await RollMoveTests.state(world.database) == state)
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `a class that would keep pupils does not end`(on database: TestDatabase) async throws {
        try await World.run(database) { world in
            let (old, _) = try await finished(world)
            let before = try await RollMoveTests.state(world.database)
            var move = RollMove(on: RollMoveTests.day, at: world.primary.path)
            move.closings = [old.id]
            let moved = move
            await #expect(throws: DomainError.self) { try await service(world) { try $0.make(moved) } }
            #expect(try await RollMoveTests.state(world.database) == before)
        }
    }
}

/// Remembers what it was told.
private final class Heard: LeavingListener, @unchecked Sendable {
    /// Written and read by one transaction after the other.
    private(set) var left: Set<ID<Person>> = []
    private(set) var returned: Set<ID<Person>> = []

    func left(
        _ person: ID<Person>, school: OrganisationID, on day: LocalDate, by actor: AuditActor, now: Timestamp,
        _ db: Connection
    ) throws { left.insert(person) }

    func returned(
        _ people: [ID<Person>], school: OrganisationID, afterLeavingAt then: Timestamp, by actor: AuditActor,
        now: Timestamp, _ db: Connection
    ) throws { returned.formUnion(people) }
}
