import Database
import Kernel
import Logging
import Platform
import Web

/// Files on their way in and where they are kept: resumable uploads, checks of content, storage and its care.
package struct MediaModule: Sendable {
    package static let migrations: [Migration] = [Migration("media/0001-uploads", UploadSchema.statements)]

    /// What contexts use.
    package let uploads: MediaUploads
    /// What the operator's commands use.
    package let care: StorageCare
    private let service: UploadService
    private let settling: UploadSettling
    private let remote: S3Storage?

    /// - Parameters:
    ///   - folder: the data folder; parts of uploads lie in `partial`, copies of remote files in `cache`.
    ///   - now: stands in for the clock.
    package init(
        database: Database, files: FileStore, settings: MediaSettings, outbound: any OutboundHTTP, folder: String,
        logger: Logger, now: @escaping @Sendable () -> Timestamp = { .now }
    ) throws {
        remote = try settings.bucket.map { bucket in
            try S3Storage(bucket, outbound: outbound, cacheFolder: folder + "/cache")
        }
        let storage: any BlobStorage = remote ?? FolderStorage(files)
        let desk = try UploadDesk(folder: folder + "/partial")
        uploads = MediaUploads(files: files, storage: storage)
        care = StorageCare(database: database, files: files, storage: storage, now: now)
        service = UploadService(database: database, desk: desk, settings: settings, now: now)
        settling = UploadSettling(
            database: database, desk: desk, storage: storage,
            scanner: settings.scanner.map { ClamScanner($0, limit: settings.scanBytes) }, logger: logger, now: now)
    }

    package func routes() -> [Route] {
        var routes = Routes(module: "media")
        TusRoutes(service: service, settling: settling).add(to: &routes)
        UploadRoutes(service: service, settling: settling).add(to: &routes)
        return routes.all
    }

    /// Checks and stores what has arrived; to be called every second or so.
    package func settle() async throws { while try await settling.settleDue() == 50 {} }

    /// Removes what is overdue; to be called every hour or so.
    package func tend() async throws {
        _ = try await service.sweep()
        try remote?.trimCache()
    }
}
