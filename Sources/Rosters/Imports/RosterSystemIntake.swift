import Database
import Directory
import Foundation
import Kernel
import Platform

/// Rosters that other systems send: the steps of the import, without anybody who checks the columns.
struct RosterSystemIntake: RosterIntake {
    let service: RosterImportService

    private func store(_ db: Connection) -> RosterImportStore { RosterImportStore(db, service.crypto) }

    func compare(_ file: IntakeFile) async throws -> IntakeOutcome {
        let id = ID<RosterBatch>(file.batch)
        let isKnown = try await service.database.read { db in
            try db.value("SELECT COUNT(*) FROM rosters_import WHERE id = \(id)", as: Int.self) == 1
        }
        if !isKnown {
            // A file that is not there is told by opening it.
            let size = (try? FileManager.default.attributesOfItem(atPath: file.path)[.size] as? Int) ?? 0
            let today = Timestamp.now.day
            _ = try await service.start(
                RosterImportService.Upload(
                    path: file.path, name: file.name, size: size, roster: file.roster == .staff ? .staff : .pupils,
                    day: min(max(file.day, today.adding(days: -366)), today), scope: file.scope, actor: file.actor,
                    account: nil, id: id, origin: RosterOrigin(page: file.page, owners: file.owners)))
        }
        let batch = try await service.find(id)
        switch batch.state {
        case .failed: throw DomainError.invalid("file", batch.message)
        case .reading, .mapped: try await service.read(id, comparing: true) { _, _, _ in }
        case .compared, .accepting, .accepted, .undone, .discarded: break
        }
        return IntakeOutcome(try await service.find(id))
    }

    func compareAgain(_ batch: String) async throws -> IntakeOutcome {
        let id = ID<RosterBatch>(batch)
        try await service.compare(id) { _, _, _ in }
        return IntakeOutcome(try await service.find(id))
    }

    func accept(
        _ batches: [String], agreed digest: String, by actor: AuditActor, now: Timestamp, on db: Connection
    ) throws -> Bool {
        let store = store(db), all = try batches.map { try store.find(ID($0)) }
        // All of them first: writing one changes what the others were compared with.
        for batch in all {
            // A stop of the server came while it was computed anew.
            if batch.state == .reading { return false }
            guard batch.state == .compared else { throw DomainError.conflict("这份名册已由他人处理。") }
            guard try store.revision(of: batch.scope) == batch.baseRevision else { return false }
        }
        guard all.map(\.digest).joined() == digest else { return false }
        for batch in all {
            guard try store.move(batch.id, from: [.compared], to: .accepting) else {
                throw DomainError.conflict("这份名册已由他人处理。")
            }
            try RosterAcceptance(
                db, service.crypto, batch, by: actor, now: now, telling: service.listeners
            ).apply()
        }
        return true
    }

    func undo(_ batches: [String], by actor: AuditActor, now: Timestamp, on db: Connection) throws {
        for id in batches.reversed() { try service.undo(ID(id), by: actor, now: now, on: db) }
    }

    func discard(_ batches: [String], by actor: AuditActor, now: Timestamp, on db: Connection) throws {
        for id in batches {
            // Its reading may have stopped before it was on record.
            do { try service.discard(ID(id), by: actor, now: now, on: db) } catch DomainError.notFound {}
        }
        try release(batches, on: db)
    }

    func release(_ batches: [String], on db: Connection) throws {
        let store = store(db)
        for id in batches { try store.release(ID(id)) }
    }

    func end(_ batches: [String], on db: Connection) throws { try RosterRetentionStore(db: db).end(batches) }

    func naming(_ people: Set<ID<Person>>, among batches: [String], on db: Connection) throws -> Set<String> {
        try RosterRetentionStore(db: db).naming(people, among: batches)
    }

    func people(of batch: String, on db: Connection) throws -> [Int: ID<Person>] {
        var found: [Int: ID<Person>] = [:]
        try db.each(
            """
            SELECT row_number, person_id FROM rosters_import_row
            WHERE batch_id = \(batch) AND kind IN ('new', 'changed', 'unchanged') AND person_id IS NOT NULL
            """
        ) { found[try $0.get(0)] = try $0.get(1) }
        return found
    }

    func problems(of batch: String, limit: Int, on db: Connection) throws -> [String] {
        let store = store(db), id = ID<RosterBatch>(batch)
        let doubtful = try store.lines(of: id, kind: .doubtful, limit: limit).filter { $0.content.problems.isEmpty }
        let lines = (try store.faulty(of: id, limit: limit) + doubtful).sorted { $0.number < $1.number }
        return lines.prefix(limit).flatMap { line in
            let reasons = line.content.problems.isEmpty ? line.content.notes : line.content.problems
            return reasons.map { reason in
                let column = reason.column.map { "，\(ColumnLetters.letters($0)) 列" } ?? ""
                return "\(RosterLine.place(sheet: line.sheet, row: line.row))\(column)：\(reason.message)"
            }
        }
    }

    func page(of batch: String) -> String { RosterImportPages.path(ID(batch)) }
}

extension IntakeOutcome {
    init(_ batch: RosterBatch) {
        self.init()
        let counts = batch.counts
        (new, changed, unchanged) = (counts[.new], counts[.changed], counts[.unchanged])
        (doubtful, refused, cells, digest) = (counts[.doubtful], counts[.refused], counts.cells, batch.digest)
    }
}
