import Database
import Directory
import Foundation
import Kernel
import Platform
import TestKit
import Testing

@testable import Rosters

@Suite("Rosters as schools really have them") struct HostileRosterTests {
    private static let first = RosterSite.number("20170810", 1)
    private static let second = RosterSite.number("20170811", 2)

    private func problems(_ site: RosterSite, _ outcome: RosterOutcome) async throws -> [Int: String] {
        var found: [Int: String] = [:]
        for line in try await site.lines(outcome, .refused) {
            found[line.row] = line.content.problems.map(\.message).joined(separator: "；")
        }
        return found
    }

    @Test func `full-width digits, serial dates, spread names, blank and total rows, a byte order mark`() async throws {
        try await withRosterSite { site in
            let text = """
                \u{FEFF}学生花名册,,,,,
                姓名,性别,出生日期,身份证件号,年级,班级
                韦　小　明,１,42957,\(HostileRosterTests.first),３年级,（３）
                ,,,,,
                黄小红,女,2017年8月11日,'\(HostileRosterTests.second),三年级,３班
                姓名,性别,出生日期,身份证件号,年级,班级
                合计,2人,,,,
                填表人：韦老师,,,,,
                """
            let outcome = try await site.csv(text)
            let refused = try await problems(site, outcome)
            #expect(outcome.new == 2 && refused.isEmpty)
            let members = try await site.members(of: 3), born = try await site.facts(of: "韦小明")?["birthDate"]
            #expect(members == ["韦小明", "黄小红"].sorted() && born == "2017-08-10")
        }
    }

    /// The line below the header is looked at for numbers of columns that follow one another.
    @Test func `numbers at the end of what a computer counts are cells like others`() async throws {
        try await withRosterSite { site in
            let row = Array(repeating: String(Int.max), count: 6).joined(separator: ",")
            let other = (0..<6).map { String(Int.min + $0) }.joined(separator: ",")
            let header = "姓名,性别,出生日期,身份证件号,学籍号,班级\n"
            let outcome = try await site.csv(header + "\(row)\n\(other)\n", accept: false)
            #expect(outcome.new == 0 && outcome.refused == 2)
            let pupil = "韦小明,男,2017-08-10,\(HostileRosterTests.first),,三(1)班\n"
            let numbered = try await site.csv(header + "1,2,3,4,5,6\n" + pupil, accept: false)
            #expect(numbered.new == 1 && numbered.refused == 0)
        }
    }

    @Test func `each bad cell is told where it stands and why`() async throws {
        try await withRosterSite { site in
            let wrong =
                String(HostileRosterTests.first.dropLast()) + (HostileRosterTests.first.hasSuffix("1") ? "2" : "1")
            let text = """
                姓名,性别,出生日期,身份证件号,学籍号,班级
                甲一,男,2017-08-10,\(wrong),,三(1)班
                甲二,女,2017-08-10,\(HostileRosterTests.first),,三(1)班
                甲三,男,2016-01-01,\(RosterSite.number("20170812", 3)),,三(1)班
                甲四,男,2017-08-13,4.50699E+17,,三(1)班
                ,男,2017-08-14,\(RosterSite.number("20170814", 5)),,三(1)班
                甲六,男,2017-08-15,\(RosterSite.number("20170815", 7)),X123,三(1)班
                甲七,男,2017-08-16,\(RosterSite.number("20170816", 9)),,七年级1班
                甲八,男,2017-08-17,\(RosterSite.number("20170817", 11)),,三(1)班
                甲九,男,2017-08-17,\(RosterSite.number("20170817", 11)),,三(1)班
                甲十,男,2017-02-30,\(RosterSite.number("20170818", 13)),,
                """
            let outcome = try await site.csv(text)
            let told = try await problems(site, outcome)
            #expect(outcome.new == 1)
            #expect(told[2]?.contains("身份证号有误") == true)
            #expect(told[3]?.contains("性别与身份证号不符") == true)
            #expect(told[4]?.contains("出生日期与身份证号不符") == true)
            #expect(told[5]?.contains("已丢失末尾数字") == true)
            #expect(told[6]?.contains("缺少姓名") == true)
            #expect(told[7]?.contains("学籍号应以 G、J 或 L 开头") == true)
            #expect(told[8]?.contains("与学校的学段不符") == true)
            #expect(told[10]?.contains("身份证号与第 9 行重复") == true)
            #expect(told[11]?.contains("出生日期") == true)
            let lines = try await site.lines(outcome, .refused)
            #expect(lines.first?.content.problems.first?.column == 3)
        }
    }

