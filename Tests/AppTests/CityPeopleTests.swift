import App
import Connectivity
import Database
import Directory
import Kernel
import TestKit
import Testing

@testable import Demo

@Suite("People of a whole city") struct CityPeopleTests {
    private static var telling: [DemoSchool] {
        SchoolDraft.schools(.city).filter { !$0.isUnknown && !$0.isMerged }
    }

    @Test func `every school has the classes, pupils and staff that its register tells`() {
        var pupils = 0, staff = 0
        for school in CityPeopleTests.telling {
            let roster = SchoolRoster(school)
            #expect(roster.classes.count == school.classes, "\(school.name)")
            #expect(roster.pupils == school.pupils, "\(school.name)")
            #expect(roster.teachers == school.teachers && roster.others == school.staff - school.teachers)
            #expect(Set(roster.classes.map { "\($0.stage) \($0.ordinal) \($0.number)" }).count == school.classes)
            #expect(roster.classes.allSatisfy { (1...70).contains($0.pupils) }, "\(school.name)")
            let parts = school.sort.parts(of: school.pupils) ?? [school.pupils]
            let stages = Dictionary(grouping: roster.classes, by: \.stage).mapValues { $0.reduce(0) { $0 + $1.pupils } }
            #expect(stages.values.sorted() == parts.filter { $0 > 0 }.sorted(), "\(school.name)")
            (pupils, staff) = (pupils + roster.pupils, staff + roster.teachers)
        }
        #expect(pupils == 200_000 && staff == 12_000)
    }

    @Test func `the classes of the cast are part of those that the register tells`() throws {
        for roster in DemoRoster.all {
            let school = try #require(CityPeopleTests.telling.first { $0.name == roster.school })
            var present = RosterCount()
            for group in roster.classes { present.pupilsByStage[group.stage, default: 0] += group.pupils }
            let rest = SchoolRoster(school, besides: roster.classes, present)
            #expect(rest.classes.count + roster.classes.count == school.classes, "\(roster.school)")
            #expect(rest.pupils + present.pupils == school.pupils, "\(roster.school)")
            let taken = Set(roster.classes.map { "\($0.stage) \($0.ordinal) \($0.number)" })
            #expect(taken.isDisjoint(with: rest.classes.map { "\($0.stage) \($0.ordinal) \($0.number)" }))
        }
    }

    @Test func `the same school has the same people every time, and no number twice`() throws {
        let school = try #require(CityPeopleTests.telling.first { $0.sort == .nineYear })
        func people() throws -> [String] {
            var birthdays = Birthdays(), phones = 1_000, staffNumber = 1
            let people = try SchoolPeople(
                school, SchoolRoster(school), in: SchoolYear(start: 2026), &birthdays, &phones, &staffNumber)
            let all =
                people.staff.map(\.person)
                + people.classes.flatMap(\.pupils).flatMap { [$0.person, $0.guardian?.person] }
                .compactMap { $0 }
            let numbers = all.flatMap(\.numbers)
            #expect(Set(numbers).count == numbers.count)
            return all.map { "\($0.name) \($0.numbers) \($0.values.sorted { $0.key < $1.key })" }
        }
        let first = try people()
        #expect(try people() == first)
        #expect(Set(first).count > first.count * 9 / 10)
    }

    /// The smallest of some sorts; a teaching point with one class has a 复式班.
    private static func few() -> [DemoSchool] {
        let sorts: [SchoolSort] = [.teachingPoint, .completePrimary, .special, .kindergarten]
        return sorts.compactMap { sort in telling.filter { $0.sort == sort }.min { $0.pupils < $1.pupils } }
    }

    @Test(arguments: TestDatabase.allCases)
    func `rosters agree with the register, and their people are found at once`(on database: TestDatabase) async throws {
        try await database.withDatabase { database, folder in
            var options = CityPlatform.Options()
            options.passwordCost = .minimal
            let configuration = try await AppConfiguration.load(.init(dataFolder: folder))
            let platform = try CityPlatform(
                configuration, database: database, options: options, logger: TestDatabase.logger)
            try await platform.prepare()
            let schools = CityPeopleTests.few()
            let entered = try await SchoolLoading(database, schools).run { _ in }
            try await CityPeopleLoading(platform, schools, entered).run(Birthdays()) { _ in }

            let today = Timestamp.now.day, crypto = platform.crypto
            #expect(try await platform.directory.peopleIndexing.catchUp(settled: 0) == 0)
            try await database.read { db in
                let counts = try RosterCountStore(db).counts(within: .everything, on: today)
                for school in schools {
                    let organisation = try #require(entered[school.number])
                    let count = try #require(counts[organisation.id])
                    #expect(count.classes == school.classes && count.pupils == school.pupils, "\(school.name)")
                    #expect(count.teachers == school.teachers && count.staff == school.staff, "\(school.name)")
                    // It is whole, so its counts stand for the register.
                    let record = try FacilityStore(db).record(of: organisation.id, on: today)
                    #expect(record[.students] == Double(school.pupils), "\(school.name)")
                }
                let unknown: Int? = try db.value(
                    """
                    SELECT COUNT(*) FROM directory_person p JOIN directory_enrolment e ON e.person_id = p.id
                    WHERE p.sex IS NULL OR p.birth_date IS NULL
                    """)
                #expect(unknown == 0)
                let pupil = try #require(
                    try db.first(
                        "SELECT p.id, p.name FROM directory_enrolment e JOIN directory_person p ON p.id = e.person_id"
                    ) { (id: try $0.get(0, as: ID<Person>.self), name: try $0.text(1)) })
                let found = try PersonSearch(db, crypto).find(pupil.name, within: .everything, on: today)
                #expect(found.found.contains { $0.entry.person == pupil.id && $0.entry.tie == .pupil })
                let facts = try #require(try PersonFactStore(db, crypto).latest(of: pupil.id))
                #expect(facts["name"] == pupil.name && facts["currentAddress"]?.hasPrefix("防城港市") == true)
                let mixed: Int? = try db.value(
                    "SELECT COUNT(*) FROM directory_class_group WHERE second_entry_year IS NOT NULL")
                #expect(mixed == 1)
            }
        }
    }
}
