import Foundation
import Synchronization

/// The files of `Public`, read once and kept in memory: they are few and small.
final class AssetCache: Sendable {
    private let manifest: AssetManifest
    private let entries = Mutex<[String: [UInt8]]>([:])

    init(_ manifest: AssetManifest) { self.manifest = manifest }

    func respond(to path: String) -> WebResponse {
        guard let file = manifest.file(at: path), let entry = entry(file.diskPath) else {
            return WebResponse(status: 404, headers: [("content-type", "text/plain; charset=utf-8")])
        }
        let type = AssetCache.contentType(of: path)
        let age = file.isCurrent ? "public, max-age=31536000, immutable" : "no-cache"
        return WebResponse(headers: [("content-type", type), ("cache-control", age)], body: .bytes(entry))
    }

    private func entry(_ diskPath: String) -> [UInt8]? {
        if let known = entries.withLock({ $0[diskPath] }) { return known }
        guard let data = FileManager.default.contents(atPath: diskPath) else { return nil }
        let entry = Array(data)
        entries.withLock { $0[diskPath] = entry }
        return entry
    }

    static func contentType(of path: String) -> String {
        switch path.split(separator: ".").last.map(String.init) ?? "" {
        case "css": "text/css; charset=utf-8"
        case "js", "mjs": "text/javascript; charset=utf-8"
        case "svg": "image/svg+xml"
        case "png": "image/png"
        case "webmanifest", "json": "application/json; charset=utf-8"
        case "woff2": "font/woff2"
        default: "application/octet-stream"
        }
    }
}
