import Database
import Directory
import Kernel
import Platform

/// The writes on templates; each inside the caller's transaction with an audit entry.
struct TemplateService {
    let db: Connection
    let actor: AuditActor
    let now: Timestamp
    let scope: DataScope
    private let store: TemplateStore

    init(_ db: Connection, by actor: AuditActor, within scope: DataScope, now: Timestamp = .now) {
        (self.db, self.actor, self.scope, self.now, store) = (db, actor, scope, now, TemplateStore(db))
    }

    /// Takes in a new version as a draft, for the highest place of the scope.
    func load(_ content: ExportTemplate, from day: LocalDate, fileName: String) throws -> ID<StoredTemplate> {
        let place = OrganisationPath.common(of: scope.roots)
        guard scope.contains(place) else { throw DomainError.notFound }
        let id = try store.insert(content, at: place, from: day, fileName: fileName, by: actor.name, now: now)
        try record("template.loaded", id, place, content.name)
        return id
    }

    /// Throws `DomainError.conflict` when it is in use already.
    func change(_ id: ID<StoredTemplate>, columns: [ExportTemplate.Column]) throws {
        var template = try store.find(id, within: scope)
        var content = template.content
        content.columns = columns
        try content.check()
        guard try store.setContent(id, content) else { throw DomainError.conflict("这个版本已经启用，上传新版本来修改。") }
        template = try store.find(id, within: scope)
        try record("template.changed", id, template.path, content.name)
    }

    func activate(_ id: ID<StoredTemplate>) throws {
        try move(id, to: .active, from: [.draft, .withdrawn], "template.activated", "这个版本已经启用")
    }

    /// The version before is used again, or the shipped one.
    func withdraw(_ id: ID<StoredTemplate>) throws {
        try move(id, to: .withdrawn, from: [.draft, .active], "template.withdrawn", "这个版本已经停用")
    }

    private func move(
        _ id: ID<StoredTemplate>, to state: StoredTemplate.State, from old: [StoredTemplate.State], _ action: String,
        _ problem: String
    ) throws {
        let template = try store.find(id, within: scope)
        guard try store.setState(id, state, from: old) else { throw DomainError.conflict(problem) }
        try record(action, id, template.path, "\(template.content.name)，第 \(template.version) 版")
    }

    private func record(
        _ action: String, _ id: ID<StoredTemplate>, _ path: OrganisationPath, _ detail: String
    ) throws {
        try AuditLog.record(action, id.rawValue, by: actor, at: path, detail, now: now, on: db)
    }
}
