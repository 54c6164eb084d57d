import Platform

extension RefusedRows {
    /// The refused rows of a batch.
    init(path: String, layout: WorkbookLayout, lines: [ImportLine]) {
        let sheets = layout.sheets.map { sheet in
            let mine = lines.filter { $0.sheetIndex == sheet.sheet }.map { ($0.row, $0.problems) }
            return RefusedRows.Sheet(
                index: sheet.sheet, name: sheet.name, lastHeaderRow: sheet.lastHeaderRow,
                problems: Dictionary(mine) { first, _ in first })
        }
        self.init(path: path, sheets: sheets)
    }
}
