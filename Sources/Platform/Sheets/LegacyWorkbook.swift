/// A workbook of Excel 97 to 2003 (`.xls`, [MS-XLS]), read as it lies: sheets, shared strings, date formats and cells.
/// Older ones and those with a password are refused.
struct LegacyWorkbook: Sendable {
    struct Sheet: Sendable {
        let info: SheetInfo
        let start: Int
    }

    let sheets: [Sheet]
    private let stream: [UInt8]
    private let strings: [String]
    private let dateFormats: [DateFormat?]
    private let dates: DateSystem

    private enum Record {
        static let begin: UInt16 = 0x0809, end: UInt16 = 0x000A, password: UInt16 = 0x002F, sheet: UInt16 = 0x0085
        static let strings: UInt16 = 0x00FC, next: UInt16 = 0x003C, format: UInt16 = 0x041E, style: UInt16 = 0x00E0
        static let dateSystem: UInt16 = 0x0022, merged: UInt16 = 0x00E5
        static let sharedText: UInt16 = 0x00FD, number: UInt16 = 0x0203, packed: UInt16 = 0x027E
        static let packedRow: UInt16 = 0x00BD, formula: UInt16 = 0x0006, result: UInt16 = 0x0207
        static let text: UInt16 = 0x0204, richText: UInt16 = 0x00D6, truth: UInt16 = 0x0205
    }

    init(path: String, limits: SheetLimits) throws {
        let file = try CompoundFile(try InputFile.bytes(ofFileAt: path, limit: limits.archive.fileBytes))
        guard let stream = try file.stream("Workbook") else {
            throw try file.stream("Book") == nil ? SheetError.notASheet : .legacyFormat
        }
        self.stream = stream
        var sheets: [Sheet] = [], strings: [String] = [], formats: [Int: DateFormat?] = [:]
        var styles: [Int] = [], dates = DateSystem.from1900
        try LegacyWorkbook.records(of: stream, from: 0) { kind, at, length in
            switch kind {
            case Record.begin:
                guard try stream.u16(at) == 0x0600 else { throw SheetError.legacyFormat }
            case Record.password: throw SheetError.passwordProtected
            case Record.dateSystem: if try stream.u16(at) == 1 { dates = .from1904 }
            case Record.sheet:
                guard sheets.count < limits.sheets else { throw SheetError.tooLarge(.sheets) }
                guard length > 8, stream[at + 5] == 0 else { return true }
                var reader = LegacyText(stream, at: at + 6, limit: at + length)
                let name = try reader.text(hasWideCount: false)
                let info = SheetInfo(name: name, index: sheets.count, isHidden: stream[at + 4] & 3 != 0)
                sheets.append(Sheet(info: info, start: Int(try stream.u32(at))))
            case Record.format:
                var reader = LegacyText(stream, at: at + 2, limit: at + length)
                formats[Int(try stream.u16(at))] = DateFormat(code: try reader.text(hasWideCount: true))
            case Record.style: styles.append(Int(try stream.u16(at + 2)))
            case Record.strings:
                var reader = LegacyText(stream, at: at, limit: at + length, continues: true)
                strings = try reader.sharedStrings(byteLimit: limits.sharedStringBytes)
            default: break
            }
            return kind != Record.end
        }
        (self.sheets, self.strings, self.dates) = (sheets, strings, dates)
        dateFormats = styles.map { id in formats[id] ?? DateFormat(builtIn: id) }
    }

    /// Hands over each record: kind, start and length of its content. Stops when the body answers false.
    private static func records(
        of stream: [UInt8], from start: Int, _ body: (UInt16, Int, Int) throws -> Bool
    ) throws {
        var at = start
        while at + 4 <= stream.count {
            let kind = try stream.u16(at), length = Int(try stream.u16(at + 2))
            guard at + 4 + length <= stream.count else { throw SheetError.damaged }
            guard try body(kind, at + 4, length) else { return }
            at += 4 + length
        }
    }