    @Test func `a word outside the code list is kept as written and told, an old number of 15 digits is made longer`()
        async throws
    {
        try await withRosterSite { site in
            let text = "姓名,班级,身份证件号,政治面貌,入学方式,血型\n罗汉,三(2)班,450699170810001,儿童团员,摇号,甲型\n"
            let outcome = try await site.csv(text)
            #expect(outcome.new == 1 && outcome.cells == 0)
            let notes = try await site.lines(outcome, .new).flatMap { $0.content.notes.map(\.message) }
            #expect(notes.contains { $0.contains("政治面貌“儿童团员”不在代码表内，按原文保存") })
            #expect(notes.contains { $0.contains("年龄") })
            let facts = try #require(try await site.facts(of: "罗汉"))
            #expect(facts["politicalStatus"] == "儿童团员" && facts["birthDate"] == "1917-08-10")
        }
    }

    @Test func `schools of the same name are told apart by code or county, and only within one's reach`() async throws {
        try await withRosterSite { site in
            let text = """
                学校名称,学校标识码,县区,姓名,出生日期,班级
                华石镇中心小学,,,甲一,2017-08-10,三(1)班
                华石镇中心小学,,东兴市,甲二,2017-08-11,三(1)班
                ,2145990011,,甲三,2017-08-12,三(1)班
                没有的小学,,,甲四,2017-08-13,三(1)班
                """
            let outcome = try await site.csv(text, scope: .everything)
            let told = try await problems(site, outcome)
            #expect(outcome.new == 2)
            #expect(told[2]?.contains("有 2 所学校叫") == true && told[5]?.contains("没有叫") == true)
            let outside = try await site.csv(text, scope: DataScope([site.junior.path]), accept: false)
            #expect(outside.refused == 4)
        }
    }

    @Test func `GBK text, pasted tabs and an old workbook read alike`() async throws {
        try await withRosterSite { site in
            let tabs = try await site.csv("姓名\t出生日期\t班级\n甲一\t2017-08-10\t三(1)班\n", as: "粘贴的单元格.csv")
            #expect(tabs.new == 1)
            let gbk: [UInt8] =
                [0xD0, 0xD5, 0xC3, 0xFB, 0x2C, 0xB0, 0xE0, 0xBC, 0xB6, 0x0A]
                + [0xCE, 0xA4, 0xD2, 0xBB, 0x2C, 0xC8, 0xFD, 0x28, 0x31, 0x29, 0xB0, 0xE0, 0x0A]
            let old = try await site.run(gbk, as: "花名册.csv")
            #expect(old.new == 1)
            let members = try await site.members(of: 1)
            #expect(members == ["甲一", "韦一"].sorted())

            let url = try #require(Bundle.module.url(forResource: "Fixtures/pupils-97", withExtension: "xls"))
            let book = try await site.run(Array(try Data(contentsOf: url)), as: "三年级.xls")
            let told = try await problems(site, book)
            #expect(book.new == 60 && told.isEmpty)
            let twos = try await site.members(of: 2)
            #expect(twos.count == 30)
            let again = try await site.run(Array(try Data(contentsOf: url)), as: "三年级.xls", accept: false)
            #expect(again.unchanged == 60)
        }
    }

    @Test func `an old workbook cut short is damaged, not half read`() throws {
        let url = try #require(Bundle.module.url(forResource: "Fixtures/pupils-97", withExtension: "xls"))
        let bytes = Array(try Data(contentsOf: url))
        for length in [600, bytes.count / 3, bytes.count / 2] {
            let path = NSTemporaryDirectory() + "cut-\(Identifiers.next()).xls"
            defer { try? FileManager.default.removeItem(atPath: path) }  // the system clears what is left over
            try Data(bytes.prefix(length)).write(to: URL(fileURLWithPath: path))
            #expect(throws: SheetError.self) {
                let file = try SheetFile.open(path: path)
                for sheet in file.sheets { try file.rows(of: sheet.index) { _ in } }
            }
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `what is sensitive lies nowhere in plain`(on database: TestDatabase) async throws {
        guard database == .sqlite else { return }
        try await withRosterSite(database) { site in
            let address = "防城区珍珠巷九十九号"
            let text = "姓名,班级,身份证件号,现住址\n韦小明,三(1)班,\(HostileRosterTests.first),\(address)\n"
            try await site.csv(text)
            try await site.csv(text, accept: false)
            var found: [String] = []
            let files = FileManager.default.enumerator(atPath: site.folder)
            while let name = files?.nextObject() as? String {
                // What a person sends lies where the test put it.
                if name.hasSuffix("花名册.csv") { continue }
                guard let data = FileManager.default.contents(atPath: site.folder + "/" + name) else { continue }
                for secret in [address, HostileRosterTests.first] where data.range(of: Data(secret.utf8)) != nil {
                    found.append(name)
                }
            }
            #expect(found.isEmpty)
        }
    }
}
