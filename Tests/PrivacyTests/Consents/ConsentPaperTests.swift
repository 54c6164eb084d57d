import Database
import Directory
import Kernel
import Platform
import TestKit
import Testing
import Web

@testable import Privacy

@Suite("纸质同意书")
struct ConsentPaperTests {
    private static let september = "2026-09-20"

    private func enter(
        _ values: [(String, String)], _ world: ConsentWorld, as clerk: ClassConsents.Clerk = .homeroomTeacher
    ) async throws -> Int {
        let crypto = world.crypto, classGroup = world.classGroup
        return try await world.database.write { db in
            var consents = try ClassConsents(
                classGroup, showing: nil, on: ConsentWorld.today, db, crypto, ConsentWorld.NoAccounts())
            consents.clerk = clerk
            let paper = try ConsentPaper(FormValues(values.map { (name: $0.0, value: $0.1) }), consents)
            let actor = AuditActor(id: nil, name: "王老师", address: "")
            return try ConsentService(db, crypto, by: actor, now: ConsentWorld.noon).enter(paper, of: consents)
        }
    }

    private func other(_ child: ID<Person>, _ name: String) -> [(String, String)] {
        [
            (ConsentPaper.signerField(child), ConsentPaper.otherSigner), (ConsentPaper.nameField(child), name),
            (ConsentPaper.relationField(child), CodeLists.guardianRelation.codes[0].code),
        ]
    }

    /// A paper of one child for 作品展示.
    private func paper(
        _ word: String, of child: ID<Person>, by signer: ID<Person>, on day: String = september, version: String = ""
    ) -> [(String, String)] {
        [
            ("signedOn", day), (ConsentPaper.field(child, "works"), word),
            (ConsentPaper.signerField(child), signer.rawValue), (ConsentPaper.versionField("works"), version),
        ]
    }

