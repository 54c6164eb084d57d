/// The city's one door for requests to other systems. Tests stand in for the other system by a type of their own.
package protocol OutboundHTTP: Sendable {
    /// Throws `OutboundError`, or `CancellationError` when the task is cancelled. An answer of any status is no error.
    func send(_ request: OutboundRequest) async throws -> OutboundResponse
}

/// A request to another system.
package struct OutboundRequest: Sendable {
    package enum Method: String, Sendable {
        case get = "GET"
        /// The answer has no body, whatever length its headers tell.
        case head = "HEAD"
        case post = "POST"
        case put = "PUT"
        case patch = "PATCH"
        case delete = "DELETE"
    }

    package let method: Method
    /// With the scheme `http` or `https`; no user name in it.
    package let url: String
    /// A body without a `Content-Type` is sent as `application/x-www-form-urlencoded`.
    package let headers: [(String, String)]
    package let body: [UInt8]
    /// Seconds from asking to the last byte of the answer, waiting for a free thread included.
    package let timeout: Int
    /// Bytes of the answer's body; more is an error.
    package let byteLimit: Int

    package init(
        method: Method = .get, url: String, headers: [(String, String)] = [], body: [UInt8] = [],
        timeout seconds: Int = 5, byteLimit: Int = 1 << 20
    ) {
        precondition(seconds > 0 && byteLimit >= 0)
        (self.method, self.url, self.headers, self.body) = (method, url, headers, body)
        (timeout, self.byteLimit) = (seconds, byteLimit)
    }
}

/// What another system answered.
package struct OutboundResponse: Sendable {
    package let status: Int
    /// In the order they came; names as they were written.
    package let headers: [(name: String, value: String)]
    package let body: [UInt8]

    package init(status: Int, headers: [(name: String, value: String)] = [], body: [UInt8] = []) {
        (self.status, self.headers, self.body) = (status, headers, body)
    }

    package var text: String { String(decoding: body, as: UTF8.self) }

    /// The first header of the name, in whatever case it was written.
    package func header(_ name: String) -> String? {
        let wanted = name.lowercased()
        return headers.first { $0.name.lowercased() == wanted }?.value
    }
}

/// Why there is no answer.
package enum OutboundError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The address or a header of the request is malformed; nothing was sent.
    case invalidRequest
    /// The name leads to an address inside the house or this machine, which the policy does not open.
    case refusedAddress
    case timeout
    /// No such name, nobody listening, a broken connection, an answer that is no HTTP, or too many requests at once.
    case unreachable
    /// The answer is longer than the request allows.
    case tooLarge
    /// The other side could not prove who it is, or speaks no safe TLS.
    case tls

    package var description: String {
        switch self {
        case .invalidRequest: "地址或请求头不合规"
        case .refusedAddress: "地址在内网，未获准访问"
        case .timeout: "对方没有在时限内应答"
        case .unreachable: "无法连接对方"
        case .tooLarge: "对方的应答过长"
        case .tls: "对方的证书不可信"
        }
    }
}

extension OutboundRequest {
    /// Headers that belong to the transfer itself: two readings of them are how requests are smuggled.
    private static let reserved: Set<String> = [
        "host", "content-length", "transfer-encoding", "connection", "expect", "upgrade", "te", "trailer",
    ]
    private static let longestURL = 8192

    /// Throws `OutboundError.invalidRequest` when the text could be read as more than one address or header.
    func check() throws {
        let isPlain = url.utf8.count <= OutboundRequest.longestURL && url.utf8.allSatisfy { (0x21...0x7e).contains($0) }
        guard isPlain, headers.allSatisfy(OutboundRequest.isSafe) else { throw OutboundError.invalidRequest }
    }

    private static func isSafe(_ header: (String, String)) -> Bool {
        let (name, value) = header
        let isName = !name.isEmpty && name.utf8.allSatisfy(isTokenByte)
        let isValue = value.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7f || $0 == 0x09 }
        return isName && isValue && !reserved.contains(name.lowercased())
    }

    /// RFC 9110, 5.6.2.
    private static func isTokenByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
        case UInt8(ascii: "0")...UInt8(ascii: "9"): true
        default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
        }
    }
}
