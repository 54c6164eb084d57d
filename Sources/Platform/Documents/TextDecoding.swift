import Glibc

/// The bytes are text in none of the encodings Chinese office software writes.
package struct UnknownEncoding: Error, Equatable {}

/// Turns bytes into text: UTF-8 (with or without mark), UTF-16 with mark, else GB18030 (which contains GBK and GB2312).
package enum TextDecoding {
    package enum Encoding: String, Sendable {
        case utf8 = "UTF-8"
        case utf16LittleEndian = "UTF-16LE"
        case utf16BigEndian = "UTF-16BE"
        case gb18030 = "GB18030"
    }

    /// U+FEFF in UTF-8, which marks the start of a text and is no part of it.
    static let mark: [UInt8] = [0xEF, 0xBB, 0xBF]

    /// - Throws: `UnknownEncoding`.
    package static func string(from bytes: [UInt8]) throws -> String {
        let encoding = try bytes.withUnsafeBytes { bytes in
            var detector = EncodingDetector()
            detector.read(bytes)
            return try detector.finish()
        }
        if encoding == .utf8 { return withoutMark(bytes) }
        var text: [UInt8] = []
        text.reserveCapacity(bytes.count * 3 / 2)
        let transcoder = try Transcoder(from: encoding)
        try bytes.withUnsafeBytes { bytes in
            try transcoder.convert(bytes) { text.append(contentsOf: $0) }
        }
        try transcoder.finish()
        return withoutMark(text)
    }

    private static func withoutMark(_ text: [UInt8]) -> String {
        String(decoding: text.starts(with: mark) ? text.dropFirst(mark.count) : text[...], as: UTF8.self)
    }
}

/// Looks at a text in pieces and says its encoding at the end.
struct EncodingDetector {
    private var mark: TextDecoding.Encoding?
    private var head: [UInt8] = []
    private var isUTF8 = true
    private var validator = UTF8Validator()
    private var gb: Transcoder?
    private var isGB = true
    /// Whether there are bytes no text has: a picture or program under a wrong name.
    private(set) var isBinary = false

    mutating func read(_ bytes: UnsafeRawBufferPointer) {
        if head.count < 3 {
            head.append(contentsOf: bytes.prefix(3 - head.count))
            if head.starts(with: [0xFF, 0xFE]) { mark = .utf16LittleEndian }
            if head.starts(with: [0xFE, 0xFF]) { mark = .utf16BigEndian }
        }
        if mark != nil { return }
        for byte in bytes where byte < 0x20 {
            switch byte {
            case 0x09, 0x0A, 0x0B, 0x0C, 0x0D, 0x1A: continue
            default: isBinary = true
            }
        }
        if isUTF8 { isUTF8 = validator.accepts(bytes) }
        if isGB {
            if gb == nil { gb = try? Transcoder(from: .gb18030) }
            do { try gb?.convert(bytes) { _ in } } catch { isGB = false }
        }
    }

    func finish() throws -> TextDecoding.Encoding {
        if let mark { return mark }
        if isBinary { throw UnknownEncoding() }
        let couldBeGB = isGB && (try? gb?.finish()) != nil
        if isUTF8, validator.isComplete, !(couldBeGB && validator.looksLikeGB) { return .utf8 }
        guard couldBeGB else { throw UnknownEncoding() }
        return .gb18030
    }
}

/// Checks that bytes are well-formed UTF-8 (Unicode 15, table 3-7), piece by piece.
struct UTF8Validator {
    private var missing = 0
    private var lower: UInt8 = 0x80
    private var upper: UInt8 = 0xBF
    private var hasLongSequence = false
    private var hasForeignLetter = false

    /// Greek, Cyrillic or Arabic letters and not one Chinese character: more likely a short Chinese text in GBK, some
    /// of whose characters (学, 联通) are well-formed UTF-8 by chance.
    var looksLikeGB: Bool { hasForeignLetter && !hasLongSequence }

    /// No character is cut off at the end.
    var isComplete: Bool { missing == 0 }

    mutating func accepts(_ bytes: UnsafeRawBufferPointer) -> Bool {
        for byte in bytes {
            if missing > 0 {
                guard byte >= lower, byte <= upper else { return false }
                (lower, upper) = (0x80, 0xBF)
                missing -= 1
            } else if byte >= 0x80 {
                if byte >= 0xE0 { hasLongSequence = true } else if byte >= 0xC4 { hasForeignLetter = true }
                switch byte {
                case 0xC2...0xDF: missing = 1
                case 0xE0: (missing, lower) = (2, 0xA0)
                case 0xED: (missing, upper) = (2, 0x9F)
                case 0xE1...0xEF: missing = 2
                case 0xF0: (missing, lower) = (3, 0x90)
                case 0xF4: (missing, upper) = (3, 0x8F)
                case 0xF1...0xF3: missing = 3
                default: return false
                }
            }
        }
        return true
    }
}

/// Converts a text to UTF-8 in pieces; characters may be cut at their borders.
final class Transcoder {
    private let descriptor: iconv_t
    private var carry: [UInt8] = []

    init(from encoding: TextDecoding.Encoding) throws {
        guard let descriptor = iconv_open("UTF-8", encoding.rawValue), descriptor != iconv_t(bitPattern: -1) else {
            throw UnknownEncoding()
        }
        self.descriptor = descriptor
    }

    deinit { iconv_close(descriptor) }

    /// - Throws: `UnknownEncoding` at the first byte sequence the encoding does not have.
    func convert(_ bytes: UnsafeRawBufferPointer, _ body: (UnsafeRawBufferPointer) throws -> Void) throws {
        var input = carry
        input.append(contentsOf: bytes)
        let capacity = 65_536
        let output = UnsafeMutablePointer<CChar>.allocate(capacity: capacity)
        defer { output.deallocate() }
        let rest = try input.withUnsafeMutableBytes { raw in
            var source = raw.baseAddress?.assumingMemoryBound(to: CChar.self)
            var left = raw.count
            while left > 0 {
                var target: UnsafeMutablePointer<CChar>? = output
                var room = capacity
                let result = iconv(descriptor, &source, &left, &target, &room)
                let reason = errno
                if room < capacity { try body(UnsafeRawBufferPointer(start: output, count: capacity - room)) }
                guard result == -1 else { continue }
                if reason == EINVAL { break }
                guard reason == E2BIG else { throw UnknownEncoding() }
            }
            return left
        }
        carry = Array(input.suffix(rest))
    }

    /// - Throws: `UnknownEncoding` when the text ends inside a character.
    func finish() throws {
        guard carry.isEmpty else { throw UnknownEncoding() }
    }
}
