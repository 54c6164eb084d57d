import Directory
import Foundation
import Kernel
import Platform
import TestKit
import Testing

@testable import Rosters

/// The official workbook, cell by cell against what is written down here by hand.
@Suite("Exports, cell by cell")
struct ExportGoldenTests {
    private static func form(_ made: RosterCity, _ template: String, full: Bool = true) -> [(String, String)] {
        [
            ("template", template), ("place", made.school.id.rawValue), ("day", Timestamp.now.day.iso),
            ("reason", "报送学籍核查"),
        ] + (full ? [("full", "1")] : [])
    }

    @Test("学籍-学生基础信息", arguments: TestDatabase.allCases)
    func pupils(_ database: TestDatabase) async throws {
        try await RosterCity.run(database) { made in
            try await made.pupil(
                "黄小芳", numbers: [.studentNumber: "G" + RosterCity.girl, .citizenNumber: RosterCity.girl],
                parent: "13900000001",
                facts: [
                    "sex": "2", "birthDate": "2008-09-01", "ethnicity": "08", "nationality": "CHN", "health": "1",
                    "householdKind": "2", "entryMonth": "\(RosterCity.year)-09", "attendance": "2", "onlyChild": "0",
                    "leftBehind": "1", "currentAddress": "防城区一路 1 号", "politicalStatus": "13", "overseas": "00",
                ])
            let answer = try await made.city.client(.li).post(
                ExportPages.root, from: ExportPages.root + "/new", ExportGoldenTests.form(made, "学籍-学生基础信息"))
            #expect(answer.status == 200, "\(answer.text.suffix(600))")
            let cells = try made.cells(answer)
            let expected = [
                "A1": "学生基础信息表", "A2": "全国学籍号", "B2": "姓名", "C2": "性别", "D2": "出生日期", "G2": "民族", "I2": "身份证件类型",
                "J2": "身份证件号", "V2": "年级", "W2": "班级", "X2": "入学年月", "AV2": "是否需要乘坐校车",
                "AW2": "家庭成员或监护人一", "AW3": "姓名", "AX3": "关系", "AY3": "联系电话", "AZ2": "家庭成员或监护人二",
                "A4": "G450699200809010022", "B4": "黄小芳", "C4": "女", "D4": "20080901", "G4": "壮族",
                "H4": CodeLists.nationality.name(of: "CHN"), "I4": "居民身份证", "J4": "450699200809010022",
                "K4": CodeLists.overseas.name(of: "00"), "L4": CodeLists.politicalStatus.name(of: "13"),
                "M4": "健康或良好", "R4": CodeLists.householdKind.name(of: "2"), "V4": "一年级", "W4": "一年级(1)班",
                "X4": "\(RosterCity.year)09", "Z4": "住校", "AB4": "防城区一路 1 号", "AI4": "否",
                "AK4": CodeLists.leftBehind.name(of: "1"),
                "AW4": "黄小芳家长", "AY4": "13900000001",
            ]
            for (place, text) in expected.sorted(by: { $0.key < $1.key }) { #expect(cells[place] == text, "\(place)") }
            // What is not known stays empty, and nobody else is in it.
            for place in ["E4", "F4", "N4", "AX4", "BA4", "A5", "B5"] { #expect(cells[place] == nil, "\(place)") }
            let merged = try made.merged(answer)
            #expect(merged.isSuperset(of: ["A1:BB1", "A2:A3", "V2:V3", "AW2:AY2", "AZ2:BB2"]))
            let note = try made.cells(answer, sheet: 1)
            #expect(note["A1"]?.hasPrefix("li(示例) 于 ") == true && note["A1"]?.hasSuffix("用途：报送学籍核查") == true)
        }
    }

    @Test("学籍-班级信息 and 统计-基础基表", arguments: TestDatabase.allCases)
    func classes(_ database: TestDatabase) async throws {
        try await RosterCity.run(database) { made in
            try await made.pupil("黄小芳", facts: ["sex": "2", "attendance": "2"])
            try await made.pupil("黄小明", facts: ["sex": "1", "attendance": "1"])
            try await made.teacher("王老师")
            let li = try await made.city.client(.li)
            let classes = try made.cells(
                try await li.post(
                    ExportPages.root, from: ExportPages.root + "/new", ExportGoldenTests.form(made, "学籍-班级信息")))
            #expect(classes["A4"] == TestCity.experimentalSchool)
            #expect(classes["B4"] == "防城港市实验小学(示例)")
            #expect([classes["C4"], classes["D4"], classes["E4"], classes["F4"]] == ["一年级", "1", "一年级(1)班", "普通小学班"])
            #expect(
                [classes["G4"], classes["H4"], classes["I4"], classes["J4"]] == ["\(RosterCity.year)09", nil, "2", "1"])
            let school = try made.cells(
                try await li.post(
                    ExportPages.root, from: ExportPages.root + "/new", ExportGoldenTests.form(made, "统计-基础基表")))
            let row = ["A", "C", "D", "E", "F", "G", "H", "I"].map { school[$0 + "4"] }
            #expect(row == [TestCity.experimentalSchool, "211-小学", "111-主城区", "1", "2", "1", "1", "1"])
        }
    }

    @Test("教师系统-教师基本信息, without sensitive data", arguments: TestDatabase.allCases)
    func staff(_ database: TestDatabase) async throws {
        try await RosterCity.run(database) { made in
            try await made.teacher(
                "王老师", numbers: [.citizenNumber: "450699198506200013", .staffNumber: "A0012", .phone: "13900000003"],
                facts: [
                    "sex": "1", "birthDate": "1985-06-20", "staffKind": "1", "workStart": "2008-07",
                    "establishment": "1",
                    "certificateNumber": "20084512345",
                ])
            let answer = try await made.city.client(.li).post(
                ExportPages.root, from: ExportPages.root + "/new",
                ExportGoldenTests.form(made, "教师系统-教师基本信息", full: false))
            let cells = try made.cells(answer)
            let expected = [
                "B2": "姓名", "B3": "王老师", "C3": "男", "D3": "1985-06-20", "E3": "居民身份证", "F3": "450699**********13",
                "M3": "防城港市实验小学(示例)", "O3": "专任教师", "P3": "班主任", "Q3": "是", "R3": "2008-07", "AH3": "139****0003",
            ]
            for (place, text) in expected.sorted(by: { $0.key < $1.key }) { #expect(cells[place] == text, "\(place)") }
            #expect(cells["AB2"] == "教师资格证号码" && cells["AB3"] == nil)
            #expect(!cells.values.contains { $0.contains("450699198506200013") })
        }
    }
}

extension RosterCity {
    func merged(_ answer: TestAnswer) throws -> Set<String> {
        let path = city.folder + "/\(Identifiers.next()).xlsx"
        try Data(answer.bytes).write(to: URL(fileURLWithPath: path))
        return Set(try SheetFile.open(path: path).mergedRanges(of: 0).map(\.description))
    }
}
