/// Decimal text of numbers, the same on every machine. Rounds half away from zero on the shortest decimal form of the
/// value, so that 1.005 with two places is `1.01`, as a reader with a calculator expects.
enum NumberText {
    /// Exactly `places` digits after the point. `shift` moves the point to the right first: 2 turns shares into percent
    /// without multiplying. An em dash for values that are not finite.
    static func fixed(_ value: Double, places: Int, shift: Int = 0) -> String {
        guard value.isFinite else { return "—" }
        let (exact, point) = decimal(value.magnitude)
        var digits = exact
        var kept = digits.isEmpty ? 0 : point + shift + places
        if kept < 0 {
            (digits, kept) = ([], 0)
        } else if kept < digits.count {
            let roundsUp = digits[kept] >= 5
            digits.removeSubrange(kept...)
            if roundsUp && increment(&digits) { kept += 1 }
        }
        digits += repeatElement(0, count: kept - digits.count)
        if digits.count <= places { digits = Array(repeating: 0, count: places + 1 - digits.count) + digits }
        var bytes: [UInt8] = value < 0 && digits.contains { $0 != 0 } ? [0x2D] : []
        for (index, digit) in digits.enumerated() {
            if places > 0 && index == digits.count - places { bytes.append(0x2E) }
            bytes.append(0x30 + digit)
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// At most `places` digits after the point, without zeros at the end.
    static func trimmed(_ value: Double, places: Int, shift: Int = 0) -> String {
        let text = fixed(value, places: places, shift: shift)
        guard places > 0, value.isFinite else { return text }
        var bytes = Array(text.utf8)
        while bytes.last == 0x30 { bytes.removeLast() }
        if bytes.last == 0x2E { bytes.removeLast() }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The shortest digits that read back as the value, without leading zeros, and how many stand before the point.
    private static func decimal(_ value: Double) -> (digits: [UInt8], point: Int) {
        var digits: [UInt8] = []
        var point: Int?
        var exponent = 0
        let halves = value.description.split(separator: "e")
        for byte in halves[0].utf8 {
            if byte == 0x2E { point = digits.count } else { digits.append(byte - 0x30) }
        }
        if halves.count > 1 { exponent = Int(halves[1]) ?? 0 }
        let leading = digits.prefix { $0 == 0 }.count
        let before = (point ?? digits.count) + exponent - leading
        return (Array(digits.dropFirst(leading)), before)
    }

    /// Adds one in the last place; `true` when a digit was put in front.
    private static func increment(_ digits: inout [UInt8]) -> Bool {
        for index in digits.indices.reversed() {
            if digits[index] < 9 {
                digits[index] += 1
                return false
            }
            digits[index] = 0
        }
        digits.insert(1, at: 0)
        return true
    }
}
