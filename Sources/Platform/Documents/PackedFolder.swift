import Foundation

/// A folder of files that somebody sent as a zip archive, or that lies on this machine. Names are places below the folder,
/// parted by `/`; none leads out of it, and nothing is unpacked but what is asked for.
package struct PackedFolder: Sendable {
    /// Why a folder is not taken.
    package enum Failure: Error, Sendable, Equatable {
        case unreadable, damaged, encrypted
        /// Beyond the limits, packed or unpacked.
        case tooLarge
        /// A name that leads out of the folder, that systems cannot have, or that stands twice; and links.
        case badName(String)

        /// What is wrong and what to do, in Chinese.
        package var message: String {
            switch self {
            case .unreadable: "文件读取失败，请稍后再试"
            case .damaged: "不是 ZIP 压缩包，或已损坏，请重新打包"
            case .encrypted: "压缩包有密码，请去掉密码后再上传"
            case .tooLarge: "压缩包太大，请分开打包"
            case .badName(let name): "“\(ChineseText.quoted(name))”不能接收：名称不合规、是快捷方式，或重复出现"
            }
        }
    }

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
    /// - Throws: `Failure`.
    package init(archive path: String, limits: ArchiveLimits) throws {
        (entries, source) = try PackedFolder.told {
            let archive = try ZipArchive(path: path, limits: limits)
            var entries: [Entry] = [], parts: [String: Int] = [:], seen: Set<String> = [], total = 0
            for (index, key) in archive.names.enumerated() {
                let part = try archive.part(at: index)
                // Programs of Windows write names in its own encoding without saying so.
                guard let name = try? TextDecoding.string(from: part.name) else { throw Failure.badName(key) }
                if name.hasSuffix("/") || PackedFolder.isOfSystem(name) { continue }
                guard !part.isSpecial, PackedFolder.isSafe(name), seen.insert(name.lowercased()).inserted else {
                    throw Failure.badName(name)
                }
                total = total.addingReportingOverflow(part.size).partialValue
                guard total >= 0, total <= limits.inflatedBytes else { throw Failure.tooLarge }
                entries.append(Entry(name: name, size: part.size))
                parts[name] = index
            }
            return (
                entries.sorted { $0.name < $1.name }, .archive(path: path, limits: limits, parts: parts)
            )
        }
    }

    /// Looks through a folder of this machine. Links are refused. Blocks.
    /// - Throws: `Failure`.
    package init(folder path: String, limits: ArchiveLimits) throws {
        let root = URL(fileURLWithPath: path, isDirectory: true)
        let keys: Set<URLResourceKey> = [.isRegularFileKey, .isDirectoryKey, .isSymbolicLinkKey, .fileSizeKey]
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), isFolder.boolValue,
            let walk = FileManager.default.enumerator(at: root, includingPropertiesForKeys: Array(keys))
        else { throw Failure.unreadable }
        var entries: [Entry] = [], total = 0
        let start = root.standardizedFileURL.path + "/"
        for case let url as URL in walk {
            let values = try url.resourceValues(forKeys: keys)
            let whole = url.standardizedFileURL.path
            guard whole.hasPrefix(start) else { throw Failure.badName(whole) }
            let name = String(whole.dropFirst(start.count))
            if values.isSymbolicLink == true { throw Failure.badName(name) }
            if values.isDirectory == true || PackedFolder.isOfSystem(name) { continue }
            guard values.isRegularFile == true, PackedFolder.isSafe(name) else { throw Failure.badName(name) }
            total += values.fileSize ?? 0
            guard entries.count < limits.entries, total <= limits.inflatedBytes else { throw Failure.tooLarge }
            entries.append(Entry(name: name, size: values.fileSize ?? 0))
        }
        (self.entries, source) = (entries.sorted { $0.name < $1.name }, .folder(path: path))
    }

    /// Hands over the content of one file in pieces of at most 64 KiB. Blocks.
    /// - Throws: `Failure`, and what the body throws.
    package func forEachPiece(of name: String, _ body: (UnsafeRawBufferPointer) throws -> Void) throws {
        try PackedFolder.told {
            switch source {
            case .archive(let path, let limits, let parts):
                guard let part = parts[name] else { throw Failure.damaged }
                try ZipArchive(path: path, limits: limits).forEachPiece(at: part, body)
            case .folder(let path):
                guard entries.contains(where: { $0.name == name }) else { throw Failure.damaged }
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
        else { throw Failure.unreadable }
        defer { try? handle.close() }  // what was written is looked at again before it counts
        try forEachPiece(of: name) { try handle.write(contentsOf: Data($0)) }
    }

    private static func told<Value>(_ body: () throws -> Value) throws -> Value {
        do { return try body() } catch let error as ArchiveError {
            switch error {
            case .unreadable: throw Failure.unreadable
            case .damaged: throw Failure.damaged
            case .encrypted: throw Failure.encrypted
            case .tooLarge: throw Failure.tooLarge
            }
        }
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
