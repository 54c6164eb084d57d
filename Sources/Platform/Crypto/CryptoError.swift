import CCrypto
import Glibc

/// What goes wrong with keys and sealed values. The texts are for operators.
package enum CryptoError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The sealed value was altered, cut, moved to another place, or sealed under another key of the same number.
    case notAuthentic
    /// The value is sealed under a key that the key file does not hold.
    case unknownKey(UInt8)
    /// The value is longer than the limit, in bytes.
    case tooLong(limit: Int)
    /// The key file cannot be used; the reason is Chinese.
    case keyFile(path: String, reason: String)
    /// The system refused a file; `code` is its `errno`.
    case file(path: String, code: Int32)

    package var description: String {
        switch self {
        case .notAuthentic: "加密数据已损坏或被改动，无法解密"
        case .unknownKey(let id): "密钥文件中没有 \(id) 号密钥，无法解密"
        case .tooLong(let limit): "待加密的内容超过 \(limit) 字节"
        case .keyFile(let path, let reason): "密钥文件 \(path)：\(reason)"
        case .file(let path, let code): "无法读写 \(path)：\(String(cString: strerror(code)))"
        }
    }
}

/// For calls of libcrypto that fail only when memory is out or the library is broken; going on would be unsafe.
func mustSucceed(_ code: Int32, function: StaticString = #function) {
    precondition(code == 1, "libcrypto failed in \(function): \(lastReason)")
}

/// What libcrypto says of its last failure in this thread.
private var lastReason: String {
    var text = [CChar](repeating: 0, count: 256)
    ERR_error_string_n(ERR_peek_last_error(), &text, text.count)
    return String(cString: text)
}

/// As `mustSucceed`, for calls that make an object.
func made(_ object: OpaquePointer?, function: StaticString = #function) -> OpaquePointer {
    guard let object else { preconditionFailure("libcrypto failed in \(function): \(lastReason)") }
    return object
}
