import Database
import Kernel
import Platform

/// The steps of an import: upload, check columns, compare, accept, undo.
struct ImportService: Sendable {
    static let readJob = "connectivity.import.read"
    static let acceptJob = "connectivity.import.accept"
    static let staleMessage = "登记已被修改，请重新核对"

    let database: Database
    let files: FileStore

    private var reading: ImportReading { ImportReading(database: database, files: files) }

    /// What dated states of organisations carry as their origin.
    static func source(_ id: ID<ImportBatch>) -> String { sourcePrefix + id.rawValue }
    static let sourcePrefix = "import:"

    /// An uploaded file before it is a batch.
    struct Upload: Sendable {
        let path: String
        let name: String
        let size: Int
        /// For sheets that name no date.
        let day: LocalDate
        let scope: DataScope
        let actor: AuditActor
        let account: ID<Account>?
    }

    /// Checks and keeps a file. What is no workbook of the register is refused at once, at the field `file`.
    func start(_ upload: Upload) async throws -> ID<ImportBatch> {
        if upload.day > Timestamp.now.day { throw DomainError.invalid("statistics_on", "统计日期不能晚于今天") }
        let remembered = try await database.read { try ImportStore($0).remembered(for: upload.scope) }
        let files = files
        let (layout, kept) = try await SheetRowFeed.onThread {
            let isSmall = upload.size <= ImportReading.smallBytes
            let layout = try ImportReading.layout(
                ofFileAt: upload.path, named: upload.name, remembered: remembered, isThorough: isSmall)
            return (layout, try files.keep(fileAt: upload.path))
        }
        let id = ID<ImportBatch>.new()
        let now = Timestamp.now
        try await database.write { db in
            let file = try files.record(
                sha256: kept.sha256, size: kept.size, name: upload.name, by: upload.actor.name, now: now, on: db)
            try ImportStore(db).add(
                id, file: file.rawValue, sha256: kept.sha256, name: upload.name, day: upload.day, scope: upload.scope,
                layout: layout, state: layout.isCounted ? .mapped : .reading, by: upload.actor.name,
                account: upload.account,
                now: now)
            try AuditLog.record(
                "connectivity_import.uploaded", id.rawValue, by: upload.actor, at: upload.scope.commonPlace,
                upload.name, now: now, on: db)
        }
        return id
    }

    func find(_ id: ID<ImportBatch>) async throws -> ImportBatch {
        try await database.read { try ImportStore($0).find(id) }
    }

    /// Reads what the upload left unread, and goes on to the change set when a person has settled the columns.
    func read(_ id: ID<ImportBatch>, comparing isSettled: Bool, _ progress: ImportProgress) async throws {
        var batch = try await find(id)
        do {
            if !batch.layout.isCounted {
                try await progress(0, 0, "正在读取文件")
                try await readLayout(of: batch)
                batch = try await find(id)
            }
            guard isSettled else {
                _ = try await database.write { try ImportStore($0).move(id, from: [.reading], to: .mapped) }
                return
            }
            try await compare(id, progress)
        } catch let error as DomainError {
            try await fail(id, error)
        } catch let error as SheetError {
            try await fail(id, .invalid("file", error.message))
        }
    }

    private func fail(_ id: ID<ImportBatch>, _ error: DomainError) async throws -> Never {
        if case .invalid(let problems) = error {
            let message = problems.map(\.message).joined(separator: "；")
            _ = try await database.write {
                try ImportStore($0).move(id, from: [.reading, .mapped], to: .failed, message: message)
            }
        }
        throw error
    }

    private func readLayout(of batch: ImportBatch) async throws {
        let remembered = try await database.read { try ImportStore($0).remembered(for: batch.scope) }
        let path = files.path(of: batch.sha256)
        let layout = try await SheetRowFeed.onThread {
            try ImportReading.layout(ofFileAt: path, named: batch.fileName, remembered: remembered, isThorough: true)
        }
        try await database.write { try ImportStore($0).setLayout(batch.id, layout) }
    }

    /// Sends a batch back to comparing, also one whose accepting came to a stop; part of the caller's transaction.
    static func reopen(_ id: ID<ImportBatch>, on db: Connection) throws {
        guard try ImportStore(db).move(id, from: [.reading, .mapped, .compared, .accepting], to: .reading) else {
            throw DomainError.conflict("这次导入已经结束。")
        }
    }

    /// Computes the change set anew against the register of now.
    func compare(_ id: ID<ImportBatch>, message: String = "", _ progress: ImportProgress) async throws {
        let isMine = try await database.write {
            try ImportStore($0).move(id, from: [.reading, .mapped, .compared], to: .reading)
        }
        guard isMine else { throw DomainError.conflict("这次导入已由他人处理。") }
        try await reading.compare(try await find(id), message: message, progress)
    }

