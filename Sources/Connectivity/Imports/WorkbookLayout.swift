import Kernel
import Platform

/// How a sender's file is built: where each sheet's data begins and what its columns hold. Recognised by
/// `LayoutRecognition`, corrected by a person, kept with the batch.
struct WorkbookLayout: Codable, Sendable, Equatable {
    var sheets: [SheetLayout]
    /// Sheets without a header of the register, such as 填表说明.
    let skipped: [String]
    /// Every sheet was read to its end; otherwise only its first rows are known.
    let isCounted: Bool

    /// Rows below the headers, blank and total rows included; see `isCounted`.
    var rowCount: Int { sheets.reduce(0) { $0 + $1.rowCount } }
}

/// One sheet of a sender's file.
struct SheetLayout: Codable, Sendable, Equatable {
    /// Position in the file, from 0.
    let sheet: Int
    /// As the sender wrote it, spaces included; empty for a text table.
    let name: String
    let firstHeaderRow: Int
    let lastHeaderRow: Int
    var columns: [RecognisedColumn]
    /// The management unit that sheet name, title or 填报单位 tell; 6-digit code.
    var county: String?
    /// 统计日期 above the header, ISO; `nil` when the sheet has none.
    var statisticsOn: String?
    let rowCount: Int

    var day: LocalDate? { statisticsOn.flatMap { LocalDate(iso: $0) } }

    /// As messages name the sheet.
    var title: String { name.isEmpty ? "表格" : name }

    func column(of target: ColumnTarget) -> Int? { columns.first { $0.target == target }?.column }
}

typealias RecognisedColumn = ImportColumn<ColumnTarget>
