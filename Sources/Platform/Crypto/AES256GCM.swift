/// AES-256 in Galois/counter mode (NIST SP 800-38D): 12 random bytes, the cipher text, 16 bytes of tag.
/// One key may seal 2^32 values before it must be replaced, because the initial vectors are drawn at random.
struct AES256GCM: Sendable {
    static let ivByteCount = 12
    static let tagByteCount = 16
    private static let method = CipherMethod("AES-256-GCM")
    private let key: SecretBytes

    /// - Parameter key: 32 bytes.
    init(key: SecretBytes) {
        self.key = key
    }

    func seal(_ plain: [UInt8], authenticating aad: [UInt8]) -> [UInt8] {
        seal(plain, authenticating: aad, iv: SecureRandom.bytes(Self.ivByteCount))
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
