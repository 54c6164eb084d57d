import Kernel
import Platform

/// The refused rows of a batch, written back as a workbook in the sender's own layout.
struct RefusedRows: Sendable {
    /// The stored file.
    let path: String
    let layout: WorkbookLayout
    let lines: [ImportLine]

    /// Reads the sender's file again and writes the new one. Blocks.
    func write(to target: String) throws {
        let file = try SheetFile.open(path: path)
        var sheets: [ReturnedWorkbook.Sheet] = []
        for layout in layout.sheets {
            var refused: [Int: ImportLine] = [:]
            for line in lines where line.sheetIndex == layout.sheet { refused[line.row] = line }
            guard !refused.isEmpty else { continue }
            var head: [SheetRow] = [], rows: [ReturnedWorkbook.RefusedRow] = []
            let merged = try file.rows(of: layout.sheet) { row in
                if row.number <= layout.lastHeaderRow {
                    head.append(row)
                } else if let line = refused[row.number] {
                    let problems = line.problems.map {
                        ReturnedWorkbook.Problem(column: $0.column, message: $0.message)
                    }
                    rows.append(ReturnedWorkbook.RefusedRow(row: row, problems: problems))
                }
            }
            sheets.append(
                ReturnedWorkbook.Sheet(name: layout.name, head: head, mergedRanges: merged, rows: rows))
        }
        try ReturnedWorkbook.write(sheets, to: target)
    }
}
