import Database
import Directory
import Foundation
import Kernel
import Platform

/// What an import found and did, for commands, demo data and tests.
package struct RosterOutcome: Sendable, Equatable {
    /// Key of the batch, for its page and for undoing.
    package let batch: String
    /// `compared`, or `accepted` when it was written.
    package let state: String
    package let new: Int
    package let changed: Int
    package let unchanged: Int
    package let doubtful: Int
    package let refused: Int
    /// Cells that are not taken of rows that are.
    package let cells: Int
}

/// The import of rosters without pages.
package struct RosterImport: Sendable {
    let service: RosterImportService

    /// Reads and compares a file; with `accept` writes what was found.
    /// - Throws: `DomainError.invalid` with Chinese text for a file that cannot be read.
    package func run(
        path: String, fileName: String, roster: RosterKind? = nil, by actor: AuditActor, scope: DataScope,
        from day: LocalDate? = nil, accept: Bool, progress: ImportProgress = { _, _, _ in }
    ) async throws -> RosterOutcome {
        // A file that is not there is told by opening it.
        let size = (try? FileManager.default.attributesOfItem(atPath: path)[.size] as? Int) ?? 0
        let today = Timestamp.now.day
        let upload = RosterImportService.Upload(
            path: path, name: fileName, size: size, roster: roster,
            day: day ?? SchoolYear(containing: today).firstDay, scope: scope, actor: actor,
            account: actor.id.map { ID<Account>($0) })
        let id = try await service.start(upload)
        // Nobody is there to check the columns.
        try await service.read(id, comparing: true, progress)
        if accept { try await self.accept(batch: id.rawValue, by: actor, progress: progress) }
        return try await outcome(of: id.rawValue)
    }

    /// Accepts the change set of a batch.
    package func accept(
        batch: String, by actor: AuditActor, progress: ImportProgress = { _, _, _ in }
    ) async throws {
        let id = ID<RosterBatch>(batch), crypto = service.crypto
        let isMine = try await service.database.write { db in
            try RosterImportStore(db, crypto).move(id, from: [.compared], to: .accepting)
        }
        guard isMine else { throw DomainError.conflict("这次导入已由他人处理。") }
        guard try await service.accept(id, by: actor, progress) == .accepted else {
            throw DomainError.conflict(RosterImportService.staleMessage)
        }
    }

    /// Takes an accepted import back.
    package func undo(batch: String, by actor: AuditActor) async throws {
        _ = try await service.undo(ID<RosterBatch>(batch), by: actor)
    }

    package func outcome(of id: String) async throws -> RosterOutcome {
        let batch = try await service.find(ID<RosterBatch>(id)), counts = batch.counts
        return RosterOutcome(
            batch: id, state: batch.state.rawValue, new: counts[.new], changed: counts[.changed],
            unchanged: counts[.unchanged], doubtful: counts[.doubtful], refused: counts[.refused], cells: counts.cells)
    }
}
