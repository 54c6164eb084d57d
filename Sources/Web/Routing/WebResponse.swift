import Kernel

/// What a handler answers.
package struct WebResponse: Sendable {
    package enum Body: Sendable {
        case bytes([UInt8])
        /// A file on disk, served with Range. Removed afterwards when `temporary`.
        case file(path: String, temporary: Bool)
        /// Server-sent events until the sequence or the connection ends.
        case events(AsyncStream<ServerEvent>)
    }

    package var status: Int
    package var headers: [(name: String, value: String)]
    package var body: Body
    package var flash: Flash?
    /// Starts or ends the session cookie.
    package var sessionChange: SessionChange?
    package var viewChange: DisplayPreferences?
    /// The origin of another site to which a form of the page may go: `https://app.example.cn`. The caller vouches for it.
    package var formTarget: String?
    /// Whether the page plays sound or video of this site.
    package var playsMedia = false
    /// Whether pages of other sites may show it in a frame. Such a page is the same for everybody and does nothing.
    package var mayBeFramed = false
    /// For a deed that answers its page at once, such as a password shown once: where the same form sent again leads,
    /// and what is said there.
    package var repeated: (location: String, flash: Flash)?

    package init(status: Int = 200, headers: [(name: String, value: String)] = [], body: Body = .bytes([])) {
        (self.status, self.headers, self.body) = (status, headers, body)
    }

    package static func html(_ page: HTML, status: Int = 200) -> WebResponse {
        WebResponse(status: status, headers: [("content-type", htmlType)], body: .bytes(page.bytes))
    }
    static let htmlType = "text/html; charset=utf-8"

    /// 303 to a path of this site, with an optional message for the next page.
    package static func redirect(_ path: String, flash: Flash? = nil) -> WebResponse {
        var response = WebResponse(status: 303, headers: [("location", path)])
        response.flash = flash
        return response
    }

    /// 303 to an address outside this site. The caller vouches for it: it was registered, not just asked for.
    package static func leave(to address: String) -> WebResponse {
        WebResponse(status: 303, headers: [("location", address), ("referrer-policy", "no-referrer")])
    }

    package static func json(_ bytes: [UInt8], status: Int = 200) -> WebResponse {
        WebResponse(status: status, headers: [("content-type", "application/json; charset=utf-8")], body: .bytes(bytes))
    }

    /// A download; the Chinese file name is sent as RFC 6266 `filename*`.
    package static func download(path: String, name: String, contentType: String, temporary: Bool) -> WebResponse {
        download(.file(path: path, temporary: temporary), name, contentType)
    }

    /// A download of what is in memory.
    package static func download(_ bytes: [UInt8], name: String, contentType: String) -> WebResponse {
        download(.bytes(bytes), name, contentType)
    }

    private static func download(_ body: Body, _ name: String, _ contentType: String) -> WebResponse {
        let disposition = "attachment; filename=\"download\"; filename*=UTF-8''\(URLCoding.encode(fileName(name)))"
        return WebResponse(
            headers: [
                ("content-type", contentType), ("content-disposition", disposition), ("cache-control", "no-store"),
            ], body: body)
    }

    /// A name that every system takes and that looks like what it is: no parts of paths, no control characters, no marks
    /// that turn the direction of reading, at most 80 characters and 240 bytes, and the ending.
    static func fileName(_ name: String) -> String {
        let safe = name.unicodeScalars.map { scalar -> Character in
            switch scalar.value {
            case 0..<0x20, 0x7F..<0xA0, 0x200B...0x200F, 0x2028...0x202E, 0x2066...0x2069, 0xFEFF: "_"
            default: "/\\:*?\"<>|".unicodeScalars.contains(scalar) ? "_" : Character(scalar)
            }
        }
        let text = String(safe)
        let ending = text.lastIndex(of: ".").map { text[$0...] } ?? ""
        let tail = ending.count <= 8 && ending.utf8.count <= 32 ? String(ending) : ""
        var stem = text.dropLast(tail.count).prefix(80)
        // One character may be made of thousands of marks, and proxies refuse long headers.
        while stem.utf8.count > 240 { stem.removeLast() }
        return String(stem) + tail
    }

    package func with(header name: String, _ value: String) -> WebResponse {
        var copy = self
        copy.headers.append((name, value))
        return copy
    }
}

package enum SessionChange: Sendable, Equatable {
    case start(token: String)
    case end
}

package struct ServerEvent: Sendable, Equatable {
    /// Nothing new; writing it shows whether the client is still there.
    package static let keepAlive = ServerEvent(name: "", data: "")

    package let name: String
    package let data: String
    package init(name: String, data: String) { (self.name, self.data) = (name, data) }
}
