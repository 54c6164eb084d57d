import Database
import Kernel
import Platform
import Synchronization
import TestKit
import Testing
import Web

@testable import Directory

/// Writes down what it is told.
private final class Hearer: AppointmentListener, LeavingListener {
    private let heard = Mutex<[String]>([])
    var words: [String] { heard.withLock { $0 } }

    func appointed(_ appointment: Appointment, by actor: AuditActor, now: Timestamp, _ db: Connection) throws {
        heard.withLock { $0.append("given \(appointment.post) \(appointment.from.iso)") }
    }
    func ended(
        _ appointment: Appointment, on day: LocalDate, by actor: AuditActor, now: Timestamp, _ db: Connection
    ) throws {
        heard.withLock { $0.append("ended \(appointment.post) \(day.iso)") }
    }
    func left(
        _ person: ID<Person>, school: OrganisationID, on day: LocalDate, by actor: AuditActor, now: Timestamp,
        _ db: Connection
    ) throws {
        heard.withLock { $0.append("left \(day.iso)") }
    }
}

@Suite("Posts of staff") struct AppointmentServiceTests {
    private typealias World = RosterWorld
    private static func day(_ iso: String) -> LocalDate { LocalDate(iso: iso)! }

    private func posts<T: Sendable>(
        _ world: RosterWorld, _ hearer: Hearer, _ body: @escaping @Sendable (AppointmentService) throws -> T
    ) async throws -> T {
        let listeners = StaffListeners(leaving: [hearer], appointments: [hearer])
        return try await world.database.write { db in
            try body(AppointmentService(db, by: World.actor, now: World.now, telling: listeners))
        }
    }

    private func open(_ world: RosterWorld, on day: LocalDate = World.today) async throws -> [Appointment] {
        let (person, school) = (world.teacher, world.primary.id)
        return try await world.database.read { try AppointmentStore($0).open(of: person, at: school, on: day) }
    }

