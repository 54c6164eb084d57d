import Kernel

/// Refused rows as a workbook in the sender's own layout: the rows above the data as they were, each refused row with
/// its bad cells coloured and commented, and a last column 退回原因. The sender corrects it and sends it again.
package enum ReturnedWorkbook {
    /// The title of the last column; readers of tables leave this column out.
    package static let reasonTitle = "退回原因"

    package struct Sheet: Sendable {
        package let name: String
        /// The rows above the data: titles and header lines, with their own numbers.
        package let head: [SheetRow]
        /// Of the whole sheet; those within the head are kept.
        package let mergedRanges: [CellRange]
        package let rows: [RefusedRow]

        package init(name: String, head: [SheetRow], mergedRanges: [CellRange], rows: [RefusedRow]) {
            (self.name, self.head, self.mergedRanges, self.rows) = (name, head, mergedRanges, rows)
        }
    }

    package struct RefusedRow: Sendable {
        /// As it was read, with its number in the sender's file.
        package let row: SheetRow
        package let problems: [Problem]

        package init(row: SheetRow, problems: [Problem]) {
            (self.row, self.problems) = (row, problems)
        }
    }

    package struct Problem: Sendable, Equatable {
        /// The bad cell's column, from 0; `nil` for a problem of the row.
        package let column: Int?
        /// In Chinese.
        package let message: String

        package init(column: Int?, message: String) {
            (self.column, self.message) = (column, message)
        }
    }

    /// Writes an `.xlsx` file. A row names every problem, in the order given.
    /// - Throws: `SheetWriteError`.
    package static func write(_ sheets: [Sheet], to path: String) throws {
        let writer = try WorkbookWriter(path: path, isStreaming: false)
        for sheet in sheets {
            try writer.addSheet(sheet.name.isEmpty ? "退回数据" : sheet.name)
            try write(sheet, with: writer)
        }
        try writer.finish()
    }

    private static func write(_ sheet: Sheet, with writer: WorkbookWriter) throws {
        let headRows = sheet.head.last?.number ?? 0
        let reasonColumn = lastColumn(of: sheet) + 1
        var widths = ColumnWidths()
        let merged = kept(sheet.mergedRanges, rows: headRows, columns: reasonColumn)
        let titles = titleRows(sheet.head)
        for range in merged { try writer.merge(range, titles.contains(range.firstRow) ? .title : .header) }
        for row in sheet.head {
            let isTitle = titles.contains(row.number)
            for cell in row.cells {
                let value = SheetValue(cell)
                try writer.put(value, isTitle ? .title : .header, row: row.number - 1, column: cell.column)
                let isWide = merged.contains {
                    $0.contains(row: row.number, column: cell.column) && $0.lastColumn > $0.firstColumn
                }
                if !isTitle, !isWide { widths.see(value, column: cell.column, isHeader: true) }
            }
        }
        let title = SheetValue.text(reasonTitle)
        try writer.put(title, .header, row: max(headRows, 1) - 1, column: reasonColumn)
        for (index, refused) in sheet.rows.enumerated() {
            let line = max(headRows, 1) + index
            try write(refused, line: line, reasonColumn: reasonColumn, with: writer, &widths)
        }
        writer.layOut(columns: widths, frozenRows: max(headRows, 1))
    }

    private static func write(
        _ refused: RefusedRow, line: Int, reasonColumn: Int, with writer: WorkbookWriter, _ widths: inout ColumnWidths
    ) throws {
        var problems: [Int: [String]] = [:]
        for problem in refused.problems {
            if let column = problem.column { problems[column, default: []].append(problem.message) }
        }
        for cell in refused.row.cells where problems[cell.column] == nil {
            let value = SheetValue(cell)
            try writer.put(value, .body, row: line, column: cell.column)
            widths.see(value, column: cell.column)
        }
        for (column, messages) in problems.sorted(by: { $0.key < $1.key }) {
            let value = refused.row[column: column].map { SheetValue($0) } ?? .empty
            let comment = messages.joined(separator: "\n")
            try writer.put(value.marked(.bad, comment), .body, row: line, column: column)
            widths.see(value, column: column)
        }
        let reasons = refused.problems.map(\.message).joined(separator: "；")
        let reason = SheetValue.text("原第 \(refused.row.number) 行：\(reasons)")
        try writer.put(reason, .body, row: line, column: reasonColumn, wraps: true)
        widths.see(reason, column: reasonColumn)
    }

    private static func lastColumn(of sheet: Sheet) -> Int {
        let rows = sheet.head + sheet.rows.map(\.row)
        let cells = rows.compactMap { $0.cells.last?.column }.max() ?? 0
        return max(cells, sheet.rows.flatMap(\.problems).compactMap(\.column).max() ?? 0)
    }

    /// Merged ranges inside the head that do not overlap: a broken file must not make a broken answer.
    private static func kept(_ ranges: [CellRange], rows: Int, columns: Int) -> [CellRange] {
        var kept: [CellRange] = []
        for range in ranges where range.lastRow <= rows && !range.isOneCell && kept.count < 500 {
            let clipped = CellRange(
                firstRow: range.firstRow, firstColumn: range.firstColumn, lastRow: range.lastRow,
                lastColumn: min(range.lastColumn, columns - 1))
            if let clipped, !clipped.isOneCell, !kept.contains(where: clipped.overlaps) { kept.append(clipped) }
        }
        return kept
    }

    /// Rows of one or two texts above the first fuller row: the table's title, its sender, its date.
    private static func titleRows(_ head: [SheetRow]) -> Set<Int> {
        Set(head.prefix { $0.cells.count < 3 }.map(\.number))
    }
}

extension SheetValue {
    /// A cell as it came. Codes that lost digits and formulas come as the text they show.
    fileprivate init(_ cell: SheetCell) {
        switch (cell.kind, cell.number) {
        case (.number, .some(let number)) where !cell.lostPrecision && number.magnitude < 1e15:
            self.init(.number(number))
        case (.date, _):
            self.init(LocalDate(iso: cell.text).map { .date($0) } ?? .text(cell.text))
        default:
            self.init(.text(cell.text))
        }
    }
}
