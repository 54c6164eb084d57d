import Database
import Directory
import Foundation
import Kernel
import Platform

/// The steps of a bundle that comes in: upload, check and compare, accept, take back. Each deed is one transaction.
struct BundleImportService: Sendable {
    let database: Database
    let crypto: any CryptoProvider
    let sealedFiles: SealedFiles
    let intake: any RosterIntake
    let files: FileStore
    let workFolder: String
    let now: @Sendable () -> Timestamp
    /// Stands between any two steps; a test stops the work there.
    var pause: @Sendable () throws -> Void = {}

    static let readJob = "exchange.bundle.read"
    static let acceptJob = "exchange.bundle.accept"
    /// Problems that are kept of a bundle that is refused.
    private static let mostProblems = 200

    /// An uploaded archive.
    struct Upload: Sendable {
        let path: String
        let name: String
        let partner: String
    }

    /// Keeps an archive and queues its reading. Throws `DomainError.invalid` at `partner` and `file`.
    func start(
        _ upload: Upload, for user: CurrentUser, by actor: AuditActor
    ) async throws -> (bundle: BundleImportID, job: ID<Job>?) {
        let scope = user.scope(of: .exchangeFeedManage)
        // Nothing is kept of a file that nobody may send.
        guard let id = PartnerID(checking: upload.partner) else { throw DomainError.invalid("partner", "选择交换伙伴") }
        let sender = try await database.read { db in
            try PartnerStore(db).list(within: scope).first { $0.id == id && $0.isOn }
        }
        guard let partner = sender else { throw DomainError.invalid("partner", "选择交换伙伴") }
        let sealedFiles = sealedFiles, crypto = crypto, now = now()
        let (sm3, kept) = try await SheetRowFeed.onThread {
            do { _ = try PackedFiles.names(path: upload.path, limits: BundleSource.limits) } catch let error
                as PackedFailure
            { throw DomainError.invalid("file", error.message) }
            return (Hex.encode(try SM3.hash(fileAt: upload.path)), try sealedFiles.keep(fileAt: upload.path))
        }
        try pause()
        let intake = intake, files = files
        return try await database.write { db in
            let store = BundleImportStore(db), bundle = BundleImportID.new()
            if let open = try store.open(sm3, of: id) {
                let job = try store.job(of: open.id).flatMap { ID<Job>(checking: $0) }
                let hasStopped = try open.state == .reading && (job.map { try JobStore(db).hasEnded($0) } ?? true)
                guard hasStopped else { return (open.id, nil) }
                // Nobody reads it any more; the one that comes now takes its place.
                try BundleImportService.refuse(open, ["读取没有完成"], intake, by: actor, now, store)
            }
            _ = try files.record(
                sha256: kept.sha256, size: kept.size, name: upload.name, by: actor.name, now: now, on: db)
            let key = try crypto.seal(kept.key, context: BundleImport.keyContext(bundle))
            try store.insert(
                bundle, partner: id, name: upload.name, sha256: kept.sha256, key: key, sm3: sm3, by: actor.name,
                at: now)
            try AuditLog.record(
                "exchange.bundle_uploaded", bundle.rawValue, by: actor, at: partner.path,
                "\(partner.name)，\(upload.name)", now: now, on: db)
            let job = try JobStore(db).add(
                kind: BundleImportService.readJob, title: "核对名册包 \(upload.name)", payload: bundle.rawValue,
                result: BundleImportPages.path(bundle), by: user, at: partner.path)
            try store.setJob(job, bundle)
            return (bundle, job)
        }
    }

    func find(_ id: BundleImportID) async throws -> BundleImport {
        try await database.read { try BundleImportStore($0).find(id, within: .everything) }
    }

    func refuse(_ bundle: BundleImport, _ problems: [String]) async throws {
        let now = now(), intake = intake
        try await database.write {
            try BundleImportService.refuse(bundle, problems, intake, by: .system, now, BundleImportStore($0))
        }
    }

