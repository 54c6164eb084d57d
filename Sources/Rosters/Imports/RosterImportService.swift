import Database
import Directory
import Kernel
import Platform

/// The steps of a roster import: upload, check columns, compare, accept, undo.
struct RosterImportService: Sendable {
    static let readJob = "rosters.import.read"
    static let acceptJob = "rosters.import.accept"
    static let staleMessage = "花名册已被修改，请重新核对"
    /// Packed bytes up to which a file is read through while its sender waits.
    private static let smallBytes = 1 << 20

    let database: Database
    let files: FileStore
    let sealedFiles: SealedFiles
    let crypto: any CryptoProvider
    let mergeListeners: [any PersonMergeListener]
    let uses: [any PersonUse]
    /// What the platform wrote of people by itself, which goes with an import that is taken back.
    var traces: [any PersonTraces] = []
    /// Who gives rights to the parents of pupils.
    let listeners: [any GuardianshipListener]
    /// How other systems name people: what was told of somebody whose import is taken back goes with her.
    var keys: [PersonColumn] = []

    private var reading: RosterReading {
        RosterReading(database: database, files: sealedFiles, crypto: crypto, mergeListeners: mergeListeners)
    }

    /// An uploaded file before it is a batch.
    struct Upload: Sendable {
        let path: String
        let name: String
        let size: Int
        /// Found out when `nil`.
        let roster: RosterKind?
        /// From which new people are in their class or post.
        let day: LocalDate
        let scope: DataScope
        let actor: AuditActor
        let account: ID<Account>?
        var id = ID<RosterBatch>.new()
        /// The system that sends it; `nil` for a person.
        var origin: RosterOrigin?
    }

    /// Checks and keeps a file. What is no roster is refused at once, at the field `file`.
    func start(_ upload: Upload) async throws -> ID<RosterBatch> {
        let today = Timestamp.now.day
        guard upload.day <= today, upload.day >= today.adding(days: -366) else {
            throw DomainError.invalid("valid_from", "生效日期应在今天以前的一年内")
        }
        let crypto = crypto, sealedFiles = sealedFiles
        let remembered = try await database.read { try RosterImportStore($0, crypto).remembered(for: upload.scope) }
        let (layout, kept) = try await SheetRowFeed.onThread {
            let layout = try RosterLayout.read(
                fileAt: upload.path, kind: upload.roster, remembered: remembered,
                isThorough: upload.size <= RosterImportService.smallBytes)
            return (layout, try sealedFiles.keep(fileAt: upload.path))
        }
        let id = upload.id, now = Timestamp.now, files = files
        try await database.write { db in
            let file = try files.record(
                sha256: kept.sha256, size: kept.size, name: upload.name, by: upload.actor.name, now: now, on: db)
            try RosterImportStore(db, crypto).add(
                id, file: file.rawValue, sha256: kept.sha256, key: kept.key, name: upload.name, day: upload.day,
                scope: upload.scope, layout: layout, by: upload.actor.name, account: upload.account,
                origin: upload.origin, now: now)
            try AuditLog.record(
                "roster.import_uploaded", id.rawValue, by: upload.actor, at: upload.scope.commonPlace, upload.name,
                now: now, on: db)
        }
        return id
    }

    func find(_ id: ID<RosterBatch>) async throws -> RosterBatch {
        let crypto = crypto
        return try await database.read { try RosterImportStore($0, crypto).find(id) }
    }

    /// Reads what the upload left unread, and goes on to the change set when a person has settled the columns.
    func read(_ id: ID<RosterBatch>, comparing isSettled: Bool, _ progress: ImportProgress) async throws {
        do {
            var batch = try await find(id)
            if !batch.layout.isCounted {
                try await progress(0, 0, "正在读取文件")
                try await readLayout(of: batch)
                batch = try await find(id)
            }
            if isSettled { return try await compare(id, progress) }
            _ = try await move(id, from: [.reading], to: .mapped)
        } catch let error as DomainError {
            try await fail(id, error)
        } catch let error as SheetError {
            try await fail(id, .invalid("file", error.message))
        }
    }

    private func fail(_ id: ID<RosterBatch>, _ error: DomainError) async throws -> Never {
        if case .invalid(let problems) = error {
            let message = problems.map(\.message).joined(separator: "；")
            let crypto = crypto
            try await database.write { db in
                let store = RosterImportStore(db, crypto)
                guard try store.move(id, from: [.reading, .mapped], to: .failed, message: message) else { return }
                try store.endFile(of: id)
            }
        }
        throw error
    }

    private func readLayout(of batch: RosterBatch) async throws {
        let crypto = crypto
        let remembered = try await database.read { try RosterImportStore($0, crypto).remembered(for: batch.scope) }
        let layout = try await withFile(of: batch) { path in
            try await SheetRowFeed.onThread {
                try RosterLayout.read(
                    fileAt: path, kind: batch.layout.roster, remembered: remembered, isThorough: true)
            }
        }
        try await database.write { try RosterImportStore($0, crypto).setLayout(batch.id, layout) }
    }

    /// Hands over the path of the sender's file in plain, which is gone when the body returns.
    func withFile<T>(of batch: RosterBatch, _ body: (String) async throws -> T) async throws -> T {
        guard batch.hasFile else { throw DomainError.conflict("这次导入已经结束，文件已删除。") }
        let key = try crypto.open(batch.fileKey, context: RosterBatch.keyContext(batch.id))
        return try await sealedFiles.withPlain(batch.sha256, key: key, body)
    }

    /// Computes the change set anew against what is known now.
    func compare(_ id: ID<RosterBatch>, message: String = "", _ progress: ImportProgress) async throws {
        guard try await move(id, from: [.reading, .mapped, .compared], to: .reading) else {
            throw DomainError.conflict("这次导入已由他人处理。")
        }
        try await reading.compare(try await find(id), message: message, progress)
    }

