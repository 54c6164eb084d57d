import App
import Database
import Foundation
import Kernel
import Platform
import TestKit
import Testing

/// Markup and formulas in what people name: sheets, files, schools, target sets, targets.
@Suite("文字里的标记") struct MarkupTests {
    private static let script = "<script>alert(1)</script>"
    private static let image = "<img src=x onerror=alert(2)>"
    private static let formula = "=HYPERLINK(\"http://x\",\"y\")"

    private func expectHarmless(_ client: TestClient, _ paths: [String]) async throws {
        for path in paths {
            let answer = try await client.get(path)
            #expect(answer.status == 200, "\(path)")
            for tag in ["<script>alert", "<img src=x", "<b>x"] { #expect(!answer.text.contains(tag), "\(path)") }
        }
    }

    /// The rows of a download in the form of both kinds of files.
    private func expectNoFormula(_ client: TestClient, _ path: String, holding text: String, in folder: String)
        async throws
    {
        let csv = try await client.get(path + "?format=csv")
        #expect(csv.status == 200 && csv.text.contains(text.replacing("\"", with: "\"\"")), "\(path)")
        for line in csv.text.split(whereSeparator: \.isNewline) {
            for field in line.split(separator: ",") where field.hasPrefix("=") || field.hasPrefix("\"=") {
                Issue.record("\(path): \(field) runs")
            }
        }
        let file = folder + "/" + Identifiers.next() + ".xlsx"
        try Data(try await client.get(path + "?format=xlsx").bytes).write(to: URL(fileURLWithPath: file))
        var cells: [SheetCell] = []
        try SheetFile.open(path: file).rows(of: 0) { cells += $0.cells }
        #expect(cells.contains { $0.text.contains(text) }, "\(path)")
        #expect(cells.allSatisfy { !$0.isFormula }, "\(path)")
    }

    @Test func `of target sets and targets`() async throws {
        try await withTestCity(.sqlite) { city in
            let bureau = try await city.client(.bureau), sets = "/plan/target-sets"
            let made = try await bureau.post(
                sets, from: sets + "/new",
                [
                    ("owner", "city"), ("layer", "市"), ("title", Self.script), ("edition", "1"),
                    ("from", "2015-01-01"), ("to", "2017-12-31"), ("note", Self.image),
                ])
            let set = try #require(made.location)
            let target = try await bureau.post(
                set + "/targets", from: set + "/targets/new",
                [
                    ("code", "X1"), ("validFrom", "2015-01-01"), ("title", Self.formula + "<b>x</b>"),
                    ("explanation", Self.script + Self.image), ("indicator", "pending"), ("feed", "<b>x</b>"),
                    ("operator", ">="),
                    ("threshold", "2"), ("unit", "<b>x"), ("basis", "value"), ("area", "all"), ("stage", "all"),
                ])
            #expect(target.status == 303, "\(target.text)")
            #expect(try await bureau.post(set + "/state", from: set, [("state", "published")]).status == 303)
            try await expectHarmless(
                bureau,
                [
                    "/plan", "/plan/report", "/plan/targets/X1", sets, set, set + "/edit", set + "/targets/X1",
                    set + "/targets/X1/edit", "/settings",
                ])
            try await expectNoFormula(bureau, set, holding: Self.formula, in: city.folder)
            try await expectNoFormula(bureau, "/plan", holding: Self.formula, in: city.folder)
            try await expectNoFormula(bureau, sets, holding: Self.script, in: city.folder)
        }
    }

    @Test func `of a workbook, its sheets and its schools`() async throws {
        try await withTestCity(.sqlite) { city in
            let chen = try await city.client(.chen), root = "/register/imports"
            let path = city.folder + "/sent.xlsx", sheet = "<img src=x onerror=alert(2)>"
            let writer = try SheetWriter(path: path, format: .xlsx)
            try writer.addSheet(sheet)
            try writer.header(["学校代码", "校名", "乡镇", "类型", "城乡", "班数", "<b>x</b>"])
            func row(_ code: String, _ name: String, _ classes: String) throws {
                try writer.row([code, name, "华石镇", "211", "210", classes, Self.formula].map(SheetValue.text))
            }
            try row("2145990111", Self.image + "小学", "6")
            try row("2145990112", Self.formula + "小学", "<script>alert(1)")
            try writer.finish()
            let answer = try await chen.upload(
                root, from: root + "/new", field: "file", fileName: Self.image + ".xlsx",
                Array(try Data(contentsOf: URL(fileURLWithPath: path))), [("statistics_on", "2015-09-30")])
            let columns = try #require(answer.location)
            #expect(columns.hasSuffix("/columns"), "\(answer.text)")
            try await expectHarmless(chen, [columns, root])
            let batch = String(columns.dropLast("/columns".count))
            #expect(try await chen.post(batch + "/comparison", from: columns).status == 303)
            try await work(city)
            try await expectHarmless(chen, [batch, batch + "?kind=new", batch + "?kind=refused"])
            try await expectReturned(chen, batch, sheet, in: city.folder)

            let page = try await chen.get(batch)
            let accepted = try await chen.post(
                batch + "/acceptance", from: batch, [("digest", try #require(page.hidden("digest")))])
            #expect(accepted.status == 303)
            try await work(city)
            let school = try await city.organisation("2145990111").id
            try await expectHarmless(
                chen,
                [
                    batch, root, "/schools", "/schools/\(school)", "/organisations/\(school)",
                    "/register/schools/\(school)/edit", "/register/schools/\(school)/history?field=classes",
                    "/plan?organisation=\(school)",
                ])
            try await expectHarmless(try await city.client(.audit), ["/operations/audit"])
            try await expectHarmless(try await city.client(.system), ["/operations/jobs"])
            try await expectNoFormula(chen, "/schools", holding: Self.image, in: city.folder)
        }
    }

    private func work(_ city: TestCity) async throws {
        let runner = JobRunner(database: city.database, handlers: city.platform.jobs, logger: TestDatabase.logger)
        while try await runner.runOne() {}
    }

    /// The refused row comes back as its text under the sheet's own name.
    private func expectReturned(_ client: TestClient, _ batch: String, _ sheet: String, in folder: String) async throws
    {
        let answer = try await client.get(batch + "/refused")
        let disposition = answer.headers[.contentDisposition] ?? ""
        #expect(!disposition.contains("<") && disposition.hasPrefix("attachment"))
        let path = folder + "/returned.xlsx"
        try Data(answer.bytes).write(to: URL(fileURLWithPath: path))
        let file = try SheetFile.open(path: path)
        #expect(file.sheets.map(\.name) == [sheet])
        var cells: [SheetCell] = []
        try file.rows(of: 0) { cells += $0.cells }
        #expect(cells.contains { $0.text == Self.formula } && cells.allSatisfy { !$0.isFormula })
    }
}
