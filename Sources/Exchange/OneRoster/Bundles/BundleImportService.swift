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
    let workFolder: String
    let now: @Sendable () -> Timestamp

    static let readJob = "exchange.bundle.read"
    static let acceptJob = "exchange.bundle.accept"
    /// Problems that are kept of a bundle that is refused.
    private static let mostProblems = 200

    static var limits: ArchiveLimits {
        var limits = ArchiveLimits()
        (limits.inflatedBytes, limits.entries) = (256 << 20, 100)
        return limits
    }

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
            do { _ = try PackedFiles.names(path: upload.path, limits: BundleImportService.limits) } catch let error
                as PackedFiles.Failure
            { throw DomainError.invalid("file", error.message) }
            return (Hex.encode(try SM3.hash(fileAt: upload.path)), try sealedFiles.keep(fileAt: upload.path))
        }
        return try await database.write { db in
            let store = BundleImportStore(db), bundle = BundleImportID.new()
            if let open = try store.open(sm3, of: id) { return (open, nil) }
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

    private func find(_ id: BundleImportID) async throws -> BundleImport {
        try await database.read { try BundleImportStore($0).find(id, within: .everything) }
    }

    /// Checks the archive and computes its change set. May run twice.
    func read(_ id: BundleImportID, _ progress: @Sendable (Int, Int, String) async throws -> Void) async throws {
        let bundle = try await find(id)
        guard bundle.state == .reading, let sealed = bundle.fileKey else { return }
        try await progress(0, 3, "正在检查")
        let key = try crypto.open(sealed, context: BundleImport.keyContext(id))
        let check: BundleCheck
        do {
            check = try await sealedFiles.withPlain(bundle.sha256, key: key) { path in
                try await SheetRowFeed.onThread {
                    BundleCheck(try PackedFiles.read(path: path, limits: BundleImportService.limits))
                }
            }
        } catch let error as PackedFiles.Failure { return try await refuse(bundle, [error.message]) }
        do { try await compare(check, bundle, progress) } catch DomainError.invalid(let problems) {
            try await refuse(bundle, problems.map(\.message))
        }
    }

    private func compare(
        _ check: BundleCheck, _ bundle: BundleImport, _ progress: @Sendable (Int, Int, String) async throws -> Void
    ) async throws {
        let id = bundle.id
        guard check.problems.isEmpty else { return try await refuse(bundle, check.problems.map(\.text)) }
        let partner = try await database.read { try PartnerStore($0).find(bundle.partner, within: .everything) }
        let known = try await knowledge(check, partner)
        let rosters = BundleRosters(check, known, on: now().day)
        try await database.write { try BundleImportStore($0).set(rosters, of: bundle) }
        try await progress(1, 3, "正在核对学生")
        var outcome = IntakeOutcome()
        outcome = outcome + (try await compare(rosters.pupils, .pupils, bundle, partner))
        try await progress(2, 3, "正在核对教职工")
        outcome = outcome + (try await compare(rosters.staff, .staff, bundle, partner))
        let differences = try await BundleDifference.of(check, within: partner.scope, database, crypto, at: now())
        try await keep(outcome, of: bundle) { try $0.set(differences, check.ways, id) }
    }

    private func refuse(_ bundle: BundleImport, _ problems: [String]) async throws {
        let now = now(), intake = intake, few = Array(problems.prefix(BundleImportService.mostProblems))
        try await database.write { db in
            let store = BundleImportStore(db)
            guard try store.move(bundle.id, from: [.reading], to: .refused, message: "共 \(problems.count) 处不符合标准")
            else {
                return
            }
            try store.setProblems(few, bundle.id)
            try store.forgetFile(bundle.id)
            try store.forget(bundle.id)
            try intake.release([bundle.pupilsBatch, bundle.staffBatch], on: db)
            try AuditLog.record(
                "exchange.bundle_refused", bundle.id.rawValue, by: .system, at: bundle.path,
                "\(bundle.partnerName)，\(bundle.fileName)", now: now, on: db)
        }
    }

    private func keep(
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
                    bundle.id, from: [.reading, .compared], to: isIdle ? .unchanged : .compared, message: words)
            else { return }
            try store.set(outcome, bundle.id)
            try store.forgetFile(bundle.id)
            if isIdle {
                try store.forget(bundle.id)
                if outcome.isClean { try intake.release([bundle.pupilsBatch, bundle.staffBatch], on: db) }
            }
            try also(store)
        }
    }

    /// What is known of the keys that the bundle uses.
    private func knowledge(_ check: BundleCheck, _ partner: Partner) async throws -> BundleKnowledge {
        let told = check.tables.mapValues { BundleRecords($0) }
        let users = Set(
            (told["users"]?.records.map(\.id) ?? []) + (told["enrollments"]?.records.map { $0["userSourcedId"] } ?? []))
        let classes = Set(
            (told["classes"]?.records.map(\.id) ?? [])
                + (told["enrollments"]?.records.map { $0["classSourcedId"] } ?? [])
        ).compactMap { ID<ClassGroup>(checking: $0) }
        return try await database.read(isLong: true) { db in
            var known = BundleKnowledge()
            known.people = try BundleImportStore(db).people(
                users.sorted(), of: partner.id, within: partner.scope)
            for school in try OrganisationStore(db).all(within: partner.scope) where school.kind.isSchool {
                known.schools[school.id.rawValue] = school
            }
            for start in stride(from: 0, to: classes.count, by: 500) {
                let some = Array(classes[start..<min(start + 500, classes.count)])
                for (group, _) in try ClassGroupStore(db).changes(of: some, within: partner.scope) {
                    known.classes[group.id.rawValue] = group.cohortName
                }
            }
            return known
        }
    }

    private func compare(
        _ roster: BundleRosters.Roster, _ kind: IntakeFile.Roster, _ bundle: BundleImport, _ partner: Partner
    ) async throws -> IntakeOutcome {
        guard !roster.lines.isEmpty else { return IntakeOutcome() }
        let path = "\(workFolder)/bundle-\(Identifiers.next()).csv"
        defer { try? FileManager.default.removeItem(atPath: path) }  // a left-over goes when the server starts
        let bytes = roster.bytes(kind == .pupils ? BundleRosters.pupilHead : BundleRosters.staffHead)
        guard
            FileManager.default.createFile(
                atPath: path, contents: Data(bytes), attributes: [.posixPermissions: 0o600])
        else { throw DomainError.unavailable("文件保存失败，可能是存储空间不足。") }
        return try await intake.compare(
            IntakeFile(
                batch: kind == .pupils ? bundle.pupilsBatch : bundle.staffBatch, path: path,
                name: "\(bundle.fileName)（\(kind == .pupils ? "学生" : "教职工")）", roster: kind, scope: partner.scope,
                owners: partner.settings.owners, day: bundle.createdAt.day,
                page: BundleImportPages.path(bundle.id), actor: partner.actor))
    }
}

