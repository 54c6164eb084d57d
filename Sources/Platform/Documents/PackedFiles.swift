/// The files of a zip archive that somebody sent, read under limits. Nothing is written to disk, so no name in the archive
/// can point anywhere.
package enum PackedFiles {
    /// The names of the files; nothing is unpacked. Blocks.
    /// - Throws: `PackedFailure`.
    package static func names(path: String, limits: ArchiveLimits) throws -> [String] {
        try PackedFailure.told { try names(in: ZipArchive(path: path, limits: limits)) }
    }

    /// Hands over the content of one file in pieces of at most 64 KiB; what is in memory does not grow with it. Blocks.
    /// - Throws: `PackedFailure`, and what the body throws.
    package static func forEachPiece(
        of name: String, path: String, limits: ArchiveLimits, _ body: (UnsafeRawBufferPointer) throws -> Void
    ) throws {
        try PackedFailure.told {
            let archive = try ZipArchive(path: path, limits: limits)
            _ = try names(in: archive)
            try archive.forEachPiece(of: name, body)
        }
    }

    private static func names(in archive: ZipArchive) throws -> [String] {
        var seen: Set<String> = []
        for name in archive.names {
            guard isPlain(name), seen.insert(name.lowercased()).inserted else {
                throw PackedFailure.badName(name, .flat)
            }
        }
        return archive.names
    }

    private static func isPlain(_ name: String) -> Bool {
        !name.isEmpty && name != "." && name != ".." && name.utf8.count <= 100
            && !name.unicodeScalars.contains { $0 == "/" || $0 == "\\" || $0 == ":" || $0.value < 0x20 }
    }
}
