import Database
import Directory
import Kernel
import Platform
import TestKit
import Testing

@testable import SchoolAffairs

@Suite("Statistics of the roll") struct RollStatisticsTests {
    private var today: LocalDate { Timestamp.now.day }
    private var start: LocalDate { SchoolYear(containing: today).firstDay }

    /// A class of each school with so many pupils, a third of whom are girls and the first few board.
    private func enrol(
        _ pupils: Int, boarders: Int, ordinal: Int, at code: String, in city: TestCity
    ) async throws {
        let school = try await city.organisation(code), crypto = city.platform.crypto, start = start
        let entry = SchoolYear(containing: today).start - ordinal + 1
        try await city.database.write { db in
            let group = try ClassGroupService(db, by: .system).open(
                ClassDraft(stage: .primary, entryYear: entry, number: 1, openedOn: start), at: school)
            let people = try (0..<pupils).map { index in
                let person = try PersonStore(db).insert(name: "学生\(index)", at: .now)
                var facts = ["sex": index % 3 == 0 ? "2" : "1"]
                if index < boarders { facts["attendance"] = "2" }
                try PersonFactStore(db, crypto).change(
                    facts, of: person, from: start, source: FactSource(.school, at: .now, by: "test"))
                return person
            }
            let service = EnrolmentService(db, crypto, by: .system)
            for person in people { try service.enrol(person, in: group, from: start) }
        }
    }

    private func withRoll(_ database: TestDatabase, _ body: (TestCity) async throws -> Void) async throws {
        try await withTestCity(database) { (city: TestCity) async throws in
            try await enrol(60, boarders: 7, ordinal: 1, at: TestCity.experimentalSchool, in: city)
            try await enrol(9, boarders: 3, ordinal: 2, at: TestCity.centralSchool, in: city)
            try await body(city)
        }
    }

    private func statistics(
        _ city: TestCity, at code: String? = nil, on day: LocalDate? = nil, within scope: DataScope = .everything
    ) async throws -> RollStatistics {
        let place = try await code == nil ? nil : city.organisation(code!).id
        let crypto = city.platform.crypto, day = day ?? today
        return try await city.database.read {
            try RollStatistics(at: place, on: day, within: scope, $0, crypto)
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `sums by stage, grade, sex, size and place agree`(on database: TestDatabase) async throws {
        try await withRoll(database) { (city: TestCity) async throws in
            let all = try await statistics(city)
            #expect(all.sum(.pupils) == 69 && all.sum(.classes) == 2)
            #expect(all.sum(.girls) == 20 + 3 && all.sum(.boys) == 40 + 6)
            #expect(all.sum(.gradePupils("P1")) == 60 && all.sum(.gradePupils("P2")) == 9)
            #expect(all.sum(.size(.large)) == 1 && all.sum(.size(.usual)) == 1)
            #expect(all.sum(.boarders) == 10)
            let county = try await statistics(city, at: "450603")
            #expect(county.sum(.pupils) == 9)
            #expect(county.units.contains { $0.organisation.name == "华石镇中心小学(示例)" })
            let none = try await statistics(city, on: start.adding(days: -1))
            #expect(none.sum(.pupils) == 0)
            for table in all.tables where table.id == "areas" {
                // 121 is urban by the code and rural by custom.
                #expect(table.lines.first { $0.title == "代码口径：城镇" }?.cells[2].text == "69")
                #expect(table.lines.first { $0.title == "习惯口径：农村" }?.cells[2].text == "9")
            }
            await #expect(throws: DomainError.self) {
                let scope = DataScope([county.place!.path])
                _ = try await statistics(city, at: TestCity.experimentalSchool, within: scope)
            }
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `few boarders are not told`(on database: TestDatabase) async throws {
        try await withRoll(database) { (city: TestCity) async throws in
            let chen = try await city.client(.chen), bureau = try await city.client(.bureau)
            #expect(try await chen.get("/statistics").text.contains("少于 5"))
            let behind = try await bureau.get("/statistics/schools?figure=boarders").text
            #expect(behind.contains("少于 5") && behind.contains(">7<"))
            let file = try await chen.get("/statistics/schools?figure=boarders&format=csv").text
            #expect(file.contains("少于 5") && !file.contains(",3"))
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `each figure opens to its schools, and at a school to its people`(on database: TestDatabase) async throws {
        try await withRoll(database) { (city: TestCity) async throws in
            let bureau = try await city.client(.bureau)
            let school = try await city.organisation(TestCity.experimentalSchool)
            let page = try await bureau.get("/statistics").text
            #expect(page.contains("figure=grade.P1") && page.contains("防城区") && page.contains("一年级"))
            let schools = try await bureau.get("/statistics/schools?figure=grade.P1").text
            #expect(schools.contains("防城港市实验小学(示例)") && !schools.contains("华石镇中心小学(示例)"))
            let own = try await city.client(.li), mine = try await own.get("/statistics").text
            #expect(mine.contains("/schools/\(school.id)/classes?on=\(today.iso)"))
            #expect(mine.contains("一年级(1)班") && mine.contains("大班额"))
            #expect(try await own.get("/statistics?at=\((try await city.organisation("450603")).id)").status == 404)
            #expect(try await own.get("/statistics?at=nonsense").status == 404)
            #expect(try await (try await city.client(.wang)).get("/statistics").status == 404)
            let file = try await bureau.get("/statistics?format=xlsx")
            #expect(file.status == 200 && file.bytes.prefix(2) == [0x50, 0x4B])
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `teachers are counted by post, title, education and subject`(on database: TestDatabase) async throws {
        try await StaffCity.run(database) { (world: StaffCity) async throws in
            let (wang, crypto) = (world.wang, world.city.platform.crypto)
            try await world.city.database.write { db in
                _ = try PersonFactStore(db, crypto).change(
                    ["title": "3", "education": "21"], of: wang, from: StaffCity.start,
                    source: FactSource(.school, at: .now, by: "test"))
            }
            let found = try await statistics(world.city, at: TestCity.experimentalSchool)
            #expect(found.sum(.teachers) == 2 && found.sum(.staff) == 2)
            #expect(found.sum(.teacherTitle("3")) == 1 && found.sum(.teacherTitle("")) == 1)
            #expect(found.sum(.teacherEducation("20")) == 1)
            #expect(found.sum(.teacherSubject("13")) == 1)
            #expect(found.sum(.post(.teaching)) == 2)
        }
    }

    @Test func `sizes of classes are banded as the statistics do`() {
        #expect([45, 46, 55, 56, 65, 66].map { ClassSizeBand($0) } == [.usual, .full, .full, .large, .large, .huge])
        #expect(RollFigure.boarders.text(4) == "少于 5" && RollFigure.boarders.text(5) == "5")
        #expect(RollFigure.boarders.text(0) == "0" && RollFigure.girls.text(4) == "4")
    }
}