    private func move(
        _ id: ID<RosterBatch>, from old: [ImportState], to new: ImportState, _ message: String = ""
    ) async throws -> Bool {
        let crypto = crypto
        return try await database.write {
            try RosterImportStore($0, crypto).move(id, from: old, to: new, message: message)
        }
    }

    /// The answer of an attempt to accept.
    enum Acceptance: Equatable {
        case accepted
        /// What is known has changed since; the change set was computed anew and has to be looked at.
        case stale
    }

    /// Writes the change set, all or nothing. When the rosters changed meanwhile the change set is computed anew; if it
    /// comes out the same, what was agreed to still holds, otherwise it is asked for again.
    func accept(_ id: ID<RosterBatch>, by actor: AuditActor, _ progress: ImportProgress) async throws -> Acceptance {
        for _ in 0..<3 {
            let before = try await find(id)
            if before.state == .reading {
                // A stop of the server came between the comparing anew and its end.
                try await compare(id, message: RosterImportService.staleMessage, progress)
                return .stale
            }
            try await progress(0, 0, "正在写入花名册")
            if try await write(id, by: actor) == .accepted { return .accepted }
            try await compare(id, message: RosterImportService.staleMessage, progress)
            let isSame = try await find(id).digest == before.digest
            guard isSame, try await move(id, from: [.compared], to: .accepting) else { return .stale }
        }
        _ = try await move(id, from: [.accepting], to: .compared, RosterImportService.staleMessage)
        return .stale
    }

    /// What is refused while writing puts the batch back to its change set, with the reason.
    private func write(_ id: ID<RosterBatch>, by actor: AuditActor) async throws -> Acceptance {
        do {
            return try await writeAll(id, by: actor)
        } catch DomainError.conflict(let reason) {
            _ = try await move(id, from: [.accepting], to: .compared, reason)
            throw DomainError.conflict(reason)
        } catch DomainError.invalid(let problems) {
            let reason = problems.map(\.message).joined(separator: "；")
            _ = try await move(id, from: [.accepting], to: .compared, reason)
            throw DomainError.invalid(problems)
        }
    }

    private func writeAll(_ id: ID<RosterBatch>, by actor: AuditActor) async throws -> Acceptance {
        let now = Timestamp.now, crypto = crypto, listeners = listeners
        return try await database.write { db in
            let store = RosterImportStore(db, crypto)
            let batch = try store.find(id)
            if batch.state == .accepted { return .accepted }
            guard batch.state == .accepting else { throw DomainError.conflict("这次导入已由他人处理。") }
            guard try store.revision(of: batch.scope) == batch.baseRevision else {
                _ = try store.move(id, from: [.accepting], to: .reading, message: RosterImportService.staleMessage)
                return .stale
            }
            try RosterAcceptance(
                db, crypto, batch, by: actor, now: now, telling: listeners
            ).apply()
            return .accepted
        }
    }

    /// One transaction; refused while something later stands on what was imported.
    func undo(_ id: ID<RosterBatch>, by actor: AuditActor) async throws -> RosterUndo.Outcome {
        let service = self
        return try await database.write { try service.undo(id, by: actor, now: .now, on: $0) }
    }

    /// Part of the caller's transaction.
    @discardableResult
    func undo(
        _ id: ID<RosterBatch>, by actor: AuditActor, now: Timestamp, on db: Connection
    ) throws -> RosterUndo.Outcome {
        let store = RosterImportStore(db, crypto)
        let batch = try store.find(id)
        guard try store.move(id, from: [.accepted], to: .undone) else {
            throw DomainError.conflict("只有已接受的导入可以撤销。")
        }
        try store.endFile(of: id)
        return try RosterUndo(db, crypto, batch, by: actor, now: now, telling: listeners).undo(
            asking: uses, removing: traces, forgetting: keys)
    }

    func discard(_ id: ID<RosterBatch>, by actor: AuditActor) async throws {
        let service = self
        try await database.write { try service.discard(id, by: actor, now: .now, on: $0) }
    }

    /// Part of the caller's transaction.
    func discard(_ id: ID<RosterBatch>, by actor: AuditActor, now: Timestamp, on db: Connection) throws {
        let store = RosterImportStore(db, crypto)
        let batch = try store.find(id)
        guard
            try store.move(
                id, from: batch.origin == nil ? [.mapped, .compared] : [.reading, .mapped, .compared], to: .discarded)
        else {
            throw DomainError.conflict("这次导入已由他人处理。")
        }
        try store.endFile(of: id)
        try AuditLog.record(
            "roster.import_discarded", id.rawValue, by: actor, at: batch.scopePath, batch.fileName, now: now, on: db)
    }
}

/// Deeds that are part of the transaction that also queues a job.
extension RosterImportService {
    /// Sends a batch back to comparing, also one whose accepting came to a stop.
    static func reopen(_ id: ID<RosterBatch>, _ store: RosterImportStore) throws {
        guard try store.move(id, from: [.reading, .mapped, .compared, .accepting], to: .reading) else {
            throw DomainError.conflict("这次导入已经结束。")
        }
    }

    /// Takes a person's corrections of the columns.
    static func correct(
        _ batch: RosterBatch, to layout: RosterLayout, remember: Bool, by name: String, now: Timestamp = .now,
        _ store: RosterImportStore
    ) throws {
        guard try store.move(batch.id, from: [.mapped, .compared], to: .reading) else {
            throw DomainError.conflict("这次导入已由他人处理。")
        }
        try store.setLayout(batch.id, layout)
        if remember {
            try store.remember(layout.sheets.flatMap(\.columns), for: batch.scope, by: name, now: now)
        }
    }
}
