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
    /// Moves a file that is on disk already, in the same file system, to its place by its hash. A content that is there
    /// already gives way: it may be damaged, and this one is not. The caller vouches for hash and sync.
    package func adopt(fileAt path: String, sha256: String) throws {
        let target = self.path(of: sha256), folder = (target as NSString).deletingLastPathComponent
        do {
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            // As if it came now, so that it is not swept before the new record names it.
            utimes(path, nil)
            guard rename(path, target) == 0 else { throw DomainError.unavailable("文件保存失败，请稍后再试。") }
            try FileStore.sync(folder)
        } catch let error as DomainError { throw error } catch {
            throw DomainError.unavailable("文件保存失败，可能是存储空间不足。请联系平台管理员。")
        }
    }

    /// Forgets records of files that the caller has given up; part of the caller's transaction. Contents that nothing else
    /// names go with the next sweep.
    /// - Parameter kept: a question for the ids among them that are still in use.
    package static func forget(_ files: [ID<StoredFile>], besides kept: SQL, on db: Connection) throws {
        try db.execute("DELETE FROM platform_file WHERE id IN \(in: files) AND id NOT IN (\(kept))")
    }

    /// The first two digits of all names in the folder, in order.
    package func shelves() throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: root).filter { $0.utf8.count == 2 }.sorted()
    }

    /// The blobs whose names begin with the two digits, in order. It blocks.
    package func blobs(on shelf: String) throws -> [StoredBlob] {
        let manager = FileManager.default, folder = root + "/" + shelf
        return try manager.contentsOfDirectory(atPath: folder).filter(StoredBlob.isName).sorted().compactMap { name in
            // One that went since it was listed is not there.
            guard let facts = try? manager.attributesOfItem(atPath: folder + "/" + name) else { return nil }
            let date = facts[.modificationDate] as? Date ?? Date()
            return StoredBlob(
                sha256: name, size: facts[.size] as? Int ?? 0,
                storedAt: Timestamp(milliseconds: Int64(date.timeIntervalSince1970 * 1000)))
        }
    }

    /// Takes a blob out of the folder; one that is gone already is fine.
    package func remove(_ sha256: String) throws {
        guard unlink(path(of: sha256)) == 0 || errno == ENOENT else {
            throw DomainError.unavailable("文件不能删除。")
        }
    }

    /// Takes a blob out of the folder unless somebody kept it anew since `moment`: it is put aside first, so that whoever
    /// keeps it in between either finds it gone or has touched it.
    /// - Returns: whether it went.
    package func remove(_ sha256: String, storedBefore moment: Timestamp) throws -> Bool {
        let place = path(of: sha256), aside = self.aside(sha256)
        guard rename(place, aside) == 0 else {
            if errno == ENOENT { return false }
            throw DomainError.unavailable("文件不能删除。")
        }
        var facts = stat()
        guard stat(aside, &facts) == 0 else { return false }
        let storedAt = Int64(facts.st_mtim.tv_sec) * 1000 + Int64(facts.st_mtim.tv_nsec) / 1_000_000
        if storedAt >= moment.milliseconds {
            guard rename(aside, place) == 0 else { throw DomainError.unavailable("文件不能放回。") }
            return false
        }
        unlink(aside)
        return true
    }

    /// Puts back what a process that died had put aside.
    package func restoreAside() throws {
        for name in try FileManager.default.contentsOfDirectory(atPath: root + "/incoming") {
            let sha256 = name.dropFirst(FileStore.asidePrefix.count)
            guard name.hasPrefix(FileStore.asidePrefix), StoredBlob.isName(sha256) else { continue }
            rename(root + "/incoming/" + name, path(of: String(sha256)))
        }
    }

    private static let asidePrefix = "leaving-"
    private func aside(_ sha256: String) -> String { "\(root)/incoming/\(FileStore.asidePrefix)\(sha256)" }
}
