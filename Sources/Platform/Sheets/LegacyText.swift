/// Reads the strings of an `.xls` file: one byte or two for a character, perhaps with formatting behind, and in the table
/// of shared strings cut where a record ends and goes on in the next.
struct LegacyText {
    private let stream: [UInt8]
    private var at: Int
    /// Where the record ends.
    private var limit: Int
    private let continues: Bool

    init(_ stream: [UInt8], at: Int, limit: Int, continues: Bool = false) {
        (self.stream, self.at, self.limit, self.continues) = (stream, at, limit, continues)
    }

    /// - Parameter hasWideCount: whether the number of characters takes two bytes.
    mutating func text(hasWideCount: Bool) throws -> String {
        let count = hasWideCount ? Int(try u16()) : Int(try u8())
        let flags = try u8()
        let runs = flags & 8 != 0 ? Int(try u16()) : 0
        let extra = flags & 4 != 0 ? Int(try u32()) : 0
        let units = try characters(count, isWide: flags & 1 != 0)
        try skip(runs * 4 + extra)
        return String(decoding: units, as: UTF16.self)
    }

    mutating func sharedStrings(byteLimit: Int) throws -> [String] {
        _ = try u32()
        let count = Int(try u32())
        var strings: [String] = [], bytes = 0
        for _ in 0..<count {
            // Some writers promise more than there is.
            if at == limit, try !goOn() { break }
            let text = try text(hasWideCount: true)
            bytes += text.utf8.count + 16
            guard bytes <= byteLimit else { throw SheetError.tooLarge(.sharedStrings) }
            strings.append(text)
        }
        return strings
    }

    private mutating func characters(_ count: Int, isWide: Bool) throws -> [UInt16] {
        var units: [UInt16] = [], isWide = isWide
        units.reserveCapacity(min(count, 40_000))
        while units.count < count {
            if at >= limit {
                guard try goOn() else { throw SheetError.damaged }
                // What is cut says anew how wide its characters are.
                isWide = try u8() & 1 != 0
            }
            if isWide {
                units.append(try stream.u16(at))
                at += 2
            } else {
                units.append(UInt16(stream[at]))
                at += 1
            }
        }
        return units
    }

    private mutating func skip(_ count: Int) throws {
        var rest = count
        while rest > 0 {
            if at >= limit, try !goOn() { throw SheetError.damaged }
            let step = min(rest, limit - at)
            at += step
            rest -= step
        }
    }

    private mutating func u8() throws -> UInt8 {
        if at >= limit, try !goOn() { throw SheetError.damaged }
        defer { at += 1 }
        return stream[at]
    }

    private mutating func u16() throws -> UInt16 { UInt16(try u8()) | UInt16(try u8()) << 8 }
    private mutating func u32() throws -> UInt32 { UInt32(try u16()) | UInt32(try u16()) << 16 }

    /// Goes into the record that continues this one; false when there is none.
    private mutating func goOn() throws -> Bool {
        guard continues, limit + 4 <= stream.count, try stream.u16(limit) == 0x003C else { return false }
        let length = Int(try stream.u16(limit + 2))
        guard length > 0, limit + 4 + length <= stream.count else { throw SheetError.damaged }
        at = limit + 4
        limit = at + length
        return true
    }
}