    /// The rows of a sheet in their order; returns the merged ranges.
    func rows(of sheet: Int, wanted: Int, limits: SheetLimits, _ body: (SheetRow) throws -> Void) throws -> [CellRange]
    {
        var merged: [CellRange] = [], cells: [SheetCell] = [], row = 0, delivered = 0
        var waiting: Int?
        func flush() throws {
            if cells.isEmpty { return }
            try body(SheetRow(number: row + 1, cells: cells.sorted { $0.column < $1.column }))
            cells.removeAll(keepingCapacity: true)
            delivered += 1
            if delivered >= wanted { throw WorksheetReader.Enough() }
        }
        func add(_ cell: SheetCell?, at position: Int) throws {
            let next = Int(try stream.u16(position))
            if next != row {
                try flush()
                guard next > row || row == 0 else { throw SheetError.damaged }
                row = next
            }
            if let cell, !cell.text.isEmpty || cell.isUncalculated { cells.append(cell) }
        }
        try LegacyWorkbook.records(of: stream, from: sheets[sheet].start) { kind, at, length in
            switch kind {
            case Record.end: return false
            case Record.packedRow:
                for (index, start) in stride(from: at + 4, to: at + length - 5, by: 6).enumerated() {
                    let column = Int(try stream.u16(at + 2)) + index
                    try add(number(try packed(start + 2), Int(try stream.u16(start)), column), at: at)
                }
            case Record.formula:
                waiting = nil
                if try stream.u16(at + 12) == 0xFFFF, stream[at + 6] == 0 { waiting = at }
                try add(try result(at), at: at)
            case Record.result:
                guard let formula = waiting else { return true }
                waiting = nil
                var reader = LegacyText(stream, at: at, limit: at + length)
                let text = try reader.text(hasWideCount: true)
                try add(SheetCell(text: text, column: Int(try stream.u16(formula + 2)), isFormula: true), at: formula)
            case Record.merged: merged += try ranges(at, limits)
            default:
                if LegacyWorkbook.cellKinds.contains(kind) { try add(try cell(kind, at, length), at: at) }
            }
            return true
        }
        try flush()
        return merged
    }

    private static let cellKinds: Set<UInt16> = [
        Record.sharedText, Record.number, Record.packed, Record.text, Record.richText, Record.truth,
    ]

    private func cell(_ kind: UInt16, _ at: Int, _ length: Int) throws -> SheetCell? {
        guard length >= 6 else { throw SheetError.damaged }
        let column = Int(try stream.u16(at + 2)), style = Int(try stream.u16(at + 4))
        switch kind {
        case Record.sharedText:
            let index = Int(try stream.u32(at + 6))
            guard strings.indices.contains(index) else { throw SheetError.damaged }
            return SheetCell(text: strings[index], column: column)
        case Record.number: return number(Double(bitPattern: try stream.u64(at + 6)), style, column)
        case Record.packed: return number(try packed(at + 6), style, column)
        case Record.text, Record.richText:
            var reader = LegacyText(stream, at: at + 6, limit: at + length)
            return SheetCell(text: try reader.text(hasWideCount: true), column: column)
        default:
            guard length >= 8 else { throw SheetError.damaged }
            if stream[at + 7] == 1 { return SheetCell(column: column, kind: .error, text: "#N/A") }
            let isTrue = stream[at + 6] != 0
            return SheetCell(column: column, kind: .boolean, text: isTrue ? "TRUE" : "FALSE", number: isTrue ? 1 : 0)
        }
    }

    /// A number in 30 bits: an integer or the upper part of a double, perhaps in hundredths.
    private func packed(_ at: Int) throws -> Double {
        let raw = try stream.u32(at)
        let value =
            raw & 2 != 0
            ? Double(Int32(bitPattern: raw) >> 2) : Double(bitPattern: UInt64(raw & 0xFFFF_FFFC) << 32)
        return raw & 1 != 0 ? value / 100 : value
    }

    private func number(_ value: Double, _ style: Int, _ column: Int) -> SheetCell? {
        guard value.isFinite else { return nil }
        if style < dateFormats.count, let format = dateFormats[style], let text = dates.text(value, as: format) {
            return SheetCell(column: column, kind: .date, text: text, number: value)
        }
        let spelled = Array(DecimalText.shortest(value).utf8)
        guard let number = spelled.withUnsafeBufferPointer({ SheetNumber($0) }) else { return nil }
        return SheetCell(
            column: column, kind: .number, text: number.text, number: number.value,
            lostPrecision: number.lostPrecision)
    }

    /// The kept result of a formula; a text follows in a record of its own.
    private func result(_ at: Int) throws -> SheetCell? {
        let column = Int(try stream.u16(at + 2)), style = Int(try stream.u16(at + 4))
        guard try stream.u16(at + 12) == 0xFFFF else {
            return number(Double(bitPattern: try stream.u64(at + 6)), style, column)
        }
        switch stream[at + 6] {
        case 1:
            let isTrue = stream[at + 8] != 0
            return SheetCell(
                column: column, kind: .boolean, text: isTrue ? "TRUE" : "FALSE", number: isTrue ? 1 : 0, isFormula: true
            )
        case 2: return SheetCell(column: column, kind: .error, text: "#N/A", isFormula: true)
        default: return nil
        }
    }

    private func ranges(_ at: Int, _ limits: SheetLimits) throws -> [CellRange] {
        try (0..<min(Int(try stream.u16(at)), limits.mergedRanges)).compactMap { index in
            let place = at + 2 + 8 * index
            return CellRange(
                firstRow: Int(try stream.u16(place)) + 1, firstColumn: Int(try stream.u16(place + 4)),
                lastRow: Int(try stream.u16(place + 2)) + 1, lastColumn: Int(try stream.u16(place + 6)))
        }
    }
}
