import CXlsxWriter
import Glibc
import Kernel

/// What a cell is to its table.
enum CellRole: Hashable {
    case title, header, body
}

/// Puts cells at places of an `.xlsx` file. Rows and columns count from 0 here.
///
/// A streaming writer keeps only the current row and so takes rows in order and no merged ranges.
final class WorkbookWriter {
    private struct Style: Hashable {
        let role: CellRole
        let mark: SheetValue.Mark?
        let numberFormat: String
        let wraps: Bool
    }

    private let path: String
    private var workbook: UnsafeMutablePointer<lxw_workbook>?
    private var worksheet: UnsafeMutablePointer<lxw_worksheet>?
    private var formats: [Style: UnsafeMutablePointer<lxw_format>] = [:]
    private var names = SheetNames()

    init(path: String, isStreaming: Bool) throws {
        self.path = path
        // The library opens the file only at the end: a folder that cannot be written is found out now, and the file has
        // its mode before anything is in it.
        guard let probe = PrivateFile.open(path) else { throw SheetWriteError.cannotWrite }
        fclose(probe)
        var options = lxw_workbook_options()
        options.constant_memory = isStreaming ? 1 : 0
        guard let workbook = workbook_new_opt(path, &options) else { throw SheetWriteError.cannotWrite }
        self.workbook = workbook
    }

    deinit {
        // Closing is the library's only way to give up its temporary files.
        guard let workbook else { return }
        _ = workbook_close(workbook)
        unlink(path)
    }

    func addSheet(_ name: String) throws {
        guard let sheet = workbook_add_worksheet(workbook, names.next(name)) else { throw SheetWriteError.cannotWrite }
        worksheet = sheet
        worksheet_set_landscape(sheet)
        worksheet_set_paper(sheet, 9)  // A4
        worksheet_fit_to_pages(sheet, 1, 0)
    }

    func put(_ value: SheetValue, _ role: CellRole, row: Int, column: Int, wraps: Bool = false) throws {
        guard row < 1_048_576, column < 16_384 else { throw SheetWriteError.tooManyRows }
        let (row32, column16) = (lxw_row_t(row), lxw_col_t(column))
        let format = try format(role, value.mark, WorkbookWriter.numberFormat(value.content), wraps: wraps)
        switch value.content {
        case .text(let text) where !text.isEmpty:
            try check(worksheet_write_string(worksheet, row32, column16, CellText.escaped(text), format))
        case .integer(let value) where abs(value) >= 1_000_000_000_000_000:
            try check(worksheet_write_string(worksheet, row32, column16, String(value), format))
        case .integer(let value):
            try check(worksheet_write_number(worksheet, row32, column16, Double(value), format))
        case .decimal(let number, _) where number.isFinite, .percent(let number) where number.isFinite,
            .number(let number) where number.isFinite:
            try check(worksheet_write_number(worksheet, row32, column16, number, format))
        case .date(let day) where day.year >= 1901:
            try check(worksheet_write_number(worksheet, row32, column16, Double(day.daysSince1970 + 25_569), format))
        case .date(let day):
            try check(worksheet_write_string(worksheet, row32, column16, day.iso, format))
        default:
            guard let format else { break }
            try check(worksheet_write_blank(worksheet, row32, column16, format))
        }
        if let comment = value.comment { try write(comment: comment, row: row32, column: column16) }
    }

    /// Joins cells; put the first cell's value afterwards. Not for streaming writers.
    func merge(_ range: CellRange, _ role: CellRole) throws {
        guard !range.isOneCell else { return }
        let format = try format(role, nil, "", wraps: false)
        try check(
            worksheet_merge_range(
                worksheet, lxw_row_t(range.firstRow - 1), lxw_col_t(range.firstColumn), lxw_row_t(range.lastRow - 1),
                lxw_col_t(range.lastColumn), "", format))
    }

    /// Sets widths, keeps the first rows in sight and repeats them on every printed page.
    func layOut(columns: ColumnWidths, frozenRows: Int) {
        for column in 0..<columns.count {
            worksheet_set_column(worksheet, lxw_col_t(column), lxw_col_t(column), columns[column], nil)
        }
        guard frozenRows > 0 else { return }
        worksheet_freeze_panes(worksheet, lxw_row_t(frozenRows), 0)
        worksheet_repeat_rows(worksheet, 0, lxw_row_t(frozenRows - 1))
    }

    func filter(headerRow: Int, lastRow: Int, columns: Int) {
        guard columns > 0 else { return }
        worksheet_autofilter(worksheet, lxw_row_t(headerRow), 0, lxw_row_t(lastRow), lxw_col_t(columns - 1))
    }

