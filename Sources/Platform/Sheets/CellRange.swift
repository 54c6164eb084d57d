/// A rectangle of cells. Rows count from 1 and columns from 0, both ends included.
package struct CellRange: Hashable, Sendable, CustomStringConvertible {
    package let firstRow: Int
    package let firstColumn: Int
    package let lastRow: Int
    package let lastColumn: Int

    /// `nil` when the ends are the wrong way round or before the first cell.
    package init?(firstRow: Int, firstColumn: Int, lastRow: Int, lastColumn: Int) {
        guard firstRow >= 1, firstColumn >= 0, lastRow >= firstRow, lastColumn >= firstColumn else { return nil }
        (self.firstRow, self.firstColumn) = (firstRow, firstColumn)
        (self.lastRow, self.lastColumn) = (lastRow, lastColumn)
    }

    /// `A3:B4`, or `C5` for one cell.
    package init?(_ text: some StringProtocol) {
        let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        guard let first = parts.first.flatMap({ ColumnLetters.cell($0.utf8) }),
            let last = parts.last.flatMap({ ColumnLetters.cell($0.utf8) })
        else { return nil }
        self.init(firstRow: first.row, firstColumn: first.column, lastRow: last.row, lastColumn: last.column)
    }

    package func contains(row: Int, column: Int) -> Bool {
        row >= firstRow && row <= lastRow && column >= firstColumn && column <= lastColumn
    }

    package func overlaps(_ other: CellRange) -> Bool {
        firstRow <= other.lastRow && other.firstRow <= lastRow
            && firstColumn <= other.lastColumn && other.firstColumn <= lastColumn
    }

    package var isOneCell: Bool { firstRow == lastRow && firstColumn == lastColumn }

    package var description: String {
        let first = "\(ColumnLetters.letters(firstColumn))\(firstRow)"
        return isOneCell ? first : "\(first):\(ColumnLetters.letters(lastColumn))\(lastRow)"
    }
}

/// Columns as Excel names them: 0 is `A`, 26 is `AA`.
package enum ColumnLetters {
    /// - Parameter column: 0 or more.
    package static func letters(_ column: Int) -> String {
        var bytes: [UInt8] = []
        var rest = column + 1
        while rest > 0 {
            bytes.append(0x41 + UInt8((rest - 1) % 26))
            rest = (rest - 1) / 26
        }
        return String(decoding: bytes.reversed(), as: UTF8.self)
    }

    /// `nil` when the text is no column name of one to three letters.
    package static func column(_ letters: some StringProtocol) -> Int? {
        guard let (column, rest) = prefix(letters.utf8), rest == letters.utf8.endIndex else { return nil }
        return column
    }

    /// The row (from 1) and column (from 0) of a reference such as `B12` or `$B$12`.
    static func cell(_ reference: some Collection<UInt8>) -> (row: Int, column: Int)? {
        guard let (column, start) = prefix(reference) else { return nil }
        var row = 0
        for byte in reference[start...] {
            if byte == 0x24, row == 0 { continue }
            guard byte >= 0x30, byte <= 0x39, row < 100_000_000 else { return nil }
            row = row * 10 + Int(byte - 0x30)
        }
        return row > 0 ? (row, column) : nil
    }

    private static func prefix<Bytes: Collection<UInt8>>(_ bytes: Bytes) -> (column: Int, rest: Bytes.Index)? {
        var index = bytes.startIndex
        var column = 0
        var count = 0
        while index < bytes.endIndex {
            let byte = bytes[index]
            if byte == 0x24, count == 0 {
                index = bytes.index(after: index)
                continue
            }
            let letter = byte | 0x20
            guard letter >= 0x61, letter <= 0x7A else { break }
            column = column * 26 + Int(letter - 0x60)
            count += 1
            guard count <= 3 else { return nil }
            index = bytes.index(after: index)
        }
        return count > 0 ? (column - 1, index) : nil
    }
}
