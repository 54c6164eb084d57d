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
    let contents: NamedContents
    let now: @Sendable () -> Timestamp

    /// A content younger than this may belong to a record that is being written.
    static let graceSeconds: Int64 = 24 * 3600
    /// Contents that go at once.
    private static let batch = 100

    /// Every place that holds contents: the data folder, and the bucket where there is one.
    private var places: [any BlobStorage] { storage.isLocal ? [storage] : [FolderStorage(files), storage] }

    private func named() async throws -> Set<String> {
        try await database.read(snapshot: true, isLong: true) { try contents.all(on: $0) }
    }

    /// Contents that no record names and that are older than a day, with their bytes. Nothing is removed.
    package func orphans() async throws -> [StoredBlob] {
        var found: [StoredBlob] = []
        try await eachOrphans(before: now().adding(seconds: -StorageCare.graceSeconds)) { _, blobs in found += blobs }
        return found
    }

    /// Removes the records of files that nothing keeps any more, and then the contents that nothing names; both only when
    /// older than a day. Safe beside uploads, and when it is cut short.
    /// - Parameter progress: is told how many contents went so far.
    /// - Returns: the contents that went.
    package func sweep(_ progress: (Int) async throws -> Void = { _ in }) async throws -> [StoredBlob] {
        let before = now().adding(seconds: -StorageCare.graceSeconds)
        for place in places { try await place.recover() }
        try await forgetRecords(before: before, progress)
        var gone: [StoredBlob] = []
        try await eachOrphans(before: before) { place, blobs in
            for start in stride(from: 0, to: blobs.count, by: StorageCare.batch) {
                let some = Array(blobs[start..<min(start + StorageCare.batch, blobs.count)])
                gone += try await remove(some, from: place, before: before)
                try await progress(gone.count)
            }
        }
        // What its senders gave up before does not count against them any more.
        try await database.write { try UploadStore($0).forgetReleased(before: before) }
        return gone
    }

    private func forgetRecords(before: Timestamp, _ progress: (Int) async throws -> Void) async throws {
        var last: String? = ""
        while let after = last {
            let slice = try await database.read {
                try contents.forgotten(before: before, after: after, limit: 500, on: $0)
            }
            if !slice.files.isEmpty {
                _ = try await database.write { try contents.forget(slice.files, on: $0) }
                try await progress(0)
            }
            last = slice.last
        }
    }

    private func eachOrphans(
        before: Timestamp, _ body: (any BlobStorage, [StoredBlob]) async throws -> Void
    ) async throws {
        // Names first: whoever comes later is younger than a day.
        let named = try await named()
        for place in places {
            try await forEachPage(of: place) { blobs in
                let orphans = blobs.filter { $0.storedAt < before && !named.contains($0.sha256) }
                if !orphans.isEmpty { try await body(place, orphans) }
            }
        }
    }

    /// Says which contents go, so that no upload of the same one is stored meanwhile, and lets them go.
    private func remove(
        _ blobs: [StoredBlob], from place: any BlobStorage, before: Timestamp
    ) async throws -> [StoredBlob] {
        let hashes = blobs.map(\.sha256), now = now(), contents = contents
        let leaving = try await database.write { db in
            let named = try contents.named(hashes, on: db)
            return try UploadStore(db).beginSweep(hashes.filter { !named.contains($0) }, now: now)
        }
        var gone: [StoredBlob] = []
        for blob in blobs where leaving.contains(blob.sha256) {
            if try await place.remove(blob.sha256, storedBefore: before) { gone.append(blob) }
        }
        try await database.write { try UploadStore($0).endSweep(leaving.sorted()) }
        return gone
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
                    switch await look(at: blob, in: place) {
                    case .sound:
                        seen.insert(blob.sha256)
                        report.sound += 1
                        report.bytes += blob.size
                    case .damaged: report.damaged.append(blob.sha256)
                    case .gone: continue
                    }
                }
            }
        }
        // An upload may still be on its way to its place.
        let stored = try await database.read(snapshot: true, isLong: true) { db in
            try contents.all(on: db).subtracting(UploadStore.arriving(on: db))
        }
        report.missing = stored.filter { !seen.contains($0) && !report.damaged.contains($0) }.sorted()
        return report
    }

    private enum Finding { case sound, damaged, gone }

    /// What cannot be read is damaged, unless it went since it was listed.
    private func look(at blob: StoredBlob, in place: any BlobStorage) async -> Finding {
        let hash = SHA256.running()
        do {
            try await place.forEachPiece(of: blob.sha256) { hash.update($0) }
            return Hex.encode(hash.digest()) == blob.sha256 ? .sound : .damaged
        } catch DomainError.notFound { return .gone } catch { return .damaged }
    }

    /// What `copy` did.
    package struct Copy: Sendable {
        /// Contents that lie in the folder now.
        package let count: Int
        /// Those that are not what their name says; they are left out.
        package let damaged: [String]
    }

    /// Copies every content to `folder`, each read in full and compared with its name, and writes a list that
    /// `sha256sum -c` can read to `list`. What comes or goes meanwhile disturbs nothing.
    package func copy(to folder: String, list: String) async throws -> Copy {
        let copy = try FileStore(root: folder)
        var damaged: Set<String> = []
        for place in places {
            try await forEachPage(of: place) { blobs in
                for blob in blobs where !FileManager.default.fileExists(atPath: copy.path(of: blob.sha256)) {
                    if try await !take(blob.sha256, from: place, into: copy, folder) { damaged.insert(blob.sha256) }
                }
            }
        }
        let name = (folder as NSString).lastPathComponent
        let lines = try copy.shelves().flatMap { shelf in
            try copy.blobs(on: shelf).map { "\($0.sha256)  \(name)/\(shelf)/\($0.sha256)\n" }
        }
        try lines.joined().write(toFile: list, atomically: true, encoding: .utf8)
        return Copy(
            count: lines.count,
            damaged: damaged.filter { !FileManager.default.fileExists(atPath: copy.path(of: $0)) }.sorted())
    }

    /// Whether the content is what its name says, or gone meanwhile.
    private func take(
        _ sha256: String, from place: any BlobStorage, into copy: FileStore, _ folder: String
    ) async throws -> Bool {
        let coming = "\(folder)/incoming/\(sha256)"
        guard
            FileManager.default.createFile(
                atPath: coming, contents: nil, attributes: [.posixPermissions: 0o600]),
            let file = FileHandle(forWritingAtPath: coming)
        else { throw DomainError.unavailable("备份目录不能写入。") }
        defer { unlink(coming) }
        let hash = SHA256.running()
        do {
            try await place.forEachPiece(of: sha256) { piece in
                hash.update(piece)
                try file.write(contentsOf: piece)
            }
        } catch DomainError.notFound {
            try file.close()
            return true
        }
        try file.synchronize()
        try file.close()
        guard Hex.encode(hash.digest()) == sha256 else { return false }
        try copy.adopt(fileAt: coming, sha256: sha256)
        return true
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
