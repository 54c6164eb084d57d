import Foundation
import Kernel
import Platform

/// Where the content of files is kept, each under its hexadecimal SHA-256. Putting the same content again changes nothing.
package protocol BlobStorage: Sendable {
    /// Whether its files lie in a folder of this machine.
    var isLocal: Bool { get }
    /// Keeps the file at `path`, which may be moved away. Returns when it is safe.
    func put(fileAt path: String, sha256: String, size: Int) async throws
    /// Bytes of a blob; the range must lie within it. For parts: it is answered in memory.
    /// - Throws: `DomainError.notFound` when there is no such blob.
    func read(_ sha256: String, _ range: Range<Int>) async throws -> [UInt8]
    /// Bytes of the blob; `nil` when there is none.
    func size(of sha256: String) async throws -> Int?
    /// One that is gone already is fine.
    func remove(_ sha256: String) async throws
    /// Removes it unless it came anew since `moment`; whether it went.
    func remove(_ sha256: String, storedBefore moment: Timestamp) async throws -> Bool
    /// Brings back what a removal that was cut short left in between.
    func recover() async throws
    /// Blobs in the order of their names. `after` is the `next` of the page before.
    func list(after: String?) async throws -> BlobPage
    /// A file of this machine with the content, to serve or to work on; it is not to be changed.
    /// - Throws: `DomainError.notFound` when there is no such blob.
    func localPath(of sha256: String) async throws -> String
}

/// A slice of what a storage holds.
package struct BlobPage: Sendable {
    package let blobs: [StoredBlob]
    /// `nil` at the end.
    package let next: String?
}

extension BlobStorage {
    /// Bytes asked for at once when a whole blob is read.
    static var piece: Int { 8 << 20 }

    /// Reads a whole blob in pieces.
    func forEachPiece(of sha256: String, _ body: ([UInt8]) throws -> Void) async throws {
        guard let size = try await size(of: sha256) else { throw DomainError.notFound }
        for start in stride(from: 0, to: size, by: Self.piece) {
            try body(try await read(sha256, start..<min(start + Self.piece, size)))
        }
    }
}

/// The folder `files` of the data folder.
package struct FolderStorage: BlobStorage {
    private let files: FileStore

    package init(_ files: FileStore) { self.files = files }

    package var isLocal: Bool { true }

    package func put(fileAt path: String, sha256: String, size: Int) async throws {
        try await SheetRowFeed.onThread { try files.adopt(fileAt: path, sha256: sha256) }
    }

    package func read(_ sha256: String, _ range: Range<Int>) async throws -> [UInt8] {
        try await SheetRowFeed.onThread {
            guard let file = FileHandle(forReadingAtPath: files.path(of: sha256)) else { throw DomainError.notFound }
            defer { try? file.close() }  // only read
            try file.seek(toOffset: UInt64(range.lowerBound))
            return Array(try file.read(upToCount: range.count) ?? Data())
        }
    }

    package func size(of sha256: String) async throws -> Int? {
        var facts = stat()
        guard stat(files.path(of: sha256), &facts) == 0 else { return nil }
        return Int(facts.st_size)
    }

    package func remove(_ sha256: String) async throws { try files.remove(sha256) }

    package func remove(_ sha256: String, storedBefore moment: Timestamp) async throws -> Bool {
        try files.remove(sha256, storedBefore: moment)
    }

    package func recover() async throws { try files.restoreAside() }

    /// One page for each two first digits.
    package func list(after: String?) async throws -> BlobPage {
        try await SheetRowFeed.onThread {
            let shelves = try files.shelves().drop { shelf in after.map { shelf <= $0 } ?? false }
            guard let shelf = shelves.first else { return BlobPage(blobs: [], next: nil) }
            return BlobPage(blobs: try files.blobs(on: shelf), next: shelves.count > 1 ? shelf : nil)
        }
    }

    package func localPath(of sha256: String) async throws -> String {
        guard try await size(of: sha256) != nil else { throw DomainError.notFound }
        return files.path(of: sha256)
    }
}
