/// The rows of an uploaded file that were not taken, written back as a workbook in the sender's own layout.
package struct RefusedRows: Sendable {
    /// Which rows of a sheet are meant and what is wrong with them.
    package struct Sheet: Sendable {
        /// Position in the file, from 0.
        package let index: Int
        package let name: String
        package let lastHeaderRow: Int
        /// By row number.
        package let problems: [Int: [ImportProblem]]

        package init(index: Int, name: String, lastHeaderRow: Int, problems: [Int: [ImportProblem]]) {
            (self.index, self.name, self.lastHeaderRow) = (index, name, lastHeaderRow)
            self.problems = problems
        }
    }

    /// The stored file.
    private let path: String
    private let sheets: [Sheet]

    package init(path: String, sheets: [Sheet]) { (self.path, self.sheets) = (path, sheets) }

    /// Reads the sender's file again and writes the new one. Blocks.
    package func write(to target: String) throws {
        let file = try SheetFile.open(path: path)
        var written: [ReturnedWorkbook.Sheet] = []
        for sheet in sheets where !sheet.problems.isEmpty {
            var head: [SheetRow] = [], rows: [ReturnedWorkbook.RefusedRow] = []
            let merged = try file.rows(of: sheet.index) { row in
                if row.number <= sheet.lastHeaderRow {
                    head.append(row)
                } else if let found = sheet.problems[row.number] {
                    let problems = found.map { ReturnedWorkbook.Problem(column: $0.column, message: $0.message) }
                    rows.append(ReturnedWorkbook.RefusedRow(row: row, problems: problems))
                }
            }
            written.append(ReturnedWorkbook.Sheet(name: sheet.name, head: head, mergedRanges: merged, rows: rows))
        }
        try ReturnedWorkbook.write(written, to: target)
    }
}
