import Database
import Kernel
import Platform

/// The deeds on the city's catalogue of free public resources, each one transaction with its audit entry.
struct FreeLinkService {
    let db: Connection
    let actor: AuditActor
    let now: Timestamp
    private let store: ExternalStore

    init(_ db: Connection, by actor: AuditActor, now: Timestamp) {
        (self.db, self.actor, self.now, store) = (db, actor, now, ExternalStore(db))
    }

    /// Throws `DomainError.invalid`.
    func add(_ asked: FreeLink) throws -> ID<ExternalEntry> {
        let nodes = try check(asked, besides: nil), link = asked.taken
        let id = try keep(link, as: nil, nodes)
        try record("external.added", id, link.content.title)
        return id
    }

    /// Throws `DomainError.invalid`, and `.conflict` when somebody was faster.
    func change(_ id: ID<ExternalEntry>, at revision: Int, _ asked: FreeLink) throws {
        let known = try store.own(id), nodes = try check(asked, besides: id), link = asked.taken
        guard known.revision == revision else {
            throw DomainError.conflict("“\(known.content.title)”刚被\(known.changedBy)修改。请核对后再保存。")
        }
        _ = try keep(link, as: id, nodes)
        try record("external.changed", id, link.content.title)
    }

    func remove(_ id: ID<ExternalEntry>) throws {
        let known = try store.own(id)
        try store.setNodes([], of: id)
        try store.remove([id], by: actor.name, now: now)
        try record("external.removed", id, known.content.title)
    }

    /// What was removed comes back under its old key.
    private func keep(
        _ link: FreeLink, as id: ID<ExternalEntry>?, _ nodes: [ID<TextbookNode>]
    ) throws -> ID<ExternalEntry> {
        let identifier = link.content.link
        let removed = try store.known([identifier], of: nil)[identifier]
        let kept: ID<ExternalEntry>
        if let id {
            // Its address may be the one of an entry that was removed before.
            if let removed, removed.isRemoved, removed.id != id { try forget(removed.id) }
            kept = id
        } else if let removed {
            kept = removed.id
        } else {
            let made = try store.insert(
                link.content, identifier: identifier, of: nil, for: link.audience, by: actor.name, now: now)
            try store.setNodes(nodes, of: made)
            return made
        }
        try store.set(link.content, identifier: identifier, of: kept, for: link.audience, by: actor.name, now: now)
        try store.setNodes(nodes, of: kept)
        return kept
    }

    private func forget(_ id: ID<ExternalEntry>) throws {
        try store.setNodes([], of: id)
        try db.execute("DELETE FROM resources_external_term WHERE entry_id = \(id)")
        try db.execute("DELETE FROM resources_external WHERE id = \(id) AND is_removed = 1")
    }

    private func check(_ asked: FreeLink, besides id: ID<ExternalEntry>?) throws -> [ID<TextbookNode>] {
        var problems = asked.problems
        if let other = try store.own(link: asked.taken.content.link), other.id != id {
            problems.append(FieldProblem(field: "link", message: "这个网址已收录为“\(other.content.title)”"))
        }
        let (nodes, unknown) = try FreeLinkService.nodes(asked.nodes, db)
        if !unknown.isEmpty {
            problems.append(
                FieldProblem(field: "nodes", message: "教材目录里没有这些节点代码：\(unknown.joined(separator: "、"))"))
        }
        if !problems.isEmpty { throw DomainError.invalid(problems) }
        return nodes
    }

    /// The lessons and units of the codes, and the codes that there are not.
    static func nodes(_ codes: [String], _ db: Connection) throws -> (found: [ID<TextbookNode>], unknown: [String]) {
        let tree = TextbookStore(db)
        var found: [ID<TextbookNode>] = [], unknown: [String] = []
        for code in codes {
            if let node = try tree.node(code: code) { found.append(node.id) } else { unknown.append(code) }
        }
        return (found, unknown)
    }

    /// Takes in a slice of what a workbook has that is not there yet. It stays open until the last, so that it can be gone on
    /// with after the process died; what is in already is compared as unchanged then. Throws `DomainError.conflict` when it was
    /// taken or given up before.
    func accept(_ batch: LinkSheet, _ part: LinkSheetPlan, isLast: Bool) throws {
        let sheets = LinkSheetStore(db)
        let isOpen =
            try isLast
            ? sheets.end(batch.id, .accepted, by: actor.name, now: now) : sheets.find(batch.id).state == .open
        guard isOpen else { throw DomainError.conflict("这份表刚被处理过，没有再写入。") }
        for line in part.lines {
            guard let link = line.link else { continue }
            let nodes = try FreeLinkService.nodes(link.nodes, db).found
            let known = try store.own(link: link.content.link)
            _ = try keep(link, as: known?.id, nodes)
        }
        try AuditLog.record(
            "external.imported", batch.id.rawValue, by: actor, "\(batch.name)：\(part.words)", now: now, on: db)
    }

    private func record(_ action: String, _ id: ID<ExternalEntry>, _ detail: String) throws {
        try AuditLog.record(action, id.rawValue, by: actor, detail, now: now, on: db)
    }
}
