/// Rules for the addresses at which an application may be reached. They are strict, because protocols send people and
/// what they may know there: one spelling, one host, nothing that two programs could read in two ways.
package enum RegisteredAddress {
    static let longest = 500
    /// Of one kind.
    static let mostAddresses = 20

    /// What is wrong with the address, in Chinese; `nil` when it may be registered.
    /// - Parameter pattern: may end in `/*`, which stands for everything below.
    package static func problem(in address: String, pattern: Bool = false) -> String? {
        let bytes = Array(address.utf8)
        guard !bytes.isEmpty else { return "填写地址" }
        guard bytes.count <= longest else { return "地址不能超过 \(longest) 个字符" }
        guard bytes.allSatisfy(isAllowed) else { return "地址里有空格、中文或不允许的符号，中文应先转码" }
        if bytes.contains(0x23) { return "地址不能带 #" }
        let isPlain = address.hasPrefix("http://")
        guard isPlain || address.hasPrefix("https://") else { return "地址应以 https:// 开头" }
        let rest = bytes.dropFirst(isPlain ? 7 : 8)
        let end = rest.firstIndex { $0 == 0x2F || $0 == 0x3F } ?? rest.endIndex
        let authority = String(decoding: rest[..<end], as: UTF8.self)
        if authority.utf8.contains(0x40) { return "地址不能带用户名（@）" }
        if authority.utf8.contains(0x2A) { return "主机名不能带 *" }
        guard let host = host(of: authority) else { return "主机名或端口不正确，主机名用小写的完整域名" }
        if isPlain && !isLoopback(host) { return "应以 https:// 开头；只有本机（localhost、127.0.0.1）可以用 http://" }
        return problem(inPath: rest[end...], pattern: pattern)
    }

    static func isLoopback(_ host: String) -> Bool { host == "localhost" || host == "127.0.0.1" || host == "[::1]" }

    /// Printable ASCII without what RFC 3986 leaves out.
    private static func isAllowed(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x22, 0x3C, 0x3E, 0x5C, 0x5E, 0x60, 0x7B, 0x7C, 0x7D: false
        default: (0x21...0x7E).contains(byte)
        }
    }

    /// The host of a sound authority.
    private static func host(of authority: String) -> String? {
        let isBracketed = authority.hasPrefix("[")
        let separator = isBracketed ? "]:" : ":"
        var host = authority
        if let range = authority.firstRange(of: separator) {
            host = String(authority[..<range.lowerBound]) + (isBracketed ? "]" : "")
            let port = authority[range.upperBound...]
            guard let first = port.utf8.first, first != 0x30, port.utf8.allSatisfy(isDigit),
                let number = Int(port), number <= 65_535
            else { return nil }
        }
        if isBracketed { return host == "[::1]" ? host : nil }
        return isHostName(host) ? host : nil
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

    private static func isHostName(_ host: String) -> Bool {
        if host == "localhost" { return true }
        let labels = host.split(separator: ".", omittingEmptySubsequences: false)
        guard host.utf8.count <= 253, labels.count >= 2, labels.allSatisfy(isLabel), let last = labels.last else {
            return false
        }
        // Whatever ends in a number is read as an IPv4 address by browsers, in many spellings; one is allowed.
        guard let first = last.utf8.first, isDigit(first) else { return true }
        return labels.count == 4
            && labels.allSatisfy { label in Int(label).map { $0 <= 255 && String($0) == label } ?? false }
    }

    private static func isLabel(_ label: Substring) -> Bool {
        let isWord = label.utf8.allSatisfy { isDigit($0) || (0x61...0x7A).contains($0) || $0 == 0x2D }
        return isWord && (1...63).contains(label.utf8.count) && !label.hasPrefix("-") && !label.hasSuffix("-")
    }

    private static func problem(inPath rest: ArraySlice<UInt8>, pattern: Bool) -> String? {
        var rest = rest
        if pattern && rest.suffix(2) == [0x2F, 0x2A] {
            if rest.contains(0x3F) { return "带 /* 的地址不能再带 ?" }
            rest = rest.dropLast()
        }
        if rest.contains(0x2A) { return pattern ? "* 只能写在末尾的 /* 里" : "地址不能带 *" }
        let path = rest.prefix { $0 != 0x3F }
        guard let decoded = decode(path), decode(rest) != nil else { return "地址里的 % 转义不正确" }
        let slashes = decoded.count { $0 == 0x2F }
        if slashes != path.count(where: { $0 == 0x2F }) || decoded.contains(0x5C) { return "路径里不能有转义的斜线" }
        let segments = decoded.split(separator: 0x2F)
        if segments.contains(where: { Array($0) == [0x2E] || Array($0) == [0x2E, 0x2E] }) {
            return "路径里不能有 . 或 .. 段"
        }
        return nil
    }

    /// `nil` for a broken escape or one of a control character.
    private static func decode(_ bytes: ArraySlice<UInt8>) -> [UInt8]? {
        var out: [UInt8] = []
        var iterator = bytes.makeIterator()
        while let byte = iterator.next() {
            guard byte == 0x25 else {
                out.append(byte)
                continue
            }
            guard let high = iterator.next().flatMap(digit), let low = iterator.next().flatMap(digit) else {
                return nil
            }
            let value = high << 4 | low
            if value < 0x20 || value == 0x7F { return nil }
            out.append(value)
        }
        return out
    }

    private static func digit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case 0x30...0x39: byte - 0x30
        case 0x41...0x46: byte - 0x37
        case 0x61...0x66: byte - 0x57
        default: nil
        }
    }
}
