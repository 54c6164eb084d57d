import Database
import Kernel
import Logging
import Platform
import Web

/// Files on their way in and where they are kept: resumable uploads, checks of content, storage and its care; and what is
/// made of them for the browser.
package struct MediaModule: Sendable {
    package static let migrations: [Migration] = [
        Migration("media/0001-uploads", UploadSchema.statements),
        Migration("media/0002-processing", ProcessingSchema.statements),
        Migration("media/0010-sweeping", UploadSchema.sweeping),
        Migration("media/0020-picture-hashes", PictureHashSchema.statements),
        Migration("media/0021-one-index", ProcessingSchema.oneIndex),
        Migration("media/0022-phone-pictures", ProcessingSchema.phonePictures),
    ]
    /// What people are told of their uploads.
    package static let noticeKinds: [NoticeKind] = [.uploadRefused]
    /// Columns that keep contents.
    package static let contentColumns =
        UploadStore.contentColumns + [
            ContentColumn("media_derived", "file_id", .file, name: "media_derived.file_id")
        ]

    /// What contexts use.
    package let uploads: MediaUploads
    /// What the operator's commands use.
    package let care: StorageCare
    private let service: UploadService
    private let settling: UploadSettling
    private let remote: S3Storage?
    /// What the operator's commands ask about programs.
    package let programs: Programs
    let processing: ProcessingRun
    private let database: Database
    private let scanner: ClamScanner?

    /// - Parameters:
    ///   - folder: the data folder; parts of uploads lie in `partial`, copies of remote files in `cache`.
    ///   - contents: what all modules name; what they do not name is swept.
    ///   - now: stands in for the clock.
    package init(
        database: Database, files: FileStore, settings: MediaSettings, outbound: any OutboundHTTP, folder: String,
        contents: NamedContents,
        logger: Logger, now: @escaping @Sendable () -> Timestamp = { .now }
    ) throws {
        self.database = database
        remote = try settings.bucket.map { bucket in
            try S3Storage(bucket, outbound: outbound, cacheFolder: folder + "/cache")
        }
        let storage: any BlobStorage = remote ?? FolderStorage(files)
        let desk = try UploadDesk(folder: folder + "/partial")
        care = StorageCare(database: database, files: files, storage: storage, contents: contents, now: now)
        service = UploadService(database: database, desk: desk, settings: settings, now: now)
        scanner = settings.scanner.map { ClamScanner($0, limit: settings.scanBytes) }
        settling = UploadSettling(
            database: database, desk: desk, storage: storage,
            scanner: scanner, logger: logger, now: now)
        uploads = MediaUploads(files: files, storage: storage, service: service, settling: settling)
        programs = Programs(folder: settings.programFolder)
        processing = try ProcessingRun(
            database: database, files: files, uploads: uploads, programs: programs, folder: folder + "/processing",
            logger: logger, now: now)
    }

    package func routes() -> [Route] {
        var routes = Routes(module: "media")
        TusRoutes(service: service, settling: settling).add(to: &routes)
        UploadRoutes(service: service, settling: settling).add(to: &routes)
        return routes.all
    }

    /// Whether the scanner that is set answers, in words for operators; without one there is nothing to find.
    package func scannerState() async -> (isSound: Bool, words: String) {
        guard let scanner else { return (true, "not set: files are not scanned") }
        guard let version = await scanner.version() else {
            return (false, "clamd does not answer: uploads wait until it does")
        }
        return (true, version)
    }

    /// Long work on recordings; it waits in a line of its own.
    package var recordingJobs: [JobHandler] { ["media.video"].map(processing.handler) + [processing.hashHandler] }
    /// Work on everything else.
    package var jobs: [JobHandler] { ["media.document", "media.image", "media.text"].map(processing.handler) }

    /// Checks and stores what has arrived; to be called every second or so.
    package func settle() async throws { while try await settling.settleDue() == 50 {} }

    /// Removes what is overdue, and sees that the daily sweep has its turn; to be called every hour or so.
    package func tend() async throws {
        _ = try await service.sweep()
        try remote?.trimCache()
        try await processing.tend()
        try await database.write { try MediaModule.schedule(after: 3600, besides: nil, on: $0) }
    }

    private static let sweepKind = "media.sweep"

    private static func schedule(after seconds: Int64, besides job: ID<Job>?, on db: Connection) throws {
        let due = Timestamp.now.adding(seconds: seconds)
        _ = try JobStore(db).addUnlessOpen(kind: sweepKind, title: "清理不再使用的文件", due: due, besides: job)
    }

    /// Lets go, once a day, what no record names.
    package var careJobs: [JobHandler] {
        let (care, database) = (care, database)
        return [
            JobHandler(MediaModule.sweepKind) { context in
                let gone = try await care.sweep { try await context.report($0, of: 0, "已清理 \($0) 个") }
                let id = context.job.id
                try await database.write { try MediaModule.schedule(after: 24 * 3600, besides: id, on: $0) }
                return gone.isEmpty
                    ? "没有要清理的文件" : "已清理 \(gone.count) 个文件，\(FileSize.text(gone.reduce(0) { $0 + $1.size }))"
            }
        ]
    }
}
