import Database
import Kernel
import Platform
import TestKit
import Testing

@testable import Directory

@Suite("Finding people") struct PersonSearchTests {
    @Test
    func `a name is found by every part of it, by initials and by pinyin`() {
        let terms = PersonTerms.terms(of: "单小明")
        #expect(terms == ["单小明", "小明", "明", "sxm", "xm", "m", "shanxiaoming"])
        #expect(PersonTerms.terms(of: "买买提·艾力").contains("买买提艾力"))
        #expect(PersonTerms.key(" Wang　小") == "wang小")
    }

    private func found(
        _ world: RosterWorld, _ text: String, at places: [Organisation], after: PersonSearchStore.Place? = nil,
        limit: Int = 50
    ) async throws -> PersonSearch.Answer {
        let crypto = world.crypto
        return try await world.database.read { db in
            try PersonSearch(db, crypto).find(
                text, within: DataScope(places.map(\.path)), on: RosterWorld.today, after: after, limit: limit)
        }
    }

    private func index(_ world: RosterWorld) async throws {
        try await PersonIndexing(database: world.database).catchUp(now: RosterWorld.now, settled: 0)
    }

    @Test(arguments: TestDatabase.allCases)
    func `found at once and after the index caught up, within the scope only`(_ database: TestDatabase) async throws {
        try await RosterWorld.run(database) { world in
            let classGroup = try await world.open()
            let pupil = try await world.add("孙小明", to: classGroup, studentNumber: "G" + RosterWorld.boy)
            for isIndexed in [false, true] {
                if isIndexed { try await index(world) }
                for text in ["孙小明", "小明", "明", "sxm", "xm", "sunxiao", "G" + RosterWorld.boy] {
                    let here = try await found(world, text, at: [world.primary])
                    #expect(here.found.map(\.entry.person) == [pupil], "\(text) \(isIndexed)")
                    let elsewhere = try await found(world, text, at: [world.junior])
                    #expect(elsewhere.found.isEmpty, "\(text) \(isIndexed)")
                }
                let nothing = try await found(world, "小李", at: [world.primary])
                #expect(nothing.found.isEmpty)
            }
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `a new name replaces the old, a moved pupil is found at the new school`(_ database: TestDatabase) async throws
    {
        try await RosterWorld.run(database) { world in
            let from = try await world.open()
            let target = try await world.open(stage: .junior, at: world.junior)
            let pupil = try await world.add("孙小明", to: from)
            try await index(world)
            let crypto = world.crypto
            try await world.database.write { db in
                let source = FactSource(.change, at: RosterWorld.now.adding(seconds: 1), by: "陈主任")
                try PersonFactStore(db, crypto).change(
                    ["name": "孙大明"], of: pupil, from: RosterWorld.today, source: source)
                let service = EnrolmentService(
                    db, crypto, by: RosterWorld.actor, now: RosterWorld.now.adding(seconds: 1))
                try service.move(pupil, from: from, to: target, on: RosterWorld.today)
            }
            for isIndexed in [false, true] {
                if isIndexed {
                    try await PersonIndexing(database: world.database).catchUp(
                        now: RosterWorld.now.adding(seconds: 2), settled: 0)
                }
                let new = try await found(world, "大明", at: [world.junior])
                #expect(new.found.map(\.entry.person) == [pupil])
                let gone = try await found(world, "大明", at: [world.primary])
                #expect(gone.found.isEmpty)
                let old = try await found(world, "小明", at: [world.primary, world.junior])
                #expect(old.found.isEmpty)
            }
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `pages hold every person once`(_ database: TestDatabase) async throws {
        try await RosterWorld.run(database) { world in
            let classGroup = try await world.open()
            for number in 0..<12 {
                _ = try await world.add("林\(["一", "二", "三", "四"][number % 4])\(number)", to: classGroup)
            }
            try await index(world)
            var seen: [String] = [], after: PersonSearchStore.Place?
            repeat {
                let answer = try await found(world, "林", at: [world.primary], after: after, limit: 5)
                seen += answer.found.map(\.entry.name)
                after = answer.next
            } while after != nil
            #expect(seen.count == 12)
            #expect(Set(seen).count == 12)
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `who left is found where she was last, a guardian where her child is`(_ database: TestDatabase) async throws {
        try await RosterWorld.run(database) { world in
            let classGroup = try await world.open()
            let phone = try PersonIdentifier(.phone, "19900000001")
            let pupil = try await world.pupils {
                try $0.add(
                    NewPupil(name: "孙小明", guardianPhone: phone), to: classGroup, from: RosterWorld.start)
            }
            try await world.pupils { try $0.end(pupil, in: classGroup, on: RosterWorld.today, .withdrawal) }
            try await index(world)
            let answer = try await found(world, "孙小明", at: [world.primary])
            #expect(Set(answer.found.map(\.entry.tie)) == [.formerPupil, .guardian])
            #expect(answer.found.first { $0.entry.person == pupil }?.entry.tie == .formerPupil)
        }
    }
}