/// What people decide about a bundle.
extension BundleImportService {
    /// Writes pupils and staff in one transaction, if they are what the digest agreed to stands for. When the rosters changed meanwhile the change sets are computed anew; if
    /// they come out the same, what was agreed to still holds. Throws `DomainError.conflict` when a person has to look again.
    func accept(_ id: BundleImportID, agreed: String, by actor: AuditActor) async throws {
        for _ in 0..<3 {
            let now = now(), intake = intake
            let isDone = try await database.write { db in
                let store = BundleImportStore(db), bundle = try store.find(id, within: .everything)
                if bundle.state == .accepted { return true }
                guard bundle.state == .compared else { throw DomainError.conflict("这个名册包已由他人处理。") }
                guard bundle.outcome.digest == agreed else { throw DomainError.conflict(DropDecisions.staleMessage) }
                guard try intake.accept(bundle.batches, agreed: agreed, by: actor, now: now, on: db) else {
                    return false
                }
                for batch in bundle.batches {
                    let people = try intake.people(of: batch, on: db)
                    for (row, source) in try store.sources(of: id, batch: batch) {
                        if let person = people[row] { try store.learn(source, is: person, of: bundle, now: now) }
                    }
                }
                try BundleImportService.finish(bundle, by: actor, now, store)
                return true
            }
            if isDone { return }
            let bundle = try await find(id)
            var outcome = IntakeOutcome()
            for batch in bundle.batches { outcome = outcome + (try await intake.compareAgain(batch)) }
            guard outcome.digest == agreed else {
                try await keep(outcome, of: bundle, message: DropDecisions.staleMessage)
                throw DomainError.conflict(DropDecisions.staleMessage)
            }
        }
        throw DomainError.conflict(DropDecisions.staleMessage)
    }

    private static func finish(
        _ bundle: BundleImport, by actor: AuditActor, _ now: Timestamp, _ store: BundleImportStore
    ) throws {
        _ = try store.move(bundle.id, from: [.compared], to: .accepted)
        try store.setDecided(bundle.id, by: actor.name, now: now)
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
            try intake.undo(bundle.batches, by: actor, now: now, on: db)
            try intake.release(bundle.batches, on: db)
            try store.forget(id)
            try store.setUndone(id, by: actor.name, now: now)
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
            try intake.discard(bundle.batches, by: actor, now: now, on: db)
            try store.forget(id)
            try store.forgetFile(id)
            try store.setDecided(id, by: actor.name, now: now)
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
                try await service.read(id) { try await context.report($0, of: $1, $2) }
                return "名册包\(try await service.find(id).state.title)"
            },
            JobHandler(BundleImportService.acceptJob) { context in
                let job = context.job, told = job.payload.split(separator: " ").map(String.init)
                guard told.count == 2, let id = BundleImportID(checking: told[0]) else { throw DomainError.notFound }
                try await service.accept(
                    id, agreed: told[1], by: AuditActor(id: job.account?.rawValue, name: job.createdBy, address: ""))
                return "已写入名册"
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
