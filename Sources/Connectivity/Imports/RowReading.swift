import Directory
import Foundation
import Kernel
import Platform

/// Something wrong with a row or one of its cells.
struct ImportProblem: Codable, Sendable, Equatable {
    /// From 0; `nil` for the whole row.
    let column: Int?
    /// In Chinese, naming column and content.
    let message: String
}

/// What one row of a sheet tells of one school, before it is compared with the register.
struct ReadRow: Sendable, Equatable {
    let sheet: Int
    /// As Excel numbers it.
    let number: Int
    var code: String?
    var name = ""
    /// The cell of a county column; `nil` where the sheet has none or it is blank.
    var county: String?
    var town: String?
    var schoolType: String?
    var urbanRural: String?
    /// `nil` where the sheet has no such column.
    var isCentral: Bool?
    var values = FacilityRecord()
    var problems: [ImportProblem] = []
}

/// Reads the rows of one sheet by its layout. Pure.
struct RowReading: Sendable {
    let layout: SheetLayout
    private let figures: [(field: FacilityField, column: Int, scale: Double)]
    private let columns: [ColumnTarget: Int]
    private let headers: [Int: String]

    init(layout: SheetLayout) {
        self.layout = layout
        figures = layout.columns.compactMap { column in
            guard case .field(let field) = column.target else { return nil }
            return (field, column.column, column.scale)
        }
        var columns: [ColumnTarget: Int] = [:]
        for column in layout.columns where columns[column.target] == nil { columns[column.target] = column.column }
        self.columns = columns
        headers = Dictionary(
            layout.columns.map { ($0.column, HeaderWords.key($0.header.components(separatedBy: " / ").last ?? "")) }
        ) { first, _ in first }
    }

    /// `nil` for what is no school: rows above the data, blank, total and signature rows, repeated headers, the line of
    /// column numbers.
    func read(_ row: SheetRow) -> ReadRow? {
        guard row.number > layout.lastHeaderRow, !isBlank(row), !isTotal(row), !isSignature(row), !isHeader(row),
            !isColumnNumbers(row)
        else { return nil }
        var read = ReadRow(sheet: layout.sheet, number: row.number)
        readIdentity(row, into: &read)
        readProfile(row, into: &read)
        for (field, column, scale) in figures {
            switch CellReading.figure(row[column: column], field, scale: scale) {
            case .value(let value): read.values[field] = value
            case .absent: break
            case .refused(let message): read.problems.append(ImportProblem(column: column, message: message))
            }
        }
        return read
    }

    private func readIdentity(_ row: SheetRow, into read: inout ReadRow) {
        if let column = columns[.code] {
            switch SchoolCode.read(row[column: column]) {
            case .code(let code): read.code = code
            case .absent: break
            case .refused(let message): read.problems.append(ImportProblem(column: column, message: message))
            }
        }
        if let text = text(row, .name, &read) { read.name = SchoolName.stored(text) }
        if read.name.isEmpty, !read.problems.contains(where: { $0.column == columns[.name] }) {
            read.problems.append(ImportProblem(column: columns[.name], message: "缺少学校名称"))
        }
        if read.name.count > 60 {
            read.problems.append(ImportProblem(column: columns[.name], message: "学校名称超过 60 个字"))
        }
        read.county = text(row, .county, &read)
        read.town = text(row, .town, &read)
    }

    private func readProfile(_ row: SheetRow, into read: inout ReadRow) {
        if let text = text(row, .type, &read) {
            read.schoolType = CodeLists.schoolType.code(matching: text)?.code
            if read.schoolType == nil { refuse(.type, "“\(CellReading.shown(text))”不认识", &read) }
        }
        if let text = text(row, .urbanRural, &read) {
            read.urbanRural = CodeLists.urbanRural.code(matching: text)?.code
            if read.urbanRural == nil { refuse(.urbanRural, "“\(CellReading.shown(text))”不在代码表中", &read) }
        }
        if columns[.isCentral] != nil {
            let text = text(row, .isCentral, &read) ?? ""
            read.isCentral = CellReading.flag(text)
            if read.isCentral == nil { refuse(.isCentral, "“\(CellReading.shown(text))”看不出是还是否", &read) }
        }
    }

