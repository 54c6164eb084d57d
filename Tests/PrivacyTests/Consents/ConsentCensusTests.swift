import Database
import Directory
import Kernel
import TestKit
import Testing

@testable import Privacy

@Suite("同意的统计")
struct ConsentCensusTests {
    /// The same throws in every run.
    private struct Dice: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var mixed = (state ^ (state >> 30)) &* 0xBF58_476D_1CE4_E5B9
            mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
            return mixed ^ (mixed >> 31)
        }
    }

    private static func answers(
        about child: ID<Person>, _ guardians: [(ID<Person>, ID<Guardianship>)], _ dice: inout Dice
    ) -> [NewConsentAnswer] {
        (0..<Int.random(in: 0...5, using: &dice)).map { _ in
            let pupil = Bool.random(using: &dice) && Bool.random(using: &dice)
            let named = guardians.randomElement(using: &dice).flatMap { Bool.random(using: &dice) ? $0 : nil }
            let words: [ConsentAnswer.Word] = [.yes, .yes, .no, .withdrawn]
            let said = ConsentWord(
                pupil ? .pupil : .guardian, giver: pupil ? child : named?.0,
                version: Int.random(in: 1...2, using: &dice),
                word: words.randomElement(using: &dice) ?? .yes,
                signer: pupil || named != nil ? "" : ["甲", "乙"].randomElement(using: &dice) ?? "甲")
            // Some at the very same moment.
            let moment = ConsentWorld.noon.adding(seconds: Int64.random(in: -3...3, using: &dice))
            return NewConsentAnswer(
                child: child, purpose: "works", said: said, guardianship: pupil ? nil : named?.1, channel: .page,
                decidedAt: moment)
        }
    }

    /// Whatever was said by whom: what is counted in the database is what the gate says of each pupil.
    @Test(arguments: TestDatabase.allCases)
    func `the figures are those of the rule, whatever was said`(on database: TestDatabase) async throws {
        try await ConsentWorld.run(database) { (world: ConsentWorld) async throws in
            var dice = Dice(state: 29)
            try await world.publish("works", 2)
            var children: [ID<Person>] = []
            let crypto = world.crypto
            for index in 0..<60 {
                let born = [nil, "2016-05-01", "2012-10-10", "2012-10-11", "2008-10-10"].randomElement(using: &dice)
                let child = try await world.pupil("同学\(index)", born: born ?? nil)
                children.append(child)
                let mother = try await world.guardian("母\(index)", of: child)
                let father = try await world.guardian(
                    "父\(index)", of: child, state: index % 3 == 0 ? .pending : .confirmed)
                // A pending one gives no word and is not ended, but refused.
                let mayEnd = index % 4 == 1 && index % 3 != 0
                let relations = try await world.database.read {
                    try GuardianshipStore($0).open(of: [child])[child] ?? []
                }.filter { [mother, father].contains($0.guardian) }.map { ($0.guardian, $0.id) }
                let answers = ConsentCensusTests.answers(about: child, relations, &dice)
                try await world.database.write { db in
                    try ConsentAnswerStore(db, crypto).add(answers, by: "测试", at: ConsentWorld.noon)
                    guard mayEnd, let ended = relations.last else { return }
                    let place = GuardianshipService.Child(id: child, name: "", place: world.school.path)
                    try GuardianshipService(db, crypto, by: .system, now: ConsentWorld.noon).end(ended.1, of: place)
                    if index % 8 == 1 {
                        try GuardianshipStore(db).insert(
                            [NewGuardianship(guardian: ended.0, child: child)], .confirmed, .school,
                            from: ConsentWorld.today, by: "李校长", at: ConsentWorld.noon)
                    }
                }
            }
            let gate = ConsentGate(crypto: crypto), all = children
            let (counts, standings) = try await world.database.read { db in
                let purpose = try #require(try ConsentPurposeStore(db).find("works", on: ConsentWorld.today))
                let store = ConsentCountStore(db, on: ConsentWorld.today)
                let population = try store.populations("o.id = \(world.school.id)", by: .classGroup)
                let spoken = try store.standings(for: [purpose], "o.id = \(world.school.id)", by: .classGroup)
                let id = world.classGroup.id.rawValue
                return (
                    ConsentCount(try #require(population[id]), spoken[id]?["works"] ?? [:]),
                    try gate.standings(of: all, for: .works, on: ConsentWorld.today, db)
                )
            }
            #expect(counts.pupils == 60)
            for standing in ConsentStanding.allCases {
                let expected = standings.values.count { $0 == standing }
                #expect(counts[standing] == expected && expected > 0, "\(standing)")
            }
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `figures that are kept follow every change, and no page counts twice what did not change`(
        on database: TestDatabase
    ) async throws {
        try await ConsentWorld.run(database) { (world: ConsentWorld) async throws in
            let census = ConsentCensus(), scope = DataScope([world.school.path])
            func count(_ later: Int64 = 0) async throws -> ConsentCount? {
                try await world.database.read { db in
                    let now = ConsentWorld.noon.adding(seconds: later)
                    let purpose = try #require(try ConsentPurposeStore(db).find("works", on: now.day))
                    return try census.counts(within: scope, of: [purpose], at: now, db)[world.school.id]?["works"]
                }
            }
            let child = try await world.pupil("甲同学"), mother = try await world.guardian("甲母", of: child)
            #expect(try await count()?[.notAsked] == 1)
            try await world.say(.yes, about: child, by: mother)
            #expect(try await count()?[.allowed] == 1)
            try await world.end(guardian: mother)
            try await world.database.write { db in
                try db.execute("UPDATE directory_guardianship SET changed_at = \(ConsentWorld.noon)")
            }
            #expect(try await count()?[.askAgain] == 1)
            #expect(try await count()?.population.withoutGuardian == 1)
            _ = try await world.pupil("乙同学")
            #expect(try await count(10)?.pupils == 2)
            try await world.publish("works", 2)
            #expect(try await count(20)?[.askAgain] == 1)
            _ = try await count(1000)
            // A change that bears no stamp is not looked for before the next day.
            try await world.database.write { try $0.execute("DELETE FROM privacy_consent_answer") }
            #expect(try await count(3600)?[.askAgain] == 1)
            #expect(try await count(24 * 3600)?[.notAsked] == 2)
        }
    }
}
