import Kernel
import Platform
import Web

/// Writes tables as xlsx and csv for downloads.
struct SheetExporter: TableExporter {
    let folder: String

    func write(title: String, header: [String], rows: [[TableValue]], format: TableFormat) throws -> String {
        let path = "\(folder)/\(Identifiers.next()).\(format.fileExtension)"
        let writer = try SheetWriter(path: path, format: format == .xlsx ? .xlsx : .csv)
        try writer.addSheet(title)
        try writer.header(header)
        for row in rows { try writer.row(row.map(SheetValue.of)) }
        try writer.finish()
        return path
    }
}
