import Kernel
import Platform

/// The rows of a workbook above its data: titles, which span the sheet, and headers.
struct TemplateHead {
    let cells: [ExportTemplate.HeadCell]
    let columnCount: Int
    private let headers: [(range: CellRange, text: String)]

    /// Throws `DomainError.invalid` for `file` when no row looks like a header.
    init(_ rows: [SheetRow], _ merged: [CellRange]) throws {
        // The header is the last of the rows with most texts before the first that repeats the shape of data.
        guard let last = TemplateHead.lastHeaderRow(rows) else {
            throw DomainError.invalid("file", "没有找到表头：至少要有一行写着各列的名称")
        }
        let head = rows.filter { $0.number <= last }
        var found: [(range: CellRange, text: String)] = []
        for row in head {
            for cell in row.cells where !ChineseText.normalised(cell.text).isEmpty {
                let range =
                    merged.first { $0.contains(row: row.number, column: cell.column) }
                    ?? CellRange(
                        firstRow: row.number, firstColumn: cell.column, lastRow: row.number, lastColumn: cell.column)
                if let range { found.append((range, cell.text)) }
            }
        }
        let width = (found.filter { $0.range.lastRow == last }.map(\.range.lastColumn).max() ?? 0) + 1
        columnCount = width
        let titles = found.filter { entry in TemplateHead.isTitle(entry.range, width, last, found) }
        cells = found.map { entry in
            let isTitle = titles.contains { $0.range == entry.range }
            return .init(range: entry.range.description, text: entry.text, isTitle: isTitle ? true : nil)
        }
        headers = found.filter { entry in !titles.contains { $0.range == entry.range } }
    }

    /// The header of a column and those above it, the nearest first.
    func words(of column: Int) -> [String] {
        headers.filter { $0.range.firstColumn <= column && column <= $0.range.lastColumn }
            .sorted { $0.range.firstRow > $1.range.firstRow }.map(\.text)
    }

    /// The row of headers: the last row that has at least half as many texts as the fullest, all of them known words or
    /// at least not data. Joined headers that reach below count for the row they end in.
    private static func lastHeaderRow(_ rows: [SheetRow]) -> Int? {
        let known = rows.map { row in
            row.cells.filter { cell in
                TemplateRecognition.source(of: [cell.text], .pupils) != .blank
                    || TemplateRecognition.source(of: [cell.text], .staff) != .blank
            }.count
        }
        guard let best = known.indices.max(by: { (known[$0], $1) < (known[$1], $0) }), known[best] > 0 else {
            return nil
        }
        var last = best
        // A group header stands above its parts: the parts are the last row that is all words.
        while last + 1 < rows.count, known[last + 1] * 3 >= rows[last + 1].cells.count, known[last + 1] > 0 {
            last += 1
        }
        return rows[last].number
    }

    private static func isTitle(
        _ range: CellRange, _ width: Int, _ last: Int, _ found: [(range: CellRange, text: String)]
    ) -> Bool {
        guard range.lastRow < last else { return false }
        // A title stands alone in its row.
        return !found.contains {
            $0.range != range && $0.range.firstRow <= range.lastRow && $0.range.lastRow >= range.firstRow
        }
    }
}
