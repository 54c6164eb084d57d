import CCrypto
import Glibc

/// A hash function. `SM3` and `SHA256` are the two the platform uses for itself.
package protocol HashFunction: Sendable {
    /// The length of every digest in bytes; 32 unless the function says otherwise.
    static var byteCount: Int { get }
    /// The name by which OpenSSL knows it.
    static var name: String { get }
    /// The function as OpenSSL holds it, looked up once: a look-up costs more than hashing a short text.
    static var method: HashMethod { get }
}

/// SM3 (GB/T 32905-2016): audit chain, fingerprints of the commercial suite.
package enum SM3: HashFunction {
    package static let name = "SM3"
    package static let method = HashMethod(name)
}

/// SHA-256 (FIPS 180-4): names of stored files, fingerprints of the international suite.
package enum SHA256: HashFunction {
    package static let name = "SHA256"
    package static let method = HashMethod(name)
}

/// SHA-1 (FIPS 180-4). Too weak to stand alone; only inside `HMAC`, where a protocol of others fixes it.
package enum SHA1: HashFunction {
    package static let name = "SHA1"
    package static let method = HashMethod(name)
    package static let byteCount = 20
}

/// A handle of OpenSSL's on one hash function. It never changes once fetched, so every thread may use it.
package struct HashMethod: @unchecked Sendable {
    let pointer: OpaquePointer

    fileprivate init(_ name: String) {
        guard let fetched = EVP_MD_fetch(nil, name, nil) else {
            fatalError("The installed libcrypto does not offer \(name)")
        }
        pointer = fetched
    }
}

extension HashFunction {
    package static var byteCount: Int { 32 }

    package static func hash(_ bytes: [UInt8]) -> [UInt8] {
        var digest = [UInt8](repeating: 0, count: byteCount)
        mustSucceed(EVP_Digest(bytes, bytes.count, &digest, nil, method.pointer, nil))
        return digest
    }

    /// The hash of the text's UTF-8 bytes.
    package static func hash(_ text: String) -> [UInt8] { hash(Array(text.utf8)) }

    /// The hash of a file's content, read in pieces of 128 KiB. It blocks: not for event loops.
    /// - Throws: `CryptoError.file` when the file cannot be opened or read.
    package static func hash(fileAt path: String) throws -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw CryptoError.file(path: path, code: errno) }
        defer { close(descriptor) }
        let running = RunningHash(Self.self)
        var buffer = [UInt8](repeating: 0, count: 128 * 1024)
        while true {
            let count = read(descriptor, &buffer, buffer.count)
            if count == 0 { return running.digest() }
            if count < 0 {
                if errno == EINTR { continue }
                throw CryptoError.file(path: path, code: errno)
            }
            buffer.withUnsafeBytes { running.update(UnsafeRawBufferPointer(rebasing: $0[..<count])) }
        }
    }

    /// A hash fed piece by piece.
    package static func running() -> RunningHash { RunningHash(Self.self) }
}

/// A hash that is fed piece by piece. Not for two threads at once.
package final class RunningHash {
    private let context: OpaquePointer
    private let byteCount: Int

    package init<Function: HashFunction>(_ function: Function.Type) {
        context = made(EVP_MD_CTX_new())
        byteCount = function.byteCount
        mustSucceed(EVP_DigestInit_ex(context, function.method.pointer, nil))
    }

    deinit { EVP_MD_CTX_free(context) }

    package func update(_ bytes: UnsafeRawBufferPointer) {
        mustSucceed(EVP_DigestUpdate(context, bytes.baseAddress, bytes.count))
    }

    package func update(_ bytes: [UInt8]) { bytes.withUnsafeBytes { update($0) } }

    package func update(_ bytes: ArraySlice<UInt8>) { bytes.withUnsafeBytes { update($0) } }

    private init(_ other: RunningHash) {
        (context, byteCount) = (made(EVP_MD_CTX_new()), other.byteCount)
        mustSucceed(EVP_MD_CTX_copy_ex(context, other.context))
    }

    /// Another hash that has been fed the same so far.
    package func copy() -> RunningHash { RunningHash(self) }

    /// The digest of everything fed so far. More may follow.
    package func digest() -> [UInt8] {
        let copy = made(EVP_MD_CTX_new())
        defer { EVP_MD_CTX_free(copy) }
        mustSucceed(EVP_MD_CTX_copy_ex(copy, context))
        var digest = [UInt8](repeating: 0, count: byteCount)
        mustSucceed(EVP_DigestFinal_ex(copy, &digest, nil))
        return digest
    }
}
