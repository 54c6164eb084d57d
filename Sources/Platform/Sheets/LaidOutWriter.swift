/// Writes a workbook in somebody else's layout: titles and headers cell by cell, joined cells included, then rows below.
/// Keeps the sheet in memory, so rows are the caller's to limit. Call `finish` at the end; without it no file is left.
package final class LaidOutWriter {
    /// One cell of the head.
    package struct HeadCell: Sendable, Equatable {
        package let range: CellRange
        package let text: String
        /// Titles are bold and centred; headers are filled and framed too.
        package let isTitle: Bool

        package init(_ range: CellRange, _ text: String, isTitle: Bool) {
            (self.range, self.text, self.isTitle) = (range, text, isTitle)
        }
    }

    private let writer: WorkbookWriter
    private var row = 0
    private var columns = ColumnWidths()

    /// - Throws: `SheetWriteError.cannotWrite`.
    package init(path: String) throws { writer = try WorkbookWriter(path: path, isStreaming: false) }

    /// Starts a sheet with its head. Rows follow below the last row of the head.
    /// - Parameters:
    ///   - widths: column widths in characters; others follow from the cells.
    ///   - foot: printed at the foot of every page.
    package func addSheet(_ name: String, head: [HeadCell], widths: [Double] = [], foot: String = "") throws {
        endSheet()
        try writer.addSheet(name)
        if !foot.isEmpty { try writer.foot(foot) }
        (row, columns) = (0, ColumnWidths(fixed: widths))
        for cell in head {
            let role: CellRole = cell.isTitle ? .title : .header
            try writer.merge(cell.range, role)
            let (first, column) = (cell.range.firstRow - 1, cell.range.firstColumn)
            try writer.put(.text(cell.text), role, row: first, column: column)
            if !cell.isTitle, cell.range.firstColumn == cell.range.lastColumn {
                columns.see(.text(cell.text), column: column, isHeader: true)
            }
            row = max(row, cell.range.lastRow)
        }
        headRows = row
    }

    private var headRows: Int?

    package func row(_ values: [SheetValue]) throws {
        for (column, value) in values.enumerated() {
            columns.see(value, column: column)
            try writer.put(value, .body, row: row, column: column)
        }
        row += 1
    }

    package func finish() throws {
        endSheet()
        try writer.finish()
    }

    private func endSheet() {
        guard let headRows else { return }
        writer.layOut(columns: columns, frozenRows: headRows)
        self.headRows = nil
    }
}
