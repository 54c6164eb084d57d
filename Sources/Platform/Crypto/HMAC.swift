import CCrypto

/// A keyed hash (RFC 2104, GB/T 15852.2). Keep the value where one key serves often: the key is prepared once.
package struct HMAC<Function: HashFunction>: Sendable {
    private let keyed: KeyedHash

    /// - Parameter key: at least one byte.
    package init(key: [UInt8]) {
        keyed = key.withUnsafeBytes { KeyedHash(Function.self, key: $0) }
    }

    init(key: SecretBytes) {
        keyed = key.withBytes { KeyedHash(Function.self, key: $0) }
    }

    /// The code of the pieces, as long as a digest, read one after the other as if they were one.
    package func authenticate(_ pieces: [UInt8]...) -> [UInt8] {
        keyed.authenticate(pieces, byteCount: Function.byteCount)
    }

    /// The code of the text's UTF-8 bytes.
    package func authenticate(_ text: String) -> [UInt8] { authenticate(Array(text.utf8)) }

    /// Whether `code` is the code of `bytes`, compared in constant time.
    package func isValid(_ code: [UInt8], for bytes: [UInt8]) -> Bool {
        ConstantTime.equal(code, authenticate(bytes))
    }
}

/// A context of libcrypto with the key already in it. It is only ever copied, so threads may share it.
private final class KeyedHash: @unchecked Sendable {
    private static let method = HMACMethod()
    private let template: OpaquePointer

    init<Function: HashFunction>(_ function: Function.Type, key: UnsafeRawBufferPointer) {
        precondition(!key.isEmpty, "An empty key authenticates nothing")
        template = made(EVP_MAC_CTX_new(Self.method.pointer))
        var name = Array(function.name.utf8CString)
        // A parameter holds the address of its name, so the name must outlive the call that reads it.
        let code = "digest".withCString { digest in
            name.withUnsafeMutableBufferPointer { name in
                let parameters = [
                    OSSL_PARAM_construct_utf8_string(digest, name.baseAddress, 0), OSSL_PARAM_construct_end(),
                ]
                return EVP_MAC_init(template, key.bindMemory(to: UInt8.self).baseAddress, key.count, parameters)
            }
        }
        mustSucceed(code)
    }

    deinit { EVP_MAC_CTX_free(template) }

    func authenticate(_ pieces: [[UInt8]], byteCount: Int) -> [UInt8] {
        let context = made(EVP_MAC_CTX_dup(template))
        defer { EVP_MAC_CTX_free(context) }
        for piece in pieces where !piece.isEmpty { mustSucceed(EVP_MAC_update(context, piece, piece.count)) }
        var code = [UInt8](repeating: 0, count: byteCount)
        var written = 0
        mustSucceed(EVP_MAC_final(context, &code, &written, code.count))
        precondition(written == byteCount)
        return code
    }
}

private struct HMACMethod: @unchecked Sendable {
    let pointer = made(EVP_MAC_fetch(nil, "HMAC", nil))
}
