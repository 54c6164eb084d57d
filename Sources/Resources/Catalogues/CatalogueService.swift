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
        let now = Timestamp.now
        return try await database.write { db in
            let file = try files.record(
                sha256: kept.sha256, size: kept.size, name: upload.name, by: actor.name, now: now, on: db)
            let store = CatalogueStore(db)
            let id = try store.insert(
                year: upload.year, file: file, name: upload.name, isComplete: upload.isComplete, by: actor.name,
                now: now)
            let comparison = CatalogueComparison(reading, known: try store.known(), isComplete: upload.isComplete)
            try store.set(comparison, digest: try CatalogueService.digest(comparison), of: id)
            try AuditLog.record(
                "catalogue.uploaded", id.rawValue, by: actor, "\(upload.name)：\(CatalogueCounts(comparison).words)",
                now: now, on: db)
            return id
        }
    }

    /// Writes the change set that was looked at. Returns false, and shows the new one, when the tree has changed since.
    func accept(_ id: ID<Catalogue>, digest: String, by actor: AuditActor) async throws -> Bool {
        let files = files, now = Timestamp.now
        let path = try await database.read { db in
            let catalogue = try CatalogueStore(db).find(id)
            return files.path(of: try files.find(catalogue.file, on: db).sha256)
        }
        let reading = try await SheetRowFeed.onThread { try CatalogueReading(path: path) }
        return try await database.write { db in
            let store = CatalogueStore(db), catalogue = try CatalogueStore(db).find(id)
            guard catalogue.state == .compared else {
                throw DomainError.conflict("这份目录\(catalogue.state.title)，没有再写入。")
            }
            let known = try store.known()
            let comparison = CatalogueComparison(reading, known: known, isComplete: catalogue.isComplete)
            let present = try CatalogueService.digest(comparison)
            guard present == digest else {
                try store.set(comparison, digest: present, of: id)
                return false
            }
            guard try store.move(id, from: .compared, to: .accepted, by: actor.name, now: now) else {
                throw DomainError.conflict("这份目录刚被处理过，没有再写入。")
            }
            var writing = TreeWriting(store, known: known, now: now)
            let written = try writing.apply(comparison.lines)
            var done = comparison
            done.setNodes(written)
            try store.set(done, digest: present, of: id)
            try store.settleTextbooks(now: now)
            try AuditLog.record(
                "catalogue.accepted", id.rawValue, by: actor, "\(catalogue.fileName)：\(catalogue.counts.words)",
                now: now, on: db)
            return true
        }
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
            _ = try writing.apply(try store.lines(of: id).compactMap { $0.line.reversed })
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

    /// - Returns: the node of each line, in the order of the lines.
    mutating func apply(_ lines: [CatalogueLine]) throws -> [String?] {
        var nodes = lines.map(\.node), added: [[DatabaseValue]] = []
        for isUnit in [true, false] {
            for (index, line) in lines.enumerated() {
                guard let state = line.after, (state.kind == .unit) == isUnit else { continue }
                let textbook = try textbook(state.key)
                if let node = line.node {
                    if isUnit { units[TreeWriting.name(state.key, state.title)] = node }
                    try store.update(node, state, textbook: textbook, parent: parent(of: state), now: now)
                    continue
                }
                let node = Identifiers.next()
                nodes[index] = node
                if isUnit { units[TreeWriting.name(state.key, state.title)] = node }
                added.append([
                    .text(node), .text(textbook), parent(of: state).databaseValue, .text(state.kind.rawValue),
                    state.code.databaseValue, .text(state.title), .integer(Int64(state.position)), .integer(0),
                    now.databaseValue,
                ])
            }
            try store.insertNodes(added)
            added = []
        }
        return nodes
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
