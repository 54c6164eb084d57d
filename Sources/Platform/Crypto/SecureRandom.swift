import CCrypto

/// Random bytes fit for keys and tokens.
package enum SecureRandom {
    package static func bytes(_ count: Int) -> [UInt8] {
        precondition(count >= 0 && count <= Int(Int32.max))
        var bytes = [UInt8](repeating: 0, count: count)
        if count > 0 { mustSucceed(RAND_bytes(&bytes, Int32(count))) }
        return bytes
    }

    /// A token of 32 random bytes as 43 characters that may stand in a URL or a cookie.
    package static func token() -> String { Base64URL.encode(bytes(32)) }
}

/// Comparing secrets without telling by the time taken where they differ.
package enum ConstantTime {
    /// Whether both are the same. Only the lengths show in the time taken.
    package static func equal(_ a: [UInt8], _ b: [UInt8]) -> Bool {
        a.count == b.count && CRYPTO_memcmp(a, b, a.count) == 0
    }

    package static func equal(_ a: String, _ b: String) -> Bool { equal(Array(a.utf8), Array(b.utf8)) }
}
