import Database
import Kernel
import Platform
import TestKit
import Testing

@testable import Directory

/// Two records of one person become one, and two again, on both databases.
@Suite("Merging people")
struct PersonMergeTests {
    @Test("Everything goes to the surviving record, and both histories stay", arguments: TestDatabase.allCases)
    func merge(_ database: TestDatabase) async throws {
        try await MergeWorld.run(database) { made in
            let (kept, gone, world) = (made.numbered, made.typed, made.world)
            _ = try await made.merging { try $0.merge(gone, into: kept, MergeChoice(facts: ["birthDate"])) }

            let facts = try await made.facts(of: kept)
            #expect(facts["name"]?.value == "黄小芳")
            #expect(facts["birthDate"]?.value == "2008-10-01")
            #expect(facts["birthDate"]?.source.kind == .school)
            #expect(facts["health"]?.source.kind == .roll)
            #expect(facts["currentAddress"]?.value == "华石镇")
            #expect(try await made.facts(of: gone)["name"]?.value == "黄晓芳")

            #expect(try await made.holder(.studentNumber, "G" + RosterWorld.girl) == kept)
            #expect(try await made.holder(.citizenNumber, RosterWorld.girl) == kept)
            #expect(try await world.members(of: made.classGroup) == ["黄小芳"])
            #expect(try await world.members(of: made.other) == [])
            let guardians = try await world.database.read {
                try GuardianshipStore($0).confirmedGuardians(of: [kept], on: RosterWorld.today)[kept] ?? []
            }
            #expect(guardians.map(\.name) == ["黄晓芳家长"])
            let history = try await world.database.read { try EnrolmentStore($0).history(of: kept) }
            #expect(history.count == 2)
            let merges = try await world.database.read { try PersonMergeStore($0).merges(of: kept) }
            #expect(merges.map(\.from) == [gone])
        }
    }

    @Test("Undone, every row is as it was", arguments: TestDatabase.allCases)
    func undo(_ database: TestDatabase) async throws {
        try await MergeWorld.run(database) { made in
            let (kept, gone) = (made.numbered, made.typed)
            let before = try await made.rows()
            for choice in [
                MergeChoice(),
                MergeChoice(facts: ["name", "birthDate"], numbers: [.citizenNumber], takesEnrolment: true),
            ] {
                let id = try await made.merging { try $0.merge(gone, into: kept, choice) }
                let during = try await made.rows()
                #expect(during != before)
                try await made.merging { try $0.undo(id) }
                let after = try await made.rows()
                #expect(after == before)
            }
        }
    }

    @Test("The class of the record that goes can hold", arguments: TestDatabase.allCases)
    func enrolment(_ database: TestDatabase) async throws {
        try await MergeWorld.run(database) { made in
            let (kept, gone, world) = (made.numbered, made.typed, made.world)
            _ = try await made.merging { try $0.merge(gone, into: kept, MergeChoice(takesEnrolment: true)) }
            #expect(try await world.members(of: made.other) == ["黄小芳"])
            #expect(try await world.members(of: made.classGroup) == [])
            // Until the other class began she was in the first.
            #expect(try await world.members(of: made.classGroup, on: RosterWorld.start) == ["黄小芳"])
        }
    }

