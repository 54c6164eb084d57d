import Database
import Kernel
import Platform

/// Finished uploads as other contexts take them up.
package struct MediaUploads: Sendable {
    let files: FileStore
    let storage: any BlobStorage
    let service: UploadService
    let settling: UploadSettling

    /// Bytes that one file of hers may have.
    package func fileLimit(of user: CurrentUser) -> Int { service.fileLimit(of: user) }

    /// Takes a file that came by a plain form the way of all uploads: counted, looked at, scanned and stored.
    /// - Returns: the upload as it stands then; only a ready one can be claimed.
    /// - Throws: `DomainError.invalid` for the field `file`, `.conflict` and `.unavailable` as `UploadService.create`.
    package func receive(fileAt path: String, name: String, size: Int, by user: CurrentUser) async throws -> Upload {
        let upload = try await service.create(name: name, length: size, by: user)
        try await service.fill(upload, from: path)
        try await settling.settle(upload.id)
        return try await service.find(upload.id, of: user)
    }

    /// Hers that no record has taken up, newest first: those that can be chosen for a record, and those still looked at.
    package func free(of user: CurrentUser, on db: Connection) throws -> [Upload] {
        try UploadStore(db).free(of: user.account)
    }

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
    package func localPath(of file: StoredFile) async throws -> String { try await localPath(of: file.sha256) }

    /// The same for whoever knows only the content's hexadecimal SHA-256.
    package func localPath(of sha256: String) async throws -> String {
        // Files that came another way lie in the data folder, whatever the storage.
        if try await FolderStorage(files).size(of: sha256) != nil { return files.path(of: sha256) }
        return try await storage.localPath(of: sha256)
    }
}
