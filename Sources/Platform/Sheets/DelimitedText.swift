/// A text table (`.csv`): how it is written, found out from its content.
struct DelimitedText: Sendable, Equatable {
    let encoding: TextDecoding.Encoding
    /// Comma, semicolon or tab.
    let separator: UInt8

    /// - Throws: `SheetError` when the file is no text.
    init(file: InputFile) throws {
        var detector = EncodingDetector()
        var head: [UInt8] = []
        try file.rewind()
        try file.forEachChunk { chunk in
            detector.read(chunk)
            if head.isEmpty { head = Array(chunk) }
            return true
        }
        do {
            encoding = try detector.finish()
        } catch {
            throw detector.isBinary ? SheetError.notASheet : SheetError.unknownEncoding
        }
        separator = DelimitedText.separator(in: try DelimitedText.utf8(head, encoding))
    }

    private static func utf8(_ bytes: [UInt8], _ encoding: TextDecoding.Encoding) throws -> [UInt8] {
        if encoding == .utf8 { return bytes }
        var text: [UInt8] = []
        let transcoder = try Transcoder(from: encoding)
        try bytes.withUnsafeBytes { bytes in try transcoder.convert(bytes) { text.append(contentsOf: $0) } }
        return text
    }

    /// The separator found on most of the first lines, outside quotation marks; a line `sep=;` at the start decides.
    static func separator(in head: [UInt8]) -> UInt8 {
        let candidates: [UInt8] = [0x2C, 0x09, 0x3B]
        if let line = separatorLine(head) { return line }
        var lines = [0, 0, 0]
        var totals = [0, 0, 0]
        var seen = [0, 0, 0]
        var isQuoted = false
        var lineCount = 0
        for byte in head + [0x0A] {
            if byte == 0x22 { isQuoted.toggle() }
            if isQuoted { continue }
            if let index = candidates.firstIndex(of: byte) { seen[index] += 1 }
            guard byte == 0x0A || byte == 0x0D else { continue }
            for index in candidates.indices where seen[index] > 0 {
                lines[index] += 1
                totals[index] += seen[index]
            }
            seen = [0, 0, 0]
            lineCount += 1
            if lineCount == 50 { break }
        }
        let best = candidates.indices.max { (lines[$0], totals[$0]) < (lines[$1], totals[$1]) }
        return best.map { totals[$0] > 0 ? candidates[$0] : 0x2C } ?? 0x2C
    }

    static func separatorLine(_ head: [UInt8]) -> UInt8? {
        let text = head.starts(with: TextDecoding.mark) ? head.dropFirst(3) : head[...]
        let line = text.prefix { $0 != 0x0A && $0 != 0x0D }
        guard line.count == 5, line.starts(with: "sep=".utf8), let last = line.last else { return nil }
        return [0x2C, 0x09, 0x3B].contains(last) ? last : nil
    }

    /// Reads the file row by row. Rows are numbered as Excel shows them: blank lines count, a line break inside
    /// quotation marks does not.
    func read(_ file: InputFile, limits: SheetLimits, wanted: Int, _ body: (SheetRow) throws -> Void) throws {
        try withoutActuallyEscaping(body) { body in
            let parser = DelimitedParser(separator: separator, limits: limits, wanted: wanted, body: body)
            try file.rewind()
            let transcoder = encoding == .utf8 ? nil : try Transcoder(from: encoding)
            try file.forEachChunk { chunk in
                if let transcoder {
                    try transcoder.convert(chunk) { try parser.read($0) }
                } else {
                    try parser.read(chunk)
                }
                return true
            }
            try transcoder?.finish()
            try parser.finish()
        }
    }
}

/// The rules of delimited text (RFC 4180), over UTF-8 bytes that arrive in pieces.
private final class DelimitedParser {
    private enum State { case start, plain, quoted, quoteInQuoted }

    private let separator: UInt8
    private let limits: SheetLimits
    private let wanted: Int
    private let body: (SheetRow) throws -> Void

    private var state = State.start
    private var field: [UInt8] = []
    private var cells: [SheetCell] = []
    private var column = 0
    private var row = 1
    private var rowOfQuote = 1
    private var delivered = 0
    private var endedWithReturn = false
    private var isAtStart = true

    init(separator: UInt8, limits: SheetLimits, wanted: Int, body: @escaping (SheetRow) throws -> Void) {
        (self.separator, self.limits, self.wanted, self.body) = (separator, limits, wanted, body)
    }

    func read(_ chunk: UnsafeRawBufferPointer) throws {
        var chunk = chunk[...]
        if isAtStart {
            isAtStart = false
            if chunk.starts(with: TextDecoding.mark) { chunk = chunk.dropFirst(TextDecoding.mark.count) }
        }
        for byte in UnsafeRawBufferPointer(rebasing: chunk) {
            if endedWithReturn {
                endedWithReturn = false
                if byte == 0x0A { continue }
            }
            switch state {
            case .quoted:
                if byte == 0x22 { state = .quoteInQuoted } else { try append(byte) }
            case .quoteInQuoted where byte == 0x22:
                try append(byte)
                state = .quoted
            case .start where byte == 0x22:
                state = .quoted
                rowOfQuote = row
            default:
                switch byte {
                case separator: try endField()
                case 0x0A, 0x0D:
                    try endField()
                    try endRow()
                    endedWithReturn = byte == 0x0D
                default:
                    try append(byte)
                    state = .plain
                }
            }
        }
    }

    func finish() throws {
        if state == .quoted { throw SheetError.unclosedQuote(row: rowOfQuote) }
        try endField()
        try endRow()
    }

    private func append(_ byte: UInt8) throws {
        field.append(byte)
        guard field.count <= limits.cellBytes else {
            throw state == .quoted ? SheetError.unclosedQuote(row: rowOfQuote) : .tooLarge(.cell(row: row))
        }
    }

    private func endField() throws {
        state = .start
        defer {
            column += 1
            field.removeAll(keepingCapacity: true)
        }
        // The end-of-file sign of old systems.
        if field == [0x1A] { return }
        // Excel users keep leading zeros by writing ="00123".
        if field.count >= 3, field[0] == 0x3D, field[1] == 0x22, field.last == 0x22 {
            field.removeFirst(2)
            field.removeLast()
        }
        if field.isEmpty { return }
        guard column < limits.columns else { throw SheetError.tooLarge(.columns) }
        cells.append(SheetCell(text: String(decoding: field, as: UTF8.self), column: column))
    }

    private func endRow() throws {
        defer {
            row += 1
            column = 0
            cells.removeAll(keepingCapacity: true)
        }
        if cells.isEmpty || isSeparatorLine { return }
        guard row <= limits.rows else { throw SheetError.tooLarge(.rows) }
        try body(SheetRow(number: row, cells: cells))
        delivered += 1
        if delivered >= wanted { throw WorksheetReader.Enough() }
    }

    /// Excel reads `sep=,` in the first line as an instruction; the separator itself ends the field there.
    private var isSeparatorLine: Bool {
        row == 1 && cells.count == 1 && cells[0].column == 0 && cells[0].text == "sep=" && column == 2
    }
}
