/// A table file someone sent: a workbook (`.xlsx`, `.xls`) or a text table (`.csv`), recognised by content.
///
/// Opening reads what describes the file, never its rows; those are streamed in constant memory. The file must stay in
/// place while the value is in use. All errors about the file are `SheetError`.
package struct SheetFile: Sendable {
    private enum Content: Sendable {
        case workbook(Workbook)
        case legacy(LegacyWorkbook)
        case text(DelimitedText)
    }

    /// In the order of the file; charts and macros are no sheets. A text table has one sheet without name.
    package let sheets: [SheetInfo]
    private let path: String
    private let limits: SheetLimits
    private let content: Content

    /// - Throws: `SheetError`.
    package static func open(path: String, limits: SheetLimits = .standard) throws -> SheetFile {
        try SheetError.mapping {
            let file = try InputFile(path: path)
            guard file.size <= limits.archive.fileBytes else { throw SheetError.tooLarge(.file) }
            switch try FileSignature.ofFile(file) {
            case .empty: throw SheetError.empty
            case .compoundFile(let isEncrypted):
                if isEncrypted { throw SheetError.passwordProtected }
                let workbook = try LegacyWorkbook(path: path, limits: limits)
                return SheetFile(
                    sheets: workbook.sheets.map(\.info), path: path, limits: limits, content: .legacy(workbook))
            case .pdf, .markup: throw SheetError.notASheet
            case .zip:
                let workbook = try Workbook(in: ZipArchive(path: path, limits: limits.archive), limits: limits)
                return SheetFile(
                    sheets: workbook.sheets.map(\.info), path: path, limits: limits, content: .workbook(workbook))
            case .other:
                let info = SheetInfo(name: "", index: 0, isHidden: false)
                return SheetFile(
                    sheets: [info], path: path, limits: limits, content: .text(try DelimitedText(file: file)))
            }
        }
    }

    /// Whether the file is a workbook; otherwise it is a text table.
    package var isWorkbook: Bool {
        if case .text = content { false } else { true }
    }

    /// Hands over the rows of a sheet that hold something, in order.
    /// - Parameter first: stop after so many rows, for example for a preview.
    /// - Returns: The merged ranges of the sheet; empty when reading stopped early.
    /// - Throws: `SheetError`, or what `body` throws.
    @discardableResult
    package func rows(
        of sheet: Int, first: Int = .max, _ body: (SheetRow) throws -> Void
    ) throws -> [CellRange] {
        guard sheets.indices.contains(sheet) else { throw SheetError.noSuchSheet }
        guard first > 0 else { return [] }
        return try SheetError.mapping {
            do {
                switch content {
                case .workbook(let workbook):
                    return try read(workbook, sheet: sheet, first: first, body)
                case .legacy(let workbook): return try workbook.rows(of: sheet, wanted: first, limits: limits, body)
                case .text(let text):
                    try text.read(InputFile(path: path), limits: limits, wanted: first, body)
                    return []
                }
            } catch is WorksheetReader.Enough {
                return []
            }
        }
    }

    /// The merged ranges of a sheet, read in a pass of their own (a workbook lists them after its rows).
    /// - Throws: `SheetError`.
    package func mergedRanges(of sheet: Int) throws -> [CellRange] {
        isWorkbook ? try rows(of: sheet) { _ in } : []
    }

    private func read(
        _ workbook: Workbook, sheet: Int, first: Int, _ body: (SheetRow) throws -> Void
    ) throws -> [CellRange] {
        let archive = try ZipArchive(path: path, limits: limits.archive)
        return try withoutActuallyEscaping(body) { body in
            let reader = WorksheetReader(workbook: workbook, limits: limits, wanted: first, body: body)
            try archive.readXML(workbook.sheets[sheet].part, into: reader)
            return reader.mergedRanges
        }
    }
}
