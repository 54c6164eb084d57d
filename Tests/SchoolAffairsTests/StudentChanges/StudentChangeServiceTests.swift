import Database
import Directory
import Kernel
import Platform
import TestKit
import Testing

@testable import SchoolAffairs

@Suite("学籍异动") struct StudentChangeServiceTests {
    private typealias World = AffairsWorld

    private func find(_ id: ID<StudentChange>, _ world: World) async throws -> StudentChange {
        let crypto = world.crypto
        return try await world.database.read { try StudentChangeStore($0, crypto).find(id, within: .everything) }
    }

    private func apply(
        _ draft: StudentChangeDraft, _ pupil: ID<Person>, _ classGroup: ClassGroup, _ world: World
    ) async throws -> StudentChange {
        try await find(world.changes { try $0.apply(draft, for: pupil, in: classGroup) }, world)
    }

    private func approve(_ change: StudentChange, _ world: World) async throws {
        try await world.changes { try $0.approve(change) }
    }

    private func suspended(_ world: World) async throws -> [String] {
        try await world.database.read { db in
            try EnrolmentStore(db).suspended(of: world.sender.organisation.id, on: World.today).map(\.name)
        }
    }

    private var suspension: StudentChangeDraft {
        StudentChangeDraft(
            kind: .suspension, day: World.today, expectedReturn: World.today.adding(days: 200),
            details: StudentChangeDetails(reason: "illness", proof: "hospital", note: "需要住院治疗"))
    }

    @Test(arguments: TestDatabase.allCases)
    func `a pupil interrupts school and comes back in a lower grade`(on database: TestDatabase) async throws {
        try await World.run(database) { world in
            let (old, lower) = (world.sender.classes[2024]!, world.sender.classes[2025]!)
            let pupil = try await world.add("韦一", to: old)
            let change = try await apply(suspension, pupil, old, world)
            #expect(change.state == .waiting && change.dueOn.iso == "2026-10-28")
            let second = await refusal { _ = try await apply(suspension, pupil, old, world) }
            #expect(second == "conflict")
            #expect(try await suspended(world).isEmpty)
            try await approve(change, world)
            let late = await refusal { try await approve(change, world) }
            #expect(late == "notFound" || late == "conflict")
            #expect(try await suspended(world) == ["韦一"])
            #expect(world.leaves.all.isEmpty)
            let higher = StudentChangeDraft(
                kind: .resumption, day: World.today, target: world.neighbour.classes[2025]!.id)
            let elsewhere = await refusal { _ = try await apply(higher, pupil, old, world) }
            #expect(elsewhere == "invalid target")
            let back = StudentChangeDraft(kind: .resumption, day: World.today, target: lower.id)
            try await approve(try await apply(back, pupil, old, world), world)
            #expect(try await history(world, pupil) == ["2025 -", "2024 11"])
            #expect(try await suspended(world).isEmpty)
            #expect(try await world.events().count == 2)
        }
    }

