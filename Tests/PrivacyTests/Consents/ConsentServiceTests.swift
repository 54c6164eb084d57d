import Database
import Kernel
import Platform
import TestKit
import Testing
import Web

@testable import Directory
@testable import Privacy

@Suite("同意和撤回")
struct ConsentServiceTests {
    @Test(arguments: TestDatabase.allCases)
    func `a yes opens the gate, its withdrawal shuts it at once, and both stay on record`(
        on database: TestDatabase
    ) async throws {
        try await ConsentWorld.run(database) { (world: ConsentWorld) async throws in
            let child = try await world.pupil("孙同学"), mother = try await world.guardian("孙母", of: child)
            #expect(try await world.standing(of: child) == .notAsked)
            try await world.say(.yes, about: child, by: mother)
            #expect(try await world.standing(of: child) == .allowed)
            #expect(try await world.standing(of: child, for: .images) == .notAsked)
            // The same once more is no second record.
            try await world.say(.yes, about: child, by: mother)
            try await world.say(.withdrawn, version: nil, about: child, by: mother)
            #expect(try await world.standing(of: child) == .refused)
            let crypto = world.crypto
            let (words, addresses, audit) = try await world.database.read { db in
                (
                    try ConsentAnswerStore(db, crypto).answers(about: child, on: ConsentWorld.today)
                        .map(\.said.word),
                    try db.column("SELECT address FROM privacy_consent_answer", as: [UInt8].self),
                    try AuditLog.of(subject: child.rawValue, limit: 9, on: db)
                )
            }
            #expect(words == [.yes, .withdrawn])
            #expect(
                addresses.count == 2 && !addresses.contains { String(decoding: $0, as: UTF8.self).contains("10.1") })
            #expect(
                audit.filter { $0.action.hasPrefix("consent.") }.map(\.action).sorted() == [
                    "consent.given", "consent.withdrawn",
                ])
            #expect(audit.allSatisfy { $0.organisationPath == world.school.path || !$0.action.hasPrefix("consent.") })
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `only who decides on the day may answer, and only to the words in force`(
        on database: TestDatabase
    ) async throws {
        try await ConsentWorld.run(database) { (world: ConsentWorld) async throws in
            let child = try await world.pupil("陈同学", born: "2012-10-11"),
                mother = try await world.guardian("陈母", of: child)
            await #expect(throws: DomainError.self) { try await world.say(.yes, about: child) }
            try await world.say(.yes, about: child, by: mother)
            #expect(try await world.standing(of: child) == .allowed)
            // On the 14th birthday she is asked herself; until then nothing is shown.
            let birthday = ConsentWorld.today.adding(days: 1), noon = ConsentWorld.noon.adding(days: 1)
            #expect(try await world.standing(of: child, on: birthday) == .askAgain)
            await #expect(throws: DomainError.self) { try await world.say(.no, about: child, by: mother, at: noon) }
            try await world.say(.yes, about: child, at: noon)
            #expect(try await world.standing(of: child, on: birthday) == .allowed)
            try await world.publish("works", 2, on: birthday)
            #expect(try await world.standing(of: child, on: birthday) == .askAgain)
            let later = noon.adding(seconds: 60)
            await #expect(throws: DomainError.self) { try await world.say(.yes, about: child, at: later) }
            try await world.say(.yes, version: 2, about: child, at: later)
            #expect(try await world.standing(of: child, on: birthday) == .allowed)
            #expect(try await world.standing(of: child) == .allowed)
            // What is not asked cannot be answered.
            for told in ["roll", "statistics", "nothing"] {
                await #expect(throws: DomainError.self) { try await world.say(.no, told, about: child, at: later) }
            }
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `a pending or ended guardian relation gives no word`(on database: TestDatabase) async throws {
        try await ConsentWorld.run(database) { (world: ConsentWorld) async throws in
            let child = try await world.pupil("周同学"), mother = try await world.guardian("周母", of: child)
            let other = try await world.guardian("周父", of: child, state: .pending)
            try await world.say(.yes, about: child, by: mother)
            let crypto = world.crypto
            let sheet = try await world.database.read { try ConsentSheet(child, on: ConsentWorld.today, $0, crypto) }
            #expect(sheet.guardianships.map(\.guardian) == [mother])
            await #expect(throws: DomainError.self) { try await world.say(.no, about: child, by: other) }
            // Nor does one speak by the relation of another, or for somebody else's child.
            let stranger = try await world.pupil("外同学")
            try await world.database.write { db in
                let relation = try #require(
                    try GuardianshipStore(db).children(of: mother, on: ConsentWorld.today).first)
                let service = ConsentService(db, crypto, by: .system, now: ConsentWorld.noon)
                #expect(throws: DomainError.self) {
                    try service.say(.no, to: "works", version: 1, about: child, by: other, as: relation)
                }
                #expect(throws: DomainError.self) {
                    try service.say(.no, to: "works", version: 1, about: stranger, by: mother, as: relation)
                }
            }
            #expect(try await world.standing(of: child) == .allowed)
            try await world.end(guardian: mother)
            #expect(try await world.standing(of: child) == .askAgain)
            await #expect(throws: DomainError.self) { try await world.say(.no, about: child, by: mother) }
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `nobody is published without a consent, and refusing takes nobody off the roll`(
        on database: TestDatabase
    ) async throws {
        try await ConsentWorld.run(database) { (world: ConsentWorld) async throws in
            let yes = try await world.pupil("甲同学"), no = try await world.pupil("乙同学")
            let silent = try await world.pupil("丙同学")
            try await world.say(.yes, about: yes, by: try await world.guardian("甲母", of: yes))
            try await world.say(.no, about: no, by: try await world.guardian("乙母", of: no))
            let gate = ConsentGate(crypto: world.crypto), classGroup = world.classGroup, day = ConsentWorld.today
            let (shown, members) = try await world.database.read { db in
                let members = try EnrolmentStore(db).members(of: classGroup.id, on: day)
                let people = members.map(\.person)
                return (
                    try PublishablePupil.among(people, for: .works, by: gate, at: ConsentWorld.noon, db),
                    members.map(\.name)
                )
            }
            #expect(shown.map(\.name) == ["甲同学"])
            #expect(Set(members) == ["甲同学", "乙同学", "丙同学"])
            let ended = try await world.database.write { db in
                let purpose = try ConsentPurposeStore(db).find("works", on: day)
                try ConsentPurposeService(db, by: .system, now: ConsentWorld.noon).end(#require(purpose))
                return try PublishablePupil.among([yes, silent], for: .works, by: gate, at: ConsentWorld.noon, db)
            }
            #expect(ended.isEmpty)
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `a service asks for pupils alone, and nothing but a publication passes the gate`(
        on database: TestDatabase
    ) async throws {
        try await ConsentWorld.run(database) { (world: ConsentWorld) async throws in
            let child = try await world.pupil("甲同学"), mother = try await world.guardian("甲母", of: child)
            let gate = ConsentGate(crypto: world.crypto), day = ConsentWorld.today
            func allows(_ person: ID<Person>) async throws -> Bool {
                try await world.database.read { try gate.allows(.wechat, of: person, on: day, $0) }
            }
            #expect(try await allows(mother))
            #expect(try await !allows(child))
            try await world.say(.yes, "wechat", about: child, by: mother)
            #expect(try await allows(child))
            #expect(try await world.standing(of: child, for: PublicationPurpose(rawValue: "wechat")) == nil)
            try await world.say(.withdrawn, "wechat", version: nil, about: child, by: mother)
            #expect(try await !allows(child))
            let use = try await world.database.read { try ConsentUse().use(of: [mother], $0) }
            #expect(use?.contains("甲母") ?? false)
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `what was said by a relation that a school ended stands no more, even when she is a guardian again`(
        on database: TestDatabase
    ) async throws {
        try await ConsentWorld.run(database) { (world: ConsentWorld) async throws in
            let child = try await world.pupil("甲同学"), mother = try await world.guardian("甲母", of: child)
            let father = try await world.guardian("甲父", of: child), crypto = world.crypto
            let place = GuardianshipService.Child(id: child, name: "甲同学", place: world.school.path)
            func change(_ deed: @escaping @Sendable (GuardianshipService, GuardianshipStore) throws -> Void)
                async throws
            {
                try await world.database.write { db in
                    try deed(
                        GuardianshipService(db, crypto, by: .system, now: ConsentWorld.noon), GuardianshipStore(db))
                }
            }
            try await world.say(.yes, about: child, by: mother)
            try await world.say(.no, about: child, by: father)
            for guardian in [mother, father] {
                try await change { service, store in
                    try service.end(try #require(try store.open(guardian, child)).id, of: place)
                    try store.insert(
                        [NewGuardianship(guardian: guardian, child: child)], .confirmed, .school,
                        from: ConsentWorld.today, by: "李校长", at: ConsentWorld.noon)
                }
            }
            // Neither the yes of the one nor the no of the other stands; both stay on record.
            #expect(try await world.standing(of: child) == .askAgain)
            let gate = try await world.database.read {
                try ConsentAnswerStore($0, crypto).answers(about: child, on: ConsentWorld.today).map(\.said.isOver)
            }
            #expect(gate == [true, true])
            await #expect(throws: DomainError.self) {
                try await world.say(.withdrawn, version: nil, about: child, by: mother)
            }
            // She is asked anew, and the same word counts anew.
            let later = ConsentWorld.noon.adding(seconds: 60)
            try await world.say(.yes, about: child, by: mother, at: later)
            #expect(try await world.standing(of: child) == .allowed)
            // On the day before, the relations of then held and the father's word blocks nothing yet.
            #expect(try await world.standing(of: child, on: ConsentWorld.today.adding(days: -1)) == .notAsked)
        }
    }

    // MARK: Own data, retention, merging, figures

    @Test(arguments: TestDatabase.allCases)
    func `erasing takes back what was agreed and keeps the proof`(on database: TestDatabase) async throws {
        try await ConsentWorld.run(database) { (world: ConsentWorld) async throws in
            let child = try await world.pupil("甲同学"), mother = try await world.guardian("甲母", of: child)
            try await world.say(.yes, about: child, by: mother)
            let data = ConsentPersonalData(database: world.database, crypto: world.crypto)
            #expect(try await data.items(of: child).map(\.value) == ["甲母（家长）同意"])
            #expect(try await data.items(of: mother).map(\.group) == ["为甲同学答复"])
            #expect(try await data.erase(child, wholly: false, by: "李校长") == ["对“作品展示”的同意"])
            #expect(try await data.erase(child, wholly: false, by: "李校长").isEmpty)
            // Erasing goes by the clock.
            #expect(try await world.standing(of: child, on: Timestamp.now.day) == .refused)
            #expect(try await data.items(of: child).count == 2)
            #expect(try await data.erase(mother, wholly: true, by: "李校长") == ["答复时的网络地址"])
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `two records of one guardian are one voice once they are merged`(on database: TestDatabase) async throws {
        try await ConsentWorld.run(database) { (world: ConsentWorld) async throws in
            let child = try await world.pupil("甲同学"), mother = try await world.guardian("甲母", of: child)
            let again = try await world.guardian("甲母", of: child), crypto = world.crypto
            try await world.say(.no, about: child, by: again)
            try await world.say(.yes, about: child, by: mother, at: ConsentWorld.noon.adding(seconds: 60))
            #expect(try await world.standing(of: child) == .refused)
            try await world.say(.no, "images", about: child, by: again)
            try await world.database.write { db in
                let service = PersonMergeService(
                    db, crypto, by: .system, now: ConsentWorld.noon.adding(seconds: 120),
                    moving: PrivacyModule.personColumns)
                try service.merge(again, into: mother)
            }
            #expect(try await world.standing(of: child) == .allowed)
            // The relation that the merge ended goes on in the other: what was said by it stands.
            #expect(try await world.standing(of: child, for: .images) == .refused)
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `an answer ends three years after another took its place, a standing one does not`(
        on database: TestDatabase
    ) async throws {
        try await ConsentWorld.run(database) { (world: ConsentWorld) async throws in
            let child = try await world.pupil("甲同学"), mother = try await world.guardian("甲母", of: child)
            let crypto = world.crypto, later = ConsentWorld.noon.adding(days: 10)
            try await world.say(.yes, about: child, by: mother)
            try await world.say(.no, about: child, by: mother, at: later)
            // One at a time, so that pages follow each other.
            let sweep = ConsentSweep(database: world.database, crypto: crypto, atOnce: 1)
            func old(_ moment: Timestamp) async throws -> Int { try await sweep.count(before: moment, sparing: []) }
            #expect(try await old(later) == 0)
            let end = later.adding(days: 1)
            #expect(try await old(end) == 1)
            #expect(try await sweep.count(before: end, sparing: [child]) == 0)
            #expect(try await sweep.delete(before: end, sparing: [], atMost: 1) == 1)
            #expect(try await sweep.delete(before: end, sparing: [], atMost: 1) == 0)
            #expect(try await old(end) == 0)
            #expect(try await world.standing(of: child, on: later.day) == .refused)
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `the figures count like the gate, and the report adds them up`(on database: TestDatabase) async throws {
        try await ConsentWorld.run(database) { (world: ConsentWorld) async throws in
            let children = try await [
                world.pupil("甲同学"), world.pupil("乙同学"), world.pupil("丙同学", born: "2012-01-01"),
                world.pupil("丁同学", born: nil), world.pupil("戊同学", born: "2008-01-01"),
            ]
            let mother = try await world.guardian("甲母", of: children[0])
            try await world.say(.yes, about: children[0], by: mother)
            try await world.say(.no, about: children[2])
            let gate = ConsentGate(crypto: world.crypto), day = ConsentWorld.today, census = ConsentCensus()
            let scope = DataScope([world.school.path])
            let (count, standings, report) = try await world.database.read { db in
                let purpose = try #require(try ConsentPurposeStore(db).find("works", on: day))
                let count = try census.counts(within: scope, of: [purpose], at: ConsentWorld.noon, db)
                return (
                    count[world.school.id]?["works"], try gate.standings(of: children, for: .works, on: day, db),
                    try MinorsReport(2026, within: scope, at: ConsentWorld.noon, census, db)
                )
            }
            let figures = try #require(count)
            for standing in ConsentStanding.allCases {
                #expect(figures[standing] == standings.values.count { $0 == standing }, "\(standing)")
            }
            #expect(figures.pupils == 5 && figures.population.withoutGuardian == 2)
            func line(_ section: String, _ item: String) -> Int? {
                report.lines.first { $0.section == section && $0.item == item }?.count
            }
            #expect(line("未成年人", "十四至十七周岁") == 1)
            #expect(line("未成年人", "未满十四周岁，含出生日期未登记的") == 3)
            #expect(line("保存的信息", "姓名、学校和班级") == 4)
            #expect(line("用途：作品展示", "同意") == 1 && line("用途：学籍管理", "法定职责") == 5)
            #expect(line("本年答复", "同意，网页") == 1)
            let elsewhere = try await world.database.read {
                try MinorsReport(2026, within: .nothing, at: ConsentWorld.noon, census, $0).lines.reduce(0) {
                    $0 + $1.count
                }
            }
            #expect(elsewhere == 0)
            // Once the year is over it is counted from the records, not from the figures of today.
            let later = try #require(LocalDate(iso: "2027-02-01"))
            let over = try await world.database.read {
                try MinorsReport(2026, within: scope, at: Timestamp(startOf: later), census, $0).lines
            }
            #expect(over.first { $0.section == "用途：作品展示" && $0.item == "同意" }?.count == 1)
            #expect(over.first { $0.item == "十四至十七周岁" }?.count == 1)
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `two editors at once publish one version`(on database: TestDatabase) async throws {
        try await ConsentWorld.run(database) { (world: ConsentWorld) async throws in
            try await world.publish("works", 2)
            await #expect(throws: DomainError.self) { try await world.publish("works", 2) }
            await #expect(throws: DomainError.self) { try await world.publish("works", 4) }
            let versions = try await world.database.read { try ConsentPurposeStore($0).versions(of: "works") }
            #expect(versions.map(\.number) == [2, 1])
        }
    }

    @Test func `every shipped purpose tells every part`() {
        for purpose in ShippedPurposes.all {
            #expect(purpose.text.problems().isEmpty, "\(purpose.code)")
            #expect(!purpose.text.title.contains("'"))
        }
        let codes = ShippedPurposes.all.map(\.code)
        #expect(Set(codes).count == codes.count)
        #expect(codes.contains(PublicationPurpose.works.rawValue) && codes.contains(PublicationPurpose.images.rawValue))
    }
}
