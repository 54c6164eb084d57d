import Directory
import Kernel
import Platform
import TestKit
import Testing

@testable import Connectivity

@Suite struct `Files of other shapes` {
    @Test func `one sheet for the whole city, other columns, other words, in GBK`() async throws {
        try await withImportSite { site in
            let path = try site.file("全市.csv", try gbk(try citySheet()))
            let outcome = try await site.run(path, name: "全市.csv")
            #expect((outcome.new, outcome.refused) == (412, 16))
            #expect(try await site.record("3145620005")[.students] == 489)
            let again = try await site.run(try ImportSite.workbook)
            #expect((again.new, again.changed, again.unchanged) == (0, 0, 412))
        }
    }

    @Test func `group headers settle what a word means, merged or not`() throws {
        let head = SheetHead(
            name: "东兴市", index: 0,
            rows: [
                row(1, ["序号", "学校", "", "带宽(M)", "", "教室(间)", "", "", "计算机(台)", ""]),
                row(2, ["", "名称", "代码", "接入", "出口", "普通", "多媒体", "联网", "学生", "教师"]),
                row(3, ["1", "马路镇中心小学", "2145620006", "50", "50", "28", "22", "11", "107", "68"]),
            ], mergedRanges: [], rowCount: 3)
        let layout = try #require(LayoutRecognition(fileName: "", remembered: [:]).layout(of: head))
        #expect(layout.lastHeaderRow == 2 && layout.county == "450681")
        let expected: [ColumnTarget] = [
            .ignored, .name, .code, .field(.access), .field(.egress), .field(.ordinaryRooms), .field(.multimediaRooms),
            .field(.onlineRooms), .field(.studentComputers), .field(.teacherComputers),
        ]
        #expect(layout.columns.map(\.target) == expected)
    }

    @Test func `a line of captions above the header is no header`() throws {
        let head = SheetHead(
            name: "", index: 0,
            rows: [
                row(1, ["信息化基础设施情况统计表"]), row(2, ["填报单位：港口区教育局", "", "统计日期：2015年9月30日"]),
                row(3, ["学校名称", "规模", "", "网络", ""]), row(4, ["", "班级数", "在校学生数", "接入带宽", "出口带宽"]),
                row(5, ["企沙小学", "6", "120", "10", "10"]),
            ], mergedRanges: [], rowCount: 5)
        let layout = try #require(LayoutRecognition(fileName: "", remembered: [:]).layout(of: head))
        #expect((layout.firstHeaderRow, layout.lastHeaderRow) == (3, 4))
        #expect(layout.statisticsOn == "2015-09-30" && layout.county == "450602")
        #expect(layout.columns.map(\.header).prefix(3) == ["学校名称", "规模 / 班级数", "规模 / 在校学生数"])
    }

    @Test func `remembered columns win, and longer words are understood`() throws {
        let rows = [
            row(1, ["校名", "班额", "本年在校学生数合计", "多媒体教室比例"]), row(2, ["企沙小学", "6", "120", "0.5"]),
        ]
        let head = SheetHead(
            name: "", index: 0, rows: rows, mergedRanges: [], rowCount: 2)
        let memory: [String: ColumnTarget] = ["班额": .field(.classes)]
        let layout = try #require(LayoutRecognition(fileName: "港口区.csv", remembered: memory).layout(of: head))
        #expect(layout.columns.map(\.target) == [.name, .field(.classes), .field(.students), .ignored])
        #expect(layout.columns.map(\.certainty) == [.synonym, .remembered, .contained, .unknown])
        #expect(layout.county == "450602")
    }

    @Test(arguments: [
        ("统计日期:2015年9月30日", "2015-09-30"), ("截至２０１５．９．３０", "2015-09-30"), ("2015-9-3 制", "2015-09-03"),
        ("统计时间：2015年9月", "2015-09-30"),
    ]) func `dates above the header`(text: String, iso: String) {
        #expect(StatisticsDate.find(in: [row(1, [text])])?.iso == iso)
    }

    @Test(arguments: ["2015-2016学年统计表", "填报单位：港口区", "2015年2月30日", "电话 0770-2015930"])
    func `what only looks like a date`(text: String) {
        let found = StatisticsDate.find(in: [row(1, [text])])
        #expect(found == nil || text.contains("2月30日") && found?.iso == "2015-02-28")
    }

    @Test func `total, signature, repeated header and number rows are no schools`() async throws {
        try await withImportSite { site in
            let outcome = try await site.csv(
                """
                序号,校名,乡镇,类型,城乡,班数,学生人数
                甲,乙,丙,丁,1,2,3
                1,企沙小学,企沙镇,211,210,6,100
                2,,,,,,
                序号,校名,乡镇,类型,城乡,班数,学生人数
                3,光坡小学,光坡镇,211,210,6,100
                合 计,,,,,12,200
                填表人：张三,,审核人：李四,,,,
                注：本表含教学点,,,,,,
                """)
            #expect((outcome.new, outcome.refused) == (2, 1))
            #expect(outcome.refusedRows.map(\.row) == [2])
        }
    }

    @Test func `a file that is no register names the reason at the field`() async throws {
        try await withImportSite { site in
            let whole = try ImportSite.bytes(of: try ImportSite.workbook)
            let files: [(String, [UInt8], String)] = [
                ("a.xlsx", Array(whole.prefix(whole.count / 2)), "损坏"), ("b.xlsx", Array("%PDF-1.4".utf8), "不是表格"),
                ("c.csv", Array("姓名,年龄\n张三,3".utf8), "没有找到表头"), ("d.csv", [], "空"),
            ]
            for (name, bytes, word) in files {
                let path = try site.file(name, bytes)
                let error = await #expect(throws: DomainError.self) { try await site.run(path, name: name) }
                guard case .invalid(let problems) = error else { throw try #require(error) }
                #expect(problems.map(\.field) == ["file"])
                #expect(problems[0].message.contains(word), "\(name): \(problems[0].message)")
            }
        }
    }

    private func row(_ number: Int, _ texts: [String]) -> SheetRow {
        let cells = texts.enumerated().filter { !$1.isEmpty }.map { SheetCell(column: $0, text: $1) }
        return SheetRow(number: number, cells: cells)
    }
}