    private func history(_ world: World, _ pupil: ID<Person>) async throws -> [String] {
        let classes = world.sender.classes
        return try await world.history(pupil).map { enrolment in
            let year = classes.first { $0.value.id == enrolment.classGroup }?.key ?? 0
            return "\(year) \(enrolment.reason?.rawValue ?? "-")"
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `grades are repeated downwards and skipped upwards`(on database: TestDatabase) async throws {
        try await World.run(database) { world in
            let middle = world.sender.classes[2025]!, pupil = try await world.add("韦一", to: middle)
            for (kind, year) in [(StudentChangeKind.repeating, 2024), (.skipping, 2026)] {
                let draft = StudentChangeDraft(kind: kind, day: World.today, target: world.sender.classes[year]!.id)
                let wrong = await refusal { _ = try await apply(draft, pupil, middle, world) }
                #expect(wrong == "invalid target")
            }
            let draft = StudentChangeDraft(
                kind: .repeating, day: World.today, target: world.sender.classes[2026]!.id)
            try await approve(try await apply(draft, pupil, middle, world), world)
            #expect(try await history(world, pupil) == ["2026 -", "2025 02"])
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `leaving ends rights, and in compulsory education nobody withdraws`(on database: TestDatabase) async throws {
        try await World.run(database) { world in
            let classGroup = world.sender.classes[2024]!
            let (one, two) = (
                try await world.add("韦一", to: classGroup),
                try await world.add("韦二", to: classGroup, "G" + World.girl)
            )
            let withdrawal = StudentChangeDraft(kind: .withdrawal, day: World.today)
            let refused = await refusal { _ = try await apply(withdrawal, one, classGroup, world) }
            #expect(refused == "invalid kind")
            let early = StudentChangeDraft(kind: .departure, day: World.start.adding(days: -1))
            let before = await refusal { _ = try await apply(early, one, classGroup, world) }
            #expect(before == "invalid day")
            let departure = StudentChangeDraft(kind: .departure, day: World.today)
            let change = try await apply(departure, one, classGroup, world)
            try await world.changes { try $0.refuse(change, note: "材料不全") }
            #expect(try await find(change.id, world).state == .refused)
            let again = try await apply(departure, one, classGroup, world)
            try await approve(again, world)
            // What a school certifies itself is done at once.
            let graduation = StudentChangeDraft(kind: .graduation, day: World.today)
            #expect(try await apply(graduation, two, classGroup, world).state == .done)
            #expect(world.leaves.all.count == 2)
            #expect(try await world.history(one).map(\.reason) == [.transfer])
            #expect(try await world.history(two).map(\.reason) == [.graduation])
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `key data change by approval, and history keeps both`(on database: TestDatabase) async throws {
        try await World.run(database) { world in
            let classGroup = world.sender.classes[2024]!, crypto = world.crypto
            let pupil = try await world.add("韦一", to: classGroup)
            try await world.write { db in
                let source = FactSource(.roll, at: World.now, by: "李校长")
                try PersonFactStore(db, crypto).change(
                    ["name": "韦一", "sex": "1"], of: pupil, from: World.start, source: source)
            }
            let known = try await world.database.read { try KeyData(db: $0, crypto: crypto).known(of: pupil) }
            let typed: [KeyDatum: String] = [.name: "韦依依", .sex: "女", .studentNumber: "G" + World.girl]
            let details = StudentChangeDetails(
                proof: "household", changes: try KeyDataRules.changes(typed, knowing: known))
            let draft = StudentChangeDraft(kind: .keyData, day: World.today, details: details)
            let change = try await apply(draft, pupil, classGroup, world)
            let before = try await world.database.read { try PersonStore($0).find(pupil).name }
            #expect(before == "韦一")
            try await approve(change, world)
            let (name, facts, numbers, entries) = try await world.database.read { db in
                (
                    try PersonStore(db).find(pupil).name, try PersonFactStore(db, crypto).history(of: pupil),
                    try PersonIdentifierStore(db, crypto).texts(of: [pupil], kinds: [.studentNumber]),
                    try AuditLog.list(within: .everything, limit: 50, on: db)
                )
            }
            #expect(name == "韦依依" && numbers[pupil]?[.studentNumber] == "G" + World.girl)
            #expect(facts.map { $0["sex"] } == ["2", "1"] && facts.first?.values["sex"]?.source.kind == .change)
            #expect(facts.first?.values["sex"]?.source.reference == change.id.rawValue)
            #expect(entries.allSatisfy { !$0.detail.contains("0809") })
            #expect(try await world.events().last == "affairs.student.key_data_changed")
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `what changed since the application is not overwritten`(on database: TestDatabase) async throws {
        try await World.run(database) { world in
            let classGroup = world.sender.classes[2024]!, pupil = try await world.add("韦一", to: classGroup)
            let details = StudentChangeDetails(changes: [KeyDataChange(.name, old: "韦乙", new: "韦依依")])
            let draft = StudentChangeDraft(kind: .keyData, day: World.today, details: details)
            let change = try await apply(draft, pupil, classGroup, world)
            let stale = await refusal { try await approve(change, world) }
            #expect(stale == "conflict")
            #expect(try await find(change.id, world).state == .waiting)
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `reasons and key data are not to be read in the database`(on database: TestDatabase) async throws {
        try await World.run(database) { world in
            let classGroup = world.sender.classes[2024]!, pupil = try await world.add("韦一", to: classGroup)
            _ = try await apply(suspension, pupil, classGroup, world)
            let (sealed, notes) = try await world.database.read { db in
                (
                    try db.column("SELECT sealed FROM school_affairs_change", as: [UInt8].self),
                    try db.column("SELECT sealed FROM school_affairs_case_step", as: [UInt8].self)
                )
            }
            for bytes in sealed + notes {
                let text = String(decoding: bytes, as: UTF8.self)
                #expect(!text.contains("illness") && !text.contains("住院"))
            }
            #expect(sealed.count == 1 && notes.count == 1)
        }
    }
}