    @Test("Of two first guardians one stays first, and undone both are", arguments: TestDatabase.allCases)
    func firstGuardians(_ database: TestDatabase) async throws {
        try await MergeWorld.run(database) { made in
            let (kept, gone, world) = (made.numbered, made.typed, made.world)
            func orders(_ child: ID<Person>) async throws -> [String: Int?] {
                let all = try await world.database.read { try GuardianshipStore($0).open(of: [child])[child] ?? [] }
                return Dictionary(uniqueKeysWithValues: all.map { ($0.guardianName, $0.order) })
            }
            try await world.database.write { db in
                let store = GuardianshipStore(db), people = PersonStore(db)
                try db.execute("UPDATE directory_guardianship SET ordinal = 1 WHERE child_id = \(gone)")
                for (name, child, order, state) in [
                    ("黄父", kept, 1, GuardianshipState.confirmed), ("黄叔", kept, 2, .pending),
                    ("黄姑", gone, 2, .confirmed),
                ] {
                    let guardian = try people.insert(name: name, at: RosterWorld.now)
                    try store.insert(
                        [NewGuardianship(guardian: guardian, child: child, order: order)], state, .school,
                        from: RosterWorld.start, by: "李校长", at: RosterWorld.now)
                }
            }
            let (own, other) = (try await orders(kept), try await orders(gone))
            let first = try await made.merging { try $0.merge(gone, into: kept) }
            // The record that stays says who is first; whom the school stands by goes before whoever only declared herself.
            #expect(try await orders(kept) == ["黄父": 1, "黄晓芳家长": nil, "黄姑": 2, "黄叔": nil])
            try await made.merging(at: RosterWorld.now.adding(seconds: 90)) { try $0.undo(first) }
            #expect(try await orders(kept) == own)
            #expect(try await orders(gone) == other)
            // What somebody told since keeps it from being undone.
            let second = try await made.merging(at: RosterWorld.now.adding(seconds: 120)) {
                try $0.merge(gone, into: kept)
            }
            try await world.database.write { db in
                let all = try GuardianshipStore(db).open(of: [kept])[kept] ?? []
                let uncle = try #require(all.first { $0.guardianName == "黄叔" })
                try GuardianshipStore(db).set(nil, 1, of: uncle.id, at: RosterWorld.now.adding(seconds: 150))
            }
            await #expect(throws: DomainError.self) {
                try await made.merging(at: RosterWorld.now.adding(seconds: 180)) { try $0.undo(second) }
            }
        }
    }

    @Test("A number that is not taken still leads to her", arguments: TestDatabase.allCases)
    func numbers(_ database: TestDatabase) async throws {
        try await MergeWorld.run(database) { made in
            let (kept, gone, crypto) = (made.numbered, made.typed, made.world.crypto)
            let boy = try PersonIdentifier(.studentNumber, "G" + RosterWorld.boy)
            try await made.world.database.write {
                try PersonIdentifierStore($0, crypto).set(boy, of: gone, by: "李校长", at: RosterWorld.now)
            }
            let before = try await made.rows()
            let id = try await made.merging { try $0.merge(gone, into: kept, MergeChoice(numbers: [.studentNumber])) }
            let masks = try await made.world.database.read {
                try PersonIdentifierStore($0, crypto).masked(of: [kept, gone])
            }
            #expect(masks[kept]?[.studentNumber]?.hasSuffix("14") == true)
            #expect(masks[gone]?[.studentNumber]?.hasSuffix("22") == true)
            #expect(try await made.holder(.studentNumber, "G" + RosterWorld.girl) == kept)
            try await made.merging { try $0.undo(id) }
            #expect(try await made.rows() == before)
        }
    }

    @Test("What changed since keeps a merge from being undone", arguments: TestDatabase.allCases)
    func laterChange(_ database: TestDatabase) async throws {
        try await MergeWorld.run(database) { made in
            let (kept, gone, world) = (made.numbered, made.typed, made.world)
            let id = try await made.merging { try $0.merge(gone, into: kept) }
            try await made.tell(["talent": "书法"], of: kept, .own)
            let problem = await #expect(throws: DomainError.self) { try await made.merging { try $0.undo(id) } }
            guard case .conflict = problem else { return #expect(Bool(false), "\(String(describing: problem))") }
            // Nothing was done by half.
            #expect(try await world.members(of: made.classGroup) == ["黄小芳"])
            #expect(try await made.holder(.citizenNumber, RosterWorld.girl) == kept)
        }
    }

    @Test("A later merge is undone first", arguments: TestDatabase.allCases)
    func chain(_ database: TestDatabase) async throws {
        try await MergeWorld.run(database) { made in
            let (kept, gone, teacher) = (made.numbered, made.typed, made.world.teacher)
            let before = try await made.rows()
            func later(_ seconds: Int64) -> Timestamp { RosterWorld.now.adding(seconds: seconds) }
            let first = try await made.merging(at: later(60)) { try $0.merge(gone, into: kept) }
            let second = try await made.merging(at: later(120)) { try $0.merge(kept, into: teacher) }
            #expect(try await made.holder(.citizenNumber, RosterWorld.girl) == teacher)
            await #expect(throws: DomainError.self) {
                try await made.merging(at: later(180)) { try $0.undo(first) }
            }
            try await made.merging(at: later(240)) { try $0.undo(second) }
            try await made.merging(at: later(300)) { try $0.undo(first) }
            #expect(try await made.rows() == before)
            await #expect(throws: DomainError.self) {
                try await made.merging(at: later(360)) { try $0.undo(first) }
            }
        }
    }

    @Test("A guardian and her child are two people", arguments: TestDatabase.allCases)
    func related(_ database: TestDatabase) async throws {
        try await MergeWorld.run(database) { made in
            let gone = made.typed, phone = try await made.holder(.phone, "13900000001")
            let guardian = try #require(phone)
            await #expect(throws: DomainError.self) { try await made.merging { try $0.merge(guardian, into: gone) } }
            await #expect(throws: DomainError.self) { try await made.merging { try $0.merge(gone, into: gone) } }
        }
    }

    @Test("Whoever merges must be over all places of both", arguments: TestDatabase.allCases)
    func places(_ database: TestDatabase) async throws {
        try await MergeWorld.run(database) { made in
            let (kept, stranger, world) = (made.numbered, made.world.stranger, made.world)
            let found = try await made.merging { (try $0.places(of: kept), try $0.places(of: stranger)) }
            #expect(found.0 == [world.primary.path])
            #expect(found.1 == [world.junior.path])
            let unknown = try await world.database.write { try PersonStore($0).insert(name: "无处", at: RosterWorld.now) }
            #expect(try await made.merging { try $0.places(of: unknown) } == [.city])
        }
    }
}
