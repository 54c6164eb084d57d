/// A number as a workbook spells it, turned into what its author sees.
struct SheetNumber {
    let text: String
    let value: Double
    let lostPrecision: Bool

    /// `nil` when the bytes are no number.
    init?(_ bytes: UnsafeBufferPointer<UInt8>) {
        guard let spelling = NumberSpelling(bytes) else { return nil }
        if let value = spelling.smallInteger {
            self.init(text: String(decoding: bytes, as: UTF8.self), value: Double(value), lostPrecision: false)
            return
        }
        let raw = String(decoding: bytes, as: UTF8.self)
        guard let value = spelling.exactValue ?? Double(raw), value.isFinite else { return nil }
        let text: String
        if spelling.isInteger {
            text = spelling.expanded ?? raw
        } else if spelling.significant > 15 {
            text = DecimalText.shortest(value)
        } else {
            text = spelling.hasExponent ? spelling.expanded ?? raw : raw
        }
        self.init(text: text, value: value, lostPrecision: spelling.lostCodeDigits)
    }

    private init(text: String, value: Double, lostPrecision: Bool) {
        (self.text, self.value, self.lostPrecision) = (text, value, lostPrecision)
    }

    /// A long code that Excel showed as `3.14562E+09` and someone stored as that text. Answers the digits when they are
    /// all there, and whether some are lost; `nil` when the text is no such thing.
    static func codeInScientificNotation(_ bytes: UnsafeBufferPointer<UInt8>) -> (text: String, isLost: Bool)? {
        guard bytes.count >= 5, bytes.count <= 32, bytes[0] >= 0x31, bytes[0] <= 0x39,
            let spelling = NumberSpelling(bytes), spelling.hasExponent, spelling.integerDigits == 1,
            spelling.exponent >= 1, spelling.exponent <= 40, spelling.hasPoint || spelling.hasSignedExponent
        else { return nil }
        let raw = String(decoding: bytes, as: UTF8.self)
        if spelling.decimals < spelling.exponent { return (raw, true) }
        guard spelling.isInteger, let digits = spelling.expanded else { return nil }
        return (digits, false)
    }
}

/// The parts of a decimal number's spelling: sign, digits, point, exponent.
private struct NumberSpelling {
    private(set) var isNegative = false
    /// All digits without the point, at most the first 40.
    private var digits: [UInt8] = []
    private(set) var integerDigits = 0
    private(set) var decimals = 0
    private(set) var exponent = 0
    private(set) var hasPoint = false
    private(set) var hasExponent = false
    private(set) var hasSignedExponent = false
    /// The value, when nothing but digits is written: at most 15, without leading zeros.
    private(set) var smallInteger: Int?

    init?(_ bytes: UnsafeBufferPointer<UInt8>) {
        guard !bytes.isEmpty, bytes.count <= 400 else { return nil }
        if parsePlainInteger(bytes) { return }
        var index = 0
        if bytes[0] == 0x2D || bytes[0] == 0x2B {
            isNegative = bytes[0] == 0x2D
            index = 1
        }
        while index < bytes.count {
            let byte = bytes[index]
            if byte >= 0x30, byte <= 0x39 {
                digits.append(byte)
                if hasPoint { decimals += 1 } else { integerDigits += 1 }
            } else if byte == 0x2E, !hasPoint {
                hasPoint = true
            } else if byte | 0x20 == 0x65, !digits.isEmpty {
                guard parseExponent(bytes, from: index + 1) else { return nil }
                break
            } else {
                return nil
            }
            index += 1
        }
        guard !digits.isEmpty else { return nil }
    }

    private mutating func parsePlainInteger(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        guard bytes.count <= 15, bytes[0] != 0x30 || bytes.count == 1 else { return false }
        var value = 0
        for byte in bytes {
            guard byte >= 0x30, byte <= 0x39 else { return false }
            value = value * 10 + Int(byte - 0x30)
        }
        smallInteger = value
        return true
    }

    private mutating func parseExponent(_ bytes: UnsafeBufferPointer<UInt8>, from start: Int) -> Bool {
        hasExponent = true
        var index = start
        var isNegative = false
        if index < bytes.count, bytes[index] == 0x2D || bytes[index] == 0x2B {
            isNegative = bytes[index] == 0x2D
            hasSignedExponent = true
            index += 1
        }
        guard index < bytes.count, bytes.count - index <= 4 else { return false }
        for byte in bytes[index...] {
            guard byte >= 0x30, byte <= 0x39 else { return false }
            exponent = exponent * 10 + Int(byte - 0x30)
        }
        if isNegative { exponent = -exponent }
        return true
    }

    private var leadingZeros: Int { digits.prefix { $0 == 0x30 }.count }
    private var trailingZeros: Int { digits.reversed().prefix { $0 == 0x30 }.count }

    /// Digits from the first to the last that is not zero.
    var significant: Int { max(0, digits.count - leadingZeros - trailingZeros) }

    /// Where the point stands, counted from the first significant digit.
    private var magnitude: Int { integerDigits + exponent - leadingZeros }

    var isInteger: Bool { significant <= magnitude || significant == 0 }

    /// A double holds 15 to 17 digits: an integer longer than its own spelling has lost the rest.
    var lostCodeDigits: Bool {
        guard isInteger, magnitude >= 16 else { return false }
        return hasExponent ? significant < magnitude : significant <= 15
    }

    /// The value without rounding error of a second conversion, for short spellings.
    var exactValue: Double? {
        let power = decimals - exponent
        guard digits.count <= 15, power >= 0, power <= 22 else { return nil }
        var value = 0
        for digit in digits { value = value * 10 + Int(digit - 0x30) }
        let magnitude = Double(value) / NumberSpelling.powers[power]
        return isNegative ? -magnitude : magnitude
    }

    /// Written out without exponent; `nil` when that would be absurdly long.
    var expanded: String? {
        if significant == 0 { return "0" }
        let point = magnitude
        guard point <= 40, point > -20 else { return nil }
        var bytes: [UInt8] = isNegative ? [0x2D] : []
        let shown = digits.dropFirst(leadingZeros).dropLast(trailingZeros)
        if point <= 0 {
            bytes += [0x30, 0x2E] + [UInt8](repeating: 0x30, count: -point) + shown
        } else if shown.count <= point {
            bytes += shown + [UInt8](repeating: 0x30, count: point - shown.count)
        } else {
            bytes += shown.prefix(point) + [0x2E] + shown.dropFirst(point)
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static let powers: [Double] = [
        1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19,
        1e20, 1e21, 1e22,
    ]
}
