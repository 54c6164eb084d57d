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
    private struct Last { var milliseconds: UInt64 = 0; var sequence: UInt64 = 0; var draws = Draws() }
    private static let last = Mutex(Last())

    /// Random numbers of the system, drawn 32 at a time: a draw is a call of the kernel, and a large roster makes a million
    /// keys in one transaction. Keys must not repeat; nothing relies on their being secret.
    private struct Draws {
        private var numbers = [UInt64](repeating: 0, count: 32)
        private var used = 32

        mutating func next() -> UInt64 {
            if used == numbers.count {
                refill()
                used = 0
            }
            used += 1
            return numbers[used - 1]
        }

        private mutating func refill() {
            #if canImport(Glibc)
                // Gives up to 256 bytes at once, all or none.
                let isFilled = numbers.withUnsafeMutableBytes { getentropy($0.baseAddress!, $0.count) == 0 }
                if isFilled { return }
            #endif
            for index in numbers.indices { numbers[index] = .random(in: .min ... .max) }
        }
    }

    package static func isDigit(_ byte: UInt8) -> Bool { alphabet.contains(byte) }

    package static func next(now: Timestamp = .now) -> String {
        let (milliseconds, sequence, tail) = last.withLock { last -> (UInt64, UInt64, UInt64) in
            let wall = UInt64(max(0, now.milliseconds)), drawn = last.draws.next()
            if wall > last.milliseconds {
                last.milliseconds = wall
                last.sequence = last.draws.next() & ((1 << 40) - 1)
            } else {
                last.sequence &+= 1 + (drawn >> 54)
            }
            return (last.milliseconds, last.sequence & ((1 << 42) - 1), drawn & ((1 << 32) - 1))
        }
        let high = (milliseconds << 16) | 0x7000 | (sequence >> 30)
        let low = (UInt64(0b10) << 62) | ((sequence & ((1 << 30) - 1)) << 32) | tail
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
