import Database
import Kernel

enum AuditSchema {
    static let statements = [
        """
        CREATE TABLE platform_audit_entry (
            id TEXT NOT NULL PRIMARY KEY, at INTEGER NOT NULL, actor_id TEXT, actor_name TEXT NOT NULL,
            address TEXT NOT NULL, action TEXT NOT NULL, subject TEXT NOT NULL, organisation_path TEXT NOT NULL,
            detail TEXT NOT NULL, succeeded INTEGER NOT NULL)
        """,
        "CREATE INDEX platform_audit_entry_at ON platform_audit_entry (at, id)",
        "CREATE INDEX platform_audit_entry_subject ON platform_audit_entry (subject, id)",
        """
        CREATE TABLE platform_audit_link (
            sequence INTEGER NOT NULL PRIMARY KEY, entry_id TEXT NOT NULL UNIQUE REFERENCES platform_audit_entry (id),
            hash BLOB NOT NULL)
        """,
        "CREATE TABLE platform_audit_anchor (day TEXT NOT NULL PRIMARY KEY, sequence INTEGER NOT NULL, hash BLOB NOT NULL)",
    ]
}

/// Who did a deed, as the audit log keeps it.
package struct AuditActor: Sendable {
    package let id: String?
    package let name: String
    /// The network address; empty for commands and jobs.
    package let address: String

    package init(id: String?, name: String, address: String) {
        (self.id, self.name, self.address) = (id, name, address)
    }
    package init(_ user: CurrentUser, address: String = "") {
        self.init(id: user.account.rawValue, name: user.name, address: address)
    }
    /// The operator at the command line, or the platform itself.
    package static let system = AuditActor(id: nil, name: "系统", address: "")
    package static let visitor = AuditActor(id: nil, name: "访客", address: "")
}

/// One line of the audit log.
package struct AuditEntry: Sendable {
    package let id: String
    package let at: Timestamp
    package let actorID: String?
    package let actorName: String
    package let address: String
    /// Past tense: `connectivity_import.accepted`.
    package let action: String
    package let subject: String
    package let organisationPath: OrganisationPath
    /// What changed, in words or `name=old→new`; never a secret or a full personal datum.
    package let detail: String
    package let succeeded: Bool

    init(_ row: borrowing Row) throws {
        (id, at, actorID, actorName) = (try row.get(0), try row.get(1), try row.get(2), try row.get(3))
        (address, action, subject) = (try row.get(4), try row.get(5), try row.get(6))
        (organisationPath, detail, succeeded) = (try row.get(7), try row.get(8), try row.get(9))
    }

    static let columns: SQL =
        "e.id, e.at, e.actor_id, e.actor_name, e.address, e.action, e.subject, e.organisation_path, e.detail, e.succeeded"

    /// The entry's part of the chain: every field, each with its length before it, so no two entries read alike.
    func hash(after previous: [UInt8]) -> [UInt8] {
        var bytes = previous
        let fields = [
            id, String(at.milliseconds), actorID ?? "", actorName, address, action, subject, organisationPath.text,
            detail, succeeded ? "1" : "0",
        ]
        for field in fields { bytes += Array("\(field.utf8.count):\(field)".utf8) }
        return SM3.hash(bytes)
    }
}

/// Append-only record of who did what. Entries are written in the deed's own transaction; a job links them into a chain
/// of SM3 hashes a moment later, so that the chain does not make all writers wait for each other.
package enum AuditLog {
    package static func record(
        _ action: String, _ subject: String, by actor: AuditActor, at path: OrganisationPath = .city,
        _ detail: String = "", succeeded: Bool = true, now: Timestamp = .now, on db: Connection
    ) throws {
        try db.execute(
            """
            INSERT INTO platform_audit_entry
                (id, at, actor_id, actor_name, address, action, subject, organisation_path, detail, succeeded)
            VALUES (\(Identifiers.next()), \(now), \(actor.id), \(actor.name), \(actor.address), \(action), \(subject),
                \(path), \(detail), \(succeeded))
            """)
    }

    /// Newest first, within the scope, continued after the entry `after`.
    package static func list(
        within scope: DataScope, action: String = "", actor: String = "", after: String? = nil, limit: Int,
        on db: Connection
    ) throws -> [AuditEntry] {
        let rest: SQL = after.map { " AND e.id < \($0)" } ?? ""
        return try db.rows(
            """
            SELECT \(AuditEntry.columns) FROM platform_audit_entry e
            WHERE \(matching(scope, action: action, actor: actor))\(rest) ORDER BY e.id DESC LIMIT \(limit)
            """, AuditEntry.init)
    }

    /// How many entries `list` finds altogether.
    package static func count(
        within scope: DataScope, action: String = "", actor: String = "", on db: Connection
    ) throws -> Int {
        try db.value(
            "SELECT COUNT(*) FROM platform_audit_entry e WHERE \(matching(scope, action: action, actor: actor))") ?? 0
    }

    private static func matching(_ scope: DataScope, action: String, actor: String) -> SQL {
        var conditions: [SQL] = [SQL.within(scope, "e.organisation_path")]
        if !action.isEmpty { conditions.append("e.action LIKE \(action + "%")") }
        if !actor.isEmpty { conditions.append("e.actor_name LIKE \("%" + actor + "%")") }
        return SQL.joined(conditions, " AND ")
    }

    package static func of(subject: String, limit: Int, on db: Connection) throws -> [AuditEntry] {
        try db.rows(
            """
            SELECT \(AuditEntry.columns) FROM platform_audit_entry e WHERE e.subject = \(subject)
            ORDER BY e.id DESC LIMIT \(limit)
            """, AuditEntry.init)
    }
}
