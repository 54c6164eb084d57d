import Database
import Kernel
import Platform
import Synchronization

/// The keys that sign for the provider: kept sealed in the database, opened once in each process.
package final class SigningKeys: Sendable {
    /// A key that can be used.
    struct Opened: Sendable {
        let id: String
        let key: RSAKey
    }

    /// Seconds for which others may keep the published list.
    static let cacheSeconds: Int64 = 600
    /// Seconds between the publication of a key and its first signature.
    static let lead: Int64 = 3600
    /// Seconds for which a key stays published after its last signature; longer than any ID token lives.
    static let keep: Int64 = 3600
    /// Days after which a key is replaced by itself.
    static let longestUse: Int64 = 90
    /// Days after its withdrawal for which a key still proves that a hint at sign-out was once ours.
    static let memory: Int64 = 90

    private let database: Database
    private let crypto: any CryptoProvider
    private let now: @Sendable () -> Timestamp
    private let opened = Mutex<[String: RSAKey]>([:])

    init(database: Database, crypto: any CryptoProvider, now: @escaping @Sendable () -> Timestamp) {
        (self.database, self.crypto, self.now) = (database, crypto, now)
    }

    /// The one that signs now. The first of an installation is made when it is first asked for.
    func current() async throws -> Opened {
        let keys = try await database.read { try SigningKeyStore($0).all() }
        if let key = SigningKey.current(among: keys, at: now()) { return try open(key) }
        _ = try await add(signsFrom: now()) { store, insert in
            // Another process may have been faster.
            if SigningKey.current(among: try store.all(), at: self.now()) == nil { try insert() }
        }
        let made = try await database.read { try SigningKeyStore($0).all() }
        guard let key = SigningKey.current(among: made, at: now()) else { throw CryptoError.notAuthentic }
        return try open(key)
    }

    /// Those that clients should know: the present one, the next one, those whose tokens are still about.
    func published() async throws -> [Opened] {
        _ = try await current()
        let now = now()
        return try await database.read { try SigningKeyStore($0).all() }.filter { $0.isPublished(at: now) }.map(open)
    }

    /// Any key that was ever ours and is not compromised, also one withdrawn some time ago.
    func find(_ id: String) async throws -> RSAKey? {
        try await database.read { try SigningKeyStore($0).all() }.first { $0.id == id }.map { try open($0).key }
    }

    /// Publishes a new key that takes over after `lead` seconds. Throws `DomainError.conflict` while another one waits.
    /// - Returns: the new key's `kid`, and when it begins to sign.
    @discardableResult
    package func rotate(lead: Int64 = SigningKeys.lead, by actor: AuditActor) async throws -> (
        id: String, signsFrom: Timestamp
    ) {
        _ = try await current()
        let now = now(), start = now.adding(seconds: lead)
        let id = try await add(signsFrom: start) { store, insert in
            guard try store.all().allSatisfy({ $0.signsFrom <= now }) else {
                throw DomainError.conflict("已有一个签名密钥等待启用，启用后才能再次更换。")
            }
            try store.withdrawAll(at: start.adding(seconds: SigningKeys.keep))
            try insert()
            try AuditLog.record(
                "application.signing_keys_rotated", "", by: actor, "\(start.text) 启用", now: now, on: store.db)
        }
        return (id, start)
    }

    /// Replaces all keys at once because one may be known to others. Tokens signed so far are refused from now on.
    /// - Returns: the new key's `kid`.
    @discardableResult
    package func replaceCompromised(by actor: AuditActor) async throws -> String {
        let now = now()
        let id = try await add(signsFrom: now) { store, insert in
            try store.deleteAll()
            try insert()
            try AuditLog.record("application.signing_keys_replaced", "", by: actor, now: now, on: store.db)
        }
        return id
    }

    /// Forgets keys withdrawn long ago and replaces one that has served long enough.
    func tend() async throws {
        let now = now()
        try await database.write {
            try SigningKeyStore($0).delete(withdrawnBefore: now.adding(days: -SigningKeys.memory))
        }
        let keys = try await database.read { try SigningKeyStore($0).all() }
        guard let key = SigningKey.current(among: keys, at: now),
            key.signsFrom <= now.adding(days: -SigningKeys.longestUse), keys.allSatisfy({ $0.signsFrom <= now })
        else { return }
        try await rotate(by: .system)
    }

    private func add(
        signsFrom start: Timestamp,
        _ body: @escaping @Sendable (_ store: SigningKeyStore, _ insert: () throws -> Void) throws -> Void
    ) async throws -> String {
        let id = Identifiers.next(), now = now()
        let sealed = try crypto.seal(RSAKey.generate().privateBytes, context: SigningKey.context(id))
        try await database.write { db in
            let store = SigningKeyStore(db)
            try body(store) { try store.insert(id, sealed: sealed, signsFrom: start, at: now) }
        }
        return id
    }

    private func open(_ key: SigningKey) throws -> Opened {
        if let known = opened.withLock({ $0[key.id] }) { return Opened(id: key.id, key: known) }
        let made = try RSAKey(privateBytes: crypto.open(key.sealed, context: SigningKey.context(key.id)))
        opened.withLock { $0[key.id] = made }
        return Opened(id: key.id, key: made)
    }
}
