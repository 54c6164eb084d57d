import Foundation

/// A folder of files that somebody sent as a zip archive, or that lies on this machine. Names are places below the folder,
/// parted by `/`; none leads out of it, and nothing is unpacked but what is asked for.
package struct PackedFolder: Sendable {
    package struct Entry: Sendable, Equatable {
        /// `第一单元/灯塔.docx`
        package let name: String
        /// Bytes, as the archive or the system says.
        package let size: Int
    }

    private enum Source: Sendable {
        case archive(path: String, limits: ArchiveLimits, parts: [String: Int])
        case folder(path: String)
    }

    /// In the order of their names.
    package let entries: [Entry]
    private let source: Source

    /// Looks into an archive; only its directory is read. Blocks.
    /// - Throws: `PackedFailure`.
    package init(archive path: String, limits: ArchiveLimits) throws {
        (entries, source) = try PackedFailure.told {
            let archive = try ZipArchive(path: path, limits: limits)
            var entries: [Entry] = [], parts: [String: Int] = [:], seen: Set<String> = [], total = 0
            for (index, key) in archive.names.enumerated() {
                let part = try archive.part(at: index)
                // Programs of Windows write names in its own encoding without saying so.
                guard let name = try? TextDecoding.string(from: part.name) else {
                    throw PackedFailure.badName(key, .places)
                }
                if name.hasSuffix("/") || PackedFolder.isOfSystem(name) { continue }
                guard !part.isSpecial, PackedFolder.isSafe(name), seen.insert(name.lowercased()).inserted else {
                    throw PackedFailure.badName(name, .places)
                }
                total = total.addingReportingOverflow(part.size).partialValue
                guard total >= 0, total <= limits.inflatedBytes else { throw PackedFailure.tooLarge }
                entries.append(Entry(name: name, size: part.size))
                parts[name] = index
            }
            return (
                entries.sorted { $0.name < $1.name }, .archive(path: path, limits: limits, parts: parts)
            )
        }
    }

    /// Looks through a folder of this machine. Links are refused. Blocks.
    /// - Throws: `PackedFailure`.
    package init(folder path: String, limits: ArchiveLimits) throws {
        let root = URL(fileURLWithPath: path, isDirectory: true)
        let keys: Set<URLResourceKey> = [.isRegularFileKey, .isDirectoryKey, .isSymbolicLinkKey, .fileSizeKey]
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), isFolder.boolValue,
            let walk = FileManager.default.enumerator(at: root, includingPropertiesForKeys: Array(keys))
        else { throw PackedFailure.unreadable }
        var entries: [Entry] = [], total = 0
        let start = root.standardizedFileURL.path + "/"
        for case let url as URL in walk {
            let values = try url.resourceValues(forKeys: keys)
            let whole = url.standardizedFileURL.path
            guard whole.hasPrefix(start) else { throw PackedFailure.badName(whole, .places) }
            let name = String(whole.dropFirst(start.count))
            if values.isSymbolicLink == true { throw PackedFailure.badName(name, .places) }
            if values.isDirectory == true || PackedFolder.isOfSystem(name) { continue }
            guard values.isRegularFile == true, PackedFolder.isSafe(name) else {
                throw PackedFailure.badName(name, .places)
            }
            total += values.fileSize ?? 0
            guard entries.count < limits.entries, total <= limits.inflatedBytes else { throw PackedFailure.tooLarge }
            entries.append(Entry(name: name, size: values.fileSize ?? 0))
        }
        (self.entries, source) = (entries.sorted { $0.name < $1.name }, .folder(path: path))
    }

    /// Hands over the content of one file in pieces of at most 64 KiB. Blocks.
    /// - Throws: `PackedFailure`, and what the body throws.
    package func forEachPiece(of name: String, _ body: (UnsafeRawBufferPointer) throws -> Void) throws {
        try PackedFailure.told {
            switch source {
            case .archive(let path, let limits, let parts):
                guard let part = parts[name] else { throw PackedFailure.damaged }
                try ZipArchive(path: path, limits: limits).forEachPiece(at: part, body)
            case .folder(let path):
                guard entries.contains(where: { $0.name == name }) else { throw PackedFailure.damaged }
                try InputFile(path: path + "/" + name).forEachChunk { piece in
                    try body(piece)
                    return true
                }
            }
        }
    }

    /// Copies one file to a place of this machine, readable by nobody else. Blocks.
    package func copy(_ name: String, to target: String) throws {
        guard FileManager.default.createFile(atPath: target, contents: nil, attributes: [.posixPermissions: 0o600]),
            let handle = FileHandle(forWritingAtPath: target)
        else { throw PackedFailure.unreadable }
        defer { try? handle.close() }  // what was written is looked at again before it counts
        try forEachPiece(of: name) { try handle.write(contentsOf: Data($0)) }
    }

    /// What programs put beside the files of people.
    private static func isOfSystem(_ name: String) -> Bool {
        let last = name.split(separator: "/").last ?? ""
        return name.hasPrefix("__MACOSX/") || last == ".DS_Store" || last == "Thumbs.db" || last == "desktop.ini"
            || last.hasPrefix("~$")
    }

    private static func isSafe(_ name: String) -> Bool {
        let parts = name.split(separator: "/", omittingEmptySubsequences: false)
        return name.utf8.count <= 400 && parts.count <= 8
            && parts.allSatisfy { part in
                !part.isEmpty && part != "." && part != ".." && part.utf8.count <= 200
                    && !part.unicodeScalars.contains {
                        $0 == "\\" || $0 == ":" || $0.value < 0x20 || $0.value == 0x7F
                            || (0x202A...0x202E).contains($0.value) || (0x2066...0x2069).contains($0.value)
                    }
            }
    }
}