    private func refuse(_ target: ColumnTarget, _ what: String, _ read: inout ReadRow) {
        read.problems.append(ImportProblem(column: columns[target], message: target.title + what))
    }

    /// The cell's words; `nil` when the column is missing, blank or holds a dash only.
    private func text(_ row: SheetRow, _ target: ColumnTarget, _ read: inout ReadRow) -> String? {
        guard let column = columns[target], let cell = row[column: column] else { return nil }
        if let fault = CellReading.fault(of: cell, target.title) {
            read.problems.append(ImportProblem(column: column, message: fault))
            return nil
        }
        let text = ChineseText.normalised(cell.text)
        return text.isEmpty || (CellReading.dashes.contains(text) && target != .isCentral) ? nil : text
    }
}

extension RowReading {
    /// Nothing stands in a column that is read; a running number alone is no school.
    private func isBlank(_ row: SheetRow) -> Bool {
        !row.cells.contains { cell in
            guard let target = target(of: cell.column), target != .ignored, target != .remark else { return false }
            return cell.isUncalculated || !ChineseText.matchingKey(cell.text).isEmpty
        }
    }

    private func target(of column: Int) -> ColumnTarget? {
        if column < layout.columns.count, layout.columns[column].column == column {
            return layout.columns[column].target
        }
        return layout.columns.first { $0.column == column }?.target
    }

    private func hasCode(_ row: SheetRow) -> Bool {
        if case .code(let code) = SchoolCode.read(columns[.code].flatMap { row[column: $0] }) {
            return code.utf8.contains { (0x30...0x39).contains($0) }
        }
        return false
    }

    private func isTotal(_ row: SheetRow) -> Bool {
        let words = row.cells.prefix { $0.column <= max(columns[.name] ?? 0, 3) }
        let isNamed = words.contains { cell in
            let key = HeaderWords.key(cell.text)
            return key.count <= 8 && ["合计", "小计", "总计", "共计"].contains(where: key.hasSuffix)
        }
        return isNamed && !hasCode(row)
    }

    private func isSignature(_ row: SheetRow) -> Bool {
        guard let first = row.cells.first(where: { !ChineseText.matchingKey($0.text).isEmpty }) else { return false }
        let key = ChineseText.matchingKey(first.text)
        let words = [
            "填表人", "审核人", "制表人", "填报人", "经办人", "负责人", "单位负责人", "主管领导", "联系电话", "联系人", "填表日期", "填报日期",
            "填报单位", "填表单位", "填表时间", "填报时间", "注:", "注1", "注2", "说明:", "备注:", "填表说明",
        ]
        return (key == "注" || words.contains(where: key.hasPrefix)) && !hasCode(row)
    }

    /// A header that stands again on each printed page.
    private func isHeader(_ row: SheetRow) -> Bool {
        var same = 0
        for cell in row.cells where cell.kind == .text {
            if let header = headers[cell.column], !header.isEmpty, header == HeaderWords.key(cell.text) { same += 1 }
        }
        return same >= 3
    }

    /// `甲 乙 1 2 3 …` below the header of a statistics form.
    private func isColumnNumbers(_ row: SheetRow) -> Bool {
        guard row.number <= layout.lastHeaderRow + 2, row.cells.count >= 5 else { return false }
        let texts = row.cells.map { ChineseText.matchingKey($0.text) }
        let numbers = texts.drop { Int($0) == nil }.map { Int($0) ?? -1 }
        guard numbers.count >= 5, texts.count - numbers.count <= 5 else { return false }
        return zip(numbers, numbers.dropFirst()).allSatisfy { $1 == $0 + 1 }
    }
}
