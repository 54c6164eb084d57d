import Foundation

/// The files of the `Public` folder and the addresses they are served under: `/assets/<version>/css/app.css`.
///
/// The version is one hash over all names and contents, so that an address written relative to a file (`import "./menu.js"`,
/// `url(../icons/logo.svg)`) carries the right version too, and every answer may be kept for ever.
package struct AssetManifest: Sendable, Equatable {
    /// A file asked for by its address.
    package struct File: Sendable, Equatable {
        /// Where it lies on disk.
        package let diskPath: String
        /// Whether the address names the present version; only then may the answer be cached for long.
        package let isCurrent: Bool
    }

    /// Eight hexadecimal digits.
    package let version: String
    private let folder: String
    private let paths: Set<String>

    /// No files; addresses are well formed but lead nowhere. For pages made without a server.
    package init() { (version, folder, paths) = ("00000000", "", []) }

    /// Reads every file below `folder` once. Throws the file system's error when one cannot be read.
    package init(folder: String) throws {
        let found = try FileManager.default.subpathsOfDirectory(atPath: folder).sorted()
        var paths: Set<String> = []
        var hash = ContentHash()
        for path in found where !path.split(separator: "/").contains(where: { $0.hasPrefix(".") }) {
            let diskPath = folder + "/" + path
            var isDirectory: ObjCBool = false
            guard FileManager.default.fileExists(atPath: diskPath, isDirectory: &isDirectory) else { continue }
            if isDirectory.boolValue { continue }
            hash.add(path.utf8)
            hash.add(try Data(contentsOf: URL(fileURLWithPath: diskPath)))
            paths.insert(path)
        }
        (version, self.folder, self.paths) = (hash.digits, folder, paths)
    }

    /// The address of a file, given by its path inside the folder: `url("css/app.css")`.
    package func url(_ path: String) -> String {
        "/assets/" + version + "/" + (path.hasPrefix("/") ? String(path.dropFirst()) : path)
    }

    /// The file behind a request path `/assets/<version>/…`; `nil` when there is none. Only listed files are found, so
    /// no path can leave the folder.
    package func file(at requestPath: String) -> File? {
        let parts = requestPath.split(separator: "/", maxSplits: 2, omittingEmptySubsequences: true)
        guard parts.count == 3, parts[0] == "assets", paths.contains(String(parts[2])) else { return nil }
        return File(diskPath: folder + "/" + parts[2], isCurrent: parts[1] == version)
    }
}

/// FNV-1a over 64 bits, shown as 32: enough to tell versions of one folder apart, no protection against forgery.
private struct ContentHash {
    private var state: UInt64 = 0xcbf2_9ce4_8422_2325

    mutating func add(_ bytes: some Sequence<UInt8>) {
        for byte in bytes { state = (state ^ UInt64(byte)) &* 0x0000_0100_0000_01b3 }
        state = (state ^ 0xff) &* 0x0000_0100_0000_01b3
    }

    var digits: String {
        let text = String(UInt32(truncatingIfNeeded: state ^ (state >> 32)), radix: 16)
        return String(repeating: "0", count: 8 - text.utf8.count) + text
    }
}
