import Database
import Foundation
import Kernel

enum FileSchema {
    static let statements = [
        """
        CREATE TABLE platform_file (
            id TEXT NOT NULL PRIMARY KEY, sha256 TEXT NOT NULL, size INTEGER NOT NULL, name TEXT NOT NULL,
            created_at INTEGER NOT NULL, created_by TEXT NOT NULL)
        """
    ]
}

/// A stored file: content by its SHA-256, named as its sender named it.
package struct StoredFile: Sendable {
    package let id: ID<StoredFile>
    /// Hexadecimal SHA-256 of the content; also its place in the folder.
    package let sha256: String
    package let size: Int
    package let name: String
}

/// Content-addressed files in a folder. A file is acknowledged only after it and its directory are on disk; the same
/// content is kept once.
package struct FileStore: Sendable {
    let root: String

    package init(root: String) throws {
        self.root = root
        try FileManager.default.createDirectory(
            atPath: root + "/incoming", withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    }

    /// Takes a copy of the file at `path` and returns its hash and size.
    package func keep(fileAt path: String) throws -> (sha256: String, size: Int) {
        let hash = Hex.encode(try SHA256.hash(fileAt: path))
        let target = self.path(of: hash)
        let size = (try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int) ?? 0
        // What is there already is looked at, for it may be damaged, and touched, so that it is not swept meanwhile.
        if let known = try? SHA256.hash(fileAt: target), Hex.encode(known) == hash, utimes(target, nil) == 0 {
            return (hash, size)
        }
        let folder = (target as NSString).deletingLastPathComponent
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let incoming = "\(root)/incoming/\(Identifiers.next())"
        do {
            try FileManager.default.copyItem(atPath: path, toPath: incoming)
            try FileStore.sync(incoming)
            // Rename is atomic: a reader sees the whole file or none.
            guard rename(incoming, target) == 0 else { throw DomainError.unavailable("文件保存失败，请稍后再试。") }
            try FileStore.sync(folder)
        } catch {
            try? FileManager.default.removeItem(atPath: incoming)  // the first error is the one to tell
            throw DomainError.unavailable("文件保存失败，可能是存储空间不足。请联系平台管理员。")
        }
        return (hash, size)
    }

    /// Records a kept file under a name; part of the caller's transaction.
    package func record(
        sha256: String, size: Int, name: String, by creator: String, now: Timestamp, on db: Connection
    ) throws -> ID<StoredFile> {
        let id = ID<StoredFile>.new()
        try db.execute(
            """
            INSERT INTO platform_file (id, sha256, size, name, created_at, created_by)
            VALUES (\(id), \(sha256), \(size), \(String(name.prefix(200))), \(now), \(creator))
            """)
        return id
    }

    /// Takes a content off the record once nothing needs it: it is nobody's then, and goes when contents are swept.
    package static func forget(_ sha256: String, on db: Connection) throws {
        try db.execute("DELETE FROM platform_file WHERE sha256 = \(sha256)")
    }

    package func find(_ id: ID<StoredFile>, on db: Connection) throws -> StoredFile {
        let file = try db.first("SELECT id, sha256, size, name FROM platform_file WHERE id = \(id)") {
            StoredFile(id: try $0.get(0), sha256: try $0.get(1), size: try $0.get(2), name: try $0.get(3))
        }
        guard let file else { throw DomainError.notFound }
        return file
    }

    /// Where content with this hash lies.
    package func path(of sha256: String) -> String { "\(root)/\(sha256.prefix(2))/\(sha256)" }

    /// Hashes recorded but missing or damaged on disk.
    package func damaged(_ database: Database) async throws -> [String] {
        let hashes = try await database.read {
            try $0.column("SELECT DISTINCT sha256 FROM platform_file", as: String.self)
        }
        return hashes.filter { hash in
            guard let found = try? SHA256.hash(fileAt: path(of: hash)) else { return true }
            return Hex.encode(found) != hash
        }
    }

    static func sync(_ path: String) throws {
        let descriptor = open(path, O_RDONLY)
        guard descriptor >= 0 else { throw DomainError.unavailable("文件保存失败，请稍后再试。") }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw DomainError.unavailable("文件保存失败，请稍后再试。") }
    }
}
