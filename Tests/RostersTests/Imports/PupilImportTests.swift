import Database
import Directory
import Kernel
import Platform
import TestKit
import Testing

@testable import Rosters

@Suite("Importing pupils") struct PupilImportTests {
    private static let boy = RosterSite.number("20170810", 1)
    private static let girl = RosterSite.number("20170811", 2)
    private static let header = "学籍号,姓名,性别,出生日期,身份证件类型,身份证件号,民族,年级,班级,健康状况,现住址,成员1姓名,成员1关系,成员1联系电话"

    private static func roster(
        boyHealth: String = "健康或良好", boyClass: String = "3班", girlName: String = "黄小红"
    ) -> String {
        """
        \(header)
        G\(boy),韦小明,男,20170810,居民身份证,\(boy),汉族,三年级,\(boyClass),\(boyHealth),华石镇一街1号,韦大力,父亲,19900000001
        G\(girl),\(girlName),2-女,2017-08-11,1,\(girl),壮族,三年级,三(4)班,1,华石镇一街1号,韦大力,父亲,19900000001

        合计,2,,,,,,,,,,,,
        """
    }

    @Test(arguments: TestDatabase.allCases)
    func `new pupils come with class, facts, numbers and one parent of both; the same file again changes nothing`(
        on database: TestDatabase
    ) async throws {
        try await withRosterSite(database) { site in
            let first = try await site.csv(PupilImportTests.roster())
            #expect(first.state == "accepted" && first.new == 2 && first.refused == 0 && first.doubtful == 0)
            let threes = try await site.members(of: 3), fours = try await site.members(of: 4)
            #expect(threes == ["韦小明"] && fours == ["黄小红"])
            let facts = try #require(try await site.facts(of: "黄小红"))
            #expect(facts["sex"] == "2" && facts["birthDate"] == "2017-08-11" && facts["health"] == "1")
            #expect(facts.values["ethnicity"]?.source.kind == .roll)
            let children = try await site.database.read { db -> [ID<Person>: [PersonRecord]] in
                let ids = try db.column(
                    "SELECT id FROM directory_person WHERE name IN ('韦小明', '黄小红')", as: ID<Person>.self)
                return try GuardianshipStore(db).confirmedGuardians(of: ids, on: Timestamp.now.day)
            }
            let parents = Set(children.values.flatMap { $0.map(\.id) })
            #expect(children.count == 2 && parents.count == 1)

            let again = try await site.csv(PupilImportTests.roster(), accept: false)
            #expect(again.unchanged == 2 && again.new + again.changed + again.refused + again.doubtful == 0)
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `a change shows old and new, masked where sensitive, moves within the school, and is taken back whole`(
        on database: TestDatabase
    ) async throws {
        try await withRosterSite(database) { site in
            try await site.csv(PupilImportTests.roster())
            let changed = try await site.csv(PupilImportTests.roster(boyHealth: "有慢性病", boyClass: "5班"))
            #expect(changed.changed == 1 && changed.unchanged == 1)
            let line = try #require(try await site.lines(changed, .changed).first)
            #expect(line.content.changes.map(\.label).sorted() == ["健康状况", "班级"])
            #expect(line.content.changes.first { $0.label == "健康状况" }?.new == "***")
            let fives = try await site.members(of: 5)
            #expect(fives == ["韦小明"])

            try await site.imports.undo(batch: changed.batch, by: RosterSite.clerk)
            let health = try await site.facts(of: "韦小明")?["health"], threes = try await site.members(of: 3)
            let classes = try await site.classes().map(\.number)
            #expect(health == "1" && threes == ["韦小明"] && classes == [3, 4])
            let again = try await site.csv(PupilImportTests.roster(), accept: false)
            #expect(again.unchanged == 2)
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `undoing takes people, classes and numbers back, unless something later stands on them`(
        on database: TestDatabase
    ) async throws {
        try await withRosterSite(database) { site in
            let first = try await site.csv(PupilImportTests.roster())
            let later = try await site.csv(PupilImportTests.roster(boyHealth: "有慢性病"))
            await #expect(throws: DomainError.self) {
                try await site.imports.undo(batch: first.batch, by: RosterSite.clerk)
            }
            try await site.imports.undo(batch: later.batch, by: RosterSite.clerk)
            await #expect(throws: DomainError.self) {
                try await site.imports.undo(batch: later.batch, by: RosterSite.clerk)
            }
        }
        try await withRosterSite(database) { site in
            let first = try await site.csv(PupilImportTests.roster())
            try await site.imports.undo(batch: first.batch, by: RosterSite.clerk)
            let (enrolments, numbers, facts) = try await site.database.read { db in
                (
                    try db.value("SELECT COUNT(*) FROM directory_enrolment WHERE valid_to IS NULL", as: Int.self),
                    try db.value("SELECT COUNT(*) FROM directory_person_identifier", as: Int.self),
                    try db.value("SELECT COUNT(*) FROM directory_person_facts", as: Int.self)
                )
            }
            let classes = try await site.classes()
            #expect(enrolments == 0 && numbers == 0 && facts == 0 && classes.isEmpty)
            let again = try await site.csv(PupilImportTests.roster())
            #expect(again.new + again.changed == 2)
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `a pupil of another school is not moved, and key fields on record stay`(on database: TestDatabase) async throws
    {
        try await withRosterSite(database) { site in
            try await site.csv(PupilImportTests.roster())
            let elsewhere = try await site.csv(
                PupilImportTests.roster(), scope: DataScope([site.namesake.path]), accept: false)
            #expect(elsewhere.refused == 2)
            let reasons = try await site.lines(elsewhere, .refused).flatMap { $0.content.problems.map(\.message) }
            #expect(reasons.allSatisfy { $0.contains("先办转学") })

            let text = "姓名,性别,民族,学籍号,班级\n韦小明,男,壮族,G\(PupilImportTests.boy),三(3)班\n"
            let locked = try await site.csv(text, accept: false)
            #expect(locked.refused == 1)
            let problem = try await site.lines(locked, .refused).first?.content.problems.first
            #expect(problem?.column == 2 && problem?.message.contains("关键信息变更") == true)
        }
    }

    @Test func `another name under the same number waits for a person`() async throws {
        try await withRosterSite { site in
            try await site.csv(PupilImportTests.roster())
            let odd = try await site.csv(PupilImportTests.roster(girlName: "黄小虹"), accept: false)
            #expect(odd.doubtful == 1 && odd.unchanged == 1)
            let name = try await site.facts(of: "黄小红")?["name"]
            #expect(name == "黄小红")
        }
    }
}
