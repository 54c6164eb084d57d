import Database
import Kernel
import Platform
import TestKit
import Testing

@testable import Directory

@Suite("Guardians") struct GuardianshipServiceTests {
    private static func phone(_ text: String = GuardianWorld.phone) throws -> PersonIdentifier {
        try PersonIdentifier(.phone, text)
    }

    @Test(arguments: TestDatabase.allCases)
    func `a sibling's guardian is offered, bound and given her name, not entered twice`(
        on database: TestDatabase
    ) async throws {
        try await GuardianWorld.run(database) { made in
            let sibling = made.child(made.sibling)
            let offered = try await made.write {
                try $0.add(
                    NewGuardian(name: "李梅", relation: "2", numbers: [try Self.phone()]), of: sibling)
            }
            #expect(offered == .known(children: ["韦一"]))
            #expect(try await made.guardians(of: made.sibling).isEmpty)
            let done = try await made.write {
                try $0.add(
                    NewGuardian(name: "李梅", relation: "2", order: 1, numbers: [try Self.phone()]), of: sibling,
                    isSame: true)
            }
            #expect(done == .done)
            let own = try #require(try await made.guardians(of: made.sibling).first)
            #expect(own.guardian == made.mother && own.guardianName == "李梅" && own.relationTitle == "母亲")
            #expect(own.order == 1 && own.isConfirmed && own.decidedBy == "李校长" && own.from == RosterWorld.today)
            let children = try await made.read { try $0.children(of: made.mother, on: RosterWorld.today) }
            #expect(Set(children.map(\.child)) == [made.child, made.sibling])
            #expect(made.hearer.children == [made.sibling])
            let again = await made.problem {
                _ = try $0.add(
                    NewGuardian(name: "李梅", relation: "2", numbers: [try Self.phone()]), of: sibling, isSame: true)
            }
            #expect(again == "conflict")
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `a number of somebody else, of the child, or no relation is refused`(on database: TestDatabase) async throws {
        try await GuardianWorld.run(database) { made in
            let child = made.child(), number = try PersonIdentifier(.phone, "19900000009")
            _ = try await made.write {
                try $0.add(NewGuardian(name: "韦大", relation: "1", numbers: [number]), of: child)
            }
            let other = await made.problem {
                _ = try $0.add(NewGuardian(name: "黄河", relation: "1", numbers: [number]), of: made.child(made.sibling))
            }
            let own = await made.problem {
                let number = try PersonIdentifier(.studentNumber, GuardianWorld.studentNumber)
                _ = try $0.add(NewGuardian(name: "韦一", relation: "1", numbers: [number]), of: child)
            }
            let relation = await made.problem {
                _ = try $0.add(NewGuardian(name: "黄河", relation: "77", numbers: []), of: child)
            }
            #expect([other, own, relation] == ["phone", "documentNumber", "relation"])
            #expect(try await made.guardians().count == 2)
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `there is one first guardian; correcting keeps the relation, ending ends it and no more`(
        on database: TestDatabase
    ) async throws {
        try await GuardianWorld.run(database) { made in
            let child = made.child()
            let mother = try #require(try await made.guardians().first)
            try await made.write { try $0.correct(mother.id, "2", order: 1, of: child) }
            _ = try await made.write {
                try $0.add(
                    NewGuardian(
                        name: "韦大", relation: "1", order: 1, numbers: [try PersonIdentifier(.phone, "19900000002")]),
                    of: child)
            }
            let both = try await made.guardians()
            #expect(both.map(\.guardianName) == ["韦大", "韦一家长"] && both.map(\.order) == [1, nil])
            #expect(both.last?.id == mother.id && both.last?.relation == "2")
            try await made.write { try $0.end(mother.id, of: child) }
            #expect(try await made.guardians().map(\.guardianName) == ["韦大"])
            #expect(try await made.guardians(on: RosterWorld.today.adding(days: -1)).map(\.id) == [mother.id])
            let again = await made.problem { try $0.end(mother.id, of: child) }
            let stranger = await made.problem {
                try $0.correct(both[0].id, "1", order: nil, of: made.child(made.sibling))
            }
            #expect([again, stranger] == ["notFound", "notFound"])
            let entries = try await made.world.database.read {
                try AuditLog.of(subject: made.child.rawValue, limit: 9, on: $0)
            }
            #expect(
                entries.map(\.action) == [
                    "guardian.ended", "guardian.added", "guardian.numbers_told", "guardian.corrected", "pupil.added",
                    "guardian.added",
                ])
            #expect(entries.allSatisfy { !$0.detail.contains("1990000") })
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `a declaration is pending until the school decides, and gives nothing before`(
        on database: TestDatabase
    ) async throws {
        try await GuardianWorld.run(database) { made in
            let stranger = made.world.stranger, child = made.child()
            let number = try PersonIdentifier(.studentNumber, GuardianWorld.studentNumber)
            try await made.write { try $0.declare(number, named: "韦一", "1", by: stranger) }
            let pending = try #require(try await made.guardians().last)
            #expect(
                pending.state == .pending && pending.guardian == stranger && !pending.givesAccess(on: RosterWorld.today)
            )
            let seen = try await made.read { store in
                (
                    try store.wards(of: stranger, on: RosterWorld.today).count,
                    try store.schools(of: [stranger], on: RosterWorld.today).count,
                    try store.confirmedGuardians(of: [made.child], on: RosterWorld.today)[made.child]?.map(\.id)
                )
            }
            #expect(seen.0 == 0 && seen.1 == 0 && seen.2 == [made.mother])
            let data = DirectoryPersonalData(database: made.world.database, crypto: made.world.crypto)
            let told = try await data.items(of: stranger).filter { $0.group == "家庭" }
            #expect(told.map(\.label) == ["申报孩子"])
            #expect(made.hearer.children.isEmpty)

            let later = RosterWorld.now.adding(days: 3)
            try await made.write(at: later) { try $0.confirm(pending.id, of: child) }
            let confirmed = try #require(try await made.guardians(on: later.day).last)
            #expect(confirmed.id == pending.id && confirmed.from == later.day && confirmed.givesAccess(on: later.day))
            #expect(made.hearer.children == [made.child])
            let twice = await made.problem { try $0.refuse(pending.id, "不是", of: child) }
            #expect(twice == "conflict")
            let known = try await data.items(of: stranger).filter { $0.group == "家庭" }.map(\.value)
            #expect(known.contains { $0.hasPrefix("韦一，父亲") })
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `what is refused never was, can be declared again, and says why`(on database: TestDatabase) async throws {
        try await GuardianWorld.run(database) { made in
            let stranger = made.world.stranger, child = made.child()
            let number = try PersonIdentifier(.studentNumber, GuardianWorld.studentNumber)
            try await made.write { try $0.declare(number, named: "韦一", "1", by: stranger) }
            let pending = try #require(try await made.guardians().last)
            let mute = await made.problem { try $0.refuse(pending.id, "", of: child) }
            #expect(mute == "reason")
            try await made.write { try $0.refuse(pending.id, "户口簿上没有", of: child) }
            #expect(try await made.guardians().map(\.guardian) == [made.mother])
            let refused = try await made.read { try $0.refused(to: stranger, since: RosterWorld.now) }
            #expect(refused.map(\.reason) == ["户口簿上没有"])
            try await made.write { try $0.declare(number, named: "韦一", "1", by: stranger) }
            #expect(try await made.guardians().count == 2)
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `a declaration tells nobody whether there is such a pupil, and there are few in a day`(
        on database: TestDatabase
    ) async throws {
        try await GuardianWorld.run(database) { made in
            let stranger = made.world.stranger
            let known = try PersonIdentifier(.studentNumber, GuardianWorld.studentNumber)
            let unknown = try PersonIdentifier(.studentNumber, "G" + RosterWorld.girl)
            try await made.born("2008-10-10", made.child)
            try await made.write { service in
                try service.declare(unknown, named: "韦一", "1", by: stranger)
                try service.declare(known, named: "韦二", "1", by: stranger)
                // Of age by now.
                try service.declare(known, named: "韦一", "1", by: stranger)
                // Her own number.
                try service.declare(known, named: "韦一", "1", by: made.child)
            }
            #expect(try await made.guardians().count == 1)
            #expect(try await made.read { try $0.claims(by: stranger).count } == 3)
            try await made.born("2008-10-11", made.child)
            try await made.write { service in
                try service.declare(known, named: "韦 一", "1", by: stranger)
                try service.declare(known, named: "韦一", "1", by: stranger)
            }
            #expect(try await made.guardians().count == 2)
            let sixth = await made.problem { try $0.declare(unknown, named: "韦一", "1", by: stranger) }
            #expect(sixth == "conflict")
            let later = RosterWorld.now.adding(days: GuardianshipService.claimDays + 1)
            try await made.write(at: later) { try $0.declare(unknown, named: "韦一", "1", by: stranger) }
            #expect(try await made.read { try $0.claims(by: stranger).count } == 1)
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `the same declaration sent twice at once is one declaration, and both are answered calmly`(
        on database: TestDatabase
    ) async throws {
        try await GuardianWorld.run(database) { made in
            let stranger = made.world.stranger
            let number = try PersonIdentifier(.studentNumber, GuardianWorld.studentNumber)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<4 {
                    group.addTask { try await made.write { try $0.declare(number, named: "韦一", "1", by: stranger) } }
                }
                try await group.waitForAll()
            }
            #expect(try await made.guardians().filter { $0.state == .pending }.count == 1)
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `another school binds no one whom it does not know by name, and writes to nobody it does not keep alone`(
        on database: TestDatabase
    ) async throws {
        try await GuardianWorld.run(database) { made in
            let world = made.world, crypto = world.crypto, stranger = world.stranger
            let far = try await world.open(1, stage: .junior, at: world.junior)
            let pupil = try await world.add("黄三", to: far)
            let child = GuardianshipService.Child(id: pupil, name: "黄三", place: world.junior.path)
            // The stand-in of the other school's phone.
            let unnamed = await made.problem {
                _ = try $0.add(
                    NewGuardian(name: "李梅", relation: "2", numbers: [try Self.phone()]), of: child, isSame: true)
            }
            #expect(unnamed == "phone")
            // Named by her own school, she is bound, and nothing of hers is written.
            let document = try PersonIdentifier(.citizenNumber, RosterWorld.girl)
            _ = try await made.world.database.write { db in
                try PersonFactStore(db, crypto).change(
                    ["name": "李梅"], of: made.mother, from: RosterWorld.today,
                    source: FactSource(.school, reference: "", at: RosterWorld.now, by: "李校长"))
            }
            let bound = try await made.write {
                try $0.add(
                    NewGuardian(name: "李梅", relation: "2", numbers: [try Self.phone(), document]), of: child,
                    isSame: true)
            }
            #expect(bound == .done)
            let kinds = try await world.database.read {
                try PersonIdentifierStore($0, crypto).kinds(of: [made.mother])[made.mother]
            }
            #expect(kinds == [.phone])
            // Nobody decides about herself.
            let own = await made.problem(as: stranger) { service in
                let number = try PersonIdentifier(.studentNumber, GuardianWorld.studentNumber)
                try service.declare(number, named: "韦一", "1", by: stranger)
                let pending = try GuardianshipStore(service.db).open(stranger, made.child)
                try service.confirm(try #require(pending).id, of: made.child())
            }
            #expect(own == "forbidden")
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `a phone binds a guardian of a sibling at the school, waits for all others, and brings no one back`(
        on database: TestDatabase
    ) async throws {
        try await GuardianWorld.run(database) { made in
            let world = made.world, far = try await world.open(1, stage: .junior, at: world.junior)
            let mother = try #require(try await made.guardians().first)
            func enter(_ name: String, _ group: ClassGroup) async throws -> ID<Person> {
                try await world.pupils {
                    try $0.add(
                        NewPupil(name: name, guardianPhone: try Self.phone()), to: group, from: RosterWorld.start)
                }
            }
            let sibling = try await enter("韦三", made.classGroup), other = try await enter("黄三", far)
            #expect(try await made.guardians(of: sibling).map(\.state) == [.confirmed])
            #expect(try await made.guardians(of: other).map(\.state) == [.pending])
            try await made.write { try $0.end(mother.id, of: made.child()) }
            try await world.pupils { try $0.end(made.child, in: made.classGroup, on: RosterWorld.today, .other) }
            let numbers = [try PersonIdentifier(.studentNumber, GuardianWorld.studentNumber)]
            var field: String?
            do {
                _ = try await world.pupils {
                    try $0.add(
                        NewPupil(name: "韦一", identifiers: numbers, guardianPhone: try Self.phone()),
                        to: made.classGroup,
                        from: RosterWorld.today)
                }
            } catch DomainError.invalid(let problems) { field = problems.first?.field }
            #expect(field == "guardianPhone")
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `a pupil in 休学 can be declared, one's own child is not declared twice, and what nobody decides lapses`(
        on database: TestDatabase
    ) async throws {
        try await GuardianWorld.run(database) { made in
            let stranger = made.world.stranger, mother = made.mother
            let number = try PersonIdentifier(.studentNumber, GuardianWorld.studentNumber)
            try await made.world.pupils {
                try $0.suspend(made.child, in: made.classGroup, on: RosterWorld.today.adding(days: -3))
            }
            try await made.write { service in
                try service.declare(number, named: "韦一", "1", by: stranger)
                try service.declare(number, named: "韦一", "2", by: mother)
            }
            #expect(try await made.guardians().map(\.state) == [.confirmed, .pending])
            let waiting = try await made.read { try $0.pending(at: made.world.primary.id, on: RosterWorld.today) }
            #expect(waiting.map(\.0.guardian) == [stranger] && waiting.map(\.classGroup) == [made.classGroup.id])
            try await made.write(at: RosterWorld.now.adding(days: 30)) { try $0.lapse() }
            #expect(try await made.guardians().count == 2)
            try await made.write(at: RosterWorld.now.adding(days: 31)) { try $0.lapse() }
            #expect(try await made.guardians().map(\.guardian) == [mother])
            let told = try await made.read { try $0.refused(to: stranger, since: RosterWorld.now) }
            #expect(told.map(\.reason) == ["30 天内没有核对，可以重新申报"])
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `a child of age has no guardian any more who may see her`(on database: TestDatabase) async throws {
        try await GuardianWorld.run(database) { made in
            let today = RosterWorld.today
            func access() async throws -> [Bool] {
                try await made.read { store in
                    [
                        try !store.wards(of: made.mother, on: today).isEmpty,
                        try store.schools(of: [made.mother], on: today)[made.mother] == [made.world.primary.id],
                        try store.children(of: made.mother, on: today)[0].givesAccess(on: today),
                    ]
                }
            }
            #expect(try await access() == [true, true, true])
            try await made.born("2008-10-11", made.child)
            #expect(try await access() == [true, true, true])
            try await made.born("2008-10-10", made.child)
            #expect(try await access() == [false, false, false])
            #expect(try await made.guardians()[0].isOfAge(on: today))
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `the schools of a guardian follow her child through 休学, transfer and departure`(
        on database: TestDatabase
    ) async throws {
        try await GuardianWorld.run(database) { made in
            let world = made.world, child = made.child, mother = made.mother, today = RosterWorld.today
            func schools() async throws -> Set<OrganisationID>? {
                try await made.read { try $0.schools(of: [mother], on: today)[mother] }
            }
            let junior = try await world.open(1, stage: .junior, at: world.junior)
            try await world.pupils { try $0.suspend(child, in: made.classGroup, on: today.adding(days: -5)) }
            #expect(try await schools() == [world.primary.id])
            try await world.pupils { try $0.enrol(child, in: made.classGroup, from: today.adding(days: -3)) }
            try await world.pupils { try $0.move(child, from: made.classGroup, to: junior, on: today) }
            #expect(try await schools() == [world.junior.id])
            try await world.pupils { try $0.end(child, in: junior, on: today, .other) }
            #expect(try await schools() == nil)
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `of two records of one guardian the confirmed relation goes on`(on database: TestDatabase) async throws {
        try await GuardianWorld.run(database) { made in
            let crypto = made.world.crypto, mother = made.mother, stranger = made.world.stranger
            let number = try PersonIdentifier(.studentNumber, GuardianWorld.studentNumber)
            try await made.write { try $0.declare(number, named: "韦一", "1", by: stranger) }
            _ = try await made.world.database.write { db in
                try PersonMergeService(db, crypto, by: RosterWorld.actor, now: RosterWorld.now).merge(
                    mother, into: stranger)
            }
            let left = try await made.guardians()
            #expect(left.map(\.guardian) == [stranger] && left.map(\.state) == [.confirmed])
        }
    }
}
