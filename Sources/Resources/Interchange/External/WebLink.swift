import Foundation

/// An address of the web that somebody else gave: `http` or `https`, with a host and without a user's name.
struct WebLink: Sendable, Hashable {
    /// As it is sent; what addresses cannot hold is percent-coded.
    let text: String
    /// In small letters, without port.
    let host: String

    static let longest = 2_000

    /// `nil` for anything else.
    init?(_ raw: String) {
        var bytes: [UInt8] = []
        for byte in raw.utf8 {
            switch byte {
            case 0x00...0x1F, 0x7F: return nil
            case 0x20, 0x22, 0x3C, 0x3E, 0x5C, 0x5E, 0x60, 0x7B...0x7D, 0x80...0xFF:
                bytes += [0x25, WebLink.digit(byte >> 4), WebLink.digit(byte & 15)]
            default: bytes.append(byte)
            }
        }
        guard bytes.count <= WebLink.longest, let text = String(validating: bytes, as: UTF8.self),
            let scheme = text.range(of: "://"), ["http", "https"].contains(text[..<scheme.lowerBound].lowercased())
        else { return nil }
        let authority = text[scheme.upperBound...].prefix { !"/?#".contains($0) }
        let host = WebLink.host(authority)
        guard !authority.contains("@"), !authority.contains("%"), let host, !host.isEmpty else { return nil }
        (self.text, self.host) = (text, host.lowercased())
    }

    private static func host(_ authority: Substring) -> Substring? {
        if authority.first == "[" {
            return authority.firstIndex(of: "]").map { authority[...$0] }
        }
        let parts = authority.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 1 || (parts.count == 2 && UInt16(parts[1]) != nil) else { return nil }
        return parts[0]
    }

    /// Where an answer of this address leads to; `nil` when that is no address of the web.
    func following(_ location: String) -> WebLink? {
        if location.hasPrefix("//") { return WebLink(String(text.prefix { $0 != "/" }) + location) }
        if let absolute = WebLink(location) { return absolute }
        guard !location.contains("://") else { return nil }
        guard let scheme = text.range(of: "://") else { return nil }
        let rest = text[scheme.upperBound...], authority = rest.prefix { !"/?#".contains($0) }
        let origin = text[..<scheme.upperBound] + authority
        if location.hasPrefix("/") { return WebLink(origin + location) }
        let path = rest.dropFirst(authority.count).prefix { !"?#".contains($0) }
        let folder = path.lastIndex(of: "/").map { path[...$0] } ?? "/"
        return WebLink(origin + folder + location)
    }

    private static func digit(_ value: UInt8) -> UInt8 { Array("0123456789ABCDEF".utf8)[Int(value)] }
}
