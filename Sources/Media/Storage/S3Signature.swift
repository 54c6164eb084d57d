import Kernel
import Platform
import Web

/// AWS Signature Version 4 of a request (Authenticating Requests: Using the Authorization Header), as every S3-compatible
/// store takes it.
struct S3Signature: Sendable {
    let accessKey: String
    let secretKey: String
    let region: String

    /// What is signed of a request.
    struct Subject: Sendable {
        var method: String
        /// Percent-coded, from the first slash.
        var path: String
        /// In whatever order.
        var query: [(name: String, value: String)] = []
        /// Lower-case names; `host` is among them.
        var headers: [(name: String, value: String)]
        /// Hexadecimal SHA-256 of the body.
        var bodyHash: String
    }

    /// `20151230T080000Z`
    static func stamp(_ moment: Timestamp) -> String {
        moment.rfc3339.prefix(19).filter { $0 != "-" && $0 != ":" } + "Z"
    }

    /// The value of `Authorization`. The headers must hold `x-amz-date` with the same stamp.
    func authorization(_ subject: Subject, stamp: String) -> String {
        let headers = subject.headers.sorted { $0.name < $1.name }
        let names = headers.map(\.name).joined(separator: ";")
        let canonical = [
            subject.method, subject.path, S3Signature.query(subject.query),
            headers.map { "\($0.name):\($0.value)\n" }.joined(), names, subject.bodyHash,
        ].joined(separator: "\n")
        let scope = "\(stamp.prefix(8))/\(region)/s3/aws4_request"
        let text = ["AWS4-HMAC-SHA256", stamp, scope, Hex.encode(SHA256.hash(canonical))].joined(separator: "\n")
        var key = Array("AWS4\(secretKey)".utf8)
        for part in [String(stamp.prefix(8)), region, "s3", "aws4_request"] {
            key = HMAC<SHA256>(key: key).authenticate(part)
        }
        let signature = Hex.encode(HMAC<SHA256>(key: key).authenticate(text))
        return "AWS4-HMAC-SHA256 Credential=\(accessKey)/\(scope),SignedHeaders=\(names),Signature=\(signature)"
    }

    /// Sorted and percent-coded, as it is signed and sent.
    static func query(_ pairs: [(name: String, value: String)]) -> String {
        pairs.map { (URLCoding.encode($0.name), URLCoding.encode($0.value)) }.sorted { $0 < $1 }
            .map { "\($0)=\($1)" }.joined(separator: "&")
    }
}
