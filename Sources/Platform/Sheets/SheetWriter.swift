import Glibc

/// Why a table could not be written.
package enum SheetWriteError: Error, Sendable, Equatable {
    /// The disk is full or the folder cannot be written.
    case cannotWrite
    /// More rows than a workbook's sheet holds (1,048,576).
    case tooManyRows

    /// What is wrong and what to do, in Chinese.
    package var message: String {
        switch self {
        case .cannotWrite: "文件写入失败，请稍后再试"
        case .tooManyRows: "行数超过 Excel 的上限（1048576 行），请缩小筛选范围"
        }
    }
}

/// Writes a table to a file, row by row in constant memory, as a workbook or as comma-separated text.
///
/// Call `addSheet`, `header`, then `row` for each row, and `finish` at the end; without `finish` no file is left.
package final class SheetWriter {
    package enum Format: String, Sendable, CaseIterable {
        case xlsx
        /// UTF-8 with mark, so that Excel reads it right; a second sheet follows the first after an empty line.
        case csv
    }

    private enum Target {
        case workbook(WorkbookWriter)
        case text(DelimitedWriter)
    }

    private let target: Target
    private var row = 0
    private var columns = ColumnWidths()
    private var headerRow: Int?
    private var hasSheet = false

    /// - Throws: `SheetWriteError.cannotWrite`.
    package init(path: String, format: Format) throws {
        switch format {
        case .xlsx: target = .workbook(try WorkbookWriter(path: path, isStreaming: true))
        case .csv: target = .text(try DelimitedWriter(path: path))
        }
    }

    /// Starts a sheet. Its name is made acceptable to Excel and unique.
    /// - Parameter widths: column widths in characters, from the first column; others follow from the first rows.
    package func addSheet(_ name: String, widths: [Double] = []) throws {
        try endSheet()
        (row, headerRow, columns) = (0, nil, ColumnWidths(fixed: widths))
        switch target {
        case .workbook(let writer): try writer.addSheet(name)
        case .text(let writer): if hasSheet { try writer.row([.empty]) }
        }
        hasSheet = true
    }

    /// Writes a header row: bold and filled; it stays in sight, repeats on paper and carries filters.
    package func header(_ titles: [String]) throws {
        if headerRow == nil { headerRow = row }
        try write(titles.map(SheetValue.text), .header)
    }

    package func row(_ values: [SheetValue]) throws { try write(values, .body) }

    /// Completes the file.
    /// - Throws: `SheetWriteError.cannotWrite`; the file is then gone.
    package func finish() throws {
        try endSheet()
        switch target {
        case .workbook(let writer): try writer.finish()
        case .text(let writer): try writer.finish()
        }
    }

    private func write(_ values: [SheetValue], _ role: CellRole) throws {
        switch target {
        case .text(let writer): try writer.row(values)
        case .workbook(let writer):
            if !hasSheet { try addSheet("") }
            for (column, value) in values.enumerated() {
                try writer.put(value, role, row: row, column: column)
                if row < ColumnWidths.sample { columns.see(value, column: column, isHeader: role == .header) }
            }
        }
        row += 1
    }

    private func endSheet() throws {
        guard hasSheet, case .workbook(let writer) = target else { return }
        writer.layOut(columns: columns, frozenRows: headerRow.map { $0 + 1 } ?? 0)
        if let headerRow {
            writer.filter(headerRow: headerRow, lastRow: max(row - 1, headerRow), columns: columns.count)
        }
    }
}

/// Column widths in characters of Latin text, from what the first rows hold.
struct ColumnWidths {
    /// Rows looked at.
    static let sample = 200
    private static let least = 8.0
    private static let most = 40.0

    private let fixed: [Double]
    private var seen: [Double] = []

    init(fixed: [Double] = []) { self.fixed = fixed }

    var count: Int { max(fixed.count, seen.count) }

    mutating func see(_ value: SheetValue, column: Int, isHeader: Bool = false) {
        while seen.count <= column { seen.append(ColumnWidths.least) }
        var width = isHeader ? 4.0 : 2.0
        for scalar in value.plainText.unicodeScalars.prefix(60) { width += scalar.value < 0x1100 ? 1 : 2 }
        seen[column] = min(max(seen[column], width), ColumnWidths.most)
    }

    subscript(_ column: Int) -> Double { column < fixed.count ? fixed[column] : seen[column] }
}

/// Comma-separated text (RFC 4180) that is safe to open in a spreadsheet program.
private final class DelimitedWriter {
    private let path: String
    private var file: UnsafeMutablePointer<FILE>?
    private var line: [UInt8] = []

    init(path: String) throws {
        self.path = path
        guard let file = PrivateFile.open(path) else { throw SheetWriteError.cannotWrite }
        self.file = file
        line = TextDecoding.mark
        try flush()
    }

    deinit {
        guard let file else { return }
        fclose(file)
        unlink(path)
    }

    func row(_ values: [SheetValue]) throws {
        for (index, value) in values.enumerated() {
            if index > 0 { line.append(0x2C) }
            append(value)
        }
        line += [0x0D, 0x0A]
        try flush()
    }

    func finish() throws {
        guard let file else { return }
        self.file = nil
        guard fclose(file) == 0 else {
            unlink(path)
            throw SheetWriteError.cannotWrite
        }
    }

    private func append(_ value: SheetValue) {
        var field = Array(value.plainText.utf8)
        if case .text = value.content, DelimitedWriter.looksLikeFormula(field) { field.insert(0x27, at: 0) }
        let needsQuotes =
            field.contains { $0 == 0x22 || $0 == 0x2C || $0 == 0x0A || $0 == 0x0D }
            || field.first == 0x20 || field.last == 0x20
        guard needsQuotes else {
            line += field
            return
        }
        line.append(0x22)
        for byte in field {
            if byte == 0x22 { line.append(0x22) }
            line.append(byte)
        }
        line.append(0x22)
    }

    /// Spreadsheet programs run such text as a formula: a way to attack whoever opens the export.
    private static func looksLikeFormula(_ field: [UInt8]) -> Bool {
        switch field.first {
        case 0x3D, 0x40, 0x09, 0x0A, 0x0D: true
        case 0x2B, 0x2D: field.withUnsafeBufferPointer { SheetNumber($0) == nil }
        // The full-width ＝, ＋, － and ＠ are taken for the others under Chinese and Japanese settings.
        case 0xEF: field.starts(with: [0xEF, 0xBC]) && [0x9D, 0x8B, 0x8D, 0xA0].contains(field.dropFirst(2).first)
        default: false
        }
    }

    private func flush() throws {
        let written = fwrite(line, 1, line.count, file)
        guard written == line.count else { throw SheetWriteError.cannotWrite }
        line.removeAll(keepingCapacity: true)
    }
}
