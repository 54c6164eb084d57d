import Database
import Kernel
import Platform

/// Processing as other contexts use it.
package enum MediaProcessing {
    /// Asks for a stored file to be made fit for the browser; part of the caller's transaction, so that it is asked for
    /// exactly when the record is written. The same content is processed once. What cannot be shown is left alone.
    /// - Parameter user: who sees the job among her own; `nil` for the platform itself.
    package static func request(
        _ file: ID<StoredFile>, named name: String, by user: CurrentUser?, now: Timestamp, on db: Connection
    ) throws {
        let ending = FileName.ending(of: name)
        guard let kind = ProcessingKind(ending: ending) else { return }
        let sha256: String? = try db.value("SELECT sha256 FROM platform_file WHERE id = \(file)")
        guard let sha256 else { throw DomainError.notFound }
        let store = ProcessingStore(db)
        guard try store.add(sha256, kind, ending: ending, now: now), let entry = try store.entry(sha256) else { return }
        try store.enqueue(entry, by: user, now: now)
    }

    /// What can be shown of each content; those that are not processed at all are left out. The caller has seen to it
    /// that the viewer may have the contents.
    package static func views(of sources: [String], on db: Connection) throws -> [String: MediaView] {
        try ProcessingStore(db).views(of: sources)
    }

    /// A file made of the content, to be served; its content lies where `MediaUploads.localPath(of:)` says.
    /// - Throws: `DomainError.notFound`.
    package static func derived(_ name: String, of source: String, on db: Connection) throws -> DerivedFile {
        guard let file = try ProcessingStore(db).derived(name, of: source) else { throw DomainError.notFound }
        return file
    }
}
