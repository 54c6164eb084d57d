import Database
import Kernel
import Platform
import Web

/// Sessions: whom a token belongs to, and how tokens come and go.
package struct SessionService: Sendable {
    let database: Database
    package let limits: SessionLimits
    let now: @Sendable () -> Timestamp
    /// See `SignInService.admitsDemoAccounts`.
    let admitsDemoAccounts: Bool
    /// Runs work that no answer waits for.
    let inBackground: @Sendable (@escaping @Sendable () async -> Void) -> Void

    /// Seconds between two notes that a session is in use.
    static let noteInterval: Int64 = 60
    /// Days that a token of a program may live at most.
    package static let longestToken = 366

    package init(
        database: Database, limits: SessionLimits, now: @escaping @Sendable () -> Timestamp,
        admitsDemoAccounts: Bool = false,
        inBackground: @escaping @Sendable (@escaping @Sendable () async -> Void) -> Void = { work in
            Task { await work() }
        }
    ) {
        (self.database, self.limits, self.now, self.inBackground) = (database, limits, now, inBackground)
        self.admitsDemoAccounts = admitsDemoAccounts
    }

    /// The session behind a token from the cookie or from `Authorization: Bearer`, with the rights of today; `nil` when
    /// there is none (any more).
    package func authenticate(_ token: String) async throws -> SessionInfo? {
        guard let hash = SessionToken.hash(token) else { return nil }
        let now = now()
        let admitsDemo = admitsDemoAccounts
        let found = try await database.read { try SessionStore($0).find(hash, on: now.day, admittingDemo: admitsDemo) }
        guard let session = found, session.isValid(at: now, limits) else { return nil }
        let limit = now.adding(seconds: -SessionService.noteInterval)
        if session.lastSeenAt <= limit {
            let database = database
            inBackground {
                // A note that is lost shortens the session by a minute; the next request writes it again.
                try? await database.write { try SessionStore($0).touch(hash, at: now, ifBefore: limit) }
            }
        }
        return session.info(at: now, isDemo: admitsDemoAccounts)
    }

    /// Starts a browser session inside the caller's transaction and returns its token. Older sessions go when there
    /// are more than the limits allow.
    /// - Parameter lineage: that of the session whose place it takes; `nil` begins a new one.
    func start(
        for account: ID<Account>, roles: [Role], by method: SignInMethod, lineage: String? = nil,
        confirmedAt: Timestamp? = nil,
        browser: String, address: String, displacesOthers: Bool = true, at now: Timestamp, on db: Connection
    ) throws -> String {
        let token = SessionToken.random()
        guard let hash = SessionToken.hash(token) else { preconditionFailure("a new token has the shape of one") }
        let store = SessionStore(db)
        try store.insert(
            hash, .browser, of: account, csrfToken: SessionToken.random(), lineage: lineage ?? Identifiers.next(),
            method: method, label: browser, address: address, at: now, until: now.adding(seconds: limits.absolute))
        if let confirmedAt { try store.setConfirmed(hash, at: confirmedAt) }
        if displacesOthers, let count = limits.sessions(for: roles) {
            try store.deleteOldest(of: account, keeping: count)
        }
        return token
    }

    /// Whether a person's time in one browser still lasts. Asked in the transaction that acts upon it: a sign-out at the
    /// same moment makes one of the two run again.
    package func isOpen(lineage: String, at now: Timestamp, on db: Connection) throws -> Bool {
        try SessionStore(db).isOpen(lineage: lineage, at: now, idleSince: now.adding(seconds: -limits.idle))
    }

    /// Ends one session or token of an account; nothing happens when it has ended.
    package func end(_ session: String, of account: ID<Account>, action: String, by actor: AuditActor) async throws {
        guard let hash = Hex.decode(session) else { return }
        let now = now()
        try await database.write { db in
            guard try SessionStore(db).delete(hash, of: account) else { return }
            let place = try AccountStore(db).find(account, within: .everything, at: now).place(on: now.day)
            try AuditLog.record(action, account.rawValue, by: actor, at: place, now: now, on: db)
        }
    }

    /// A token with the rights of the account for programs, good for so many days. Shown once: the database keeps its
    /// hash only. Throws `DomainError.invalid` for the fields `name` and `days`.
    package func issueToken(
        for account: ID<Account>, name: String, days: Int, by actor: AuditActor
    ) async throws -> String {
        guard (1...40).contains(name.count) else { throw DomainError.invalid("name", "名称应为 1 到 40 个字") }
        guard (1...SessionService.longestToken).contains(days) else {
            throw DomainError.invalid("days", "有效天数应在 1 到 \(SessionService.longestToken) 之间")
        }
        let token = SessionToken.random()
        guard let hash = SessionToken.hash(token) else { preconditionFailure("a new token has the shape of one") }
        let now = now()
        try await database.write { db in
            let place = try AccountStore(db).find(account, within: .everything, at: now).place(on: now.day)
            try SessionStore(db).insert(
                hash, .token, of: account, csrfToken: SessionToken.random(), label: name, address: actor.address,
                at: now,
                until: now.adding(days: Int64(days)))
            try AuditLog.record(
                "account.token_issued", account.rawValue, by: actor, at: place, "\(name)，\(days) 天", now: now, on: db)
        }
        return token
    }
}
