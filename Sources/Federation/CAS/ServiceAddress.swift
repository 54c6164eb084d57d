import Web

/// The address of an application as a CAS client names itself: the `service` parameter, decoded once. Its bytes are kept,
/// because clients compare them; whether it is registered is asked of its parts, read the one way browsers read them.
struct ServiceAddress: Sendable, Equatable {
    static let longest = 2000

    let text: String
    /// `https://app.example.cn:8443`, in small letters, without the scheme's usual port.
    let origin: String
    /// Never empty; unreserved characters bare, all others escaped in capitals.
    let path: String
    /// Without the question mark; empty when there is none.
    let query: String

    /// `nil` for what two programs could read in two ways, or what would not survive a redirect.
    init?(_ text: String) {
        let bytes = Array(text.utf8)
        guard bytes.count <= ServiceAddress.longest, bytes.allSatisfy(ServiceAddress.isAllowed) else { return nil }
        guard let schemeEnd = text.firstRange(of: "://") else { return nil }
        let scheme = text[..<schemeEnd.lowerBound].lowercased()
        guard scheme == "https" || scheme == "http" else { return nil }
        let rest = Array(text[schemeEnd.upperBound...].utf8).prefix { $0 != 0x23 }
        let authorityEnd = rest.firstIndex { $0 == 0x2F || $0 == 0x3F } ?? rest.endIndex
        guard let authority = ServiceAddress.authority(rest[..<authorityEnd], scheme: scheme) else { return nil }
        let pathEnd = rest.firstIndex(of: 0x3F) ?? rest.endIndex
        guard let path = ServiceAddress.canonicalPath(rest[authorityEnd..<pathEnd]) else { return nil }
        let query = rest[pathEnd...].dropFirst()
        guard ServiceAddress.isClean(query: query) else { return nil }
        self.text = text
        origin = scheme + "://" + authority
        self.path = path
        self.query = String(decoding: query, as: UTF8.self)
    }

    /// Whether a registered address stands for this one.
    /// - Parameter pattern: an address, met by the same origin and path with any query unless it has one of its own; or
    ///   one ending in `/*`, met by everything below.
    func matches(_ pattern: String) -> Bool {
        if pattern.hasSuffix("/*"), let root = ServiceAddress(String(pattern.dropLast())) {
            return origin == root.origin && (path.utf8.starts(with: root.path.utf8) || path + "/" == root.path)
        }
        guard let registered = ServiceAddress(pattern) else { return false }
        return origin == registered.origin && path == registered.path
            && (registered.query.isEmpty || query == registered.query)
    }

    /// The address as it may stand in a header. Some clients name themselves by a path their server has already
    /// unescaped; what cannot travel is escaped again, and every other byte left as it was.
    var location: String {
        var out: [UInt8] = []
        for byte in text.utf8 {
            out += (0x21...0x7E).contains(byte) ? [byte] : ServiceAddress.escaped(byte)
        }
        return String(decoding: out, as: UTF8.self)
    }

    /// The same with a ticket, before the fragment if there is one.
    func with(ticket: String) -> String {
        let text = location
        let split = text.firstIndex(of: "#") ?? text.endIndex
        let base = text[..<split], mark: String
        if base.contains("?") {
            mark = base.hasSuffix("?") || base.hasSuffix("&") ? "" : "&"
        } else {
            mark = "?"
        }
        return base + mark + "ticket=" + ticket + text[split...]
    }

    /// Everything but control characters and what RFC 3986 leaves out and programs read differently.
    private static func isAllowed(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x22, 0x3C, 0x3E, 0x5C, 0x60, 0x7F: false
        default: byte >= 0x20
        }
    }

    private static func escaped(_ byte: UInt8) -> [UInt8] { [0x25, hex[Int(byte >> 4)], hex[Int(byte & 15)]] }

    private static func authority(_ bytes: ArraySlice<UInt8>, scheme: String) -> String? {
        let text = String(decoding: bytes, as: UTF8.self).lowercased()
        let isBracketed = text.hasPrefix("[")
        guard let hostEnd = isBracketed ? bracketEnd(text) : text.firstIndex(of: ":") ?? text.endIndex else {
            return nil
        }
        let host = text[..<hostEnd], port = text[hostEnd...]
        let inner = isBracketed ? host.dropFirst().dropLast() : host
        guard !inner.isEmpty, inner.utf8.allSatisfy(isBracketed ? isAddressByte : isHostByte) else { return nil }
        guard !port.isEmpty else { return String(host) }
        guard port.first == ":", let first = port.dropFirst().utf8.first, first != 0x30,
            port.dropFirst().utf8.allSatisfy(isDigit), let number = Int(port.dropFirst()), number <= 65_535
        else { return nil }
        return number == (scheme == "https" ? 443 : 80) ? String(host) : host + ":" + String(number)
    }

    private static func bracketEnd(_ text: String) -> String.Index? {
        text.firstIndex(of: "]").map { text.index(after: $0) }
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
    private static func isHostByte(_ byte: UInt8) -> Bool {
        isDigit(byte) || (0x61...0x7A).contains(byte) || byte == 0x2D || byte == 0x2E
    }
    private static func isAddressByte(_ byte: UInt8) -> Bool {
        isDigit(byte) || (0x61...0x66).contains(byte) || byte == 0x3A || byte == 0x2E
    }

    /// `nil` for broken escapes, escaped slashes and control characters, and for `.` and `..` segments, which some
    /// programs resolve before and some after they compare; also with a `;parameter`.
    private static func canonicalPath(_ bytes: ArraySlice<UInt8>) -> String? {
        var out: [UInt8] = []
        var rest = bytes[...]
        while let byte = rest.popFirst() {
            guard byte == 0x25 else {
                out += (0x21...0x7E).contains(byte) ? [byte] : escaped(byte)
                continue
            }
            guard let value = escape(&rest), value >= 0x20, value != 0x2F, value != 0x5C, value != 0x7F else {
                return nil
            }
            out += isUnreserved(value) ? [value] : escaped(value)
        }
        let path = String(decoding: out, as: UTF8.self)
        for segment in path.split(separator: "/") {
            let name = segment.prefix { $0 != ";" }
            if name == "." || name == ".." { return nil }
        }
        return path.isEmpty ? "/" : path
    }

    /// Reads the two digits after a percent sign.
    private static func escape(_ rest: inout ArraySlice<UInt8>) -> UInt8? {
        guard let high = rest.popFirst().flatMap(digit), let low = rest.popFirst().flatMap(digit) else { return nil }
        return high << 4 | low
    }

    private static func digit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case 0x30...0x39: byte - 0x30
        case 0x41...0x46: byte - 0x37
        case 0x61...0x66: byte - 0x57
        default: nil
        }
    }

    private static let hex = Array("0123456789ABCDEF".utf8)

    private static func isUnreserved(_ byte: UInt8) -> Bool {
        isDigit(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
            || [0x2D, 0x2E, 0x5F, 0x7E].contains(byte)
    }

    /// A `ticket` of its own would let a stranger's ticket ride along.
    private static func isClean(query: ArraySlice<UInt8>) -> Bool {
        query.split(separator: 0x26).allSatisfy { part in
            let name = URLCoding.decode(part.prefix { $0 != 0x3D }, plusIsSpace: true)
            return name.map { $0.lowercased() != "ticket" } ?? true
        }
    }
}
