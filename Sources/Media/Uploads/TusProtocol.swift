import Foundation
import Kernel
import Platform
import Web

/// The words of tus 1.0.0 (https://tus.io/protocols/resumable-upload) and of the extensions creation,
/// creation-with-upload, checksum, termination and expiration.
enum Tus {
    static let version = "1.0.0"
    static let contentType = "application/offset+octet-stream"

    /// `Upload-Metadata`: pairs of a key and a value in base64, between commas; a key may stand alone.
    /// `nil` when it is malformed, names a key twice, or holds text that is not UTF-8.
    static func metadata(_ header: String) -> [String: String]? {
        var pairs: [String: String] = [:]
        for part in header.split(separator: ",") {
            let words = part.split(separator: " ")
            guard let key = words.first.map(String.init), words.count <= 2, pairs[key] == nil else { return nil }
            guard words.count == 2 else {
                pairs[key] = ""
                continue
            }
            guard let data = Data(base64Encoded: String(words[1])),
                let text = String(validating: data, as: UTF8.self), !text.utf8.contains(0)
            else { return nil }
            pairs[key] = text
        }
        return pairs
    }

    /// A number of bytes in a header: digits and nothing else.
    static func count(_ header: String?) -> Int? {
        guard let header, header.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        return Int(header)
    }

    static func metadata(name: String) -> String { "filename " + Data(name.utf8).base64EncodedString() }

    /// `Upload-Checksum`: the name of the function and the digest in base64.
    struct Checksum {
        let running: RunningHash
        let expected: [UInt8]

        static let algorithms = "sha1,sha256"

        /// `nil` for another function or a digest of another length.
        init?(_ header: String) {
            let words = header.split(separator: " ")
            guard words.count == 2, let digest = Data(base64Encoded: String(words[1])) else { return nil }
            switch words[0] {
            case "sha1" where digest.count == SHA1.byteCount: running = SHA1.running()
            case "sha256" where digest.count == SHA256.byteCount: running = SHA256.running()
            default: return nil
            }
            expected = Array(digest)
        }

        var isRight: Bool { running.digest() == expected }
    }

    /// A plain answer of the protocol; the text is for people.
    static func answer(_ status: Int, _ text: String = "", _ headers: [(String, String)] = []) -> WebResponse {
        WebResponse(
            status: status,
            headers: [("tus-resumable", version)]
                + (text.isEmpty ? [] : [("content-type", "text/plain; charset=utf-8")])
                + headers,
            body: .bytes(Array(text.utf8)))
    }

    static func refusal(_ error: DomainError) -> WebResponse {
        switch error {
        case .notFound: answer(404, "没有这个上传，可能已经取消或过期。")
        case .forbidden(let text): answer(403, text)
        case .conflict(let text): answer(413, text)
        case .invalid(let problems): answer(400, problems.map(\.message).joined(separator: "；"))
        case .unavailable(let text): answer(507, text)
        case .uncertain(let text): answer(503, text)
        }
    }

    /// RFC 9110 date of `Upload-Expires`.
    static func date(_ moment: Timestamp) -> String {
        let formatter = DateFormatter()
        formatter.locale = Locale(identifier: "en_US_POSIX")
        formatter.timeZone = TimeZone(identifier: "GMT")
        formatter.dateFormat = "EEE, dd MMM yyyy HH:mm:ss 'GMT'"
        return formatter.string(from: Date(timeIntervalSince1970: Double(moment.milliseconds / 1000)))
    }
}

/// The outcome of a write that the protocol has a status of its own for.
struct TusRefusal: Error {
    let answer: WebResponse

    init(_ status: Int, _ text: String, _ headers: [(String, String)] = []) {
        answer = Tus.answer(status, text, headers)
    }
}
