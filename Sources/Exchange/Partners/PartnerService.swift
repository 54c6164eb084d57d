import Database
import Directory
import Kernel
import Platform

/// What a person does to partners. Each deed is one transaction with its audit entry.
struct PartnerService: Sendable {
    let database: Database
    let folders: DropFolders
    let now: @Sendable () -> Timestamp

    /// Registers a partner and makes its folders. Throws `DomainError.invalid`.
    func add(_ form: PartnerForm, for user: CurrentUser, by actor: AuditActor) async throws -> Partner {
        let now = now(), scope = user.scope(of: .exchangeFeedManage)
        let settings = try PartnerService.checked(form)
        // A folder without a partner does no harm; a partner without a folder would.
        let folders = folders
        let partner = try await database.write { db in
            guard let organisation = OrganisationID(checking: form.organisation),
                let place = try? OrganisationStore(db).find(organisation, within: scope)
            else { throw DomainError.invalid("organisation", "选择单位") }
            let store = PartnerStore(db), id = PartnerID.new()
            guard try !store.isTaken(code: form.code) else {
                throw DomainError.invalid("code", "这个文件夹名已有伙伴使用")
            }
            try store.insert(
                id, name: form.name, code: form.code, organisation: place.id, settings, by: actor.name, at: now)
            try PartnerService.set(form.rhythms, for: id, store, now)
            try AuditLog.record(
                "exchange.partner_added", id.rawValue, by: actor, at: place.path, PartnerService.words(form, settings),
                now: now, on: db)
            return try store.find(id, within: scope)
        }
        try await SheetRowFeed.onThread { try folders.prepare(partner.code) }
        return partner
    }

    /// Throws `DomainError.conflict` when somebody else has changed the settings since the form was shown.
    func change(_ id: PartnerID, _ form: PartnerForm, for user: CurrentUser, by actor: AuditActor) async throws {
        let now = now(), scope = user.scope(of: .exchangeFeedManage)
        let settings = try PartnerService.checked(form)
        try await database.write { db in
            let store = PartnerStore(db), partner = try store.find(id, within: scope)
            guard try store.change(id, name: form.name, settings, since: form.revision) else {
                throw DomainError.conflict("\(partner.name)的设置刚被他人修改，还没有保存。")
            }
            try PartnerService.set(form.rhythms, for: id, store, now)
            try AuditLog.record(
                "exchange.partner_changed", id.rawValue, by: actor, at: partner.path,
                PartnerService.words(form, settings), now: now, on: db)
        }
    }

    private static func checked(_ form: PartnerForm) throws -> PartnerSettings {
        var problems: [FieldProblem] = []
        do { try PartnerRules.check(name: form.name, code: form.code) } catch DomainError.invalid(let found) {
            problems = found
        }
        do {
            let settings = try form.settings()
            if problems.isEmpty { return settings }
        } catch DomainError.invalid(let found) { problems += found }
        throw DomainError.invalid(problems)
    }

    private static func set(
        _ rhythms: [FeedDataset: DropRhythm], for id: PartnerID, _ store: PartnerStore, _ now: Timestamp
    ) throws {
        for (dataset, rhythm) in rhythms.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
            try store.set(rhythm, of: dataset, for: id, now: now)
        }
    }

    private static func words(_ form: PartnerForm, _ settings: PartnerSettings) -> String {
        let owners = settings.owners.map(\.title).sorted().joined(separator: "、")
        return [
            form.name, "负责\(owners)", settings.acceptsAlone ? "无问题时自动接受" : "人工接受",
            settings.isSensitive ? "含敏感信息" : "不含敏感信息",
        ].joined(separator: "，")
    }

    func setOn(_ isOn: Bool, _ id: PartnerID, for user: CurrentUser, by actor: AuditActor) async throws {
        let now = now(), scope = user.scope(of: .exchangeFeedManage)
        try await database.write { db in
            let store = PartnerStore(db), partner = try store.find(id, within: scope)
            try store.setOn(isOn, id)
            try AuditLog.record(
                isOn ? "exchange.partner_resumed" : "exchange.partner_paused", id.rawValue, by: actor,
                at: partner.path, partner.name, now: now, on: db)
        }
    }

    /// Has a data set written at the next look, within seconds.
    func order(
        _ dataset: FeedDataset, isFull: Bool, _ id: PartnerID, for user: CurrentUser, by actor: AuditActor
    ) async throws {
        let now = now(), scope = user.scope(of: .exchangeFeedManage)
        try await database.write { db in
            let store = PartnerStore(db), partner = try store.find(id, within: scope)
            guard partner.isOn else { throw DomainError.conflict("\(partner.name)已停用，启用后再写出文件。") }
            try store.order(dataset, isFull: isFull, for: id, now: now)
            try AuditLog.record(
                "exchange.file_ordered", id.rawValue, by: actor, at: partner.path,
                "\(partner.name)，\(dataset.title)，\(isFull ? "全部" : "变化")", now: now, on: db)
        }
    }
}
