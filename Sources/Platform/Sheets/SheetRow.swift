/// One row that holds something. Cells stand in column order; empty cells are left out.
package struct SheetRow: Sendable, Equatable {
    /// As Excel numbers it, from 1.
    package let number: Int
    package let cells: [SheetCell]

    package init(number: Int, cells: [SheetCell]) {
        (self.number, self.cells) = (number, cells)
    }

    /// The cell in a column (from 0); `nil` when it is empty.
    package subscript(column column: Int) -> SheetCell? {
        if column < cells.count, cells[column].column == column { return cells[column] }
        return cells.first { $0.column == column }
    }
}

/// One cell as its sender sees it.
package struct SheetCell: Sendable, Equatable {
    package enum Kind: Sendable, Equatable {
        case text, number, boolean, error, date
    }

    /// From 0.
    package let column: Int
    /// What the workbook says it is; cells of text tables are always text.
    package let kind: Kind
    /// Text as written, with spaces. Numbers as Excel's 15 digits show them, integers without decimals or exponent.
    /// Dates as `2015-09-30`, `2015-09-30T08:00:00` or `08:00:00`. Booleans as `TRUE` or `FALSE`.
    package let text: String
    /// The value of numbers; the serial number of dates; 1 or 0 of booleans.
    package let number: Double?
    package let isFormula: Bool
    /// A formula whose result the file does not hold; the text is empty.
    package let isUncalculated: Bool
    /// A long code that was turned into a number and has lost its last digits; they are gone from the file.
    package let lostPrecision: Bool

    package init(
        column: Int, kind: Kind = .text, text: String, number: Double? = nil, isFormula: Bool = false,
        isUncalculated: Bool = false, lostPrecision: Bool = false
    ) {
        (self.column, self.kind, self.text, self.number) = (column, kind, text, number)
        (self.isFormula, self.isUncalculated, self.lostPrecision) = (isFormula, isUncalculated, lostPrecision)
    }
}

/// A sheet of a file.
package struct SheetInfo: Sendable, Equatable {
    /// As the sender wrote it, spaces included; empty for a text table.
    package let name: String
    /// Position in `SheetFile.sheets`, from 0.
    package let index: Int
    /// Hidden by its author.
    package let isHidden: Bool
}
