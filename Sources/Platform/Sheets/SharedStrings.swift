/// The strings of a workbook that its cells refer to by number, kept as one block of UTF-8.
struct SharedStrings: Sendable {
    private var bytes: [UInt8] = []
    private var ends: [Int] = []

    subscript(_ index: Int) -> String? {
        guard index >= 0, index < ends.count else { return nil }
        let start = index == 0 ? 0 : ends[index - 1]
        return bytes.withUnsafeBufferPointer { CellText.string(UnsafeBufferPointer(rebasing: $0[start..<ends[index]])) }
    }

    init() {}

    init(part: String, in archive: ZipArchive, limits: SheetLimits) throws {
        let receiver = Receiver(limit: limits.sharedStringBytes)
        try archive.readXML(part, into: receiver)
        (bytes, ends) = (receiver.bytes, receiver.ends)
    }

    private final class Receiver: XMLReceiver {
        private let limit: Int
        private(set) var bytes: [UInt8] = []
        private(set) var ends: [Int] = []
        private var text = RichText()

        init(limit: Int) { self.limit = limit }

        func started(_ name: XMLBytes, _ attributes: XMLAttributes) { text.started(name) }

        func text(_ piece: UnsafeBufferPointer<UInt8>) throws {
            guard text.isOpen else { return }
            bytes.append(contentsOf: piece)
            guard bytes.count <= limit else { throw SheetError.tooLarge(.sharedStrings) }
        }

        func ended(_ name: XMLBytes) throws {
            text.ended(name)
            guard name == "si" else { return }
            ends.append(bytes.count)
            guard ends.count * 8 <= limit else { throw SheetError.tooLarge(.sharedStrings) }
        }
    }
}

/// Follows the elements of a string: its text is all of `t` but for the reading aid `rPh`, which is not shown.
struct RichText {
    private var isInReadingAid = false
    private var isInText = false

    var isOpen: Bool { isInText && !isInReadingAid }

    mutating func started(_ name: XMLBytes) {
        if name == "t" { isInText = true } else if name == "rPh" { isInReadingAid = true }
    }

    mutating func ended(_ name: XMLBytes) {
        if name == "t" { isInText = false } else if name == "rPh" { isInReadingAid = false }
    }
}

/// The text of a cell from its bytes.
enum CellText {
    /// Resolves `_x000D_`, as workbooks write characters XML cannot hold. U+0000 stands for nothing and is dropped.
    static func string(_ bytes: UnsafeBufferPointer<UInt8>) -> String {
        guard bytes.count >= 7, bytes.contains(0x5F) else { return String(decoding: bytes, as: UTF8.self) }
        var result: [UInt8] = []
        result.reserveCapacity(bytes.count)
        var index = 0
        while index < bytes.count {
            if bytes[index] == 0x5F, let scalar = escape(bytes, at: index) {
                if scalar.value != 0 { result.append(contentsOf: String(scalar).utf8) }
                index += 7
            } else {
                result.append(bytes[index])
                index += 1
            }
        }
        return String(decoding: result, as: UTF8.self)
    }

    static func escape(_ bytes: UnsafeBufferPointer<UInt8>, at index: Int) -> Unicode.Scalar? {
        guard index + 7 <= bytes.count, bytes[index + 1] == 0x78, bytes[index + 6] == 0x5F else { return nil }
        var value: UInt32 = 0
        for byte in bytes[(index + 2)..<(index + 6)] {
            switch byte {
            case 0x30...0x39: value = value << 4 | UInt32(byte - 0x30)
            case 0x41...0x46: value = value << 4 | UInt32(byte - 0x37)
            case 0x61...0x66: value = value << 4 | UInt32(byte - 0x57)
            default: return nil
            }
        }
        return Unicode.Scalar(value)
    }
}