    private func answers(_ child: ID<Person>, _ world: ConsentWorld) async throws -> [ConsentAnswer] {
        let crypto = world.crypto
        return try await world.database.read {
            try ConsentAnswerStore($0, crypto).answers(about: child, on: ConsentWorld.today)
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `papers are entered once, by the day and age on the paper`(on database: TestDatabase) async throws {
        try await ConsentWorld.run(database) { (world: ConsentWorld) async throws in
            let alone = try await world.pupil("甲同学"), two = try await world.pupil("乙同学")
            let grown = try await world.pupil("丙同学", born: "2012-09-10")
            let mother = try await world.guardian("乙母", of: two)
            _ = try await world.guardian("乙父", of: two)
            func form(_ day: String, signer: String = "") -> [(String, String)] {
                [
                    ("signedOn", day), (ConsentPaper.field(alone, "works"), "yes"),
                    (ConsentPaper.field(two, "works"), "yes"), (ConsentPaper.signerField(two), signer),
                    (ConsentPaper.field(grown, "works"), "yes"), (ConsentPaper.field(alone, "home-school"), "no"),
                ] + other(alone, "甲奶奶")
            }
            await #expect(throws: DomainError.self) {
                try await enter(form("2026-10-11", signer: mother.rawValue), world)
            }
            await #expect(throws: DomainError.self) {
                try await enter(form("2026-08-31", signer: mother.rawValue), world)
            }
            await #expect(throws: DomainError.self) { try await enter(form("2026-09-20"), world) }
            #expect(try await enter(form("2026-09-20", signer: mother.rawValue), world) == 4)
            #expect(try await enter(form("2026-09-20", signer: mother.rawValue), world) == 0)
            for child in [alone, two, grown] { #expect(try await world.standing(of: child) == .allowed) }
            let unnamed = try await answers(alone, world), own = try await answers(grown, world)
            #expect(unnamed.allSatisfy { $0.witnessName == "王老师" && $0.channel == .paper && $0.said.giver == nil })
            #expect(unnamed.allSatisfy { $0.giverName == "甲奶奶" && $0.signerRelation != nil })
            #expect(own.map(\.said.capacity) == [.pupil])
            let ages = try await world.database.read {
                try $0.column("SELECT age FROM privacy_consent_answer WHERE age IS NOT NULL", as: Int.self)
            }
            #expect(ages == [14])
            // What was said on a page later than the paper stands against a paper that is entered late.
            try await world.say(.withdrawn, version: nil, about: two, by: mother)
            _ = try await enter(form("2026-10-01", signer: mother.rawValue), world)
            #expect(try await world.standing(of: two) == .refused)
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `on one day a refusal on either way wins over a yes`(on database: TestDatabase) async throws {
        try await ConsentWorld.run(database) { (world: ConsentWorld) async throws in
            let child = try await world.pupil("甲同学"), mother = try await world.guardian("甲母", of: child)
            let today = ConsentWorld.today.iso
            try await world.say(.yes, about: child, by: mother, at: ConsentWorld.noon.adding(seconds: -60))
            try await world.say(.withdrawn, version: nil, about: child, by: mother)
            _ = try await enter(paper("yes", of: child, by: mother, on: today), world)
            #expect(try await world.standing(of: child) == .refused)
            let second = try await world.pupil("乙同学"), father = try await world.guardian("乙父", of: second)
            try await world.say(.yes, about: second, by: father)
            #expect(try await enter(paper("no", of: second, by: father, on: today), world) == 1)
            #expect(try await world.standing(of: second) == .refused)
            // Who reads of it and agrees then has spoken after she signed.
            try await world.say(.yes, about: second, by: father, at: ConsentWorld.noon.adding(seconds: 60))
            #expect(try await world.standing(of: second) == .allowed)
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `an entry is corrected as often as it takes`(on database: TestDatabase) async throws {
        try await ConsentWorld.run(database) { (world: ConsentWorld) async throws in
            let child = try await world.pupil("甲同学"), mother = try await world.guardian("甲母", of: child)
            for word in ["no", "yes", "no", "yes"] {
                #expect(try await enter(paper(word, of: child, by: mother), world) == 1, "\(word)")
                #expect(try await enter(paper(word, of: child, by: mother), world) == 0, "\(word)")
                #expect(try await world.standing(of: child) == (word == "yes" ? .allowed : .refused))
            }
            // Another day is another paper.
            #expect(try await enter(paper("no", of: child, by: mother, on: "2026-09-25"), world) == 1)
            #expect(try await world.standing(of: child) == .refused)
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `the paper of somebody else is not the word of the guardian on record`(
        on database: TestDatabase
    ) async throws {
        try await ConsentWorld.run(database) { (world: ConsentWorld) async throws in
            let child = try await world.pupil("甲同学"), mother = try await world.guardian("甲母", of: child)
            let words = [("signedOn", ConsentPaperTests.september), (ConsentPaper.field(child, "works"), "yes")]
            await #expect(throws: DomainError.self) { try await enter(words, world) }
            await #expect(throws: DomainError.self) { try await enter(words + other(child, ""), world) }
            try await world.say(.no, about: child, by: mother, at: Timestamp(startOf: ConsentWorld.start))
            #expect(try await enter(words + other(child, "甲父"), world) == 1)
            #expect(try await world.standing(of: child) == .refused)
            let second = try await world.pupil("乙同学"), parent = try await world.guardian("乙母", of: second)
            try await world.say(.yes, about: second, by: parent, at: Timestamp(startOf: ConsentWorld.start))
            let refusal = [("signedOn", ConsentPaperTests.september), (ConsentPaper.field(second, "works"), "no")]
            #expect(try await enter(refusal + other(second, "乙父"), world) == 1)
            // The consent of one stranger does not take the place of another's refusal.
            let agreed = [("signedOn", "2026-09-21"), (ConsentPaper.field(second, "works"), "yes")]
            #expect(try await enter(agreed + other(second, "乙奶奶"), world) == 1)
            #expect(try await world.standing(of: second) == .refused)
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `the version is that on the slip`(on database: TestDatabase) async throws {
        try await ConsentWorld.run(database) { (world: ConsentWorld) async throws in
            let child = try await world.pupil("甲同学"), mother = try await world.guardian("甲母", of: child)
            try await world.publish("works", 2, on: try #require(LocalDate(iso: "2026-09-15")))
            await #expect(throws: DomainError.self) { try await enter(paper("yes", of: child, by: mother), world) }
            await #expect(throws: DomainError.self) {
                try await enter(paper("yes", of: child, by: mother, on: "2026-09-10", version: "2"), world)
            }
            #expect(try await enter(paper("yes", of: child, by: mother, version: "1"), world) == 1)
            #expect(try await world.standing(of: child) == .askAgain)
            #expect(
                try await enter(paper("yes", of: child, by: mother, on: "2026-09-21", version: "2"), world) == 1)
            #expect(try await world.standing(of: child) == .allowed)
            #expect(try await answers(child, world).map(\.said.version) == [1, 2])
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `who turned 14 after the paper was signed is entered with her guardian`(
        on database: TestDatabase
    ) async throws {
        try await ConsentWorld.run(database) { (world: ConsentWorld) async throws in
            let pupil = try await world.pupil("甲同学", born: "2012-10-01")
            let mother = try await world.guardian("甲母", of: pupil)
            let own = [("signedOn", ConsentPaperTests.september), (ConsentPaper.field(pupil, "works"), "yes")]
            await #expect(throws: DomainError.self) { try await enter(own, world) }
            #expect(try await enter(paper("yes", of: pupil, by: mother), world) == 1)
            #expect(try await world.standing(of: pupil) == .askAgain)
            let late = paper("yes", of: pupil, by: mother, on: "2026-10-05")
            await #expect(throws: DomainError.self) { try await enter(late, world) }
            let signed = [("signedOn", "2026-10-05"), (ConsentPaper.field(pupil, "works"), "yes")]
            #expect(try await enter(signed, world) == 1)
            #expect(try await world.standing(of: pupil) == .allowed)
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `without the witness nothing is entered`(on database: TestDatabase) async throws {
        try await ConsentWorld.run(database) { (world: ConsentWorld) async throws in
            let child = try await world.pupil("甲同学"), mother = try await world.guardian("甲母", of: child)
            let values = paper("yes", of: child, by: mother)
            await #expect(throws: DomainError.self) { try await enter(values, world, as: .school) }
            #expect(try await enter(values + [("witnessed", "1")], world, as: .school) == 1)
            try await world.database.write { db in
                try db.execute("UPDATE directory_class_post SET valid_to = \(ConsentWorld.today)")
            }
            await #expect(throws: DomainError.self) { try await enter(values, world) }
            await #expect(throws: DomainError.self) { try await enter([("signedOn", "2026-09-20")], world) }
        }
    }
}
