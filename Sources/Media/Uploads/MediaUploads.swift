import Database
import Kernel
import Platform

/// Finished uploads as other contexts take them up.
package struct MediaUploads: Sendable {
    let files: FileStore
    let storage: any BlobStorage

    /// Makes an upload of hers a stored file of a record; part of the caller's transaction, so that it is taken up exactly
    /// when the record is written.
    /// - Returns: the stored file; its `id` is what the record keeps.
    /// - Throws: `DomainError.notFound` for another's upload or one that is no more, `.conflict` for one that is not ready
    ///   or was taken up before; the text is for her.
    package func claim(_ id: ID<Upload>, by user: CurrentUser, now: Timestamp, on db: Connection) throws -> StoredFile {
        let store = UploadStore(db), upload = try store.find(id, of: user.account)
        switch upload.state {
        case .ready: break
        case .uploading: throw DomainError.conflict("“\(upload.name)”还没有传完。")
        case .checking, .quarantined: throw DomainError.conflict("“\(upload.name)”还在检查，请稍候再保存。")
        case .refused: throw DomainError.conflict("“\(upload.name)”不能使用：\(upload.remark)")
        case .claimed: throw DomainError.conflict("“\(upload.name)”已经用过，请重新上传。")
        }
        let file = try files.record(
            sha256: upload.sha256, size: upload.length, name: upload.name, by: user.name, now: now, on: db)
        guard try store.claim(id, file: file.rawValue, now: now) else {
            throw DomainError.conflict("“\(upload.name)”已经用过，请重新上传。")
        }
        return try files.find(file, on: db)
    }

    /// An upload of hers, to show beside a form.
    package func find(_ id: ID<Upload>, of user: CurrentUser, on db: Connection) throws -> Upload {
        try UploadStore(db).find(id, of: user.account)
    }

    /// A file of this machine with the content of a stored file, to serve or to work on; it is not to be changed.
    /// - Throws: `DomainError.notFound` when the content is nowhere, `.unavailable` when the store does not answer.
    package func localPath(of file: StoredFile) async throws -> String {
        // Files that came another way lie in the data folder, whatever the storage.
        let own = FolderStorage(files)
        if try await own.size(of: file.sha256) != nil { return files.path(of: file.sha256) }
        return try await storage.localPath(of: file.sha256)
    }
}
