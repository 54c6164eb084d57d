import Database
import Directory
import Kernel
import Platform

/// What becomes of a file after its dry run. Each deed is one transaction with the rosters it writes.
struct DropDecisions: Sendable {
    let database: Database
    let intake: any RosterIntake
    let now: @Sendable () -> Timestamp

    /// Keeps the outcome of a dry run. A file that brings nothing needs no decision; what is not needed to say why is not
    /// kept.
    func compared(_ id: DropFileID, _ outcome: IntakeOutcome, message: String = "") async throws {
        let now = now(), intake = intake
        try await database.write { db in
            let store = DropStore(db), file = try store.find(id, within: .everything)
            let isIdle = outcome.written == 0
            var state = DropFile.State.waiting, words = message
            if isIdle, outcome.isClean {
                let twin = try store.twin(of: file)
                state = twin == nil ? .unchanged : .repeated
                words = "与\(twin.map { " \($0.name) 内容" } ?? "现有花名册")相同，0 处变化"
            } else if isIdle {
                (state, words) = (.unchanged, "没有可接收的内容")
            } else if words.isEmpty, let later = try store.later(than: file) {
                words = "已接受过更晚的 \(later.name)，请核对后决定"
            } else if words.isEmpty, let twin = try store.twin(of: file) {
                // What was known since would be changed back.
                words = "与接受过的 \(twin.name) 内容相同，可能是旧文件，请核对后决定"
            }
            guard try store.move(id, from: [.reading, .waiting], to: state, message: words) else { return }
            try store.ledger.set(outcome, id)
            if isIdle, outcome.isClean { try intake.release([file.batch], on: db) }
            if isIdle { try DropDecisions.record(try store.find(id, within: .everything), now, on: db) }
        }
    }

    /// Leaves a file to a person, and says why.
    func hold(_ id: DropFileID, _ reason: String) async throws {
        try await database.write { _ = try DropStore($0).move(id, from: [.waiting], to: .waiting, message: reason) }
    }

    private static func record(_ file: DropFile, _ now: Timestamp, on db: Connection) throws {
        let outcome = file.outcome
        try ExchangeRunStore(db).insert(
            ExchangeRun(
                id: Identifiers.next(), way: .fileIn, system: file.partnerName,
                dataset: file.dataset?.rawValue ?? "", at: now,
                rows: outcome.rows,
                changed: outcome.written, flagged: outcome.doubtful + outcome.cells, refused: outcome.refused,
                note: file.name), at: file.path)
    }

    /// Writes the change set of a file, see `IntakeAgreement`. Throws `DomainError.conflict` when it has to be looked at again.
    func accept(_ id: DropFileID, agreed: String, by actor: AuditActor) async throws {
        try await IntakeAgreement.settle(agreed) {
            try await write(id, agreed: agreed, by: actor)
        } compare: {
            let file = try await database.read { try DropStore($0).find(id, within: .everything) }
            return try await intake.compareAgain(file.batch)
        } keep: {
            try await compared(id, $0, message: $1)
        }
    }

    /// One transaction. Returns `false`, having written nothing, when the rosters have changed.
    private func write(_ id: DropFileID, agreed: String, by actor: AuditActor) async throws -> Bool {
        let now = now(), intake = intake
        return try await database.write { db in
            let store = DropStore(db)
            let file = try store.find(id, within: .everything)
            if file.state == .accepted { return true }
            guard file.state == .waiting else { throw DomainError.conflict("这个文件已由他人处理。") }
            guard file.outcome.digest == agreed else { throw DomainError.conflict(IntakeAgreement.staleMessage) }
            guard try intake.accept([file.batch], agreed: agreed, by: actor, now: now, on: db) else { return false }
            _ = try store.move(id, from: [.waiting], to: .accepted)
            try store.ledger.setDecided(id, by: actor.name, now: now)
            try DropDecisions.record(file, now, on: db)
            let words = "\(file.partnerName)，\(file.name)：新增 \(file.outcome.new)，变更 \(file.outcome.changed)"
            try AuditLog.record(
                "exchange.file_accepted", id.rawValue, by: actor, at: file.path, words, now: now, on: db)
            return true
        }
    }

    func discard(_ id: DropFileID, for user: CurrentUser, by actor: AuditActor) async throws {
        let now = now(), intake = intake, scope = user.scope(of: .exchangeFeedManage)
        try await database.write { db in
            let store = DropStore(db), file = try store.find(id, within: scope)
            guard try store.move(id, from: [.waiting], to: .discarded) else {
                throw DomainError.conflict("这个文件已由他人处理。")
            }
            try intake.discard([file.batch], by: actor, now: now, on: db)
            try store.ledger.setDecided(id, by: actor.name, now: now)
            try AuditLog.record(
                "exchange.file_discarded", id.rawValue, by: actor, at: file.path, "\(file.partnerName)，\(file.name)",
                now: now, on: db)
        }
    }

    /// Takes an accepted file back. Throws `DomainError.conflict` while something later stands on it.
    func undo(_ id: DropFileID, for user: CurrentUser, by actor: AuditActor) async throws {
        let now = now(), intake = intake, scope = user.scope(of: .exchangeFeedManage)
        try await database.write { db in
            let store = DropStore(db), file = try store.find(id, within: scope)
            guard try store.move(id, from: [.accepted], to: .undone) else {
                throw DomainError.conflict("只有已接受的文件可以撤销。")
            }
            try intake.undo([file.batch], by: actor, now: now, on: db)
            try intake.release([file.batch], on: db)
            try store.ledger.setUndone(id, by: actor.name, now: now)
            try AuditLog.record(
                "exchange.file_undone", id.rawValue, by: actor, at: file.path, "\(file.partnerName)，\(file.name)",
                now: now, on: db)
        }
    }
}
