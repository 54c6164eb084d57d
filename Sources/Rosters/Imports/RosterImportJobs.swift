import Database
import Kernel
import Platform

/// The long steps of a roster import as jobs: reading with comparing, and accepting. Each may run twice.
struct RosterImportJobs: Sendable {
    let service: RosterImportService

    var handlers: [JobHandler] {
        let service = service
        return [
            JobHandler(RosterImportService.readJob) { context in
                let (id, isSettled) = try RosterImportJobs.payload(context.job)
                try await service.read(id, comparing: isSettled) { try await context.report($0, of: $1, $2) }
                let batch = try await service.find(id)
                if batch.state == .mapped { return "已读取 \(batch.layout.rowCount) 行，请核对各列" }
                let words = RosterLineKind.allCases.map { "\($0.title) \(batch.counts[$0])" }
                return "已核对：" + words.joined(separator: "，")
            },
            JobHandler(RosterImportService.acceptJob) { context in
                let (id, _) = try RosterImportJobs.payload(context.job)
                let job = context.job
                let actor = AuditActor(id: job.account?.rawValue, name: job.createdBy, address: "")
                let outcome = try await service.accept(id, by: actor) { try await context.report($0, of: $1, $2) }
                return outcome == .accepted ? "导入完成" : RosterImportService.staleMessage
            },
        ]
    }

    /// Queues reading; `settled` when a person has checked the columns.
    static func queueReading(
        _ batch: ID<RosterBatch>, name: String, settled: Bool, by user: CurrentUser, at path: OrganisationPath,
        _ store: RosterImportStore
    ) throws -> ID<Job> {
        let job = try JobStore(store.db).add(
            kind: RosterImportService.readJob, title: "核对花名册 \(name)", payload: batch.rawValue + (settled ? "+" : ""),
            result: RosterImportPages.path(batch), by: user, at: path)
        try store.setJob(batch, job.rawValue)
        return job
    }

    static func queueAcceptance(
        _ batch: RosterBatch, by user: CurrentUser, _ store: RosterImportStore
    ) throws -> ID<Job> {
        let job = try JobStore(store.db).add(
            kind: RosterImportService.acceptJob, title: "导入花名册 \(batch.fileName)", payload: batch.id.rawValue,
            result: RosterImportPages.path(batch.id), by: user, at: batch.scopePath)
        try store.setJob(batch.id, job.rawValue)
        return job
    }

    private static func payload(_ job: Job) throws -> (ID<RosterBatch>, Bool) {
        let isSettled = job.payload.hasSuffix("+")
        guard let id = ID<RosterBatch>(checking: isSettled ? job.payload.dropLast() : job.payload[...]) else {
            throw DomainError.notFound
        }
        return (id, isSettled)
    }
}
