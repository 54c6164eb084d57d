import Database
import Directory
import Kernel
import Platform
import TestKit
import Testing

@testable import SchoolAffairs

@Suite("转学") struct TransferServiceTests {
    private typealias World = AffairsWorld

    private func claim(_ name: String = "韦一", _ number: String = "G" + World.boy) throws -> TransferClaim {
        try TransferClaim(number: number, name: name, formerSchool: "华石镇中心小学", note: "随父母务工")
    }

    private func find(_ id: ID<Transfer>, _ world: World) async throws -> Transfer {
        let crypto = world.crypto
        return try await world.database.read { try TransferStore($0, crypto).find(id, within: .everything) }
    }

    private func apply(
        _ claim: TransferClaim, to school: World.School, _ world: World, withClass: Bool = true
    ) async throws -> ID<Transfer> {
        let place = TransferPlace(
            stage: .primary, entryYear: 2024, classGroup: withClass ? school.classes[2024]!.id : nil)
        return try await world.transfers { try $0.apply(claim, place, to: school.organisation) }
    }

    /// Passes the present step. Returns whether the pupil has moved.
    @discardableResult
    private func pass(_ id: ID<Transfer>, _ world: World, at now: Timestamp = World.now) async throws -> Bool {
        let transfer = try await find(id, world), isOfUnit = transfer.permission == .changeApprove
        let actor = isOfUnit ? World.county : World.actor
        return try await world.transfers(at: now, by: actor) { try $0.pass(transfer) }
    }

