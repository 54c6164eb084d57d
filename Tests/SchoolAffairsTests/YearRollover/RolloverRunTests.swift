import Database
import Directory
import Kernel
import Platform
import TestKit
import Testing

@testable import SchoolAffairs

@Suite("Running a rollover") struct RolloverRunTests {
    private typealias World = RolloverWorld

    /// Numbers that are the same each time.
    private struct Dice: RandomNumberGenerator {
        var state: UInt64
        mutating func next() -> UInt64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return state ^ (state >> 29)
        }
    }

    private func enrolment(_ world: World, _ name: String, _ classGroup: ClassGroup) async throws -> ID<Enrolment> {
        let members = try await world.database.read {
            try EnrolmentStore($0).members(of: classGroup.id, on: LocalDate(iso: "2026-07-10")!)
        }
        return try #require(members.first { $0.name == name }).id
    }

    @Test(arguments: TestDatabase.allCases)
    func `a county goes over in one deed, and a second time nothing happens`(on database: TestDatabase) async throws {
        try await World.run(database) { world in
            let sixth = try await world.open(2020, pupils: ["韦一", "韦二"]), fifth = try await world.open(2021)
            let third = try await world.open(2023, at: world.point, pupils: ["韦三"])
            let one = try await enrolment(world, "韦一", sixth)
            try await world.decide { try $0.except(one, .repeat, number: 1, of: sixth) }
            let (run, figures) = try await world.run()
            #expect(figures.left == 1 && figures.moved == 2 && figures.schools == 3)
            #expect(try await world.members(fifth.id) == ["韦一"])
            #expect(try await world.members(sixth.id).isEmpty)
            #expect(Set(try await world.members(sixth.id, on: "2026-08-31")) == ["韦一", "韦二"])
            let moved = try await world.database.read { db -> [String] in
                let classes = try ClassGroupStore(db).classes(
                    of: world.central.id, on: World.year.firstDay, within: .everything)
                let new = classes.first { $0.entryYear == 2023 }
                return try new.map { try EnrolmentStore(db).members(of: $0.id, on: World.year.firstDay).map(\.name) }
                    ?? []
            }
            #expect(moved == ["韦三"] && third.entryYear == 2023)
            let after = try await world.state()
            #expect(try await world.runs { try $0.run(run) }.left == 1)
            let (county, user) = (world.county, world.user)
            await #expect(throws: DomainError.self) {
                try await world.runs { try $0.start(World.year, at: county, includingUnconfirmed: true, by: user) }
            }
            #expect(try await world.state() == after)
            let events = try await world.database.read { db in
                try db.column(
                    "SELECT kind FROM platform_event WHERE kind LIKE 'school_affairs.%'", as: String.self)
            }
            #expect(events == ["school_affairs.year.rolled_over"])
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `only schools that gave their word go over unless all are told`(on database: TestDatabase) async throws {
        try await World.run(database) { world in
            let ours = try await world.open(2020, pupils: ["韦一"])
            let theirs = try await world.open(2020, at: world.nineYear, pupils: ["韦二"])
            let (central, county, user) = (world.central, world.county, world.user)
            await #expect(throws: DomainError.self) {
                try await world.runs { try $0.start(World.year, at: county, includingUnconfirmed: false, by: user) }
            }
            try await world.decide { try $0.confirm(central) }
            await #expect(throws: DomainError.self) {
                try await world.decide { try $0.plan([.primary: 3], at: central) }
            }
            try await world.runs { service in
                _ = try service.start(World.year, at: county, includingUnconfirmed: false, by: user)
                guard let run = try RolloverRunStore(service.db).waiting(World.year, at: county.path) else {
                    throw DomainError.notFound
                }
                _ = try service.run(run.id)
            }
            #expect(try await world.members(ours.id).isEmpty)
            #expect(try await world.members(theirs.id) == ["韦二"])
        }
    }

    @Test(arguments: TestDatabase.allCases, [UInt64(1), 2, 3, 4])
    func `whatever the classes, nobody is lost or doubled, and taking back gives the state before`(
        on database: TestDatabase, seed: UInt64
    ) async throws {
        try await World.run(database) { world in
            var dice = Dice(state: seed)
            let pupils = try await fill(world, &dice)
            try await settle(world)
            let before = try await world.state()
            let (run, figures) = try await world.run()
            #expect(figures.promoted + figures.moved + figures.left == pupils)
            let open = try await world.database.read { db in
                try db.column(
                    "SELECT person_id FROM directory_enrolment WHERE valid_to IS NULL", as: ID<Person>.self)
            }
            #expect(open.count == pupils - figures.left && Set(open).count == open.count)
            let overdue = try await world.database.read { db -> Int in
                try db.value(
                    """
                    SELECT COUNT(*) FROM directory_enrolment e JOIN directory_class_group c ON c.id = e.class_id
                    WHERE e.valid_to IS NULL AND (c.closed_on IS NOT NULL
                        OR 2026 - COALESCE(e.entry_year, c.entry_year) + 1 > c.years)
                    """) ?? 0
            }
            #expect(overdue == 0)
            let count = try await world.runs(at: World.now.adding(seconds: 120)) { try $0.undo(run, skipping: false) }
            #expect(count == 2)
            #expect(try await world.state() == before)
            let again = try await world.run(at: World.now.adding(seconds: 180)).1
            #expect(again == figures)
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `taken back and run again while the clock stands still`(on database: TestDatabase) async throws {
        try await World.run(database) { world in
            _ = try await world.open(2021, pupils: ["韦一", "韦二"])
            try await settle(world)
            let before = try await world.state()
            // Keys of one process never go back, so for a minute all have the same time.
            _ = Identifiers.next(now: Timestamp.now.adding(seconds: 60))
            let (run, figures) = try await world.run()
            _ = try await world.runs(at: World.now.adding(seconds: 120)) { try $0.undo(run, skipping: false) }
            #expect(try await world.state() == before)
            let again = try await world.run(at: World.now.adding(seconds: 180)).1
            #expect(again == figures && figures.promoted + figures.moved + figures.left == 2)
        }
    }

    /// Classes of all kinds with exceptions. Returns how many pupils there are.
    private func fill(_ world: World, _ dice: inout Dice) async throws -> Int {
        var count = 0
        for (school, stage) in [
            (world.central, ClassStage.primary), (world.point, .primary), (world.nineYear, .primary),
            (world.nineYear, .junior),
        ] {
            let years = stage == .primary ? 6 : 3
            for back in 1...years where Int.random(in: 0..<4, using: &dice) > 0 {
                let entry = 2026 - back, isCombined = stage == .primary && back > 1 && Bool.random(using: &dice)
                let names = (0..<Int.random(in: 0...3, using: &dice)).map { "韦\(entry)\($0)" }
                let others = isCombined ? ["莫\(entry)"] : []
                let classGroup = try await world.open(
                    entry, back, stage: stage, at: school, second: isCombined ? entry + 1 : nil, pupils: names,
                    seconds: others)
                count += names.count + others.count
                try await decide(world, classGroup, school, names, &dice)
            }
        }
        return count
    }

    private func decide(
        _ world: World, _ classGroup: ClassGroup, _ school: Organisation, _ names: [String], _ dice: inout Dice
    ) async throws {
        for entry in classGroup.entryYears {
            let choices: [RolloverAction] = [.nextStage, .combine, .separate, .central, .promote]
            guard Bool.random(using: &dice), let action = choices.randomElement(using: &dice) else { continue }
            let number = Int.random(in: 7...8, using: &dice), keeps = Bool.random(using: &dice)
            let decision = RolloverDecision(action: action, number: number, keepsPosts: keeps)
            // What cannot be done is refused and leaves the default.
            try await allowing { try await world.decide { try $0.decide(decision, for: entry, of: classGroup) } }
        }
        guard let name = names.first, let action = RolloverSingleAction.allCases.randomElement(using: &dice) else {
            return
        }
        let enrolment = try await enrolment(world, name, classGroup), number = Int.random(in: 1...6, using: &dice)
        try await allowing {
            try await world.decide { try $0.except(enrolment, action, number: number, of: classGroup) }
        }
    }

    /// A later decision can take its place from an earlier one; a person then lets the default hold again.
    private func settle(_ world: World) async throws {
        for school in [world.central, world.nineYear] {
            for _ in 0..<50 {
                let plan = try await world.plan(of: school)
                let single = plan.singles.first { $0.problem != nil }?.single
                let part = plan.parts.values.first { $0.problem != nil }
                guard let id = single?.part.classGroup ?? part?.key.classGroup else { break }
                let classGroup = try #require(plan.unit.allClasses.first { $0.id == id })
                try await world.decide { service in
                    if let single { return try service.reset(single.enrolment, of: classGroup) }
                    if let part { try service.reset(part.key.entryYear, of: classGroup) }
                }
            }
        }
    }

    private func allowing(_ body: () async throws -> Void) async throws {
        do { try await body() } catch DomainError.invalid {}
    }

    @Test(arguments: TestDatabase.allCases)
    func `what happened since is told and stays, the rest is taken back`(on database: TestDatabase) async throws {
        try await World.run(database) { world in
            let ours = try await world.open(2020, pupils: ["韦一"])
            let theirs = try await world.open(2020, at: world.nineYear, pupils: ["韦二"])
            let (run, _) = try await world.run(), crypto = world.crypto
            let person = try await world.database.read {
                try EnrolmentStore($0).members(of: ours.id, on: LocalDate(iso: "2026-07-10")!)[0].person
            }
            let next = try await world.open(2026, 9, stage: .junior, at: world.nineYear)
            try await world.write { db in
                try EnrolmentService(db, crypto, by: World.actor, now: World.now.adding(seconds: 90)).enrol(
                    person, in: next, from: World.year.firstDay)
            }
            await #expect(throws: DomainError.self) {
                try await world.runs(at: World.now.adding(seconds: 120)) { try $0.undo(run, skipping: false) }
            }
            let count = try await world.runs(at: World.now.adding(seconds: 120)) { try $0.undo(run, skipping: true) }
            #expect(count == 1)
            #expect(try await world.members(theirs.id) == ["韦二"])
            #expect(try await world.members(ours.id).isEmpty)
            #expect(try await world.members(next.id) == ["韦一"])
        }
    }

    @Test func `after thirty days nothing is taken back`() async throws {
        try await World.run(.sqlite) { world in
            try await world.open(2020, pupils: ["韦一"])
            let (run, _) = try await world.run(), user = world.user
            let found = try await world.database.read { try RolloverRunStore($0).find(run, within: .everything) }
            await #expect(throws: DomainError.self) {
                try await world.runs(at: World.time("2026-08-11")) {
                    try $0.startUndo(found, skipping: false, by: user)
                }
            }
            await #expect(throws: DomainError.self) {
                try await world.runs(at: World.time("2026-08-11")) { try $0.undo(run, skipping: false) }
            }
            #expect(try await world.runs(at: World.time("2026-08-09")) { try $0.undo(run, skipping: false) } > 0)
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `what is doubtful is counted class by class`(on database: TestDatabase) async throws {
        try await World.run(database) { world in
            let classGroup = try await world.open(2024, pupils: ["韦一", "韦二"])
            let crypto = world.crypto
            try await world.write { db in
                let service = EnrolmentService(db, crypto, by: World.actor, now: World.now)
                for (name, born) in [("韦三", "2014-01-01"), ("韦四", "2020-01-01"), ("韦一", "2018-03-02")] {
                    let pupil = NewPupil(
                        name: name,
                        identifiers: name == "韦一"
                            ? [try PersonIdentifier(.document, "AB1234567", documentType: "2")] : [])
                    let person = try service.add(pupil, to: classGroup, from: LocalDate(iso: "2024-09-01")!)
                    try PersonFactStore(db, crypto).change(
                        ["sex": "1", "birthDate": born], of: person, from: LocalDate(iso: "2024-09-01")!,
                        source: FactSource(.school, at: World.now, by: "李校长"))
                }
                _ = try service.add(NewPupil(name: "韦五"), to: classGroup, from: LocalDate(iso: "2024-09-01")!)
            }
            let (found, without) = try await world.database.read { db in
                let source = RolloverSourceStore(db, World.year)
                return (try source.warnings(within: .everything), try source.withoutTeacher(within: .everything))
            }
            #expect(found[classGroup.id] == [.overAge: 1, .tooYoung: 1, .twice: 2, .noFacts: 1])
            #expect(without == [classGroup.id])
        }
    }
}
