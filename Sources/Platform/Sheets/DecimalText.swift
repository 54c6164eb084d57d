import Glibc

/// Numbers as decimal text, independent of locale.
enum DecimalText {
    static func fixed(_ value: Double, places: Int) -> String { format("%.*f", [Int32(places), value]) }

    /// At most 15 significant digits, as Excel shows a number.
    static func shortest(_ value: Double) -> String { format("%.15g", [value]) }

    private static func format(_ pattern: String, _ arguments: [any CVarArg]) -> String {
        var buffer = [CChar](repeating: 0, count: 400)
        let count = withVaList(arguments) { vsnprintf(&buffer, buffer.count, pattern, $0) }
        return String(
            decoding: buffer[..<min(Int(count), buffer.count - 1)].map(UInt8.init(bitPattern:)), as: UTF8.self)
    }
}
