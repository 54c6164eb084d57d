import Database
import Kernel
import Platform

/// The long steps of an import as jobs: reading with comparing, and accepting. Each may run twice.
package struct ImportJobs: Sendable {
    let service: ImportService

    package init(database: Database, files: FileStore) { service = ImportService(database: database, files: files) }

    package var handlers: [JobHandler] {
        let service = service
        return [
            JobHandler(ImportService.readJob) { context in
                let (id, isSettled) = try ImportJobs.payload(context.job)
                try await service.read(id, comparing: isSettled) { try await context.report($0, of: $1, $2) }
                let batch = try await service.find(id)
                if batch.state == .mapped { return "已读取 \(batch.layout.rowCount) 行，请核对各列" }
                let counts = batch.counts
                return "已核对：新增 \(counts.new)，变更 \(counts.changed)，不变 \(counts.unchanged)，退回 \(counts.refused)"
            },
            JobHandler(ImportService.acceptJob) { context in
                let (id, _) = try ImportJobs.payload(context.job)
                let job = context.job
                let actor = AuditActor(id: job.account?.rawValue, name: job.createdBy, address: "")
                let outcome = try await service.accept(id, by: actor) { try await context.report($0, of: $1, $2) }
                return outcome == .accepted ? "导入完成" : ImportService.staleMessage
            },
        ]
    }

    /// Queues reading; `settled` when a person has checked the columns.
    static func queueReading(
        _ batch: ID<ImportBatch>, name: String, settled: Bool, by user: CurrentUser, at path: OrganisationPath,
        on db: Connection
    ) throws -> ID<Job> {
        try queue(
            ImportService.readJob, "核对工作簿 \(name)", payload: batch.rawValue + (settled ? "+" : ""), batch, user, path,
            db)
    }

    static func queueAcceptance(
        _ batch: ID<ImportBatch>, name: String, by user: CurrentUser, at path: OrganisationPath, on db: Connection
    ) throws -> ID<Job> {
        try queue(ImportService.acceptJob, "导入工作簿 \(name)", payload: batch.rawValue, batch, user, path, db)
    }

    private static func queue(
        _ kind: String, _ title: String, payload: String, _ batch: ID<ImportBatch>, _ user: CurrentUser,
        _ path: OrganisationPath, _ db: Connection
    ) throws -> ID<Job> {
        let job = try JobStore(db).add(
            kind: kind, title: title, payload: payload, result: ImportPages.path(batch), by: user, at: path)
        try ImportStore(db).setJob(batch, job.rawValue)
        return job
    }

    private static func payload(_ job: Job) throws -> (ID<ImportBatch>, Bool) {
        let isSettled = job.payload.hasSuffix("+")
        guard let id = ID<ImportBatch>(checking: isSettled ? job.payload.dropLast() : job.payload[...]) else {
            throw DomainError.notFound
        }
        return (id, isSettled)
    }
}
