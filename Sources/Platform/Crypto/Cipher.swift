import CCrypto

/// A handle of OpenSSL's on one cipher. It never changes once fetched, so every thread may use it.
struct CipherMethod: @unchecked Sendable {
    let pointer: OpaquePointer

    init(_ name: String) {
        guard let fetched = EVP_CIPHER_fetch(nil, name, nil) else {
            fatalError("The installed libcrypto does not offer \(name)")
        }
        pointer = fetched
    }
}

/// One encryption or decryption. libcrypto wipes the key when the object goes.
final class CipherRun {
    enum Direction: Int32 { case decrypt = 0, encrypt = 1 }

    private let context = made(EVP_CIPHER_CTX_new())

    init(_ method: CipherMethod, _ direction: Direction, key: SecretBytes, iv: [UInt8]) {
        precondition(key.count == Int(EVP_CIPHER_get_key_length(method.pointer)), "Wrong key length")
        precondition(iv.count == Int(EVP_CIPHER_get_iv_length(method.pointer)), "Wrong length of the initial vector")
        key.withBytes { key in
            mustSucceed(
                EVP_CipherInit_ex(
                    context, method.pointer, nil, key.bindMemory(to: UInt8.self).baseAddress, iv, direction.rawValue))
        }
    }

    deinit { EVP_CIPHER_CTX_free(context) }

    /// Without padding the output of a block cipher is as long as its input, which must be whole blocks.
    func withoutPadding() -> CipherRun {
        mustSucceed(EVP_CIPHER_CTX_set_padding(context, 0))
        return self
    }

    /// Takes in what is authenticated but not encrypted.
    func authenticate(_ bytes: [UInt8]) {
        guard !bytes.isEmpty else { return }
        var written: Int32 = 0
        mustSucceed(EVP_CipherUpdate(context, nil, &written, bytes, Int32(bytes.count)))
    }

    /// The bytes, encrypted or decrypted; as many as came in.
    func process(_ bytes: [UInt8]) -> [UInt8] {
        guard !bytes.isEmpty else { return [] }
        var written: Int32 = 0
        let result = [UInt8](unsafeUninitializedCapacity: bytes.count) { buffer, count in
            mustSucceed(EVP_CipherUpdate(context, buffer.baseAddress, &written, bytes, Int32(bytes.count)))
            count = Int(written)
        }
        precondition(result.count == bytes.count)
        return result
    }

    /// Ends the run; `false` when the tag does not fit.
    func finish() -> Bool {
        var nothing = [UInt8](repeating: 0, count: 16)
        var written: Int32 = 0
        return EVP_CipherFinal_ex(context, &nothing, &written) == 1
    }

    /// The tag of an authenticated encryption that has been finished.
    func tag() -> [UInt8] {
        var tag = [UInt8](repeating: 0, count: 16)
        mustSucceed(EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_GET_TAG, 16, &tag))
        return tag
    }

    /// The tag that `finish` has to find.
    func expect(tag: [UInt8]) {
        var tag = tag
        mustSucceed(EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG, Int32(tag.count), &tag))
    }
}
