import Database
import Foundation
import Kernel
import Platform

/// The deeds of an import, each one transaction with its audit entry.
struct CatalogueService: Sendable {
    let database: Database
    let files: FileStore

    struct Upload: Sendable {
        let path: String
        let name: String
        /// School year.
        let year: Int
        let isComplete: Bool
    }

    /// Reads and compares; nothing of the tree changes. Throws `DomainError.invalid` for `file`.
    func start(_ upload: Upload, by actor: AuditActor) async throws -> ID<Catalogue> {
        let files = files
        let (kept, reading) = try await SheetRowFeed.onThread {
            let reading = try CatalogueReading(path: upload.path)
            return (try files.keep(fileAt: upload.path), reading)
        }
        guard !reading.rows.isEmpty || !reading.refused.isEmpty else {
            throw DomainError.invalid("file", "表里没有数据行")
        }
        let now = Timestamp.now, id = ID<Catalogue>.new()
        let result = try await compare(reading, of: id, isComplete: upload.isComplete)
        try await database.write { db in
            let file = try files.record(
                sha256: kept.sha256, size: kept.size, name: upload.name, by: actor.name, now: now, on: db)
            let store = CatalogueStore(db)
            try store.insert(
                id, year: upload.year, file: file, name: upload.name, isComplete: upload.isComplete, by: actor.name,
                now: now)
            try store.set(result, of: id)
            try AuditLog.record(
                "catalogue.uploaded", id.rawValue, by: actor, "\(upload.name)：\(result.counts.words)", now: now, on: db)
        }
        return id
    }

    /// Compares with the tree as it is now, beside everybody's work: nothing is written.
    private func compare(_ reading: CatalogueReading, of id: ID<Catalogue>, isComplete: Bool) async throws
        -> CatalogueResult
    {
        try await database.read(snapshot: true, isLong: true) { db in
            let store = CatalogueStore(db)
            var comparison = CatalogueComparison(reading, known: try store.known(), isComplete: isComplete)
            let digest = try CatalogueService.digest(comparison)
            comparison.setNodes()
            return try CatalogueResult(comparison, digest: digest, tree: try store.tree(), of: id)
        }
    }

    /// Writes the change set that was looked at. Returns false, and shows the new one, when the tree has changed since.
    func accept(_ id: ID<Catalogue>, digest: String, by actor: AuditActor) async throws -> Bool {
        let files = files, now = Timestamp.now
        let (catalogue, tree, path) = try await database.read(snapshot: true) { db in
            let store = CatalogueStore(db), catalogue = try store.find(id)
            return (catalogue, try store.tree(), files.path(of: try files.find(catalogue.file, on: db).sha256))
        }
        guard catalogue.state == .compared else { throw CatalogueService.late(catalogue) }
        if catalogue.tree != tree {
            // Somebody was faster: what would change now is what counts.
            let reading = try await SheetRowFeed.onThread { try CatalogueReading(path: path) }
            let result = try await compare(reading, of: id, isComplete: catalogue.isComplete)
            let isSame = try await database.write { db in
                let store = CatalogueStore(db)
                guard try store.find(id).state == .compared else { throw CatalogueService.late(try store.find(id)) }
                try store.set(result, of: id)
                return result.digest == digest
            }
            guard isSame else { return false }
        }
        let (known, lines) = try await database.read(snapshot: true, isLong: true) { db in
            (try CatalogueStore(db).known(), try CatalogueStore(db).lines(of: id).map(\.line))
        }
        return try await database.write { db in
            let store = CatalogueStore(db), catalogue = try store.find(id)
            guard catalogue.state == .compared else { throw CatalogueService.late(catalogue) }
            guard catalogue.digest == digest, try store.tree() == catalogue.tree else { return false }
            guard try store.move(id, from: .compared, to: .accepted, by: actor.name, now: now) else {
                throw DomainError.conflict("这份目录刚被处理过，没有再写入。")
            }
            var writing = TreeWriting(store, known: known, now: now)
            try writing.apply(lines)
            try store.settleTextbooks(now: now)
            try AuditLog.record(
                "catalogue.accepted", id.rawValue, by: actor, "\(catalogue.fileName)：\(catalogue.counts.words)",
                now: now, on: db)
            return true
        }
    }

