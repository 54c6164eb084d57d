import Database
import Directory
import Kernel
import TestKit
import Testing

@testable import SchoolAffairs

@Suite("Plan of a rollover") struct RolloverPlanTests {
    private typealias World = RolloverWorld

    private func action(_ plan: RolloverPlan, _ classGroup: ClassGroup, _ entry: Int? = nil) -> RolloverAction? {
        let key = RolloverPartKey(classGroup: classGroup.id, entryYear: entry ?? classGroup.entryYear)
        return plan.parts[key]?.decision.action
    }

    @Test func `the last grade graduates, the others go up, and as many first classes open as before`() async throws {
        try await World.run(.sqlite) { world in
            let last = try await world.open(2020, pupils: ["韦一", "韦二"])
            let first = try await world.open(2025, pupils: ["韦三"])
            try await world.open(2025, 2)
            let plan = try await world.plan()
            #expect(action(plan, last) == .graduate && action(plan, first) == .promote)
            #expect(plan.closings.map(\.id) == [last.id])
            #expect(plan.openings.map { $0.name(on: World.year.firstDay) } == ["一年级(1)班", "一年级(2)班"])
            #expect(plan.totals.graduates == 2 && plan.totals.promoted == 1 && plan.problems.isEmpty)
        }
    }

    @Test func `a class of the new year is left alone and counts as one of its classes`() async throws {
        try await World.run(.sqlite) { world in
            try await world.open(2025)
            let new = try await world.open(2026)
            let plan = try await world.plan()
            #expect(plan.parts(of: new).isEmpty && plan.openings.isEmpty)
        }
    }

    @Test func `a teaching point's third grade goes to the central school`() async throws {
        try await World.run(.sqlite) { world in
            let third = try await world.open(2023, at: world.point, pupils: ["韦一"])
            let there = try await world.open(2023)
            let plan = try await world.plan(of: world.point)
            #expect(action(plan, third) == .central && plan.unit.root.id == world.central.id)
            let opening = plan.openings.first { $0.from == [third.id] }
            #expect(opening?.school == world.central.id)
            #expect(opening?.draft.number == 2, "number 1 is \(there.number) of the central school")
        }
    }

    @Test func `a teaching point that teaches higher grades keeps them`() async throws {
        try await World.run(.sqlite) { world in
            let third = try await world.open(2023, at: world.point), fifth = try await world.open(2021, at: world.point)
            let plan = try await world.plan(of: world.point)
            #expect(action(plan, third) == .promote && action(plan, fifth) == .promote)
        }
    }

    @Test func `of two grades one leaves, and the other is taught with the new first grade`() async throws {
        try await World.run(.sqlite) { world in
            let combined = try await world.open(
                2025, at: world.point, second: 2023, pupils: ["韦一"], seconds: ["韦二"])
            let plan = try await world.plan(of: world.point)
            #expect(action(plan, combined, 2023) == .central && action(plan, combined, 2025) == .combine)
            #expect(plan.closings.map(\.id) == [combined.id])
            let names = plan.openings.filter { $0.school == world.point.id }.map { $0.name(on: World.year.firstDay) }
            #expect(names == ["一年级、二年级复式(1)班"], "no first class beside it")
        }
    }

    @Test func `two grades are brought together, and a third is refused`() async throws {
        try await World.run(.sqlite) { world in
            var classes: [ClassGroup] = []
            for entry in [2025, 2024] {
                classes.append(try await world.open(entry, at: world.point, pupils: ["韦\(entry)"]))
            }
            let (first, second) = (classes[0], classes[1])
            try await world.decide { service in
                for part in [first, second] {
                    try service.decide(RolloverDecision(action: .combine, number: 5), for: part.entryYear, of: part)
                }
            }
            let plan = try await world.plan(of: world.point)
            let opening = try #require(plan.openings.first { $0.draft.number == 5 })
            #expect(opening.draft.entryYear == 2025 && opening.draft.secondEntryYear == 2024)
            #expect(plan.problems.isEmpty)
            let third = try await world.open(2023, 3, at: world.point)
            await #expect(throws: DomainError.self) {
                try await world.decide {
                    try $0.decide(RolloverDecision(action: .combine, number: 5), for: 2023, of: third)
                }
            }
        }
    }

    @Test func `a nine-year school's sixth grade goes on to the seventh when it is told`() async throws {
        try await World.run(.sqlite) { world in
            let sixth = try await world.open(2020, 3, at: world.nineYear, pupils: ["韦一"])
            #expect(action(try await world.plan(of: world.nineYear), sixth) == .graduate)
            try await world.decide { try $0.decide(RolloverDecision(action: .nextStage), for: 2020, of: sixth) }
            let plan = try await world.plan(of: world.nineYear)
            let opening = try #require(plan.openings.first { $0.from == [sixth.id] })
            #expect(opening.draft.stage == .junior && opening.draft.entryYear == 2026 && opening.draft.number == 3)
            await #expect(throws: DomainError.self) {
                try await world.decide { try $0.decide(RolloverDecision(action: .promote), for: 2020, of: sixth) }
            }
        }
    }

    @Test func `pupils who do not go with their class come into one that will be there`() async throws {
        try await World.run(.sqlite) { world in
            let sixth = try await world.open(2020, pupils: ["韦一"]), fifth = try await world.open(2021)
            let first = try await world.open(2025, pupils: ["韦二"])
            let (one, two) = try await world.database.read { db in
                (
                    try EnrolmentStore(db).members(of: sixth.id, on: LocalDate(iso: "2026-07-10")!)[0].id,
                    try EnrolmentStore(db).members(of: first.id, on: LocalDate(iso: "2026-07-10")!)[0].id
                )
            }
            try await world.decide { service in
                try service.except(one, .repeat, number: 1, of: sixth)
                try service.except(two, .repeat, number: 1, of: first)
            }
            let plan = try await world.plan()
            let targets = Dictionary(
                uniqueKeysWithValues: plan.singles.map { ($0.single.enrolment, $0.target?.classGroup) })
            #expect(targets[one] == fifth.id)
            #expect(targets[two] == plan.openings[0].id, "who repeats the first grade joins the new first class")
            await #expect(throws: DomainError.self) {
                try await world.decide { try $0.except(one, .repeat, number: 9, of: sixth) }
            }
            await #expect(throws: DomainError.self) {
                try await world.decide { try $0.except(one, .change, number: 1, of: sixth) }
            }
        }
    }

    @Test(arguments: [
        ("2026-04-30", 2025, false), ("2026-05-01", 2026, true), ("2026-12-31", 2026, true),
        ("2027-01-01", 2026, false),
    ])
    func `a year is prepared from May and run until December`(day: String, year: Int, isOpen: Bool) throws {
        let day = try #require(LocalDate(iso: day))
        #expect(RolloverSeason.year(on: day).start == year)
        #expect(RolloverSeason.isOpen(RolloverSeason.year(on: day), on: day) == isOpen)
    }
}