    /// Prints a line at the foot of every page.
    func foot(_ text: String) throws {
        let plain = SheetNames.cut(text.replacing("&", with: "&&"), to: 200)
        try check(worksheet_set_footer(worksheet, "&L" + plain))
    }

    func finish() throws {
        guard let workbook else { return }
        self.workbook = nil
        guard workbook_close(workbook) == LXW_NO_ERROR else {
            unlink(path)
            throw SheetWriteError.cannotWrite
        }
    }

    private func write(comment: String, row: lxw_row_t, column: lxw_col_t) throws {
        let text = SheetNames.cut(comment, to: 2_000)
        var options = lxw_comment_options()
        options.width = 260
        options.height = UInt16(min(400, 40 + text.unicodeScalars.count / 18 * 18))
        options.font_size = 9
        try check(worksheet_write_comment_opt(worksheet, row, column, CellText.escaped(text), &options))
    }

    private static func numberFormat(_ content: SheetValue.Content) -> String {
        switch content {
        case .integer: "0"
        case .decimal(_, let places): places == 0 ? "0" : "0." + String(repeating: "0", count: places)
        case .percent: "0.00%"
        case .date: "yyyy-mm-dd"
        case .text: "@"
        case .empty, .number: ""
        }
    }

    private func format(
        _ role: CellRole, _ mark: SheetValue.Mark?, _ numberFormat: String, wraps: Bool
    ) throws -> UnsafeMutablePointer<lxw_format>? {
        if role == .body, mark == nil, numberFormat.isEmpty, !wraps { return nil }
        let style = Style(role: role, mark: mark, numberFormat: role == .body ? numberFormat : "", wraps: wraps)
        if let format = formats[style] { return format }
        guard let format = workbook_add_format(workbook) else { throw SheetWriteError.cannotWrite }
        formats[style] = format
        if !style.numberFormat.isEmpty { format_set_num_format(format, style.numberFormat) }
        if wraps { format_set_text_wrap(format) }
        if role != .body {
            format_set_bold(format)
            format_set_align(format, UInt8(LXW_ALIGN_CENTER.rawValue))
            format_set_align(format, UInt8(LXW_ALIGN_VERTICAL_CENTER.rawValue))
        }
        if role == .header {
            format_set_bg_color(format, 0xE8EEF7)
            format_set_border(format, UInt8(LXW_BORDER_THIN.rawValue))
            format_set_border_color(format, 0xB8C4D6)
            format_set_text_wrap(format)
        }
        if let mark {
            format_set_bg_color(format, mark.fill)
            format_set_font_color(format, mark.ink)
        }
        return format
    }

    private func check(_ error: lxw_error) throws {
        guard error == LXW_NO_ERROR else { throw SheetWriteError.cannotWrite }
    }
}

extension SheetValue.Mark {
    fileprivate var fill: lxw_color_t {
        switch self {
        case .bad: 0xFFC7CE
        case .added: 0xC6EFCE
        case .changed: 0xFFEB9C
        }
    }

    fileprivate var ink: lxw_color_t {
        switch self {
        case .bad: 0x9C0006
        case .added: 0x006100
        case .changed: 0x7F6000
        }
    }
}

extension CellText {
    /// A text as the library takes it: at most what a cell holds, without U+0000 and the non-characters XML refuses,
    /// other control characters and look-alikes of their escape written as `_x000D_`.
    static func escaped(_ text: String) -> String {
        let whole = escapedWhole(fitting(text))
        // Escapes make a text longer: what no longer fits then goes too.
        return fitting(whole)
    }

    private static func fitting(_ text: String) -> String {
        text.utf16.count > 32_767 ? SheetNames.cut(text, to: 32_766) + "…" : text
    }

    private static func escapedWhole(_ text: String) -> String {
        let isPlain = text.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x5F && $0 != 0xEF || $0 == 0x09 || $0 == 0x0A }
        if isPlain { return text }
        var result = String.UnicodeScalarView()
        let bytes = Array(text.utf8)
        var offset = 0
        for scalar in text.unicodeScalars {
            switch scalar.value {
            case 0, 0xFFFE, 0xFFFF: break
            case 0x09, 0x0A: result.append(scalar)
            case ..<0x20:
                let digits = String(scalar.value, radix: 16, uppercase: true)
                result.append(contentsOf: "_x00\(digits.utf8.count == 1 ? "0" : "")\(digits)_".unicodeScalars)
            case 0x5F where isEscape(bytes, at: offset): result.append(contentsOf: "_x005F_".unicodeScalars)
            default: result.append(scalar)
            }
            offset += UTF8.width(scalar)
        }
        return String(result)
    }

    private static func isEscape(_ bytes: [UInt8], at index: Int) -> Bool {
        bytes.withUnsafeBufferPointer { escape($0, at: index) != nil }
    }
}
