import Kernel

/// Keys of people and organisations as the gateway writes them: 32 hexadecimal digits.
package enum GatewayKey {
    private static let alphabet = Array("0123456789abcdefghjkmnpqrstvwxyz".utf8)
    private static let digits = 32

    package static func text<Subject>(_ id: ID<Subject>) -> String {
        var value: UInt128 = 0
        for byte in id.rawValue.utf8 { value = value << 5 | UInt128(alphabet.firstIndex(of: byte) ?? 0) }
        let text = String(value, radix: 16)
        return String(repeating: "0", count: digits - text.utf8.count) + text
    }

    /// In either case of letters, with or without the dashes of a UUID; `nil` when it is no key.
    package static func id<Subject>(_ text: String) -> ID<Subject>? {
        let plain = text.filter { $0 != "-" }
        guard plain.utf8.count == digits, let value = UInt128(plain, radix: 16) else { return nil }
        let letters = stride(from: 125, through: 0, by: -5).map { alphabet[Int(value >> UInt128($0) & 31)] }
        return ID(checking: String(decoding: letters, as: UTF8.self))
    }
}
