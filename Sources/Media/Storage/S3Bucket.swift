import Foundation
import Kernel
import Platform
import Web

/// A bucket of an S3-compatible store, addressed by path.
package struct S3Bucket: Sendable {
    /// With scheme and port where it is not the usual one, without a slash at the end: `https://s3.edu.local:9000`.
    package let endpoint: String
    package let bucket: String
    let signature: S3Signature
    /// What stands before the names of blobs: empty, or `santong/`.
    let prefix: String

    /// `nil` when the endpoint is no plain http(s) address, the bucket no DNS-like name, or a key is empty.
    package init?(
        endpoint: String, bucket: String, accessKey: String, secretKey: String, region: String = "us-east-1",
        prefix: String = ""
    ) {
        let plain = endpoint.hasSuffix("/") ? String(endpoint.dropLast()) : endpoint
        guard let url = URL(string: plain), url.scheme == "https" || url.scheme == "http", url.host != nil,
            url.path.isEmpty, url.query == nil, url.user == nil,
            (3...63).contains(bucket.utf8.count),
            bucket.utf8.allSatisfy({ S3Bucket.isNameByte($0) }), !bucket.contains(".."),
            prefix.utf8.allSatisfy({ S3Bucket.isNameByte($0) || $0 == 0x2F }), !accessKey.isEmpty, !secretKey.isEmpty
        else { return nil }
        (self.endpoint, self.bucket, self.prefix) = (plain, bucket, prefix)
        signature = S3Signature(accessKey: accessKey, secretKey: secretKey, region: region)
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        (0x30...0x39).contains(byte) || (0x61...0x7A).contains(byte) || byte == 0x2D || byte == 0x2E
    }

    /// As the `Host` header of a request says it: the port only when it is not the scheme's own.
    var host: String {
        guard let url = URL(string: endpoint), let host = url.host else { return "" }
        guard let port = url.port, port != (url.scheme == "https" ? 443 : 80) else { return host }
        return "\(host):\(port)"
    }

    /// Hexadecimal digits need no coding; the two first ones are a folder, as on disk.
    func key(of sha256: String) -> String { "\(prefix)\(sha256.prefix(2))/\(sha256)" }

    /// A signed request. `key` empty means the bucket itself.
    func request(
        _ method: OutboundRequest.Method, key: String, query: [(name: String, value: String)] = [],
        headers: [(name: String, value: String)] = [], body: [UInt8] = [], byteLimit: Int = 1 << 20, now: Timestamp
    ) -> OutboundRequest {
        let stamp = S3Signature.stamp(now), bodyHash = Hex.encode(SHA256.hash(body))
        let path = "/" + bucket + (key.isEmpty ? "" : "/" + key)
        var signed = headers + [("x-amz-content-sha256", bodyHash), ("x-amz-date", stamp)]
        let subject = S3Signature.Subject(
            method: method.rawValue, path: path, query: query, headers: signed + [("host", host)], bodyHash: bodyHash)
        signed.append(("authorization", signature.authorization(subject, stamp: stamp)))
        if method == .put || method == .post { signed.append(("content-type", "application/octet-stream")) }
        let asked = query.isEmpty ? "" : "?" + S3Signature.query(query)
        return OutboundRequest(
            method: method, url: endpoint + path + asked, headers: signed.map { ($0.name, $0.value) }, body: body,
            timeout: 30 + max(body.count, byteLimit) >> 17, byteLimit: byteLimit)
    }
}

/// The few answers of S3 that are read: flat XML whose texts hold nothing but names, numbers and dates.
enum S3Answer {
    /// The texts of all elements of the name, in order.
    static func texts(_ name: String, in xml: Substring) -> [Substring] {
        var found: [Substring] = [], rest = xml
        while let start = rest.range(of: "<\(name)>"), let end = rest[start.upperBound...].range(of: "</\(name)>") {
            found.append(rest[start.upperBound..<end.lowerBound])
            rest = rest[end.upperBound...]
        }
        return found
    }

    static func text(_ name: String, in xml: String) -> String? {
        texts(name, in: xml[...]).first.map { S3Answer.unescaped(String($0)) }
    }

    private static func unescaped(_ text: String) -> String {
        text.replacingOccurrences(of: "&quot;", with: "\"").replacingOccurrences(of: "&lt;", with: "<")
            .replacingOccurrences(of: "&gt;", with: ">").replacingOccurrences(of: "&amp;", with: "&")
    }

    /// Blobs of a ListObjectsV2 answer; other things in the bucket are left out.
    static func blobs(in xml: String) -> [StoredBlob] {
        texts("Contents", in: xml[...]).compactMap { object in
            guard let key = texts("Key", in: object).first,
                let size = texts("Size", in: object).first.flatMap({ Int($0) }),
                let name = key.split(separator: "/").last, StoredBlob.isName(name)
            else { return nil }
            let date = texts("LastModified", in: object).first.flatMap { moment(String($0)) }
            // Without a date it is as if it came now: then it is nobody's orphan yet.
            return StoredBlob(sha256: String(name), size: size, storedAt: date ?? .now)
        }
    }

    /// ISO 8601, with or without a fraction of a second.
    private static func moment(_ text: String) -> Timestamp? {
        let formatter = ISO8601DateFormatter()
        guard let date = formatter.date(from: String(text.prefix(19)) + "Z") else { return nil }
        return Timestamp(milliseconds: Int64(date.timeIntervalSince1970 * 1000))
    }
}
