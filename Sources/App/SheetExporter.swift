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
        for row in rows { try writer.row(row.map(SheetExporter.cell)) }
        try writer.finish()
        return path
    }

    private static func cell(_ value: TableValue) -> SheetValue {
        switch value {
        case .text(let text): .text(text)
        case .integer(let number): .integer(number)
        case .decimal(let number, let places): .decimal(number, places: places)
        case .percent(let share): .percent(share)
        case .date(let day): .date(day)
        case .empty: .empty
        }
    }
}
