import Database
import Kernel
import Platform

/// 应用图标: a picture whose kind its first bytes tell; name and declared type are never asked.
struct ApplicationLogo: Sendable {
    enum Kind: String, Column, Sendable {
        case png, jpeg, webp
        var contentType: String { "image/" + rawValue }
    }

    static let largest = 200 << 10

    let kind: Kind
    let content: [UInt8]
    let sha256: String

    init(kind: Kind, content: [UInt8], sha256: String) {
        (self.kind, self.content, self.sha256) = (kind, content, sha256)
    }

    /// Throws `DomainError.invalid` for the field `logo`.
    init(_ content: [UInt8]) throws {
        guard content.count <= ApplicationLogo.largest else {
            throw DomainError.invalid("logo", "图标不能超过 200 KB")
        }
        guard let kind = ApplicationLogo.kind(of: content) else {
            throw DomainError.invalid("logo", "图标应为 PNG、JPEG 或 WebP 图片")
        }
        self.init(kind: kind, content: content, sha256: Hex.encode(SHA256.hash(content)))
    }

    private static func kind(of bytes: [UInt8]) -> Kind? {
        if bytes.starts(with: [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]) { return .png }
        if bytes.starts(with: [0xFF, 0xD8, 0xFF]) { return .jpeg }
        let isWebP = bytes.count > 12 && bytes.starts(with: Array("RIFF".utf8))
        return isWebP && bytes[8..<12].elementsEqual("WEBP".utf8) ? .webp : nil
    }
}