    private static func late(_ catalogue: Catalogue) -> DomainError {
        .conflict("这份目录\(catalogue.state.title)，没有再写入。")
    }

    func discard(_ id: ID<Catalogue>, by actor: AuditActor) async throws {
        let now = Timestamp.now
        try await database.write { db in
            let store = CatalogueStore(db), catalogue = try store.find(id)
            guard try store.move(id, from: .compared, to: .discarded, by: actor.name, now: now) else {
                throw DomainError.conflict("这份目录\(catalogue.state.title)，不能放弃。")
            }
            try AuditLog.record(
                "catalogue.discarded", id.rawValue, by: actor, catalogue.fileName, now: now, on: db)
        }
    }

    /// Takes back the latest catalogue: what it added is removed, what it changed or removed is as before. Nodes keep
    /// their identity, so resources stay.
    func undo(_ id: ID<Catalogue>, by actor: AuditActor) async throws {
        let now = Timestamp.now
        try await database.write { db in
            let store = CatalogueStore(db), catalogue = try store.find(id)
            guard catalogue.state == .accepted else { throw DomainError.conflict("这份目录\(catalogue.state.title)，不能撤销。") }
            guard try store.latestAccepted()?.id == id else {
                throw DomainError.conflict("后来又接受了别的目录，先撤销后来的那份。")
            }
            guard try store.move(id, from: .accepted, to: .undone, by: actor.name, now: now) else {
                throw DomainError.conflict("这份目录刚被处理过，没有改动。")
            }
            var writing = TreeWriting(store, known: try store.known(), now: now)
            try writing.apply(try store.lines(of: id).compactMap { $0.line.reversed })
            try store.settleTextbooks(now: now)
            try AuditLog.record("catalogue.undone", id.rawValue, by: actor, catalogue.fileName, now: now, on: db)
        }
    }

    private static func digest(_ comparison: CatalogueComparison) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        return Hex.encode(SHA256.hash(Array(try encoder.encode(comparison.lines))))
    }
}

extension CatalogueLine {
    /// What takes the line back; `nil` for a refused row.
    var reversed: CatalogueLine? {
        guard let node, let after else { return nil }
        var old = before ?? after
        if before == nil { old.isRemoved = true }
        return CatalogueLine(
            kind: kind, place: place, title: title, words: words, node: node, before: after, after: old)
    }
}

/// Writes lines into the tree: units first, so that lessons find theirs.
private struct TreeWriting {
    private let store: CatalogueStore
    private let now: Timestamp
    private var textbooks: [String: String] = [:]
    /// By volume and title.
    private var units: [[String]: String] = [:]

    init(_ store: CatalogueStore, known: [KnownNode], now: Timestamp) {
        (self.store, self.now) = (store, now)
        for node in known where node.state.kind == .unit {
            let name = TreeWriting.name(node.state.key, node.state.title)
            if units[name] == nil || !node.state.isRemoved { units[name] = node.id }
        }
    }

    private static func name(_ key: TextbookKey, _ title: String) -> [String] {
        [key.sortKey, NodeState.word(title)]
    }

    mutating func apply(_ lines: [CatalogueLine]) throws {
        for isUnit in [true, false] {
            var added: [[DatabaseValue]] = []
            for line in lines {
                guard let state = line.after, let node = line.node, (state.kind == .unit) == isUnit else { continue }
                let textbook = try textbook(state.key)
                if isUnit { units[TreeWriting.name(state.key, state.title)] = node }
                guard line.before == nil else {
                    try store.update(node, state, textbook: textbook, parent: parent(of: state), now: now)
                    continue
                }
                added.append([
                    .text(node), .text(textbook), parent(of: state).databaseValue, .text(state.kind.rawValue),
                    state.code.databaseValue, .text(state.title), .integer(Int64(state.position)), .integer(0),
                    now.databaseValue,
                ])
            }
            try store.insertNodes(added)
        }
    }

    private func parent(of state: NodeState) -> String? {
        state.unit.isEmpty ? nil : units[TreeWriting.name(state.key, state.unit)]
    }

    private mutating func textbook(_ key: TextbookKey) throws -> String {
        if let known = textbooks[key.sortKey] { return known }
        let id = try store.textbook(key, now: now)
        textbooks[key.sortKey] = id
        return id
    }
}
