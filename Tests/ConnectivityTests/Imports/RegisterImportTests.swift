import Database
import Directory
import Foundation
import Kernel
import Platform
import TestKit
import Testing

@testable import Connectivity

@Suite struct `Importing the counties' workbook` {
    private struct Golden: Decodable {
        struct Row: Decodable, Hashable {
            let sheet: String
            let row: Int
        }
        let schools: Int
        let refused_rows: [Row]
        let per_county: [String: Int]
    }

    private func golden() throws -> Golden {
        let data = try Data(
            contentsOf: URL(fileURLWithPath: try ImportSite.fixture("facility-register-2015.golden.json")))
        return try JSONDecoder().decode(Golden.self, from: data)
    }

    @Test(arguments: TestDatabase.allCases)
    func `412 schools come in and the sixteen defective rows are refused by name`(_ database: TestDatabase) async throws
    {
        let golden = try golden()
        try await withImportSite(database) { site in
            let outcome = try await site.run(try ImportSite.workbook)
            #expect(outcome.state == "accepted")
            #expect(outcome.new == golden.schools)
            #expect((outcome.changed, outcome.unchanged) == (0, 0))
            #expect(outcome.refusedRows.map { Golden.Row(sheet: $0.sheet, row: $0.row) } == golden.refused_rows)
            let schools = try await site.schools()
            #expect(schools.count == golden.schools)
            for (county, count) in golden.per_county {
                let code = try #require(Divisions.managementUnit(named: county)?.code)
                let place = try await site.place(code)
                #expect(schools.count { place.contains($0.path) } == count)
            }
        }
    }

    @Test func `each refused row tells all its faults`() async throws {
        try await withImportSite { site in
            let outcome = try await site.run(try ImportSite.workbook, accept: false)
            let reasons = outcome.refusedRows.prefix(4).map(\.reasons)
            #expect(reasons[0].count == 1)
            #expect(reasons[0][0].contains("与“港口区”第 5 行重复而内容不同（班级数 13 / 14，在校学生数 489 / 496"))
            #expect(reasons[1] == ["在校学生数不能是负数"])
            #expect(reasons[2] == ["接入带宽“约十兆左右吧”不是数字", "多媒体教室（9）不能多于普通教室（6）"])
            #expect(reasons[3] == ["缺少学校名称", "城乡分类“999”不在代码表中"])
            #expect(try await site.schools().isEmpty)
        }
    }

    @Test func `the figures are those of the cells`() async throws {
        try await withImportSite { site in
            try await site.run(try ImportSite.workbook)
            let record = try await site.record("3145620005")
            #expect(record[.classes] == 13 && record[.ordinaryRooms] == 13 && record[.access] == 50)
            #expect(record[.campusNetwork] == 1 && record[.recordingRooms] == 1)
            let school = try #require(try await site.school("3145620005"))
            #expect(school.name == "光坡中学" && school.profile?.urbanRural == "121")
            let value = try await site.database.read {
                try FacilityStore($0).values(of: school.id, on: ImportSite.day).first { $0.field == "ordinary_rooms" }
            }
            #expect(value?.place == "港口区 !N5" && value?.validFrom == ImportSite.day)
        }
    }

