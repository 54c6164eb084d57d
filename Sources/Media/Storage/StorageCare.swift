import Database
import Foundation
import Kernel
import Platform

/// Looking after what is stored: contents that no record names, contents that are not what their name says, and the list
/// that goes with a backup.
package struct StorageCare: Sendable {
    let database: Database
    let files: FileStore
    package let storage: any BlobStorage
    let now: @Sendable () -> Timestamp

    /// A content younger than this may belong to a record that is being written.
    static let graceSeconds: Int64 = 24 * 3600

    /// Every place that holds contents: the data folder, and the bucket where there is one.
    private var places: [any BlobStorage] { storage.isLocal ? [storage] : [FolderStorage(files), storage] }

    private func named() async throws -> Set<String> {
        try await database.read(snapshot: true, isLong: true) { db in
            Set(try FileStore.named(on: db) + UploadStore.named(on: db))
        }
    }

    /// Contents that no record names and that are older than a day, with their bytes. Nothing is removed.
    package func orphans() async throws -> [StoredBlob] { try await orphans(removing: false) }

    /// Removes them; returns what went. Each is looked up once more in the moment it goes.
    package func sweep() async throws -> [StoredBlob] { try await orphans(removing: true) }

    private func orphans(removing: Bool) async throws -> [StoredBlob] {
        let before = now().adding(seconds: -StorageCare.graceSeconds)
        // Names first: whoever comes later is younger than a day.
        let named = try await named()
        var found: [StoredBlob] = []
        for place in places {
            try await forEachPage(of: place) { blobs in
                for blob in blobs where blob.storedAt < before && !named.contains(blob.sha256) {
                    if removing {
                        guard try await isUnnamed(blob.sha256) else { continue }
                        try await place.remove(blob.sha256)
                    }
                    found.append(blob)
                }
            }
        }
        return found
    }

    private func isUnnamed(_ sha256: String) async throws -> Bool {
        try await database.read { db in
            let files: Int? = try db.value("SELECT COUNT(*) FROM platform_file WHERE sha256 = \(sha256)")
            let uploads: Int? = try db.value("SELECT COUNT(*) FROM media_upload WHERE sha256 = \(sha256)")
            return files == 0 && uploads == 0
        }
    }

    /// What `verify` found.
    package struct Report: Sendable, Encodable {
        /// Contents read and found right, and their bytes.
        package var sound = 0
        package var bytes = 0
        /// Contents that are not what their name says.
        package var damaged: [String] = []
        /// Contents that a record names and that are nowhere.
        package var missing: [String] = []

        package var isClean: Bool { damaged.isEmpty && missing.isEmpty }
    }

    /// Reads every content and compares it with its name.
    package func verify() async throws -> Report {
        var report = Report(), seen: Set<String> = []
        for place in places {
            try await forEachPage(of: place) { blobs in
                for blob in blobs {
                    let hash = SHA256.running()
                    try await place.forEachPiece(of: blob.sha256) { hash.update($0) }
                    if Hex.encode(hash.digest()) == blob.sha256 {
                        seen.insert(blob.sha256)
                        report.sound += 1
                        report.bytes += blob.size
                    } else {
                        report.damaged.append(blob.sha256)
                    }
                }
            }
        }
        let stored = try await database.read(isLong: true) { try FileStore.named(on: $0) }
        report.missing = stored.filter { !seen.contains($0) && !report.damaged.contains($0) }.sorted()
        return report
    }

    /// Writes the list of all stored contents to `path`: one line each, hash, two spaces, bytes, as far as `sha256sum`
    /// goes. Returns how many there are.
    package func writeManifest(to path: String) async throws -> Int {
        var lines: Set<String> = []
        for place in places {
            try await forEachPage(of: place) { blobs in
                for blob in blobs { lines.insert("\(blob.sha256)  \(blob.size)") }
            }
        }
        try (lines.sorted().joined(separator: "\n") + "\n").write(toFile: path, atomically: true, encoding: .utf8)
        return lines.count
    }

    /// Copies every content that is not in the data folder, and so not in its copy, to `folder`.
    /// - Returns: the contents that are not what their name says; they are left out.
    package func copyRemote(to folder: String) async throws -> [String] {
        guard !storage.isLocal else { return [] }
        let copy = try FileStore(root: folder)
        var damaged: [String] = []
        try await forEachPage(of: storage) { blobs in
            for blob in blobs where !FileManager.default.fileExists(atPath: copy.path(of: blob.sha256)) {
                let coming = "\(folder)/incoming/\(blob.sha256)"
                guard FileManager.default.createFile(atPath: coming, contents: nil),
                    let file = FileHandle(forWritingAtPath: coming)
                else { throw DomainError.unavailable("备份目录不能写入。") }
                let hash = SHA256.running()
                try await storage.forEachPiece(of: blob.sha256) { piece in
                    hash.update(piece)
                    try file.write(contentsOf: piece)
                }
                try file.synchronize()
                try file.close()
                if Hex.encode(hash.digest()) == blob.sha256 {
                    try copy.adopt(fileAt: coming, sha256: blob.sha256)
                } else {
                    damaged.append(blob.sha256)
                    try FileManager.default.removeItem(atPath: coming)
                }
            }
        }
        return damaged
    }

    private func forEachPage(
        of place: any BlobStorage, _ body: ([StoredBlob]) async throws -> Void
    ) async throws {
        var after: String?
        repeat {
            let page = try await place.list(after: after)
            try await body(page.blobs)
            after = page.next
        } while after != nil
    }
}
