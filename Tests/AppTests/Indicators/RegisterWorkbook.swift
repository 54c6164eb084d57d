import Directory
import Foundation
import Kernel
import Platform

@testable import Connectivity

/// A second, plain reader of the sample workbook by its written reading rules, so that the golden figures do not hang
/// on the product's own import.
struct RegisterWorkbook {
    struct School {
        let county: String
        let name: String
        let profile: SchoolProfile
        let record: FacilityRecord
    }

    struct Refusal: Hashable {
        let sheet: String
        let row: Int
    }

    private(set) var schools: [School] = []
    private(set) var refused: [Refusal] = []

    init(path: String) throws {
        let file = try SheetFile.open(path: path)
        for sheet in file.sheets {
            var codes: Set<String> = []
            try file.rows(of: sheet.index) { row in
                guard row.number > 4, row[column: 2] != nil || row[column: 4] != nil else { return }
                guard let school = RegisterWorkbook.school(row, county: String(sheet.name.prefix(3))),
                    RegisterWorkbook.isNew(row, &codes)
                else {
                    refused.append(Refusal(sheet: sheet.name, row: row.number))
                    return
                }
                schools.append(school)
            }
        }
    }

    private static func isNew(_ row: SheetRow, _ codes: inout Set<String>) -> Bool {
        let code = text(row, 1)
        return code.isEmpty || codes.insert(code).inserted
    }

    private static func school(_ row: SheetRow, county: String) -> School? {
        let name = text(row, 2), place = String(text(row, 5).prefix(3))
        guard !name.isEmpty, CodeLists.urbanRural[place] != nil, let type = type(text(row, 4)) else { return nil }
        var record = FacilityRecord()
        for (column, field) in columns {
            guard let number = number(text(row, column)), number >= 0 else { return nil }
            record[field] = number
        }
        record[.campusNetwork] = isYes(text(row, 12)) ? 1 : 0
        guard (record[.multimediaRooms] ?? 0) <= (record[.ordinaryRooms] ?? 0) else { return nil }
        let profile = SchoolProfile(schoolType: type, urbanRural: place, isCentral: isYes(text(row, 6)))
        return School(county: county, name: name, profile: profile, record: record)
    }

    private static let columns: [(Int, FacilityField)] = [
        (7, .classes), (8, .students), (9, .teachers), (10, .access), (11, .egress), (13, .ordinaryRooms),
        (14, .multimediaRooms), (15, .onlineRooms), (16, .studentComputers), (17, .teacherComputers),
        (18, .recordingRooms),
    ]

    /// Without surrounding space, full-width signs made plain.
    private static func text(_ row: SheetRow, _ column: Int) -> String {
        (row[column: column]?.text ?? "").precomposedStringWithCompatibilityMapping
            .trimmingCharacters(in: .whitespacesAndNewlines)
    }

    private static func isYes(_ text: String) -> Bool { ["是", "√", "Y", "有"].contains(text) }

    private static func type(_ text: String) -> String? {
        let words = [
            "小学": "211", "小学教学点": "218", "初级中学": "311", "九年一贯制学校": "312", "完全中学": "341", "高级中学": "342",
            "职业高中学校": "365", "幼儿园": "111",
        ]
        let code = String(text.prefix(3))
        return words.values.contains(code) ? code : words[text]
    }

    private static func number(_ text: String) -> Double? {
        if ["", "无", "未接入", "—"].contains(text) { return 0 }
        for unit in ["Mbps", "M", "兆", "间", "人", "台", "个"] where text.hasSuffix(unit) {
            return Double(text.dropLast(unit.count))
        }
        return Double(text)
    }
}
