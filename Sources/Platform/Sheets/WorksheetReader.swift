/// Turns the XML of one sheet into rows, one at a time.
final class WorksheetReader: XMLReceiver {
    /// The caller has the rows it wanted.
    struct Enough: Error {}

    private enum CellType { case number, shared, text, formulaText, boolean, error, isoDate }

    private let workbook: Workbook
    private let limits: SheetLimits
    private let wanted: Int
    private let body: (SheetRow) throws -> Void

    private(set) var mergedRanges: [CellRange] = []
    private var delivered = 0
    private var isInData = false
    private var rowNumber = 0
    private var cells: [SheetCell] = []
    private var isInOrder = true

    private var column = -1
    private var type = CellType.number
    private var style = 0
    private var hasFormula = false
    private var hasValue = false
    private var isInValue = false
    private var inline = RichText()
    private var bytes: [UInt8] = []

    /// - Parameter wanted: after so many rows reading ends with `Enough`.
    init(workbook: Workbook, limits: SheetLimits, wanted: Int, body: @escaping (SheetRow) throws -> Void) {
        (self.workbook, self.limits, self.wanted, self.body) = (workbook, limits, wanted, body)
    }

    func started(_ name: XMLBytes, _ attributes: XMLAttributes) throws {
        if !isInData {
            if name == "sheetData" { isInData = true } else if name == "mergeCell" { try merge(attributes) }
            return
        }
        switch name {
        case "c": try startCell(attributes)
        case "v":
            isInValue = true
            hasValue = true
            bytes.removeAll(keepingCapacity: true)
        case "row": try startRow(attributes)
        case "f": hasFormula = true
        case "is": bytes.removeAll(keepingCapacity: true)
        default: inline.started(name)
        }
    }

    func text(_ piece: UnsafeBufferPointer<UInt8>) throws {
        guard isInValue || inline.isOpen else { return }
        bytes.append(contentsOf: piece)
        guard bytes.count <= limits.cellBytes else { throw SheetError.tooLarge(.cell(row: rowNumber)) }
    }

    func ended(_ name: XMLBytes) throws {
        guard isInData else { return }
        switch name {
        case "v": isInValue = false
        case "c": try endCell()
        case "row": try endRow()
        case "sheetData": isInData = false
        default: inline.ended(name)
        }
    }

    private func startRow(_ attributes: XMLAttributes) throws {
        var number = rowNumber + 1
        if let given = attributes["r"] {
            guard let value = given.integer, value >= number else { throw SheetError.damaged }
            number = value
        }
        guard number <= limits.rows else { throw SheetError.tooLarge(.rows) }
        rowNumber = number
        column = -1
        isInOrder = true
    }

    private func startCell(_ attributes: XMLAttributes) throws {
        let previous = column
        if let reference = attributes["r"] {
            guard let cell = ColumnLetters.cell(reference.buffer) else { throw SheetError.damaged }
            column = cell.column
        } else {
            column += 1
        }
        if column <= previous { isInOrder = false }
        switch attributes["t"] {
        case .none: type = .number
        case .some(let given):
            switch given {
            case "s": type = .shared
            case "inlineStr": type = .text
            case "str": type = .formulaText
            case "b": type = .boolean
            case "e": type = .error
            case "d": type = .isoDate
            default: type = .number
            }
        }
        style = attributes["s"]?.integer ?? 0
        hasFormula = false
        hasValue = false
        inline = RichText()
        bytes.removeAll(keepingCapacity: true)
    }

    private func endCell() throws {
        let isUncalculated = hasFormula && bytes.isEmpty && !(type == .formulaText && hasValue)
        if bytes.isEmpty, !isUncalculated { return }
        guard column < limits.columns, cells.count < limits.columns else { throw SheetError.tooLarge(.columns) }
        if isUncalculated {
            cells.append(SheetCell(column: column, text: "", isFormula: true, isUncalculated: true))
            return
        }
        let cell = try bytes.withUnsafeBufferPointer { try value($0) }
        if !cell.text.isEmpty { cells.append(cell) }
    }

    private func value(_ bytes: UnsafeBufferPointer<UInt8>) throws -> SheetCell {
        switch type {
        case .number: return number(bytes)
        case .shared:
            guard let index = XMLBytes(base: bytes.baseAddress!, count: bytes.count).integer,
                let text = workbook.strings[index]
            else { throw SheetError.damaged }
            return textCell(text)
        case .text, .formulaText: return textCell(CellText.string(bytes))
        case .boolean:
            let isTrue = bytes.first == 0x31 || bytes.first == 0x74
            return cell(.boolean, isTrue ? "TRUE" : "FALSE", isTrue ? 1 : 0)
        case .error: return cell(.error, String(decoding: bytes, as: UTF8.self))
        case .isoDate:
            let text = String(decoding: bytes, as: UTF8.self)
            return cell(.date, text.hasSuffix("T00:00:00") ? String(text.dropLast(9)) : text)
        }
    }

    private func number(_ bytes: UnsafeBufferPointer<UInt8>) -> SheetCell {
        guard let number = SheetNumber(bytes) else { return cell(.text, String(decoding: bytes, as: UTF8.self)) }
        if style < workbook.dateFormats.count, let format = workbook.dateFormats[style],
            let text = workbook.dates.text(number.value, as: format)
        {
            return cell(.date, text, number.value)
        }
        return SheetCell(
            column: column, kind: .number, text: number.text, number: number.value, isFormula: hasFormula,
            lostPrecision: number.lostPrecision)
    }

    private func cell(_ kind: SheetCell.Kind, _ text: String, _ number: Double? = nil) -> SheetCell {
        SheetCell(column: column, kind: kind, text: text, number: number, isFormula: hasFormula)
    }

    private func textCell(_ text: String) -> SheetCell {
        SheetCell(text: text, column: column, isFormula: hasFormula)
    }

    private func endRow() throws {
        if cells.isEmpty { return }
        if !isInOrder { cells.sort { $0.column < $1.column } }
        try body(SheetRow(number: rowNumber, cells: cells))
        cells.removeAll(keepingCapacity: true)
        delivered += 1
        if delivered >= wanted { throw Enough() }
    }

    private func merge(_ attributes: XMLAttributes) throws {
        guard let reference = attributes["ref"], let range = CellRange(reference.string) else { return }
        guard mergedRanges.count < limits.mergedRanges else { throw SheetError.tooLarge(.mergedRanges) }
        mergedRanges.append(range)
    }
}

extension SheetCell {
    /// A text cell; a long code in scientific notation is written out, or marked when digits are missing.
    init(text: String, column: Int, isFormula: Bool = false) {
        var text = text
        let code = text.utf8.withContiguousStorageIfAvailable { SheetNumber.codeInScientificNotation($0) } ?? nil
        if let code { text = code.text }
        self.init(column: column, kind: .text, text: text, isFormula: isFormula, lostPrecision: code?.isLost ?? false)
    }
}
