/// The files of a zip archive that somebody sent, read under limits. Nothing is written to disk, so no name in the archive
/// can point anywhere.
package enum PackedFiles {
    /// Why an archive is not taken.
    package enum Failure: Error, Sendable, Equatable {
        case unreadable
        /// Cut short, overwritten, or no zip archive.
        case damaged
        case encrypted
        /// Beyond the limits, packed or unpacked.
        case tooLarge
        /// A folder, a path, or a name that stands twice.
        case badName(String)

        /// What is wrong and what to do, in Chinese.
        package var message: String {
            switch self {
            case .unreadable: "文件读取失败，请稍后再试"
            case .damaged: "不是 ZIP 压缩包，或已损坏，请重新打包"
            case .encrypted: "压缩包有密码，请去掉密码后再上传"
            case .tooLarge: "压缩包太大，请分开打包"
            case .badName(let name): "压缩包里的“\(ChineseText.quoted(name))”不能接收：文件应直接放在最外层，名称不能重复"
            }
        }
    }

    /// The names of the files; nothing is unpacked. Blocks.
    /// - Throws: `Failure`.
    package static func names(path: String, limits: ArchiveLimits) throws -> [String] {
        try told { try names(in: ZipArchive(path: path, limits: limits)) }
    }

    /// Hands over the content of one file in pieces of at most 64 KiB; what is in memory does not grow with it. Blocks.
    /// - Throws: `Failure`, and what the body throws.
    package static func forEachPiece(
        of name: String, path: String, limits: ArchiveLimits, _ body: (UnsafeRawBufferPointer) throws -> Void
    ) throws {
        try told {
            let archive = try ZipArchive(path: path, limits: limits)
            _ = try names(in: archive)
            try archive.forEachPiece(of: name, body)
        }
    }

    private static func names(in archive: ZipArchive) throws -> [String] {
        var seen: Set<String> = []
        for name in archive.names {
            guard isPlain(name), seen.insert(name.lowercased()).inserted else { throw Failure.badName(name) }
        }
        return archive.names
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

    private static func isPlain(_ name: String) -> Bool {
        !name.isEmpty && name != "." && name != ".." && name.utf8.count <= 100
            && !name.unicodeScalars.contains { $0 == "/" || $0 == "\\" || $0 == ":" || $0.value < 0x20 }
    }
}
