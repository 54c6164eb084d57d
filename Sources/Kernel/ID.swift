import Synchronization

#if canImport(Glibc)
    import Glibc
#endif

/// The key of a record: a UUIDv7 written as 26 characters of Crockford's base 32, so that text order is time order
/// and both databases sort it alike. `Subject` is a phantom: an `ID<School>` cannot be passed where an `ID<Account>` is due.
@usableFromInline package struct ID<Subject>: Hashable, Sendable, Comparable, CustomStringConvertible {
    @usableFromInline package let rawValue: String

    @inlinable package init(_ rawValue: String) { self.rawValue = rawValue }

    /// A key from outside (path, form). `nil` unless it has the shape of one, so a stray value ends as 404 before any query.
    package init?(checking text: some StringProtocol) {
        guard text.utf8.count == 26, text.utf8.allSatisfy(Identifiers.isDigit) else { return nil }
        rawValue = String(text)
    }

    package static func new() -> ID { ID(Identifiers.next()) }

    @inlinable package var description: String { rawValue }
    @inlinable package static func < (a: ID, b: ID) -> Bool { a.rawValue < b.rawValue }
}

/// Makes UUIDv7 values (RFC 9562, section 5.7): 48 bits of UTC milliseconds, then random bits that only grow within
/// one millisecond of one process.
package enum Identifiers {
    private static let alphabet = Array("0123456789abcdefghjkmnpqrstvwxyz".utf8)
    private struct Last { var milliseconds: UInt64 = 0; var sequence: UInt64 = 0 }
    private static let last = Mutex(Last())

    package static func isDigit(_ byte: UInt8) -> Bool { alphabet.contains(byte) }

    package static func next(now: Timestamp = .now) -> String {
        let (milliseconds, sequence) = last.withLock { last -> (UInt64, UInt64) in
            let wall = UInt64(max(0, now.milliseconds))
            if wall > last.milliseconds {
                last.milliseconds = wall
                last.sequence = UInt64.random(in: 0..<(1 << 40))
            } else {
                last.sequence &+= UInt64.random(in: 1...1024)
            }
            return (last.milliseconds, last.sequence & ((1 << 42) - 1))
        }
        let high = (milliseconds << 16) | 0x7000 | (sequence >> 30)
        let low = (UInt64(0b10) << 62) | ((sequence & ((1 << 30) - 1)) << 32) | UInt64.random(in: 0..<(1 << 32))
        return encode(high, low)
    }

    /// 128 bits as 26 digits, most significant first; the first digit carries three bits.
    static func encode(_ high: UInt64, _ low: UInt64) -> String {
        var value = UInt128(high) << 64 | UInt128(low)
        return String(unsafeUninitializedCapacity: 26) { buffer in
            for place in stride(from: 25, through: 0, by: -1) {
                buffer[place] = alphabet[Int(value & 31)]
                value >>= 5
            }
            return 26
        }
    }
}
