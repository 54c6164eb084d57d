import Platform

/// Zip archives that a test was handed.
package enum TestArchive {
    /// The content of every file by its name.
    package static func files(at path: String) throws -> [String: [UInt8]] {
        var files: [String: [UInt8]] = [:]
        for name in try PackedFiles.names(path: path, limits: ArchiveLimits()) {
            var bytes: [UInt8] = []
            try PackedFiles.forEachPiece(of: name, path: path, limits: ArchiveLimits()) { bytes.append(contentsOf: $0) }
            files[name] = bytes
        }
        return files
    }
}
