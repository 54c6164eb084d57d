import Database
import Kernel

enum RepeatedRequestSchema {
    static let statements = [
        """
        CREATE TABLE platform_repeated_request (
            key TEXT NOT NULL PRIMARY KEY, scope TEXT NOT NULL, location TEXT NOT NULL, flash TEXT NOT NULL,
            created_at INTEGER NOT NULL, is_done INTEGER NOT NULL)
        """,
        "CREATE INDEX platform_repeated_request_created ON platform_repeated_request (created_at)",
    ]
}

/// Makes double submits harmless: each form carries a key, and a second request with it gets the first one's answer.
package struct RepeatedRequests: Sendable {
    package enum Claim: Sendable, Equatable {
        case fresh
        /// The first request has not answered yet.
        case inProgress
        case answered(location: String, flash: String)
        /// The key belongs to another account or address.
        case foreign
    }

    let database: Database
    /// An unanswered claim older than this belongs to a process that died; the deed may be tried again.
    private static let abandoned: Int64 = 120

    package init(_ database: Database) { self.database = database }

    /// - Parameter scope: session and route, so that a key is good for one form only.
    package func claim(_ key: String, scope: String, now: Timestamp = .now) async throws -> Claim {
        try await database.write { db in
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
                if known.at > now.adding(seconds: -RepeatedRequests.abandoned) { return .inProgress }
            }
            try db.execute(
                """
                INSERT INTO platform_repeated_request (key, scope, location, flash, created_at, is_done)
                VALUES (\(key), \(scope), '', '', \(now), 0)
                ON CONFLICT (key) DO UPDATE SET created_at = excluded.created_at
                """)
            return .fresh
        }
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
        }
    }

    package func forgetOld(now: Timestamp = .now) async throws {
        try await database.write { db in
            try db.execute("DELETE FROM platform_repeated_request WHERE created_at < \(now.adding(days: -2))")
        }
    }
}
