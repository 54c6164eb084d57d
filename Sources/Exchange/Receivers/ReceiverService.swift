import Database
import Directory
import Kernel
import Platform

/// What a person does to receivers. Each deed is one transaction with its audit entry.
struct ReceiverService: Sendable {
    let database: Database
    let crypto: any CryptoProvider
    let now: @Sendable () -> Timestamp

    /// Registers a receiver and begins to tell it everybody. Throws `DomainError.invalid`.
    func add(_ form: ReceiverForm, for user: CurrentUser, by actor: AuditActor) async throws -> Receiver {
        let now = now(), crypto = crypto, scope = user.scope(of: .exchangeFeedManage)
        try ReceiverRules.check(name: form.name, baseURL: form.baseURL, token: form.token)
        return try await database.write { db in
            guard let organisation = OrganisationID(checking: form.organisation),
                let place = try? OrganisationStore(db).find(organisation, within: scope)
            else { throw DomainError.invalid("organisation", "选择单位") }
            let store = ReceiverStore(db, crypto), id = ReceiverID.new()
            try store.insert(
                id, name: form.name, baseURL: form.baseURL, token: form.token, organisation: place.id, by: actor.name,
                at: now)
            try AuditLog.record(
                "exchange.receiver_added", id.rawValue, by: actor, at: place.path, "\(form.name)，\(form.baseURL)",
                now: now, on: db)
            try Provisioning.order(db, now: now)
            return try store.find(id, within: scope)
        }
    }

    func setOn(_ isOn: Bool, _ id: ReceiverID, for user: CurrentUser, by actor: AuditActor) async throws {
        let now = now(), crypto = crypto, scope = user.scope(of: .exchangeFeedManage)
        try await database.write { db in
            let store = ReceiverStore(db, crypto), receiver = try store.find(id, within: scope)
            try store.setOn(isOn, id)
            try AuditLog.record(
                isOn ? "exchange.receiver_resumed" : "exchange.receiver_paused", id.rawValue, by: actor,
                at: receiver.path, receiver.name, now: now, on: db)
            if isOn { try Provisioning.order(db, now: now) }
        }
    }

    /// Begins a comparison; returns its job.
    func compare(_ id: ReceiverID, for user: CurrentUser) async throws -> ID<Job> {
        let now = now(), crypto = crypto, scope = user.scope(of: .exchangeFeedManage)
        return try await database.write { db in
            let receiver = try ReceiverStore(db, crypto).find(id, within: scope)
            return try JobStore(db).add(
                kind: ReceiverComparison.kind, title: "比对\(receiver.name)", payload: id.rawValue,
                result: ExchangePages.path(id), by: user, at: receiver.path, due: now, now: now)
        }
    }
}