    private static func refuse(
        _ bundle: BundleImport, _ problems: [String], _ intake: any RosterIntake, by actor: AuditActor,
        _ now: Timestamp, _ store: BundleImportStore
    ) throws {
        guard try store.move(bundle.id, from: [.reading], to: .refused, message: "共 \(problems.count) 处问题") else {
            return
        }
        try store.setProblems(Array(problems.prefix(mostProblems)), bundle.id)
        try store.forgetFile(bundle)
        try store.forget(bundle.id)
        try store.forgetPlaces(bundle.id)
        try intake.release([bundle.pupilsBatch, bundle.staffBatch], on: store.db)
        try AuditLog.record(
            "exchange.bundle_refused", bundle.id.rawValue, by: actor, at: bundle.path,
            "\(bundle.partnerName)，\(bundle.fileName)", now: now, on: store.db)
    }

    func keep(
        _ outcome: IntakeOutcome, of bundle: BundleImport, message: String = "",
        _ also: @escaping @Sendable (BundleImportStore) throws -> Void = { _ in }
    ) async throws {
        let intake = intake
        try await database.write { db in
            let store = BundleImportStore(db), isIdle = outcome.written == 0
            var words = message
            if isIdle { words = outcome.isClean ? "与现有名册相同，0 处变化" : "没有可接收的内容" }
            guard
                try store.move(
                    bundle.id, from: [.reading, .compared], to: isIdle ? .unchanged : .compared, message: words,
                    batches: bundle.pupilsBatch)
            else { return try BundleImportService.clear(bundle, intake, store) }
            try store.ledger.set(outcome, bundle.id)
            try store.forgetFile(bundle)
            if isIdle {
                try store.forget(bundle.id)
                if outcome.isClean { try intake.release([bundle.pupilsBatch, bundle.staffBatch], on: db) }
            }
            try also(store)
        }
    }
}

extension BundleImportService {
    /// Ends what a reading has made of a bundle that was given up, or is read by another, meanwhile.
    private static func clear(
        _ bundle: BundleImport, _ intake: any RosterIntake, _ store: BundleImportStore
    ) throws {
        let present = try store.find(bundle.id, within: .everything)
        let isGivenUp = present.state == .discarded || present.state == .refused
        guard isGivenUp || present.pupilsBatch != bundle.pupilsBatch else { return }
        try intake.end([bundle.pupilsBatch, bundle.staffBatch], on: store.db)
        if isGivenUp {
            try store.forget(bundle.id)
            try store.forgetPlaces(bundle.id)
        }
    }
}

/// What people decide about a bundle.
extension BundleImportService {
    /// Writes pupils and staff in one transaction, see `IntakeAgreement`. Throws `DomainError.conflict` when a person has to
    /// look again.
    func accept(_ id: BundleImportID, agreed: String, by actor: AuditActor) async throws {
        try await IntakeAgreement.settle(agreed) {
            let isDone = try await write(id, agreed: agreed, by: actor)
            try pause()
            return isDone
        } compare: {
            let bundle = try await find(id)
            var outcome = IntakeOutcome()
            for batch in bundle.batches { outcome = outcome + (try await intake.compareAgain(batch)) }
            return outcome
        } keep: {
            try await keep($0, of: try await find(id), message: $1)
        }
    }

    /// Returns `false`, having written nothing, when the rosters have changed.
    private func write(_ id: BundleImportID, agreed: String, by actor: AuditActor) async throws -> Bool {
        let now = now(), intake = intake
        return try await database.write { db in
            let store = BundleImportStore(db), bundle = try store.find(id, within: .everything)
            if bundle.state == .accepted { return true }
            guard bundle.state == .compared else { throw DomainError.conflict("这个名册包已由他人处理。") }
            guard bundle.outcome.digest == agreed else { throw DomainError.conflict(IntakeAgreement.staleMessage) }
            guard try intake.accept(bundle.batches, agreed: agreed, by: actor, now: now, on: db) else { return false }
            for batch in bundle.batches {
                let people = try intake.people(of: batch, on: db)
                for (row, source) in try store.sources(of: id, batch: batch) {
                    if let person = people[row] { try store.learn(source, is: person, of: bundle, now: now) }
                }
            }
            try BundleImportService.finish(bundle, by: actor, now, store)
            return true
        }
    }

