import Kernel

/// How a table leaves the platform.
package enum TableFormat: String, Sendable, CaseIterable {
    case xlsx
    case csv

    /// The `format` of an address; `nil` when it has none or an unknown one.
    package init?(query: FormValues) {
        guard let text = query.text("format"), let format = TableFormat(rawValue: text) else { return nil }
        self = format
    }

    package var contentType: String {
        switch self {
        case .xlsx: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
        case .csv: "text/csv; charset=utf-8"
        }
    }

    /// Without the point.
    package var fileExtension: String { rawValue }

    var title: String {
        switch self {
        case .xlsx: "导出 Excel"
        case .csv: "导出 CSV"
        }
    }
}

/// Writes tables to files. Given by the application, so that pages need not know how sheets are made.
package protocol TableExporter: Sendable {
    /// The path of a new temporary file that the caller removes. Text that a spreadsheet would take for a formula must
    /// be written so that it stays text. Throws what the file system throws.
    func write(title: String, header: [String], rows: [[TableValue]], format: TableFormat) throws -> String
}

extension DataTable {
    /// The table as values, for columns that have them.
    package func exportRows(_ rows: [Row]) -> (header: [String], rows: [[TableValue]]) {
        let exported = columns.compactMap { column in column.value.map { (column.title, $0) } }
        return (exported.map(\.0), rows.map { row in exported.map { $0.1(row) } })
    }

    /// The rows as a download named after the table's caption, or `name`, without extension.
    package func download(
        _ rows: [Row], as format: TableFormat, name: String? = nil, with exporter: any TableExporter
    ) throws -> WebResponse {
        let table = exportRows(rows)
        let path = try exporter.write(title: caption, header: table.header, rows: table.rows, format: format)
        return .download(
            path: path, name: "\(name ?? caption).\(format.fileExtension)", contentType: format.contentType,
            temporary: true)
    }
}

extension TableValue {
    /// As pages show it: shares as percent with two places, dates in ISO form, an em dash for what is not known.
    package var text: String {
        switch self {
        case .text(let text): text
        case .integer(let number): String(number)
        case .decimal(let number, let places): NumberText.fixed(number, places: places)
        case .percent(let share): share.isFinite ? NumberText.fixed(share, places: 2, shift: 2) + "%" : "—"
        case .date(let date): date.iso
        case .empty: "—"
        }
    }
}