    /// Takes a person's corrections of the columns.
    /// Part of the caller's transaction.
    static func correct(
        _ batch: ImportBatch, to layout: WorkbookLayout, remember: Bool, by name: String, now: Timestamp = .now,
        on db: Connection
    ) throws {
        let store = ImportStore(db)
        guard try store.move(batch.id, from: [.mapped, .compared], to: .reading) else {
            throw DomainError.conflict("这次导入已由他人处理。")
        }
        try store.setLayout(batch.id, layout)
        if remember {
            try store.remember(layout.sheets.flatMap(\.columns), for: batch.scope, by: name, now: now)
        }
    }

    /// The answer of an attempt to accept.
    enum Acceptance: Equatable {
        case accepted
        /// The register has changed since; the change set was computed anew and has to be looked at.
        case stale
    }

    /// Writes the change set, all or nothing. When the register changed meanwhile the change set is computed anew; if
    /// it comes out the same, what was agreed to still holds, otherwise it is asked for again.
    func accept(_ id: ID<ImportBatch>, by actor: AuditActor, _ progress: ImportProgress) async throws -> Acceptance {
        for _ in 0..<3 {
            let before = try await find(id)
            if before.state == .reading {
                // A stop of the server came between the comparing anew and its end.
                try await compare(id, message: ImportService.staleMessage, progress)
                return .stale
            }
            try await progress(0, 0, "正在写入登记")
            if try await write(id, by: actor) == .accepted { return .accepted }
            try await compare(id, message: ImportService.staleMessage, progress)
            let isSame = try await find(id).digest == before.digest
            guard isSame, try await move(id, from: .compared, to: .accepting) else { return .stale }
        }
        _ = try await move(id, from: .accepting, to: .compared, ImportService.staleMessage)
        return .stale
    }

    private func move(
        _ id: ID<ImportBatch>, from old: ImportState, to new: ImportState, _ message: String = ""
    ) async throws -> Bool {
        try await database.write { try ImportStore($0).move(id, from: [old], to: new, message: message) }
    }

    /// What is refused while writing puts the batch back to its change set, with the reason.
    private func write(_ id: ID<ImportBatch>, by actor: AuditActor) async throws -> Acceptance {
        do {
            return try await writeAll(id, by: actor)
        } catch DomainError.conflict(let reason) {
            _ = try await move(id, from: .accepting, to: .compared, reason)
            throw DomainError.conflict(reason)
        } catch DomainError.invalid(let problems) {
            let reason = problems.map(\.message).joined(separator: "；")
            _ = try await move(id, from: .accepting, to: .compared, reason)
            throw DomainError.invalid(problems)
        }
    }

    private func writeAll(_ id: ID<ImportBatch>, by actor: AuditActor) async throws -> Acceptance {
        let now = Timestamp.now
        return try await database.write { db in
            let store = ImportStore(db)
            let batch = try store.find(id)
            if batch.state == .accepted { return .accepted }
            guard batch.state == .accepting else { throw DomainError.conflict("这次导入已由他人处理。") }
            guard try store.revision() == batch.baseRevision else {
                _ = try store.move(id, from: [.accepting], to: .reading, message: ImportService.staleMessage)
                return .stale
            }
            try ImportAcceptance(db: db, batch: batch, actor: actor, now: now).apply()
            return .accepted
        }
    }

    /// One transaction; refused while something later stands on what was imported.
    func undo(_ id: ID<ImportBatch>, by actor: AuditActor) async throws {
        let now = Timestamp.now
        try await database.write { db in
            let store = ImportStore(db)
            let batch = try store.find(id)
            guard try store.move(id, from: [.accepted], to: .undone) else {
                throw DomainError.conflict("只有已接受的导入可以撤销。")
            }
            try ImportAcceptance(db: db, batch: batch, actor: actor, now: now).undo()
        }
    }

    func discard(_ id: ID<ImportBatch>, by actor: AuditActor) async throws {
        let now = Timestamp.now
        try await database.write { db in
            let store = ImportStore(db)
            let batch = try store.find(id)
            guard try store.move(id, from: [.mapped, .compared], to: .discarded) else {
                throw DomainError.conflict("这次导入已由他人处理。")
            }
            try AuditLog.record(
                "connectivity_import.discarded", id.rawValue, by: actor, at: batch.scopePath, batch.fileName, now: now,
                on: db)
        }
    }
}
