/// The block cipher SM4 (GB/T 32907-2016): key and block of 16 bytes.
package enum SM4 {
    package static let byteCount = 16
    private static let singleBlock = CipherMethod("SM4-ECB")
    private static let counter = CipherMethod("SM4-CTR")

    /// One block, bare. For protocols that ask for it; never for data of more than one block.
    package static func encrypt(block: [UInt8], key: [UInt8]) -> [UInt8] { run(.encrypt, block, key) }

    package static func decrypt(block: [UInt8], key: [UInt8]) -> [UInt8] { run(.decrypt, block, key) }

    private static func run(_ direction: CipherRun.Direction, _ block: [UInt8], _ key: [UInt8]) -> [UInt8] {
        precondition(block.count == byteCount, "SM4 takes blocks of 16 bytes")
        return CipherRun(singleBlock, direction, key: SecretBytes(key), iv: []).withoutPadding().process(block)
    }

    /// Counter mode, the same both ways. It hides but does not protect against change: see `SM4Sealed`.
    static func counterMode(_ bytes: [UInt8], key: SecretBytes, iv: [UInt8]) -> [UInt8] {
        CipherRun(counter, .encrypt, key: key, iv: iv).process(bytes)
    }
}

/// SM4 in counter mode, then HMAC-SM3 over the result: 16 random bytes, the cipher text, 32 bytes of code.
struct SM4Sealed: Sendable {
    static let ivByteCount = 16
    static let codeByteCount = 32
    private let key: SecretBytes
    private let code: HMAC<SM3>

    /// - Parameters:
    ///   - key: 16 bytes for the cipher.
    ///   - codeKey: an independent key for the code.
    init(key: SecretBytes, codeKey: SecretBytes) {
        self.key = key
        code = HMAC(key: codeKey)
    }

    func seal(_ plain: [UInt8], authenticating aad: [UInt8]) -> [UInt8] {
        let iv = SecureRandom.bytes(Self.ivByteCount)
        let cipherText = SM4.counterMode(plain, key: key, iv: iv)
        return iv + cipherText + code(of: iv + cipherText, aad)
    }

    /// - Throws: `CryptoError.notAuthentic`, before anything is decrypted.
    func open(_ sealed: ArraySlice<UInt8>, authenticating aad: [UInt8]) throws -> [UInt8] {
        guard sealed.count >= Self.ivByteCount + Self.codeByteCount else { throw CryptoError.notAuthentic }
        let covered = Array(sealed.dropLast(Self.codeByteCount))
        guard ConstantTime.equal(Array(sealed.suffix(Self.codeByteCount)), code(of: covered, aad)) else {
            throw CryptoError.notAuthentic
        }
        let iv = Array(covered.prefix(Self.ivByteCount))
        return SM4.counterMode(Array(covered.dropFirst(Self.ivByteCount)), key: key, iv: iv)
    }

    /// The length stands first, so that no byte can wander between the authenticated and the encrypted part.
    private func code(of covered: [UInt8], _ aad: [UInt8]) -> [UInt8] {
        let length = withUnsafeBytes(of: UInt64(aad.count).bigEndian) { Array($0) }
        return code.authenticate(length, aad, covered)
    }
}
