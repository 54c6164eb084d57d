import Database
import Directory
import Kernel
import TestKit
import Testing

@testable import SchoolAffairs

@Suite("控辍保学") struct DropoutServiceTests {
    private typealias World = AffairsWorld

    private func enter(
        _ away: [ID<Person>: AbsenceKind], _ classGroup: ClassGroup, on day: LocalDate, _ world: World,
        today: LocalDate = World.today
    ) async throws -> Int {
        let crypto = world.crypto
        return try await world.write { db in
            let now = Timestamp(startOf: today).adding(seconds: 36_000)
            return try DropoutService(db, crypto, by: World.actor, now: now).enter(away, of: classGroup, on: day)
        }
    }

    private func open(_ pupil: ID<Person>, _ world: World) async throws -> DropoutAlarm? {
        let crypto = world.crypto
        return try await world.database.read { try DropoutAlarmStore($0, crypto).open(of: pupil) }
    }

    @Test func `a run is broken by a school day, not by a weekend`() {
        func run(_ days: [String]) -> Int {
            DropoutRules.run(of: Set(days.compactMap { LocalDate(iso: $0) }), .shipped).count
        }
        #expect(run([]) == 0)
        // Thursday and Friday, then Monday.
        #expect(run(["2026-11-05", "2026-11-06", "2026-11-09"]) == 3)
        #expect(run(["2026-11-04", "2026-11-06", "2026-11-09"]) == 2)
        // The days off of the first week of October lie between.
        #expect(run(["2026-09-29", "2026-09-30", "2026-10-08"]) == 3)
    }

    @Test(arguments: TestDatabase.allCases)
    func `seven school days without leave tell school and county`(on database: TestDatabase) async throws {
        try await World.run(database) { world in
            let classGroup = world.sender.classes[2024]!, pupil = try await world.add("韦一", to: classGroup)
            let other = try await world.add("韦二", to: classGroup, "G" + World.girl)
            let days = Array(WorkCalendar.shipped.schoolDays(upTo: World.today, count: 8).reversed())
            for day in days.prefix(6) {
                let raised = try await enter([pupil: .unexcused, other: .sick], classGroup, on: day, world)
                #expect(raised == 0)
            }
            #expect(try await open(pupil, world) == nil)
            #expect(try await enter([pupil: .unreachable, other: .sick], classGroup, on: days[6], world) == 1)
            #expect(try await enter([pupil: .unexcused], classGroup, on: days[7], world) == 0)
            let alarm = try #require(try await open(pupil, world))
            #expect(alarm.days == 8 && alarm.since == days[0])
            #expect(try await open(other, world) == nil)
            #expect(try await world.events() == ["affairs.dropout_alarm.raised"])
            let crypto = world.crypto
            let steps = try await world.write { db in
                let service = DropoutService(db, crypto, by: World.actor, now: World.now)
                try service.note(.visit, "家访，家长答应送回", on: alarm)
                try service.close(alarm, .returned, note: "已到校上课")
                return try CaseStepStore(db: db, crypto: crypto).steps(of: alarm.id.rawValue)
            }
            #expect(steps.map(\.place) == ["提醒", "家访", "已返校"])
            let closed = await refusal {
                try await world.write { db in
                    try DropoutService(db, crypto, by: World.actor, now: World.now).note(.phone, "再联系", on: alarm)
                    try DropoutService(db, crypto, by: World.actor, now: World.now).close(alarm, .other, note: "再办")
                }
            }
            #expect(closed == "conflict")
            #expect(try await open(pupil, world) == nil)
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `leave that comes later breaks the run, and an entry can be corrected`(on database: TestDatabase) async throws
    {
        try await World.run(database) { world in
            let classGroup = world.sender.classes[2024]!, pupil = try await world.add("韦一", to: classGroup)
            let days = Array(WorkCalendar.shipped.schoolDays(upTo: World.today, count: 8).reversed())
            for day in days.prefix(6) { _ = try await enter([pupil: .unexcused], classGroup, on: day, world) }
            _ = try await enter([pupil: .sick], classGroup, on: days[3], world)
            _ = try await enter([:], classGroup, on: days[4], world)
            #expect(try await enter([pupil: .unexcused], classGroup, on: days[6], world) == 0)
            let crypto = world.crypto
            let known = try await world.database.read { db in
                let store = AbsenceStore(db: db, crypto: crypto)
                return try days.map { try store.absences(of: classGroup.id, on: $0)[pupil] }
            }
            #expect(known == [.unexcused, .unexcused, .unexcused, .sick, nil, .unexcused, .unexcused, nil])
        }
    }

    @Test func `nothing is entered for days without school or days to come`() async throws {
        try await World.run(.sqlite) { world in
            let classGroup = world.sender.classes[2024]!, pupil = try await world.add("韦一", to: classGroup)
            for day in ["2026-10-11", "2026-10-15", "2026-07-20"] {
                let answer = await refusal {
                    _ = try await enter([pupil: .sick], classGroup, on: LocalDate(iso: day)!, world)
                }
                #expect(answer == "invalid on", "\(day)")
            }
        }
    }
}
