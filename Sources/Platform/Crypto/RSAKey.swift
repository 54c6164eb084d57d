import CCrypto

/// A private RSA key that signs by RSASSA-PKCS1-v1_5 with SHA-256, which JOSE calls RS256, and verifies what it signed.
/// It never changes once made, so every thread may use it.
package final class RSAKey: @unchecked Sendable {
    /// Bits of a new key (NIST SP 800-57: 112 bits of security, enough for keys that serve some months).
    package static let bitCount = 2048

    private let key: OpaquePointer

    private init(_ key: OpaquePointer) { self.key = key }
    deinit { EVP_PKEY_free(key) }

    /// A new key. Takes some tenths of a second of processor time.
    package static func generate() -> RSAKey {
        let context = made(EVP_PKEY_CTX_new_from_name(nil, "RSA", nil))
        defer { EVP_PKEY_CTX_free(context) }
        mustSucceed(EVP_PKEY_keygen_init(context))
        var bits = bitCount
        let parameters = [
            OSSL_PARAM_construct_size_t(OSSL_PKEY_PARAM_RSA_BITS, &bits), OSSL_PARAM_construct_end(),
        ]
        mustSucceed(EVP_PKEY_CTX_set_params(context, parameters))
        var key: OpaquePointer?
        mustSucceed(EVP_PKEY_generate(context, &key))
        return RSAKey(made(key))
    }

    /// Reads what `privateBytes` gave. Throws `CryptoError.notAuthentic` for anything else.
    package init(privateBytes: [UInt8]) throws {
        let read = privateBytes.withUnsafeBufferPointer { buffer -> OpaquePointer? in
            var start = buffer.baseAddress
            return d2i_PrivateKey(EVP_PKEY_RSA, nil, &start, buffer.count)
        }
        guard let read else { throw CryptoError.notAuthentic }
        key = read
    }

    /// The whole key as DER (RFC 8017, appendix A.1.2). To be sealed wherever it is kept.
    package var privateBytes: [UInt8] {
        let count = i2d_PrivateKey(key, nil)
        precondition(count > 0, "libcrypto failed to write a key")
        return [UInt8](unsafeUninitializedCapacity: Int(count)) { buffer, written in
            var start = buffer.baseAddress
            written = Int(i2d_PrivateKey(key, &start))
        }
    }

    /// The public modulus, big-endian, without leading zeros.
    package var modulus: [UInt8] { number(OSSL_PKEY_PARAM_RSA_N) }
    /// The public exponent, in the same form.
    package var exponent: [UInt8] { number(OSSL_PKEY_PARAM_RSA_E) }

    private func number(_ name: String) -> [UInt8] {
        var number: OpaquePointer?
        mustSucceed(EVP_PKEY_get_bn_param(key, name, &number))
        defer { BN_free(number) }
        var bytes = [UInt8](repeating: 0, count: Int(BN_num_bits(number) + 7) / 8)
        precondition(BN_bn2bin(number, &bytes) == bytes.count, "libcrypto failed to write a number")
        return bytes
    }

    package func sign(_ message: [UInt8]) -> [UInt8] {
        let context = made(EVP_MD_CTX_new())
        defer { EVP_MD_CTX_free(context) }
        mustSucceed(EVP_DigestSignInit(context, nil, SHA256.method.pointer, nil, key))
        var signature = [UInt8](repeating: 0, count: Int(EVP_PKEY_get_size(key)))
        var count = signature.count
        mustSucceed(EVP_DigestSign(context, &signature, &count, message, message.count))
        return Array(signature.prefix(count))
    }

    package func isValid(_ signature: [UInt8], for message: [UInt8]) -> Bool {
        guard signature.count == Int(EVP_PKEY_get_size(key)) else { return false }
        let context = made(EVP_MD_CTX_new())
        defer { EVP_MD_CTX_free(context) }
        mustSucceed(EVP_DigestVerifyInit(context, nil, SHA256.method.pointer, nil, key))
        let isValid = EVP_DigestVerify(context, signature, signature.count, message, message.count) == 1
        // A refused signature leaves notes in the queue of errors that the thread keeps.
        if !isValid { ERR_clear_error() }
        return isValid
    }
}
