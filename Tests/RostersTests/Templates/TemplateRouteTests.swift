import Directory
import Foundation
import Kernel
import Platform
import TestKit
import Testing

@testable import Rosters

/// Next year's changed workbook is loaded and used, without a release.
@Suite("Loading a template")
struct TemplateRouteTests {
    /// The same data in another order, with another title and a column nobody knows.
    private func workbook(in made: RosterCity) throws -> [UInt8] {
        let path = made.city.folder + "/\(Identifiers.next()).xlsx"
        let writer = try LaidOutWriter(path: path)
        func cell(_ range: String, _ text: String, _ isTitle: Bool = false) throws -> LaidOutWriter.HeadCell {
            .init(try #require(CellRange(range)), text, isTitle: isTitle)
        }
        try writer.addSheet(
            "学生信息采集表",
            head: [
                try cell("A1:F1", "2027 年学生信息采集表", true), try cell("A2", "序号"), try cell("B2", "学生姓名*"),
                try cell("C2", "全国学籍号（必填）"), try cell("D2", "性别码"), try cell("E2", "出生日期"), try cell("F2", "校服尺码"),
            ])
        try writer.finish()
        return Array(try #require(FileManager.default.contents(atPath: path)))
    }

    @Test("Uploaded, checked, used, withdrawn", arguments: TestDatabase.allCases)
    func life(_ database: TestDatabase) async throws {
        try await RosterCity.run(database) { made in
            try await made.pupil(
                "黄小芳", numbers: [.studentNumber: "G" + RosterCity.girl], facts: ["sex": "2", "birthDate": "2008-09-01"])
            let bureau = try await made.city.client(.bureau), new = TemplatePages.root + "/new"
            let name = "学籍-学生基础信息", today = Timestamp.now.day.iso
            let sent = try await bureau.upload(
                TemplatePages.root, from: new, field: "file", fileName: "2027.xlsx", try workbook(in: made),
                [("name", name), ("valid_from", today)])
            let path = try #require(sent.location, "\(sent.text.suffix(600))")
            let page = try await bureau.get(path).text
            #expect(page.contains("第 2 版") && page.contains("校服尺码") && page.contains("待启用"))
            func export() async throws -> [String: String] {
                let form = [
                    ("template", name), ("place", made.school.id.rawValue), ("day", today), ("reason", "报送学籍核查"),
                    ("full", "1"),
                ]
                return try made.cells(
                    try await made.city.client(.li).post(ExportPages.root, from: ExportPages.root + "/new", form))
            }
            #expect(try await export()["A1"] == "学生基础信息表")
            let columns = [
                ("source.3", "fact.sex"), ("code.3", "codeWord"), ("source.4", "fact.birthDate"),
                ("date.4", "yyyy/MM/dd"),
            ]
            #expect(try await bureau.post(path + "/columns", from: path, columns).status == 303)
            #expect(try await bureau.post(path + "/activation", from: path).status == 303)
            let cells = try await export()
            #expect(cells["A1"] == "2027 年学生信息采集表" && cells["F2"] == "校服尺码")
            #expect(
                ["A", "B", "C", "D", "E", "F"].map { cells[$0 + "3"] }
                    == ["1", "黄小芳", "G" + RosterCity.girl, "2-女", "2008/09/01", nil])
            // In use it is not changed any more.
            #expect(try await bureau.post(path + "/columns", from: path, columns).status == 409)
            #expect(try await bureau.post(path + "/withdrawal", from: path).status == 303)
            #expect(try await export()["A1"] == "学生基础信息表")
        }
    }

    @Test("A template file of its own name; what is no template is refused", arguments: TestDatabase.allCases)
    func json(_ database: TestDatabase) async throws {
        try await RosterCity.run(database) { made in
            let chen = try await made.city.client(.chen), new = TemplatePages.root + "/new"
            func send(_ text: String, _ file: String, _ fields: [(String, String)]) async throws -> TestAnswer {
                try await chen.upload(
                    TemplatePages.root, from: new, field: "file", fileName: file, Array(text.utf8), fields)
            }
            let fields = [("other", "营养改善计划"), ("subject", "pupils"), ("valid_from", "2026-09-01")]
            let text =
                #"{"name":"x","subject":"pupils","sheet":"名单","head":[{"range":"A1","text":"姓名"}],"columns":[{"source":"fact.name"}]}"#
            let refused = try await send("{}", "x.json", fields)
            #expect(refused.status == 422 && refused.text.contains("不是模板文件"))
            #expect(try await send("不是工作簿", "x.xlsx", fields).status == 422)
            #expect(try await send(text, "x.json", [("valid_from", "2026-09-01")]).status == 422)
            let path = try #require(try await send(text, "x.json", fields).location)
            #expect(try await chen.get(path).text.contains("营养改善计划"))
            #expect(try await chen.get(path + "/content").text.contains(#""sheet" : "名单""#))
            // Of another county.
            #expect(try await made.city.client(.dongxing).get(path).status == 404)
            #expect(try await made.city.client(.li).get(path).status == 404)
        }
    }
}
