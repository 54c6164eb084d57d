import Directory
import Kernel
import TestKit
import Testing

@testable import Connectivity

@Suite struct `What a row means` {
    private static let header = "学校代码,校名,乡镇,类型,城乡,中心校,班数,宽带\n"

    private func reasons(_ rows: String, _ site: ImportSite, as name: String = "港口区.csv") async throws -> [[String]] {
        try await site.csv(Self.header + rows, as: name, accept: false).refusedRows.map(\.reasons)
    }

    @Test func `a town of another county is named with its home`() async throws {
        try await withImportSite { site in
            let reasons = try await reasons("2145990011,那良小学,那良镇,211,210,否,6,10", site)
            #expect(reasons == [["乡镇“那良镇”属于防城区，不在港口区"]])
        }
    }

    @Test func `a code known elsewhere or under another name is refused`() async throws {
        try await withImportSite { site in
            try await site.csv(Self.header + "2145990011,企沙小学,企沙镇,211,210,否,6,10")
            let renamed = try await reasons("2145990011,光坡中学,企沙镇,211,210,否,6,10", site)
            #expect(renamed[0][0].contains("登记为“企沙小学”，文件中是“光坡中学”"))
            let moved = try await reasons("2145990011,企沙小学,思阳镇,211,210,否,6,10", site, as: "上思县.csv")
            #expect(moved[0][0].contains("登记为港口区的“企沙小学”，不在上思县"))
            let recoded = try await reasons("2145990099,企沙小学,企沙镇,211,210,否,6,10", site)
            #expect(recoded[0][0].contains("登记的标识码是 2145990011"))
            let alike = try await site.csv(Self.header + "2145990011,港口区企沙小学,企沙镇,211,210,否,7,10", accept: false)
            #expect(alike.changed == 1)
        }
    }

    @Test func `schools without code are matched by county, town and name`() async throws {
        try await withImportSite { site in
            let first = try await site.csv(Self.header + ",石桥教学点,企沙镇,218,220,,1,4\n,石桥教学点,光坡镇,218,220,,2,4")
            #expect(first.new == 2)
            let again = try await site.csv(Self.header + ", 石桥教学点 ,企沙,教学点,220,,3,4\n,石桥教学点,光坡镇,218,220,,2,4")
            #expect((again.new, again.changed, again.unchanged) == (0, 1, 1))
            #expect(try await site.schools().count == 2)
            let coded = try await site.csv(Self.header + "2145990031,石桥教学点,企沙镇,218,220,,3,4", accept: false)
            // The same school: only its code is new.
            #expect((coded.new, coded.changed) == (0, 1))
        }
    }

    @Test func `equal rows count once, unequal ones show both`() async throws {
        try await withImportSite { site in
            let row = "2145990011,企沙小学,企沙镇,211,210,否,6,10"
            let outcome = try await site.csv(Self.header + "\(row)\n\(row)\n2145990011,企沙小学,企沙镇,211,210,否,7,10")
            #expect((outcome.new, outcome.unchanged, outcome.refused) == (1, 1, 1))
            #expect(outcome.refusedRows[0].reasons[0].contains("第 2 行重复而内容不同（班级数 6 / 7）"))
            #expect(try await site.record("2145990011")[.classes] == 6)
            let namesakes = try await reasons(
                "2145990012,光坡小学,光坡镇,211,210,,6,1\n2145990013,光坡小学,光坡镇,211,210,,6,1", site)
            #expect(namesakes[0][0].contains("同名而标识码不同"))
        }
    }

    @Test func `a new school must say what it is; a known one need not`() async throws {
        try await withImportSite { site in
            let reasons = try await reasons("2145990011,企沙小学,企沙镇,,,,6,10", site)
            #expect(reasons == [["新学校缺少办学类型", "新学校缺少城乡分类"]])
            try await site.csv(Self.header + "2145990011,企沙小学,企沙镇,211,210,是,6,10")
            let short = try await site.csv("学校代码,校名,班数\n2145990011,企沙小学,9")
            #expect(short.changed == 1)
            #expect(try await site.school("2145990011")?.profile?.isCentral == true)
            #expect(try await site.record("2145990011")[.access] == 10)
        }
    }

    @Test func `whose county nobody tells is refused, a known code tells it`() async throws {
        try await withImportSite { site in
            let reasons = try await reasons("2145990011,企沙小学,,211,210,,6,10", site, as: "全部.csv")
            #expect(reasons == [["看不出属于哪个县(市、区)，请填写乡镇或在工作表名称中写明"]])
            let told = try await site.csv(Self.header + "2145990011,企沙小学,企沙镇,211,210,,6,10", as: "全部.csv")
            #expect(told.new == 1)
        }
    }
}
