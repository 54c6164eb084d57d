import Database
import Foundation
import Kernel
import Platform

/// A row that was not taken, with every reason.
package struct RefusedRow: Encodable, Sendable, Equatable {
    /// As the sender named it, spaces included.
    package let sheet: String
    /// As Excel numbers it.
    package let row: Int
    package let code: String?
    package let name: String
    package let reasons: [String]
}

/// What an import found and did, for commands and scripts.
package struct ImportOutcome: Encodable, Sendable, Equatable {
    /// Key of the batch, for its page and for undoing.
    package let batch: String
    package let file: String
    /// `compared`, or `accepted` when it was written.
    package let state: String
    package let new: Int
    package let changed: Int
    package let unchanged: Int
    package let refused: Int
    package let refusedRows: [RefusedRow]

    enum CodingKeys: String, CodingKey {
        case batch, file, state, new, changed, unchanged, refused
        case refusedRows = "refused_rows"
    }
}

/// The import of the facility register without pages: for the command line, demo data and tests.
package struct FacilityImport: Sendable {
    private let service: ImportService
    var database: Database { service.database }

    package init(database: Database, files: FileStore) { service = ImportService(database: database, files: files) }

    /// Reads and compares a file; with `accept` writes what was found.
    /// - Parameters:
    ///   - fileName: the sender's name of the file; may tell the county.
    ///   - scope: rows outside are refused.
    ///   - statisticsOn: for sheets that name no date; today when `nil`.
    /// - Throws: `DomainError.invalid` with Chinese text for a file that cannot be read.
    package func run(
        path: String, fileName: String, by actor: AuditActor, scope: DataScope = .everything,
        statisticsOn: LocalDate? = nil, accept: Bool, progress: ImportProgress = { _, _, _ in }
    ) async throws -> ImportOutcome {
        // A file that is not there is told by opening it.
        let size = (try? FileManager.default.attributesOfItem(atPath: path)[.size] as? Int) ?? 0
        let upload = ImportService.Upload(
            path: path, name: fileName, size: size, day: statisticsOn ?? Timestamp.now.day, scope: scope, actor: actor,
            account: actor.id.map { ID<Account>($0) })
        let id = try await service.start(upload)
        // Nobody is there to check the columns: a large file goes on as recognised.
        try await service.read(id, comparing: false, progress)
        if try await service.find(id).state == .mapped { try await service.compare(id, progress) }
        if accept { try await self.accept(id, by: actor, progress) }
        return try await outcome(of: id)
    }

    /// Accepts the change set of a batch. Whoever asked for writing without looking also takes a change set that was
    /// computed anew.
    private func accept(_ id: ID<ImportBatch>, by actor: AuditActor, _ progress: ImportProgress) async throws {
        for _ in 0..<3 {
            let isMine = try await service.database.write { db in
                try ImportStore(db).move(id, from: [.compared], to: .accepting)
            }
            guard isMine else { throw DomainError.conflict("这次导入已由他人处理。") }
            if try await service.accept(id, by: actor, progress) == .accepted { return }
        }
        throw DomainError.conflict(ImportService.staleMessage)
    }

    /// Takes an accepted import back.
    package func undo(batch: String, by actor: AuditActor) async throws {
        try await service.undo(ID<ImportBatch>(batch), by: actor)
    }

    private func outcome(of id: ID<ImportBatch>) async throws -> ImportOutcome {
        try await service.database.read { db in
            let store = ImportStore(db)
            let batch = try store.find(id)
            let refused = try store.lines(of: id, kinds: [.refused], limit: Int(Int32.max))
            return ImportOutcome(
                batch: id.rawValue, file: batch.fileName, state: batch.state.rawValue, new: batch.counts.new,
                changed: batch.counts.changed, unchanged: batch.counts.unchanged, refused: batch.counts.refused,
                refusedRows: refused.map { line in
                    RefusedRow(
                        sheet: line.sheet, row: line.row, code: line.code, name: line.name,
                        reasons: line.problems.map(\.message))
                })
        }
    }
}
