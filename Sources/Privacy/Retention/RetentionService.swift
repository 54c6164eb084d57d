import Contracts
import Database
import Kernel
import Platform

/// Counts what has been kept long enough, and deletes it after somebody has confirmed. Both run as jobs and may run twice.
struct RetentionService: Sendable {
    let database: Database
    let sources: [any RetentionSource]
    let now: @Sendable () -> Timestamp

    static let countJob = "privacy.retention.count"
    static let deleteJob = "privacy.retention.delete"
    /// Records that go in one transaction.
    private static let batch = 500

    private var kinds: [(period: RetentionPeriod, source: any RetentionSource)] {
        sources.flatMap { source in
            source.kinds.compactMap { kind in RetentionPeriod.of(kind).map { (period: $0, source: source) } }
        }
    }

    func start(by user: CurrentUser, _ actor: AuditActor) async throws -> ID<Job> {
        let now = now()
        return try await database.write { db in
            let run = try RetentionStore(db).start(by: user.name, at: now)
            try AuditLog.record("privacy.retention_counted", run.rawValue, by: actor, now: now, on: db)
            return try JobStore(db).add(
                kind: RetentionService.countJob, title: "清点到期记录", payload: run.rawValue,
                result: RetentionPages.path, by: user, now: now)
        }
    }

    /// Once a month what is due is counted by itself; deleting waits for a person. For an hourly job of every server: the
    /// month of the run lets one of them begin.
    func tend() async throws {
        let now = now()
        try await database.write { db in
            let store = RetentionStore(db)
            if let last = try store.runs(limit: 1).first {
                guard (last.startedAt.day.year, last.startedAt.day.month) < (now.day.year, now.day.month) else {
                    return
                }
            }
            let run: ID<RetentionRun>
            do {
                let month = String(now.day.iso.prefix(7))
                run = try db.attempt { try store.start(by: AuditActor.system.name, at: now, month: month) }
            } catch DatabaseError.uniqueViolation {
                return
            }
            try AuditLog.record("privacy.retention_counted", run.rawValue, by: .system, now: now, on: db)
            _ = try JobStore(db).add(
                kind: RetentionService.countJob, title: "清点到期记录", payload: run.rawValue,
                result: RetentionPages.path, by: nil, now: now)
        }
    }

    /// Throws `DomainError.conflict` unless the run waits for it.
    func confirm(_ run: ID<RetentionRun>, by user: CurrentUser, _ actor: AuditActor) async throws -> ID<Job> {
        let now = now()
        return try await database.write { db in
            guard try RetentionStore(db).confirm(run, by: user.name, at: now) else {
                throw DomainError.conflict("这次清点已经处理，请刷新。")
            }
            try AuditLog.record("privacy.retention_confirmed", run.rawValue, by: actor, now: now, on: db)
            return try JobStore(db).add(
                kind: RetentionService.deleteJob, title: "删除到期记录", payload: run.rawValue,
                result: RetentionPages.path, by: user, now: now)
        }
    }

    var jobs: [JobHandler] {
        [
            JobHandler(RetentionService.countJob) { "清点完成，到期 \(try await count(RetentionService.run(of: $0.job))) 条" },
            JobHandler(RetentionService.deleteJob) { "已删除 \(try await delete(RetentionService.run(of: $0.job))) 条" },
        ]
    }

    private static func run(of job: Job) throws -> ID<RetentionRun> {
        guard let id = ID<RetentionRun>(checking: job.payload) else { throw DomainError.notFound }
        return id
    }

    private func held() async throws -> HeldRecords {
        let day = now().day
        return HeldRecords(try await database.read { try RetentionStore($0).holds(on: day) })
    }

    @discardableResult
    func count(_ run: ID<RetentionRun>) async throws -> Int {
        let held = try await held(), now = now()
        var total = 0
        for (period, source) in kinds {
            let cutoff = period.cutoff(at: now), kind = period.kind
            let overdue =
                held.isHeld(kind)
                ? 0 : try await source.overdue(kind, before: cutoff, sparing: held.people(kind))
            try await database.write { try RetentionStore($0).setLine(run, kind, cutoff: cutoff, overdue: overdue) }
            total += overdue
        }
        _ = try await database.write { try RetentionStore($0).move(run, from: .counting, to: .counted, at: now) }
        return total
    }

    /// Deletes by the cut-off days of the count; what came under a hold since then stays.
    @discardableResult
    func delete(_ run: ID<RetentionRun>) async throws -> Int {
        let held = try await held(), now = now()
        let known = try await database.read { db in
            try RetentionStore(db).runs(limit: 1000).first { $0.id == run && $0.state == .deleting }
        }
        guard let known else { return 0 }
        var total = 0
        for (period, source) in kinds where !held.isHeld(period.kind) {
            guard let line = known.lines.first(where: { $0.kind == period.kind }), line.overdue > 0 else { continue }
            while true {
                let gone = try await source.delete(
                    line.kind, before: line.cutoff, sparing: held.people(line.kind), atMost: RetentionService.batch)
                if gone == 0 { break }
                total += gone
                try await database.write { try RetentionStore($0).addDeleted(gone, run, line.kind) }
            }
        }
        let deleted = total
        try await database.write { db in
            _ = try RetentionStore(db).move(run, from: .deleting, to: .done, at: now)
            try AuditLog.record(
                "privacy.retention_deleted", run.rawValue, by: .system, "\(deleted) 条", now: now, on: db)
        }
        return total
    }
}

/// The records of the platform itself, and those of this context.
struct OwnRetention: RetentionSource {
    let database: Database
    let crypto: any CryptoProvider
    private let consents: ConsentSweep
    let kinds = ["audit", "jobs", "events", "requests", "copies", "consents"]

    init(database: Database, crypto: any CryptoProvider) {
        (self.database, self.crypto) = (database, crypto)
        consents = ConsentSweep(database: database, crypto: crypto)
    }

    func overdue(_ kind: String, before: Timestamp, sparing people: Set<ID<Person>>) async throws -> Int {
        if kind == "consents" { return try await consents.count(before: before, sparing: people) }
        let crypto = crypto
        return try await database.read(isLong: true) { db in
            switch kind {
            case "audit": try AuditRetention.count(before: before, on: db)
            case "jobs": try WorkRetention.countJobs(before: before, on: db)
            case "events": try WorkRetention.countEvents(before: before, on: db)
            case "requests": try RightsRequestStore(db, crypto).countOld(before, sparing: people)
            case "copies": try OwnDataCopyStore(db: db, crypto: crypto).countOld(before)
            default: 0
            }
        }
    }

    func delete(
        _ kind: String, before: Timestamp, sparing people: Set<ID<Person>>, atMost limit: Int
    ) async throws -> Int {
        if kind == "consents" { return try await consents.delete(before: before, sparing: people, atMost: limit) }
        let crypto = crypto
        return try await database.write { db in
            switch kind {
            case "audit": try AuditRetention.delete(before: before, atMost: limit, by: .system, on: db)
            case "jobs": try WorkRetention.deleteJobs(before: before, atMost: limit, on: db)
            case "events": try WorkRetention.deleteEvents(before: before, atMost: limit, on: db)
            case "requests":
                try RightsRequestStore(db, crypto).deleteOld(before, sparing: people, atMost: limit)
            case "copies": try OwnDataCopyStore(db: db, crypto: crypto).deleteOld(before)
            default: 0
            }
        }
    }
}
