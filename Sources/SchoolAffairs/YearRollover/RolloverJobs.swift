import Database
import Directory
import Kernel
import Platform

/// The long steps as jobs. Each may run twice.
struct RolloverJobs: Sendable {
    static let run = "school_affairs.rollover"
    static let undo = "school_affairs.rollover_undo"

    let database: Database
    let listeners: [any LeavingListener]
    let now: @Sendable () -> Timestamp

    var handlers: [JobHandler] {
        let (database, listeners, now) = (database, listeners, now)
        return [
            JobHandler(RolloverJobs.run) { context in
                let (id, _) = try RolloverJobs.payload(context.job)
                try await context.report(0, of: 2, "正在核对班级和学生")
                let actor = RolloverJobs.actor(context.job)
                do {
                    let figures = try await database.write { db in
                        try RolloverRunService(db, by: actor, now: now(), telling: listeners).run(id)
                    }
                    return "已升级 \(figures.schools) 所学校，毕业离校 \(figures.left) 人，转入 \(figures.moved) 人"
                } catch DomainError.conflict(let words), DomainError.forbidden(let words) {
                    try await database.write { try RolloverRunStore($0).refuse(id, words) }
                    throw DomainError.conflict(words)
                }
            },
            JobHandler(RolloverJobs.undo) { context in
                let (id, skips) = try RolloverJobs.payload(context.job)
                try await context.report(0, of: 2, "正在恢复班级和学生")
                let actor = RolloverJobs.actor(context.job)
                let count = try await database.write { db in
                    try RolloverRunService(db, by: actor, now: now(), telling: listeners).undo(id, skipping: skips)
                }
                return "已撤销 \(count) 所学校的升级"
            },
        ]
    }

    private static func actor(_ job: Job) -> AuditActor {
        AuditActor(id: job.account?.rawValue, name: job.createdBy, address: "")
    }

    private static func payload(_ job: Job) throws -> (ID<RolloverRun>, Bool) {
        let skips = job.payload.hasSuffix("+")
        guard let id = ID<RolloverRun>(checking: skips ? job.payload.dropLast() : job.payload[...]) else {
            throw DomainError.notFound
        }
        return (id, skips)
    }
}
