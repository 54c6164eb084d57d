import Database
import Directory
import Kernel
import Platform

/// What a protocol does when an application is suspended, retired or loses the protocol: tokens and tickets die. Part of
/// the deed's transaction.
package struct ApplicationEnd: Sendable {
    let end: @Sendable (ApplicationID, Timestamp, Connection) throws -> Void
    package init(_ end: @escaping @Sendable (ApplicationID, Timestamp, Connection) throws -> Void) { self.end = end }
}

/// The writes on applications. Each runs inside the caller's transaction and leaves an audit entry. Whether the actor may
/// do it, `ApplicationAdministration` asks; commands and the demo come straight here.
package struct ApplicationService {
    let db: Connection
    let actor: AuditActor
    let now: Timestamp
    let crypto: any CryptoProvider
    let ends: [ApplicationEnd]
    let store: ApplicationRegistryStore

    package init(
        _ db: Connection, by actor: AuditActor, crypto: any CryptoProvider, ends: [ApplicationEnd],
        now: Timestamp = .now
    ) {
        (self.db, self.actor, self.crypto, self.ends, self.now) = (db, actor, crypto, ends, now)
        store = ApplicationRegistryStore(db)
    }

    /// Enters an application. Throws `DomainError.invalid` for `owner` when it may not answer for the level.
    func create(
        _ content: ApplicationContent, owner: Organisation, level: ApplicationLevel, state: ApplicationState
    ) throws -> ApplicationID {
        try checkOwner(owner, level)
        let id = ApplicationID.new(), clientID = Hex.encode(SecureRandom.bytes(10))
        try store.insert(
            id, clientID: clientID, content, owner: owner.id, level: level,
            applicant: (id: actor.id ?? "", name: actor.name), state: state, at: now)
        try record("application.created", id, at: owner.path, "\(content.name)，\(level.title)级，\(owner.name)")
        return id
    }

    /// Enters an active application with its keys, on the operator's word.
    package func register(
        _ content: ApplicationContent, owner: Organisation, level: ApplicationLevel
    ) throws -> (id: ApplicationID, keys: ApplicationKeys) {
        let content = content.canonical, problems = content.problems
        guard problems.isEmpty else { throw DomainError.invalid(problems) }
        let id = try create(content, owner: owner, level: level, state: .active)
        let record = try store.find(id, within: .everything)
        return (id, try issueKeys(record, record.application.secretKinds, "application.keys_issued"))
    }

    func checkOwner(_ owner: Organisation, _ level: ApplicationLevel) throws {
        guard owner.closedOn == nil else { throw DomainError.invalid("owner", "\(owner.name)已经撤并") }
        guard level.owners.contains(owner.kind) else {
            throw DomainError.invalid("level", "\(level.title)级应用不能由\(owner.name)申请，单位类型不符")
        }
    }

    /// Changes what is not in force yet, or what needs no approval.
    func change(
        _ known: ApplicationRecord, to content: ApplicationContent, owner: Organisation, level: ApplicationLevel
    ) throws {
        try checkOwner(owner, level)
        try store.place(known.id, owner: owner.id, level: level)
        try store.write(content, of: known.id, at: now)
        try record("application.changed", known.id, at: owner.path, content.name)
    }

    /// Puts an approved change in force. What was handed out under wider rights dies.
    func enforce(_ content: ApplicationContent, of known: ApplicationRecord) throws {
        let present = try store.content(of: known)
        try store.write(content, of: known.id, at: now)
        let isNarrower =
            !Set(present.protocols).isSubset(of: content.protocols) || !Set(present.scopes).isSubset(of: content.scopes)
            || !Set(present.machineScopes).isSubset(of: content.machineScopes)
        if isNarrower { for end in ends { try end.end(known.id, now, db) } }
    }

    // MARK: Keys

    /// Makes keys of the kinds. Throws `DomainError.conflict` when too many are still good.
    func issueKeys(
        _ known: ApplicationRecord, _ kinds: [ApplicationSecretKind], _ action: String
    ) throws -> ApplicationKeys {
        let secrets = ApplicationSecretStore(db)
        let live = try secrets.live(of: known.id, at: now)
        var keys = ApplicationKeys(clientID: known.application.clientID)
        for kind in kinds {
            guard live.count(where: { $0.kind == kind }) < ApplicationSecretStore.most else {
                throw DomainError.conflict("已有 \(ApplicationSecretStore.most) 个有效的密钥，先停用一个旧的。")
            }
            keys.set(kind, try secrets.add(kind, to: known.id, by: actor.name, crypto, at: now))
        }
        if !kinds.isEmpty {
            let words = kinds.map(\.title).joined(separator: "、")
            try record(action, known.id, at: known.application.ownerPath, "\(known.name)，\(words)")
        }
        return keys
    }

    func revoke(_ secret: ID<ApplicationSecret>, of known: ApplicationRecord) throws {
        guard try ApplicationSecretStore(db).revoke(secret, of: known.id, at: now) else {
            throw DomainError.conflict("这个密钥已经停用")
        }
        try record("application.key_revoked", known.id, at: known.application.ownerPath, known.name)
    }

    // MARK: States

    /// From now on no protocol answers the application any more.
    func suspend(_ known: ApplicationRecord, reason: String) throws {
        guard try store.move(known, from: [.active], to: .suspended, at: now) else {
            throw DomainError.conflict("\(known.name)现在不是“已接入”，没有暂停。")
        }
        for end in ends { try end.end(known.id, now, db) }
        try record("application.suspended", known.id, at: known.application.ownerPath, "\(known.name)，\(reason)")
    }

    func resume(_ known: ApplicationRecord) throws {
        guard try store.move(known, from: [.suspended], to: .active, at: now) else {
            throw DomainError.conflict("\(known.name)没有暂停。")
        }
        try record("application.resumed", known.id, at: known.application.ownerPath, known.name)
    }

    /// For good. Its secrets go, its history stays.
    func retire(_ known: ApplicationRecord) throws {
        let states: [ApplicationState] = [.draft, .refused, .active, .suspended]
        guard try store.move(known, from: states, to: .retired, at: now) else {
            throw DomainError.conflict("\(known.name)现在是“\(known.state.title)”，不能终止。")
        }
        for end in ends { try end.end(known.id, now, db) }
        let secrets = ApplicationSecretStore(db)
        for secret in try secrets.live(of: known.id, at: now) {
            _ = try secrets.revoke(secret.id, of: known.id, at: now)
        }
        if let amendment = try store.amendment(of: known.id) {
            _ = try store.move(amendment, to: "withdrawn", next: nil)
        }
        try record("application.retired", known.id, at: known.application.ownerPath, known.name)
    }

    func record(_ action: String, _ id: ApplicationID, at path: OrganisationPath, _ detail: String) throws {
        try AuditLog.record(action, id.rawValue, by: actor, at: path, detail, now: now, on: db)
    }
}
