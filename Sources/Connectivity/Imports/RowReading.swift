import Directory
import Foundation
import Kernel
import Platform

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
    private let sieve: DataRowSieve

    init(layout: SheetLayout) {
        self.layout = layout
        figures = layout.columns.compactMap { column in
            guard case .field(let field) = column.target else { return nil }
            return (field, column.column, column.scale)
        }
        var columns: [ColumnTarget: Int] = [:]
        for column in layout.columns where columns[column.target] == nil { columns[column.target] = column.column }
        self.columns = columns
        let read = layout.columns.filter { !$0.target.mayRepeat }.map(\.column)
        sieve = DataRowSieve(
            layout.columns, lastHeaderRow: layout.lastHeaderRow, nameColumn: columns[.name], read: Set(read))
    }

    /// `nil` for what is no school: rows above the data, blank, total and signature rows, repeated headers, the line of
    /// column numbers.
    func read(_ row: SheetRow) -> ReadRow? {
        guard sieve.holdsData(row, isNumbered: hasCode) else { return nil }
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
            if read.schoolType == nil { refuse(.type, "“\(ChineseText.quoted(text))”不认识", &read) }
        }
        if let text = text(row, .urbanRural, &read) {
            read.urbanRural = CodeLists.urbanRural.code(matching: text)?.code
            if read.urbanRural == nil { refuse(.urbanRural, "“\(ChineseText.quoted(text))”不在代码表中", &read) }
        }
        if columns[.isCentral] != nil {
            let text = text(row, .isCentral, &read) ?? ""
            read.isCentral = CellReading.flag(text)
            if read.isCentral == nil { refuse(.isCentral, "“\(ChineseText.quoted(text))”看不出是还是否", &read) }
        }
    }

    private func refuse(_ target: ColumnTarget, _ what: String, _ read: inout ReadRow) {
        read.problems.append(ImportProblem(column: columns[target], message: target.title + what))
    }

    /// The cell's words; `nil` when the column is missing, blank or holds a dash only.
    private func text(_ row: SheetRow, _ target: ColumnTarget, _ read: inout ReadRow) -> String? {
        guard let column = columns[target], let cell = row[column: column] else { return nil }
        if let fault = cell.fault(in: target.title) {
            read.problems.append(ImportProblem(column: column, message: fault))
            return nil
        }
        let text = ChineseText.normalised(cell.text)
        return text.isEmpty || (CellReading.dashes.contains(text) && target != .isCentral) ? nil : text
    }
}

extension RowReading {
    private func hasCode(_ row: SheetRow) -> Bool {
        if case .code(let code) = SchoolCode.read(columns[.code].flatMap { row[column: $0] }) {
            return code.utf8.contains { (0x30...0x39).contains($0) }
        }
        return false
    }
}