    @Test(arguments: TestDatabase.allCases)
    func `nobody passes a step for the school and one for the county`(on database: TestDatabase) async throws {
        try await World.run(database) { world in
            _ = try await world.add("韦一", to: world.sender.classes[2024]!)
            let id = try await apply(try claim(), to: world.receiver, world)
            try await pass(id, world)
            func isForbidden(_ actor: AuditActor) async throws -> Bool {
                let transfer = try await find(id, world)
                do { _ = try await world.transfers(by: actor) { try $0.pass(transfer) } } catch DomainError.forbidden {
                    return true
                }
                return false
            }
            #expect(try await isForbidden(World.actor))
            #expect(try await find(id, world).state == .receivingUnit)
            try await pass(id, world)
            // Nor the other way round; who has done nothing in it yet, may.
            #expect(try await isForbidden(World.county))
            try await pass(id, world)
            #expect(try await isForbidden(World.actor))
            #expect(try await !isForbidden(AuditActor(id: "other", name: "另一人", address: "")))
            #expect(try await find(id, world).state == .done)
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `two schools and two counties move a pupil`(on database: TestDatabase) async throws {
        try await World.run(database) { world in
            let old = world.sender.classes[2024]!, new = world.receiver.classes[2024]!
            let pupil = try await world.add("韦一", to: old)
            let id = try await apply(try claim(), to: world.receiver, world)
            var states: [TransferState] = [try await find(id, world).state], dues: [String] = []
            for step in 0..<4 {
                // Half of the side's time goes by before each of its steps.
                let now = World.now.adding(days: Int64(step))
                #expect(try await pass(id, world, at: now) == (step == 3))
                let transfer = try await find(id, world)
                states.append(transfer.state)
                dues.append(transfer.dueOn.iso)
            }
            #expect(states == [.receivingSchool, .receivingUnit, .sendingSchool, .sendingUnit, .done])
            // Ten working days for each side, counted from its first step.
            #expect(dues == ["2026-10-28", "2026-10-29", "2026-10-29", "2026-10-29"])
            let history = try await world.history(pupil), moved = World.today.adding(days: 3)
            #expect(history.map(\.classGroup) == [new.id, old.id] && history.map(\.reason) == [nil, .transfer])
            #expect(history.map(\.from) == [moved, World.start] && history.last?.until == moved)
            #expect(world.leaves.all == ["\(pupil) \(world.sender.organisation.id) \(moved.iso)"])
            #expect(try await world.events() == ["affairs.student.moved"])
            let members = try await world.database.read { db in
                try [World.today, moved].map { try EnrolmentStore(db).members(of: old.id, on: $0).map(\.name) }
            }
            #expect(members == [["韦一"], []])
        }
    }

    private func suspend(_ pupil: ID<Person>, _ world: World) async throws {
        let crypto = world.crypto, old = world.sender.classes[2024]!
        try await world.write { db in
            try EnrolmentService(db, crypto, by: World.actor, now: World.now).suspend(
                pupil, in: old, on: World.today.adding(days: -7))
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `who is in 休学 moves like others and learns again at the new school`(on database: TestDatabase) async throws {
        try await World.run(database) { world in
            let old = world.sender.classes[2024]!, new = world.receiver.classes[2024]!
            let pupil = try await world.add("韦一", to: old)
            try await suspend(pupil, world)
            let id = try await apply(try claim(), to: world.receiver, world)
            for step in 0..<4 { #expect(try await pass(id, world) == (step == 3)) }
            let history = try await world.history(pupil)
            #expect(history.map(\.classGroup) == [new.id, old.id, old.id])
            #expect(history.map(\.reason) == [nil, .transfer, .suspension])
            #expect(world.leaves.all == ["\(pupil) \(world.sender.organisation.id) \(World.today.iso)"])
            let (suspended, members) = try await world.database.read { db in
                (
                    try EnrolmentStore(db).suspended(pupil, on: World.today),
                    try EnrolmentStore(db).members(of: new.id, on: World.today).map(\.person)
                )
            }
            #expect(suspended == nil && members == [pupil])
            #expect(try await world.events() == ["affairs.student.moved"])
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `who is in 休学 waits for a class where none is told, and comes back to her own school by 复学`(
        on database: TestDatabase
    ) async throws {
        try await World.run(database) { world in
            let pupil = try await world.add("韦一", to: world.sender.classes[2024]!)
            try await suspend(pupil, world)
            do {
                _ = try await apply(try claim(), to: world.sender, world)
                Issue.record("a school took its own pupil in")
            } catch DomainError.invalid(let problems) {
                #expect(problems.map(\.field) == ["studentNumber"] && problems[0].message.contains("复学"))
            }
            let id = try await apply(try claim(), to: world.neighbour, world, withClass: false)
            for step in 0..<3 { #expect(try await pass(id, world) == (step == 2)) }
            let waiting = try await world.database.read {
                try AdmissionStore($0).open(at: world.neighbour.organisation.id)
            }
            #expect(waiting.map(\.person) == [pupil])
            #expect(try await world.history(pupil).map(\.reason) == [.transfer, .suspension])
            let held = try await world.database.read { try TransferStore.held(by: pupil, on: World.today, $0) }
            #expect(held == nil)
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `inside one county its one check stands for both`(on database: TestDatabase) async throws {
        try await World.run(database) { world in
            let pupil = try await world.add("韦一", to: world.sender.classes[2024]!)
            let id = try await apply(try claim(), to: world.neighbour, world, withClass: false)
            let done = [try await pass(id, world), try await pass(id, world), try await pass(id, world)]
            #expect(done == [false, false, true])
            // Without a class told she waits for one.
            let waiting = try await world.database.read {
                try AdmissionStore($0).open(at: world.neighbour.organisation.id)
            }
            #expect(waiting.map(\.person) == [pupil] && waiting.map(\.source) == [.transfer])
            #expect(try await world.history(pupil).map(\.reason) == [.transfer])
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `the receiving side cannot tell whether the pupil exists`(on database: TestDatabase) async throws {
        try await World.run(database) { world in
            _ = try await world.add("韦一", to: world.sender.classes[2024]!)
            let known = try await apply(try claim(), to: world.receiver, world)
            let claims = [try claim("韦二", "G" + World.girl), try claim("韦三", "L45069920080901000X")]
            var unknown: [ID<Transfer>] = []
            for claim in claims { unknown.append(try await apply(claim, to: world.receiver, world)) }
            for id in [known] + unknown {
                try await pass(id, world)
                try await pass(id, world)
            }
            var seen: Set<String> = []
            for id in [known] + unknown {
                let transfer = try await find(id, world)
                seen.insert("\(transfer.state) \(transfer.dueOn) \(transfer.revision)")
            }
            #expect(seen.count == 1)
            // What matches nobody waits with the bureau, and nobody else.
            let found = try await find(unknown[0], world)
            #expect(found.sender == nil && found.place(of: found.state) == .city && found.permission == .changeApprove)
            let again = await refusal { try await pass(unknown[0], world) }
            #expect(again == "conflict")
            _ = try await world.add("韦二", to: world.neighbour.classes[2024]!, "G" + World.girl)
            #expect(try await pass(unknown[0], world) == false)
            #expect(try await find(unknown[0], world).sender == world.neighbour.organisation.id)
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `name and number must both be hers`(on database: TestDatabase) async throws {
        try await World.run(database) { world in
            _ = try await world.add("韦一", to: world.sender.classes[2024]!)
            let id = try await apply(try claim("韦乙"), to: world.receiver, world)
            try await pass(id, world)
            try await pass(id, world)
            #expect(try await find(id, world).person == nil)
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `a refused one is handed in again, and each step is done once`(on database: TestDatabase) async throws {
        try await World.run(database) { world in
            _ = try await world.add("韦一", to: world.sender.classes[2024]!)
            let id = try await apply(try claim(), to: world.receiver, world)
            let double = await refusal { _ = try await apply(try claim(), to: world.receiver, world) }
            #expect(double == "conflict")
            let first = try await find(id, world)
            try await world.transfers { _ = try $0.pass(first) }
            let twice = await refusal { try await world.transfers { _ = try $0.pass(first) } }
            #expect(twice == "conflict")
            let second = try await find(id, world)
            try await world.transfers { try $0.refuse(second, note: "班额已满") }
            let refused = try await find(id, world), place = refused.place
            let renewed = try claim()
            try await world.transfers { try $0.resubmit(refused, renewed, place) }
            let restarted = try await find(id, world)
            #expect(restarted.state == .receivingSchool && restarted.dueOn.iso == "2026-10-28")
            try await world.transfers { try $0.withdraw(restarted) }
            let crypto = world.crypto
            let steps = try await world.database.read { db in
                try CaseStepStore(db: db, crypto: crypto).steps(of: id.rawValue)
            }
            #expect(steps.map(\.action) == [.applied, .passed, .refused, .resubmitted, .withdrawn])
            #expect(steps.map(\.note).contains("班额已满"))
            let gone = await refusal { try await pass(id, world) }
            #expect(gone == "conflict" || gone == "notFound")
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `of two schools that want her one gets her`(on database: TestDatabase) async throws {
        try await World.run(database) { world in
            _ = try await world.add("韦一", to: world.sender.classes[2024]!)
            let own = await refusal { _ = try await apply(try claim(), to: world.sender, world) }
            #expect(own == "invalid studentNumber")
            let (near, far) = (
                try await apply(try claim(), to: world.neighbour, world),
                try await apply(try claim(), to: world.receiver, world)
            )
            for id in [near, far, near, far] { try await pass(id, world) }
            #expect(try await pass(near, world))
            #expect(try await find(far, world).state == .refused)
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `lists wait at the place whose turn it is`(on database: TestDatabase) async throws {
        try await World.run(database) { world in
            _ = try await world.add("韦一", to: world.sender.classes[2024]!)
            let id = try await apply(try claim(), to: world.receiver, world), crypto = world.crypto
            let (to, from) = (world.receiver.organisation.path, world.sender.organisation.path)
            let units = try await world.database.read { db in
                try [world.receiver, world.sender].map { try ManagementUnit.of($0.organisation, db).path }
            }
            func waits(_ schools: [OrganisationPath], _ approving: [OrganisationPath]) async throws -> Bool {
                try await world.database.read { db in
                    try !TransferStore(db, crypto).waiting(
                        applying: DataScope(schools), approving: DataScope(approving), limit: 9
                    ).isEmpty
                }
            }
            func turns() async throws -> [Bool] {
                [
                    try await waits([to], []), try await waits([], [units[0]]), try await waits([from], []),
                    try await waits([], [units[1]]),
                ]
            }
            for step in 0..<4 {
                #expect(try await turns() == (0..<4).map { $0 == step })
                let visible = await refusal {
                    _ = try await world.database.read { db in
                        try TransferStore(db, crypto).find(id, within: DataScope([from]))
                    }
                }
                #expect(visible == (step < 2 ? "notFound" : "done"))
                try await pass(id, world)
            }
            #expect(try await turns() == [false, false, false, false])
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `number and words are sealed, and no number is in the audit log`(on database: TestDatabase) async throws {
        try await World.run(database) { world in
            _ = try await apply(try claim(), to: world.receiver, world)
            let (sealed, entries) = try await world.database.read { db in
                (
                    try db.value("SELECT sealed FROM school_affairs_transfer", as: [UInt8].self),
                    try AuditLog.list(within: .everything, action: "transfer.", limit: 9, on: db)
                )
            }
            let text = String(decoding: sealed ?? [], as: UTF8.self)
            #expect(!text.isEmpty && !text.contains(World.boy) && !text.contains("务工"))
            #expect(entries.count == 1 && entries.allSatisfy { !$0.detail.contains("0809") })
        }
    }
}
