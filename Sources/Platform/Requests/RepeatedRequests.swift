import Database
import Kernel
import Synchronization

enum RepeatedRequestSchema {
    static let statements = [
        """
        CREATE TABLE platform_repeated_request (
            key TEXT NOT NULL PRIMARY KEY, scope TEXT NOT NULL, location TEXT NOT NULL, flash TEXT NOT NULL,
            created_at INTEGER NOT NULL, is_done INTEGER NOT NULL)
        """,
        "CREATE INDEX platform_repeated_request_created ON platform_repeated_request (created_at)",
    ]

    /// Written with the deed itself. Kept apart from the claims: rows that are only added do not make two deeds collide.
    static let deeds = [
        """
        CREATE TABLE platform_deed (
            key TEXT NOT NULL PRIMARY KEY, attempt TEXT NOT NULL, created_at INTEGER NOT NULL)
        """,
        "CREATE INDEX platform_deed_created ON platform_deed (created_at)",
    ]
}

/// Makes double submits harmless: each form carries a key, and a second request with it gets the first one's answer.
package struct RepeatedRequests: Sendable {
    package enum Claim: Sendable, Equatable {
        case fresh
        /// The first request has not answered yet.
        case inProgress
        case answered(location: String, flash: String)
        /// Done, but its answer was lost with the connection or the process.
        case done
        /// The key belongs to another account or address.
        case foreign
    }

    /// Thrown by the first write of a deed that an earlier attempt with the same key has done.
    package struct DoneBefore: Error {}

    /// Keys whose attempt ended without anybody knowing whether it was done, until their claim lapses anyhow.
    private final class OpenKeys: Sendable {
        let keys = Mutex<[String: Timestamp]>([:])
    }

    let database: Database
    private let open = OpenKeys()
    /// An unanswered claim older than this belongs to a process that died; the deed may be tried again.
    private static let abandoned: Int64 = 120

    package init(_ database: Database) { self.database = database }

    /// - Parameter scope: session and route, so that a key is good for one form only.
    package func claim(_ key: String, scope: String, now: Timestamp = .now) async throws -> Claim {
        let isOpen = open.keys.withLock { $0[key] != nil }
        do {
            let claim = try await database.write { db in
                try RepeatedRequests.claim(key, scope: scope, isOpen: isOpen, now: now, on: db)
            }
            if claim == .fresh { open.keys.withLock { _ = $0.removeValue(forKey: key) } }
            return claim
        } catch DomainError.uncertain {
            // Whether or not the key is claimed now, its deed has not begun.
            leaveOpen(key, now: now)
            throw DomainError.unavailable("数据库暂时连接不上，请稍后再试。")
        }
    }

    /// - Parameter isOpen: whether an unanswered claim is known to have ended.
    private static func claim(
        _ key: String, scope: String, isOpen: Bool, now: Timestamp, on db: Connection
    ) throws -> Claim {
        let known = try db.first(
            "SELECT scope, location, flash, is_done, created_at FROM platform_repeated_request WHERE key = \(key)"
        ) {
            (
                scope: try $0.text(0), location: try $0.text(1), flash: try $0.text(2),
                done: try $0.get(3, as: Bool.self),
                at: try $0.get(4, as: Timestamp.self)
            )
        }
        if let known {
            if known.scope != scope { return .foreign }
            if known.done { return .answered(location: known.location, flash: known.flash) }
            if !isOpen, known.at > now.adding(seconds: -RepeatedRequests.abandoned) { return .inProgress }
            if try db.value("SELECT attempt FROM platform_deed WHERE key = \(key)", as: String.self) != nil {
                return .done
            }
        }
        try db.execute(
            """
            INSERT INTO platform_repeated_request (key, scope, location, flash, created_at, is_done)
            VALUES (\(key), \(scope), '', '', \(now), 0)
            ON CONFLICT (key) DO UPDATE SET created_at = excluded.created_at
            """)
        return .fresh
    }

    /// Does the deed of a fresh claim. Its first transaction also writes that it was done, so that an attempt whose end
    /// nobody saw is recognised, even one that the database is still making final.
    /// - Throws: `DoneBefore` when an earlier attempt has done it, and what the deed throws.
    package func perform<T: Sendable>(
        _ key: String, now: Timestamp = .now, _ deed: () async throws -> T
    ) async throws -> T {
        let attempt = Identifiers.next()
        let mark = FirstWrite { db in
            let isFirst = try db.change(
                """
                INSERT INTO platform_deed (key, attempt, created_at) VALUES (\(key), \(attempt), \(now))
                ON CONFLICT (key) DO NOTHING
                """)
            guard isFirst == 0 else { return }
            let done = try db.value("SELECT attempt FROM platform_deed WHERE key = \(key)", as: String.self)
            if done != attempt { throw DoneBefore() }
        }
        return try await FirstWrite.$current.withValue(mark) { try await deed() }
    }

    package func answer(_ key: String, location: String, flash: String) async throws {
        try await database.write { db in
            try db.execute(
                """
                UPDATE platform_repeated_request SET location = \(location), flash = \(flash), is_done = 1 WHERE key = \(key)
                """)
        }
    }

    /// The request failed without effect; the corrected form may be sent with the same key.
    package func release(_ key: String) async throws {
        try await database.write { db in
            try db.execute("DELETE FROM platform_repeated_request WHERE key = \(key) AND is_done = 0")
            try db.execute("DELETE FROM platform_deed WHERE key = \(key)")
        }
    }

    /// Nobody knows whether the attempt did its deed; the next claim of the key need not wait for it.
    package func leaveOpen(_ key: String, now: Timestamp = .now) {
        open.keys.withLock { keys in
            keys = keys.filter { $0.value > now.adding(seconds: -RepeatedRequests.abandoned) }
            keys[key] = now
        }
    }

    package func forgetOld(now: Timestamp = .now) async throws {
        try await database.write { db in
            try db.execute("DELETE FROM platform_repeated_request WHERE created_at < \(now.adding(days: -2))")
            try db.execute("DELETE FROM platform_deed WHERE created_at < \(now.adding(days: -2))")
        }
    }
}
