import Synchronization

/// AES-256 in Galois/counter mode (NIST SP 800-38D): 12 random bytes, the cipher text, 16 bytes of tag.
/// One key may seal 2^32 values before it must be replaced, because the initial vectors are drawn at random.
struct AES256GCM: Sendable {
    static let ivByteCount = 12
    static let tagByteCount = 16
    /// Initial vectors, drawn many at once: they are no secret, and a large roster seals half a million values.
    private struct Vectors {
        private var drawn: [UInt8] = []
        private var used = 0

        mutating func next() -> [UInt8] {
            if used == drawn.count { (drawn, used) = (SecureRandom.bytes(256 * AES256GCM.ivByteCount), 0) }
            used += AES256GCM.ivByteCount
            return Array(drawn[(used - AES256GCM.ivByteCount)..<used])
        }
    }
    private static let vectors = Mutex(Vectors())
    private static let method = CipherMethod("AES-256-GCM")
    private let key: SecretBytes

    /// - Parameter key: 32 bytes.
    init(key: SecretBytes) {
        self.key = key
    }

    func seal(_ plain: [UInt8], authenticating aad: [UInt8]) -> [UInt8] {
        seal(plain, authenticating: aad, iv: Self.vectors.withLock { $0.next() })
    }

    /// With a given initial vector, which must never serve twice under one key.
    func seal(_ plain: [UInt8], authenticating aad: [UInt8], iv: [UInt8]) -> [UInt8] {
        let run = CipherRun(Self.method, .encrypt, key: key, iv: iv)
        run.authenticate(aad)
        let cipherText = run.process(plain)
        precondition(run.finish())
        return iv + cipherText + run.tag()
    }

    /// - Throws: `CryptoError.notAuthentic`.
    func open(_ sealed: ArraySlice<UInt8>, authenticating aad: [UInt8]) throws -> [UInt8] {
        guard sealed.count >= Self.ivByteCount + Self.tagByteCount else { throw CryptoError.notAuthentic }
        let run = CipherRun(Self.method, .decrypt, key: key, iv: Array(sealed.prefix(Self.ivByteCount)))
        run.authenticate(aad)
        let plain = run.process(Array(sealed.dropFirst(Self.ivByteCount).dropLast(Self.tagByteCount)))
        run.expect(tag: Array(sealed.suffix(Self.tagByteCount)))
        guard run.finish() else { throw CryptoError.notAuthentic }
        return plain
    }
}
