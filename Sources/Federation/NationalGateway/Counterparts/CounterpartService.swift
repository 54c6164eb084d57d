import Database
import Kernel
import Platform

/// The writes on counterparts, each with its audit entry. The key is in none of them.
struct CounterpartService: Sendable {
    let database: Database
    let crypto: any CryptoProvider
    let flavours: GatewayFlavours
    let now: @Sendable () -> Timestamp

    /// Throws `DomainError.invalid` with the form's problems.
    func add(_ form: CounterpartForm, by actor: AuditActor) async throws {
        let content = try form.checked(flavours, isNew: true), crypto = crypto, now = now(), key = form.appKey
        try await database.write { db in
            let id = try CounterpartStore(db, crypto).insert(content, key: key, by: actor, at: now)
            try CounterpartService.note("gateway.counterpart_added", id, content, by: actor, at: now, on: db)
        }
    }

    /// Throws `DomainError.invalid`, or `DomainError.conflict` when somebody was faster.
    func change(_ id: ID<Counterpart>, _ form: CounterpartForm, by actor: AuditActor) async throws {
        let content = try form.checked(flavours, isNew: false), crypto = crypto, now = now()
        let key = form.appKey, revision = form.revision
        try await database.write { db in
            let store = CounterpartStore(db, crypto)
            _ = try store.find(id)
            guard try store.update(id, content, revision: revision, by: actor, at: now) else {
                throw DomainError.conflict("\(content.name)刚被他人修改。已显示最新的内容，请核对后再保存。")
            }
            if !key.isEmpty { try store.setKey(key, of: id) }
            try CounterpartService.note(
                key.isEmpty ? "gateway.counterpart_changed" : "gateway.counterpart_key_changed", id, content,
                by: actor, at: now, on: db)
        }
    }

    func setActive(_ isActive: Bool, _ id: ID<Counterpart>, by actor: AuditActor) async throws {
        let crypto = crypto, now = now()
        try await database.write { db in
            let store = CounterpartStore(db, crypto), counterpart = try store.find(id)
            guard try store.setActive(isActive, id, by: actor, at: now) else { return }
            try AuditLog.record(
                isActive ? "gateway.counterpart_resumed" : "gateway.counterpart_suspended", id.rawValue, by: actor,
                counterpart.name, now: now, on: db)
        }
    }

    private static func note(
        _ action: String, _ id: ID<Counterpart>, _ content: CounterpartForm.Content, by actor: AuditActor,
        at now: Timestamp, on db: Connection
    ) throws {
        let switches = [content.linksExactly ? "按证件自动关联" : "", content.reportsUse ? "登记用户" : ""]
        let detail = ([content.name, content.baseURL, content.flavour, content.appID] + switches)
            .filter { !$0.isEmpty }.joined(separator: "，")
        try AuditLog.record(action, id.rawValue, by: actor, detail, now: now, on: db)
    }
}

/// What the audit log's events of the gateway are called on pages.
package enum GatewayAuditWords {
    package static let titles = [
        "gateway.arrival_refused": "从其他平台登录失败", "gateway.linked": "关联其他平台的用户",
        "gateway.unlinked": "解除与其他平台的关联", "gateway.counterpart_added": "新建对接平台",
        "gateway.counterpart_changed": "修改对接平台", "gateway.counterpart_key_changed": "更换对接平台密钥",
        "gateway.counterpart_suspended": "停用对接平台", "gateway.counterpart_resumed": "启用对接平台",
    ]
}