    @Test(arguments: TestDatabase.allCases)
    func `a teacher holds two posts, one of them changes on a day and the past stays`(
        on database: TestDatabase
    ) async throws {
        try await World.run(database) { (world: RosterWorld) async throws in
            let hearer = Hearer(), (person, school) = (world.teacher, world.primary)
            try await posts(world, hearer) {
                let draft = AppointmentDraft(post: "45", share: 20, from: Self.day("2026-09-01"))
                try $0.add(draft, to: person, at: school)
            }
            let library = try #require(try await open(world).first { $0.post == "45" })
            #expect(library.share == 20 && library.kind == .established)
            try await posts(world, hearer) {
                try $0.change(
                    library, to: AppointmentDraft(post: "47", kind: .contract, from: Self.day("2026-10-01")), at: school
                )
            }
            #expect(try await open(world).map(\.post) == ["23", "47"])
            #expect(hearer.words == ["given 45 2026-09-01", "ended 45 2026-10-01", "given 47 2026-10-01"])
            let past = try await world.database.read {
                try AppointmentStore($0).staff(of: school.id, on: Self.day("2026-09-15")).map(\.post)
            }
            #expect(past == ["23", "45"])
            await #expect(throws: DomainError.self) {
                try await posts(world, hearer) { try $0.end(library, on: World.today, .other) }
            }
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `the same post twice, no post and too much work are refused, each at its field`(
        on database: TestDatabase
    ) async throws {
        try await World.run(database) { (world: RosterWorld) async throws in
            let hearer = Hearer(), (person, school) = (world.teacher, world.primary)
            for (draft, field) in [
                (AppointmentDraft(post: "23", from: World.today), "post"),
                (AppointmentDraft(post: "99", from: World.today), "post"),
                (AppointmentDraft(post: "45", share: 101, from: World.today), "share"),
                (AppointmentDraft(post: "45", from: World.today.adding(days: 400)), "from"),
            ] {
                do {
                    try await posts(world, hearer) { try $0.add(draft, to: person, at: school) }
                    Issue.record("\(draft) was taken")
                } catch DomainError.invalid(let problems) {
                    #expect(problems.map(\.field) == [field])
                }
            }
            #expect(hearer.words.isEmpty)
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `who leaves loses posts, duties and teams in one deed, and everybody hears`(
        on database: TestDatabase
    ) async throws {
        try await World.run(database) { (world: RosterWorld) async throws in
            let hearer = Hearer(), (person, school) = (world.teacher, world.primary), crypto = world.crypto
            let group = try await world.open()
            try await world.classes { try $0.nameHomeroomTeacher(person, of: group, from: World.start) }
            _ = try await posts(world, hearer) {
                try $0.setTeams([.technical, .teaching], of: person, at: school, from: World.start)
            }
            try await world.database.write { db in
                try StaffService(
                    db, crypto, by: World.actor, now: World.now,
                    telling: StaffListeners(leaving: [hearer], appointments: [hearer])
                ).end(person, at: school, on: World.today, .retirement)
            }
            #expect(hearer.words == ["ended 23 2026-10-10", "left 2026-10-10"])
            let (duties, teams, before, history) = try await world.database.read { db in
                (
                    try ClassPostStore(db).posts(of: person, on: World.today),
                    try StaffTeamStore(db).members(within: .everything, on: World.today),
                    try StaffTeamStore(db).members(within: .everything, team: .technical, on: World.start),
                    try AppointmentStore(db).history(of: person)
                )
            }
            #expect(duties.isEmpty && teams.isEmpty)
            #expect(before.map(\.person.id) == [person])
            #expect(history.map(\.reason) == [.retirement])
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `a school is counted by its roster of the day, its visitors elsewhere`(on database: TestDatabase) async throws
    {
        try await World.run(database) { (world: RosterWorld) async throws in
            let hearer = Hearer(), group = try await world.open()
            let first = try await world.add("甲", to: group)
            _ = try await world.add("乙", to: group)
            _ = try await world.open(2)
            let guest = world.stranger, school = world.primary
            try await posts(world, hearer) {
                try $0.add(AppointmentDraft(post: "10", kind: .itinerant, from: World.start), to: guest, at: school)
            }
            try await world.pupils { try $0.end(first, in: group, on: World.today, .transfer) }
            let (primary, junior) = (world.primary.id, world.junior.id)
            func counts(_ day: LocalDate) async throws -> [OrganisationID: RosterCount] {
                try await world.database.read { try RosterCountStore($0).counts(within: .everything, on: day) }
            }
            let then = try #require(try await counts(World.today.adding(days: -1))[primary])
            #expect(then.classes == 1 && then.pupils == 2 && then.pupilsByStage == [.primary: 2])
            #expect(then.teachers == 1 && then.staff == 1)
            let now = try await counts(World.today)
            #expect(now[primary]?.pupils == 1)
            // The guest counts at her own school.
            #expect(now[junior]?.teachers == 1 && now[junior]?.hasPupils == false)
            let some = try await world.database.read { try RosterCountStore($0).counts(of: [primary], on: World.today) }
            #expect(some == [primary: now[primary]!])
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `the mark of the rosters changes with every write`(on database: TestDatabase) async throws {
        try await World.run(database) { (world: RosterWorld) async throws in
            func mark() async throws -> String {
                try await world.database.read { try RosterCountStore($0).revision() }
            }
            var seen = [try await mark()]
            let group = try await world.open()
            seen.append(try await mark())
            _ = try await world.add("甲", to: group)
            seen.append(try await mark())
            #expect(Set(seen).count == 3, "\(seen)")
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `the list of staff is filtered by post, subject and team`(on database: TestDatabase) async throws {
        try await World.run(database) { (world: RosterWorld) async throws in
            let hearer = Hearer(), (person, school) = (world.teacher, world.primary), crypto = world.crypto
            let group = try await world.open()
            try await world.classes { try $0.addTeacher(person, of: group, subject: "13", from: World.start) }
            _ = try await posts(world, hearer) {
                try $0.setTeams([.teaching], of: person, at: school, from: World.start)
            }
            _ = try await world.database.write { db in
                try StaffService(db, crypto, by: World.actor, now: World.now).add(
                    NewStaffMember(name: "农师傅", post: "60", from: World.start), to: school)
            }
            func names(_ query: [(name: String, value: String)]) async throws -> [String] {
                let asked = StaffQuery(FormValues(query), today: World.today)
                return try await world.database.read {
                    try StaffList(of: school.id, asked, $0, crypto).rows.map(\.name)
                }
            }
            #expect(try await names([]) == ["农师傅", "王老师"])
            #expect(try await names([("post", "2")]) == ["王老师"])
            #expect(try await names([("post", "6")]) == ["农师傅"])
            #expect(try await names([("subject", "13")]) == ["王老师"])
            #expect(try await names([("subject", "14")]).isEmpty)
            #expect(try await names([("team", "teaching")]) == ["王老师"])
            #expect(try await names([("on", "2021-01-01")]) == ["王老师"])
        }
    }
}