    private static func finish(
        _ bundle: BundleImport, by actor: AuditActor, _ now: Timestamp, _ store: BundleImportStore
    ) throws {
        _ = try store.move(bundle.id, from: [.compared], to: .accepted)
        try store.ledger.setDecided(bundle.id, by: actor.name, now: now)
        let outcome = bundle.outcome
        try ExchangeRunStore(store.db).insert(
            ExchangeRun(
                id: Identifiers.next(), way: .fileIn, system: bundle.partnerName, dataset: "oneroster", at: now,
                rows: bundle.pupils + bundle.staff, changed: outcome.written, flagged: outcome.doubtful + outcome.cells,
                refused: outcome.refused, note: bundle.fileName), at: bundle.path)
        try AuditLog.record(
            "exchange.bundle_accepted", bundle.id.rawValue, by: actor, at: bundle.path,
            "\(bundle.partnerName)，\(bundle.fileName)：新增 \(outcome.new)，变更 \(outcome.changed)", now: now, on: store.db)
    }

    func undo(_ id: BundleImportID, for user: CurrentUser, by actor: AuditActor) async throws {
        let now = now(), intake = intake, scope = user.scope(of: .exchangeFeedManage)
        try await database.write { db in
            let store = BundleImportStore(db), bundle = try store.find(id, within: scope)
            guard try store.move(id, from: [.accepted], to: .undone) else {
                throw DomainError.conflict("只有已接受的名册包可以撤销。")
            }
            // Keys first: those of people who are taken back would lead nowhere.
            try store.forget(id)
            try intake.undo(bundle.batches, by: actor, now: now, on: db)
            try intake.release(bundle.batches, on: db)
            try store.forgetPlaces(id)
            try store.ledger.setUndone(id, by: actor.name, now: now)
            try AuditLog.record(
                "exchange.bundle_undone", id.rawValue, by: actor, at: bundle.path,
                "\(bundle.partnerName)，\(bundle.fileName)", now: now, on: db)
        }
    }

    func discard(_ id: BundleImportID, for user: CurrentUser, by actor: AuditActor) async throws {
        let now = now(), intake = intake, scope = user.scope(of: .exchangeFeedManage)
        try await database.write { db in
            let store = BundleImportStore(db), bundle = try store.find(id, within: scope)
            guard try store.move(id, from: [.reading, .compared], to: .discarded) else {
                throw DomainError.conflict("这个名册包已由他人处理。")
            }
            try intake.discard([bundle.pupilsBatch, bundle.staffBatch], by: actor, now: now, on: db)
            try store.forget(id)
            try store.forgetPlaces(id)
            try store.forgetFile(bundle)
            try store.ledger.setDecided(id, by: actor.name, now: now)
            try AuditLog.record(
                "exchange.bundle_discarded", id.rawValue, by: actor, at: bundle.path,
                "\(bundle.partnerName)，\(bundle.fileName)", now: now, on: db)
        }
    }

    var jobs: [JobHandler] {
        let service = self
        return [
            JobHandler(BundleImportService.readJob) { context in
                guard let id = BundleImportID(checking: context.job.payload) else { throw DomainError.notFound }
                do {
                    try await service.read(id) { try await context.report($0, of: $1, $2) }
                } catch let error where context.job.isLastAttempt && !(error is CancellationError) {
                    try await service.refuse(try await service.find(id), ["读取出错，已停止重试，请重新上传"])
                    throw error
                }
                return "名册包\(try await service.find(id).state.title)"
            },
            IntakeDecisionRoutes<BundleImportSubject>.handler(BundleImportService.acceptJob, roster: "名册") {
                try await service.accept($0, agreed: $1, by: $2)
            },
        ]
    }
}

extension BundleProblem {
    /// As a person reads it: file, line, column, reason.
    var text: String {
        let place = [file, line.map { "第 \($0) 行" }, column].compactMap { $0 }.joined(separator: " ")
        return "\(place)：\(message)"
    }
}
