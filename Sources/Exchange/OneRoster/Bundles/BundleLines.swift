/// Takes the lines of a file of a bundle apart as they arrive: RFC 4180 in UTF-8.
struct BundleLines {
    /// Quotation marks do not pair up, a bound is passed, or the text is no UTF-8.
    struct Malformed: Error { let line: Int }

    /// Lines of a file, bytes of a field and fields of the first line up to which a file is read.
    static let mostLines = 1_000_000
    private static let mostBytes = 10_000, mostHeaders = 200
    private static let mark: [UInt8] = [0xEF, 0xBB, 0xBF]

    private enum State { case start, plain, quoted, quoteInQuoted, afterQuoted }

    private var state = State.start
    private var line: [String] = []
    private var field: [UInt8] = []
    /// Lines that are complete; the first is that of the headers.
    private var count = 0
    /// Fields of the first line.
    private var width = 0
    /// Bytes of the mark at the beginning that were met; 3 when there are no more to come.
    private var met = 0

    /// Hands over every line that is complete, the line of headers as number 1.
    mutating func read(_ piece: UnsafeRawBufferPointer, _ body: (Int, [String]) throws -> Void) throws {
        for byte in piece {
            if met < 3 {
                if byte == BundleLines.mark[met] {
                    met += 1
                    continue
                }
                met = 3
            }
            try read(byte, body)
        }
    }

    private mutating func read(_ byte: UInt8, _ body: (Int, [String]) throws -> Void) throws {
        switch (state, byte) {
        case (.quoted, 0x22): state = .quoteInQuoted
        case (.quoted, _): try append(byte)
        case (.quoteInQuoted, 0x22):
            try append(byte)
            state = .quoted
        case (.start, 0x22): state = .quoted
        case (.plain, 0x22), (.afterQuoted, 0x22): throw Malformed(line: count + 1)
        case (_, 0x2C): try endField()
        case (_, 0x0A):
            try endField()
            try endLine(body)
        case (_, 0x0D): break
        default:
            try append(byte)
            state = state == .quoteInQuoted || state == .afterQuoted ? .afterQuoted : .plain
        }
    }

    /// Hands over a last line without an end.
    mutating func finish(_ body: (Int, [String]) throws -> Void) throws {
        if state == .quoted { throw Malformed(line: count + 1) }
        guard !line.isEmpty || !field.isEmpty || state != .start else { return }
        try endField()
        try endLine(body)
    }

    private mutating func append(_ byte: UInt8) throws {
        field.append(byte)
        if field.count > BundleLines.mostBytes { throw Malformed(line: count + 1) }
    }

    private mutating func endField() throws {
        guard let text = String(validating: field, as: UTF8.self) else { throw Malformed(line: count + 1) }
        // One field too many is enough to refuse a line.
        if line.count < (count == 0 ? BundleLines.mostHeaders : width + 1) {
            line.append(text)
        } else if count == 0 {
            throw Malformed(line: 1)
        }
        field.removeAll(keepingCapacity: true)
        state = .start
    }

    private mutating func endLine(_ body: (Int, [String]) throws -> Void) throws {
        if count == 0 { width = line.count }
        count += 1
        guard count <= BundleLines.mostLines + 1 else { throw Malformed(line: count) }
        try body(count, line)
        line.removeAll(keepingCapacity: true)
    }
}
