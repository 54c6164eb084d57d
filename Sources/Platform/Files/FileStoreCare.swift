import Database
import Foundation
import Kernel

/// What lies in a file store, whoever names it.
package struct StoredBlob: Sendable, Equatable {
    /// Hexadecimal SHA-256 of what the content should be.
    package let sha256: String
    /// Bytes.
    package let size: Int
    /// When it came, by the clock of the store.
    package let storedAt: Timestamp

    package init(sha256: String, size: Int, storedAt: Timestamp) {
        (self.sha256, self.size, self.storedAt) = (sha256, size, storedAt)
    }

    /// Whether the text is the name of a blob: 64 hexadecimal digits in lower case.
    package static func isName(_ text: some StringProtocol) -> Bool {
        text.utf8.count == 64 && text.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x61...0x66).contains($0) }
    }
}

extension FileStore {
    /// Moves a file that is on disk already, in the same file system, to its place by its hash; the same content is kept
    /// once. The caller vouches for hash and sync.
    package func adopt(fileAt path: String, sha256: String) throws {
        let target = self.path(of: sha256)
        do {
            if FileManager.default.fileExists(atPath: target) {
                // An older copy is as if it came now, so that it is not swept before the new record names it.
                try FileManager.default.setAttributes([.modificationDate: Date()], ofItemAtPath: target)
                return try FileManager.default.removeItem(atPath: path)
            }
            let folder = (target as NSString).deletingLastPathComponent
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            guard rename(path, target) == 0 else { throw DomainError.unavailable("文件保存失败，请稍后再试。") }
            try FileStore.sync(folder)
        } catch let error as DomainError { throw error } catch {
            throw DomainError.unavailable("文件保存失败，可能是存储空间不足。请联系平台管理员。")
        }
    }

    /// The first two digits of all names in the folder, in order.
    package func shelves() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: root).filter { $0.utf8.count == 2 }.sorted()
    }

    /// The blobs whose names begin with the two digits, in order. It blocks.
    package func blobs(on shelf: String) throws -> [StoredBlob] {
        let manager = FileManager.default, folder = root + "/" + shelf
        return try manager.contentsOfDirectory(atPath: folder).filter(StoredBlob.isName).sorted().map { name in
            let facts = try manager.attributesOfItem(atPath: folder + "/" + name)
            let date = facts[.modificationDate] as? Date ?? Date()
            return StoredBlob(
                sha256: name, size: facts[.size] as? Int ?? 0,
                storedAt: Timestamp(milliseconds: Int64(date.timeIntervalSince1970 * 1000)))
        }
    }

    /// Takes a blob out of the folder; one that is gone already is fine.
    package func remove(_ sha256: String) throws {
        guard FileManager.default.fileExists(atPath: path(of: sha256)) else { return }
        try FileManager.default.removeItem(atPath: path(of: sha256))
    }

    /// The hashes that records of files name.
    package static func named(on db: Connection) throws -> [String] {
        try db.column("SELECT DISTINCT sha256 FROM platform_file")
    }
}
