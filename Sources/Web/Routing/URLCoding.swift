/// Percent-coding of addresses and of `application/x-www-form-urlencoded`.
package enum URLCoding {
    private static let hex = Array("0123456789ABCDEF".utf8)

    /// Everything but the unreserved characters of RFC 3986 is coded.
    package static func encode(_ text: String) -> String {
        var out: [UInt8] = []
        for byte in text.utf8 {
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F, 0x7E: out.append(byte)
            default: out += [0x25, hex[Int(byte >> 4)], hex[Int(byte & 15)]]
            }
        }
        return String(decoding: out, as: UTF8.self)
    }

    /// `nil` for a broken escape, text that is not UTF-8, or a NUL.
    package static func decode(_ bytes: some Collection<UInt8>, plusIsSpace: Bool) -> String? {
        var out: [UInt8] = []
        out.reserveCapacity(bytes.count)
        var iterator = bytes.makeIterator()
        while let byte = iterator.next() {
            if byte == 0x25 {
                guard let a = iterator.next().flatMap(digit), let b = iterator.next().flatMap(digit) else { return nil }
                out.append(a << 4 | b)
            } else {
                out.append(plusIsSpace && byte == 0x2B ? 0x20 : byte)
            }
        }
        if out.contains(0) { return nil }
        return String(validating: out, as: UTF8.self)
    }

    private static func digit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case 0x30...0x39: byte - 0x30
        case 0x41...0x46: byte - 0x37
        case 0x61...0x66: byte - 0x57
        default: nil
        }
    }

    /// Name/value pairs of a query or urlencoded form; `nil` when a part cannot be decoded or there are over 5,000.
    package static func parse(_ bytes: some Collection<UInt8>, plusIsSpace: Bool = true) -> FormValues? {
        var pairs: [(name: String, value: String)] = []
        for part in bytes.split(separator: 0x26) {
            let halves = part.split(separator: 0x3D, maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = decode(halves[0], plusIsSpace: plusIsSpace) else { return nil }
            guard let value = halves.count > 1 ? decode(halves[1], plusIsSpace: plusIsSpace) : "" else { return nil }
            pairs.append((name, value))
            if pairs.count > 5000 { return nil }
        }
        return FormValues(pairs)
    }
}
