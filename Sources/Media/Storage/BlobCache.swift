import Foundation
import Kernel
import Platform

/// Copies of blobs on this machine, each checked against its name when it came.
struct BlobCache: Sendable {
    private let folder: String
    private let limit: Int

    init(folder: String, limit: Int) throws {
        (self.folder, self.limit) = (folder, limit)
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    }

    private func place(_ sha256: String) -> String { folder + "/" + sha256 }

    func path(of sha256: String) -> String? {
        let path = place(sha256)
        // A touch says that it was wanted.
        return utimes(path, nil) == 0 ? path : nil
    }

    /// Fills in a copy; returns its path.
    func add(_ sha256: String, _ fill: (_ write: ([UInt8]) throws -> Void) async throws -> Void) async throws -> String
    {
        let coming = "\(folder)/coming-\(Identifiers.next())"
        defer { unlink(coming) }
        guard FileManager.default.createFile(atPath: coming, contents: nil, attributes: [.posixPermissions: 0o600]),
            let file = FileHandle(forWritingAtPath: coming)
        else { throw DomainError.unavailable("文件暂时不能读取，请稍后再试。") }
        let hash = SHA256.running()
        do {
            try await fill { bytes in
                hash.update(bytes)
                try file.write(contentsOf: bytes)
            }
            try file.close()
        } catch {
            try? file.close()  // the first error is the one to tell
            throw error
        }
        guard Hex.encode(hash.digest()) == sha256, rename(coming, place(sha256)) == 0 else {
            throw DomainError.unavailable("文件的内容已损坏，不能读取。请联系平台管理员。")
        }
        return place(sha256)
    }

    func remove(_ sha256: String) { unlink(place(sha256)) }

    func trim() throws {
        let manager = FileManager.default
        var files = try manager.contentsOfDirectory(atPath: folder).compactMap { name -> (String, Int, Date)? in
            let facts = try? manager.attributesOfItem(atPath: folder + "/" + name)  // gone meanwhile
            guard let size = facts?[.size] as? Int, let date = facts?[.modificationDate] as? Date else { return nil }
            return (name, size, date)
        }
        files.sort { $0.2 < $1.2 }
        var total = files.reduce(0) { $0 + $1.1 }
        for file in files where total > limit || (file.0.hasPrefix("coming-") && file.2.timeIntervalSinceNow < -86_400)
        {
            unlink(folder + "/" + file.0)
            total -= file.1
        }
    }
}
