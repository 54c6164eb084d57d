import Foundation

/// Tells the rows that hold data from those that do not: rows above the data, blank, total and signature rows, repeated
/// headers, the line of column numbers.
package struct DataRowSieve: Sendable {
    private let lastHeaderRow: Int
    /// Header keys by column.
    private let headers: [Int: String]
    private let read: Set<Int>
    private let nameColumn: Int

    /// - Parameters:
    ///   - nameColumn: of what a row is about; words of total rows stand there or before.
    ///   - read: the columns whose content makes a row more than blank.
    package init<Target>(
        _ columns: [ImportColumn<Target>], lastHeaderRow: Int, nameColumn: Int?, read: Set<Int>
    ) {
        self.lastHeaderRow = lastHeaderRow
        self.read = read
        self.nameColumn = nameColumn ?? 0
        headers = Dictionary(
            columns.map { column in
                (column.column, HeaderText.key(column.header.components(separatedBy: " / ").last ?? ""))
            }
        ) { first, _ in first }
    }

    /// - Parameter isNumbered: whether the row names somebody or something by a number, so that it is data whatever its
    ///   words say.
    package func holdsData(_ row: SheetRow, isNumbered: (SheetRow) -> Bool) -> Bool {
        guard row.number > lastHeaderRow, !isBlank(row) else { return false }
        if isTotal(row) || isSignature(row) { return isNumbered(row) }
        return !isHeader(row) && !isColumnNumbers(row)
    }

    /// Nothing stands in a column that is read; a running number alone is no data.
    private func isBlank(_ row: SheetRow) -> Bool {
        !row.cells.contains { cell in
            read.contains(cell.column) && (cell.isUncalculated || !ChineseText.matchingKey(cell.text).isEmpty)
        }
    }

    private func isTotal(_ row: SheetRow) -> Bool {
        row.cells.prefix { $0.column <= max(nameColumn, 3) }.contains { cell in
            // Most cells are spared the work: every such word has this sign, and long texts are none.
            guard cell.text.utf8.count <= 60, cell.text.unicodeScalars.contains("计") else { return false }
            let key = HeaderText.key(cell.text)
            return key.count <= 8 && DataRowSieve.totals.contains(where: key.hasSuffix)
        }
    }

    private func isSignature(_ row: SheetRow) -> Bool {
        guard let first = row.cells.first(where: { !ChineseText.matchingKey($0.text).isEmpty }) else { return false }
        let key = ChineseText.matchingKey(first.text)
        return key == "注" || DataRowSieve.signatures.contains(where: key.hasPrefix)
    }

    /// A header that stands again on each printed page.
    private func isHeader(_ row: SheetRow) -> Bool {
        // Where the name stands, the header's own word would stand: most rows are told by one cell.
        if let name = row[column: nameColumn], name.kind != .text || HeaderText.key(name.text) != headers[nameColumn] {
            return false
        }
        var same = 0
        for cell in row.cells where cell.kind == .text && cell.text.utf8.count <= 60 {
            if let header = headers[cell.column], !header.isEmpty, header == HeaderText.key(cell.text) { same += 1 }
        }
        return same >= 3
    }

    /// `甲 乙 1 2 3 …` below the header of a statistics form.
    private func isColumnNumbers(_ row: SheetRow) -> Bool {
        guard row.number <= lastHeaderRow + 2, row.cells.count >= 5 else { return false }
        let texts = row.cells.map { ChineseText.matchingKey($0.text) }
        let numbers = texts.drop { Int($0) == nil }.map { Int($0) ?? -1 }
        guard numbers.count >= 5, texts.count - numbers.count <= 5 else { return false }
        return zip(numbers, numbers.dropFirst()).allSatisfy { $1 > 0 && $1 - 1 == $0 }
    }

    private static let totals = ["合计", "小计", "总计", "共计"]
    private static let signatures = [
        "填表人", "审核人", "制表人", "填报人", "经办人", "负责人", "单位负责人", "主管领导", "联系电话", "联系人", "填表日期", "填报日期",
        "填报单位", "填表单位", "填表时间", "填报时间", "注:", "注1", "注2", "说明:", "备注:", "填表说明",
    ]
}