    @Test func `teaching points stand below the one central school of their town`() async throws {
        try await withImportSite { site in
            try await site.run(try ImportSite.workbook)
            let schools = try await site.schools()
            let byID = Dictionary(uniqueKeysWithValues: schools.map { ($0.id, $0) })
            let points = schools.filter { $0.kind == .teachingPoint }
            let held = points.filter { $0.parent.flatMap { byID[$0] }?.profile?.isCentral == true }
            #expect(points.count == 128)
            #expect(!held.isEmpty)
            #expect(points.allSatisfy { $0.parent.flatMap { byID[$0] } == nil || held.contains($0) })
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `the same file again changes nothing`(_ database: TestDatabase) async throws {
        try await withImportSite(database) { site in
            let first = try await site.run(try ImportSite.workbook)
            let before = try await site.database.read { try ImportStore($0).revision() }
            let again = try await site.run(try ImportSite.workbook)
            #expect((again.new, again.changed) == (0, 0))
            #expect(again.unchanged == first.new)
            #expect(again.refusedRows.map(\.row) == first.refusedRows.map(\.row))
            #expect(try await site.database.read { try ImportStore($0).revision() } == before)
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `undoing takes back schools, figures and profiles`(_ database: TestDatabase) async throws {
        try await withImportSite(database) { site in
            let first = try await site.csv("学校代码,校名,乡镇,类型,城乡,班数,宽带\n2145990011,企沙小学,企沙镇,211,210,6,10M")
            let second = try await site.csv(
                "学校代码,校名,乡镇,类型,城乡,班数,宽带\n2145990011,企沙小学,企沙镇,211,121,8,10M\n2145990012,企沙二小,企沙镇,211,121,9,无")
            #expect((second.new, second.changed) == (1, 1))
            #expect(try await site.record("2145990011")[.classes] == 8)

            try await site.imports.undo(batch: second.batch, by: ImportSite.clerk)
            #expect(try await site.record("2145990011")[.classes] == 6)
            #expect(try await site.school("2145990011")?.profile?.urbanRural == "210")
            #expect(try await site.school("2145990012") == nil)

            try await site.imports.undo(batch: first.batch, by: ImportSite.clerk)
            #expect(try await site.schools().isEmpty)
            await #expect(throws: DomainError.self) {
                try await site.imports.undo(batch: first.batch, by: ImportSite.clerk)
            }

            let again = try await site.run(try ImportSite.workbook)
            #expect(again.new == 412)
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `a school known by name gets the file's code, and undoing takes it back`(
        _ database: TestDatabase
    ) async throws {
        try await withImportSite(database) { site in
            let head = "学校代码,校名,乡镇,类型,城乡,班数\n"
            try await site.csv(head + ",企沙小学,企沙镇,211,210,6")
            let outcome = try await site.csv(head + "2145990011,企沙小学,企沙镇,211,210,6")
            #expect((outcome.new, outcome.changed, outcome.refused) == (0, 1, 0))
            let line = try #require(try await site.lines(outcome, .changed).first)
            #expect(line.content.changes.map(\.new) == ["2145990011"])
            #expect(try await site.record("2145990011")[.classes] == 6)
            let again = try await site.csv(head + "2145990011,企沙小学,企沙镇,211,210,6", accept: false)
            #expect((again.new, again.changed, again.unchanged) == (0, 0, 1))

            try await site.imports.undo(batch: outcome.batch, by: ImportSite.clerk)
            #expect(try await site.school("2145990011") == nil)
            #expect(try await site.schools().map(\.name) == ["企沙小学"])
        }
    }

    @Test func `one code for two schools of a file is refused`() async throws {
        try await withImportSite { site in
            let head = "学校代码,校名,乡镇,类型,城乡,班数\n"
            try await site.csv(head + ",企沙小学,企沙镇,211,210,6")
            let outcome = try await site.csv(
                head + "2145990011,企沙小学,企沙镇,211,210,6\n2145990011,企沙二小,企沙镇,211,210,9")
            #expect((outcome.changed, outcome.refused) == (1, 1))
            #expect(outcome.refusedRows[0].reasons[0].contains("标识码 2145990011 与第 2 行重复"))
        }
    }

    @Test func `what something later stands on cannot be undone`() async throws {
        try await withImportSite { site in
            let outcome = try await site.csv("学校代码,校名,乡镇,类型,城乡,班数,宽带\n2145990011,企沙小学,企沙镇,211,210,6,10M")
            let school = try #require(try await site.school("2145990011"))
            let later = FacilityChange(organisation: school.id, field: "classes", value: 7, validFrom: ImportSite.day)
            try await site.database.write { db in
                _ = try FacilityStore(db).tell([later], source: .form, by: "李校长", now: .now)
            }
            let error = await #expect(throws: DomainError.self) {
                try await site.imports.undo(batch: outcome.batch, by: ImportSite.clerk)
            }
            guard case .conflict(let reason) = error else { throw try #require(error) }
            #expect(reason.contains("企沙小学"))
            #expect(try await site.record("2145990011")[.classes] == 7)
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `what a later import repeats is not taken from it`(_ database: TestDatabase) async throws {
        try await withImportSite(database) { site in
            let head = "学校代码,校名,乡镇,类型,城乡,班数,宽带\n"
            try await site.csv(head + "2145990011,企沙小学,企沙镇,211,210,5,4M")
            let first = try await site.csv(head + "2145990011,企沙小学,企沙镇,211,210,6,10M")
            // The second file says the line's 10M again, and something new of another school only.
            let rows = "2145990011,企沙小学,企沙镇,211,210,,10M\n2145990012,企沙二小,企沙镇,211,121,9,4M"
            let second = try await site.csv(head + rows, as: "港口区十月.csv")
            #expect((second.new, second.unchanged) == (1, 1))

            let error = await #expect(throws: DomainError.self) {
                try await site.imports.undo(batch: first.batch, by: ImportSite.clerk)
            }
            guard case .conflict(let reason) = error else { throw try #require(error) }
            #expect(reason.contains("“港口区十月.csv”") && reason.contains("企沙小学"))
            #expect(try await site.record("2145990011")[.access] == 10)

            try await site.imports.undo(batch: second.batch, by: ImportSite.clerk)
            try await site.imports.undo(batch: first.batch, by: ImportSite.clerk)
            #expect(try await site.record("2145990011")[.access] == 4)
        }
    }

    @Test func `a later import of other figures does not hold up the undoing`() async throws {
        try await withImportSite { site in
            let base = "学校代码,校名,乡镇,类型,城乡,班数\n2145990011,企沙小学,企沙镇,211,210,6"
            try await site.csv(base)
            let lines = "学校代码,校名,乡镇,类型,城乡,宽带\n2145990011,企沙小学,企沙镇,211,210,"
            let first = try await site.csv(lines + "10M")
            try await site.csv("学校代码,校名,乡镇,类型,城乡,学生人数\n2145990011,企沙小学,企沙镇,211,210,240")
            try await site.imports.undo(batch: first.batch, by: ImportSite.clerk)
            #expect(try await site.record("2145990011")[.access] == nil)
            #expect(try await site.record("2145990011")[.classes] == 6)
        }
    }

    @Test(arguments: TestDatabase.allCases)
    func `of two people with the same file the slower one is asked again`(_ database: TestDatabase) async throws {
        try await withImportSite(database) { site in
            let path = try ImportSite.workbook
            let mine = try await site.run(path, accept: false), theirs = try await site.run(path, accept: false)
            #expect(mine.new == 412 && theirs.new == 412)
            func accept(_ outcome: ImportOutcome) async throws -> ImportService.Acceptance {
                let id = ID<ImportBatch>(outcome.batch)
                let moved = try await site.database.write {
                    try ImportStore($0).move(id, from: [.compared], to: .accepting)
                }
                #expect(moved)
                return try await site.service.accept(id, by: ImportSite.clerk) { _, _, _ in }
            }
            async let one = accept(mine)
            async let other = accept(theirs)
            let answers = try await [one, other]
            #expect(answers.count { $0 == .accepted } == 1)
            #expect(answers.count { $0 == .stale } == 1)
            #expect(try await site.schools().count == 412)

            let late = answers[0] == .stale ? mine : theirs
            let batch = try await site.service.find(ID(late.batch))
            #expect(batch.state == .compared && batch.message == "登记已被修改，请重新核对")
            #expect(batch.counts.new == 0 && batch.counts.unchanged == 412)
            #expect(try await accept(late) == .accepted)
        }
    }

    @Test func `an import that does not touch mine does not make me look again`() async throws {
        try await withImportSite { site in
            let mine = try await site.csv(
                "学校代码,校名,乡镇,类型,城乡,班数\n2145990011,企沙小学,企沙镇,211,210,6", accept: false)
            try await site.csv("学校代码,校名,乡镇,类型,城乡,班数\n2145990021,思阳小学,思阳镇,211,210,6", as: "上思县.csv")
            let id = ID<ImportBatch>(mine.batch)
            _ = try await site.database.write { try ImportStore($0).move(id, from: [.compared], to: .accepting) }
            #expect(try await site.service.accept(id, by: ImportSite.clerk) { _, _, _ in } == .accepted)
            #expect(try await site.schools().count == 2)
        }
    }

    @Test func `a county's clerk writes in the county only`() async throws {
        try await withImportSite { site in
            let county = DataScope([try await site.place("450602")])
            let outcome = try await site.run(try ImportSite.workbook, scope: county)
            #expect(outcome.new == 68)
            let outside = outcome.refusedRows.filter { !$0.sheet.hasPrefix("港口区") }
            #expect(!outside.isEmpty && outside.contains { $0.reasons.contains { $0.contains("不在你的管理范围内") } })
            #expect(try await site.schools().count == 68)
            let batch = try await site.service.find(ID(outcome.batch))
            #expect(batch.scopePath == county.roots[0])
        }
    }

    @Test func `the refused rows come back in the sender's own layout`() async throws {
        try await withImportSite { site in
            let outcome = try await site.run(try ImportSite.workbook, accept: false)
            let batch = try await site.service.find(ID(outcome.batch))
            let rows = RefusedRows(
                path: site.files.path(of: batch.sha256), layout: batch.layout,
                lines: try await site.lines(outcome, .refused))
            let target = site.folder + "/back.xlsx"
            try rows.write(to: target)
            let file = try SheetFile.open(path: target)
            #expect(file.sheets.count == 4)
            var texts: [Int: String] = [:]
            try file.rows(of: 0) { row in texts[row.number] = row.cells.map(\.text).joined(separator: "|") }
            #expect(texts[3]?.contains("学校标识码|学校名称") == true)
            #expect(texts[7]?.contains("约十兆左右吧") == true)
            #expect(texts[7]?.contains("原第 75 行") == true)
            // Sent again as it is, the good rows are not there and the bad ones are refused again.
            let again = try await site.run(target)
            #expect(again.refused == 12 && again.new == 4)
        }
    }
}
