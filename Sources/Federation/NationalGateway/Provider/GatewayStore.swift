import Database
import Kernel
import Platform

/// All SQL of what applications get by the gateway: tokens, tickets and sessions.
struct GatewayStore {
    let db: Connection
    init(_ db: Connection) { self.db = db }

    /// What a ticket stands for.
    struct Ticket: Sendable {
        /// Empty when any application may use it.
        let application: String
        let issuedBy: String
        let account: ID<Account>
        let lineage: String
        let expiresAt: Timestamp
    }

    struct Session: Sendable {
        let id: String
        let account: ID<Account>
        let lineage: String
    }

    /// When the signature was first seen, now included.
    func firstSeen(_ signature: [UInt8], at now: Timestamp) throws -> Timestamp {
        let oldest = now.adding(seconds: -2 * GatewaySignature.skew - GatewaySignature.repeatable)
        try db.execute("DELETE FROM federation_gateway_signature WHERE seen_at < \(oldest)")
        try db.execute(
            """
            INSERT INTO federation_gateway_signature (hash, seen_at) VALUES (\(signature), \(now))
            ON CONFLICT (hash) DO NOTHING
            """)
        return try db.value("SELECT seen_at FROM federation_gateway_signature WHERE hash = \(signature)") ?? now
    }

    func insertToken(_ token: String, of application: ApplicationID, at now: Timestamp, until end: Timestamp) throws {
        try db.execute("DELETE FROM federation_gateway_token WHERE expires_at <= \(now)")
        try db.execute(
            """
            INSERT INTO federation_gateway_token (hash, application_id, expires_at)
            VALUES (\(SHA256.hash(token)), \(application), \(end))
            """)
    }

    /// Whose token it is; `nil` when it is not good (any more).
    func holder(ofToken token: String, at now: Timestamp) throws -> ApplicationID? {
        try db.value(
            """
            SELECT application_id FROM federation_gateway_token
            WHERE hash = \(SHA256.hash(token)) AND expires_at > \(now)
            """)
    }

    func insertTicket(_ ticket: String, _ what: Ticket, at now: Timestamp) throws {
        try db.execute("DELETE FROM federation_gateway_ticket WHERE expires_at <= \(now)")
        try db.execute(
            """
            INSERT INTO federation_gateway_ticket (hash, application_id, issued_by, account_id, lineage, expires_at)
            VALUES (\(SHA256.hash(ticket)), \(what.application), \(what.issuedBy), \(what.account), \(what.lineage),
                \(what.expiresAt))
            """)
    }

    /// Takes the ticket away, so that it serves once, whoever brought it. `nil` without such a ticket.
    func takeTicket(_ ticket: String) throws -> Ticket? {
        try db.first(
            """
            DELETE FROM federation_gateway_ticket WHERE hash = \(SHA256.hash(ticket))
            RETURNING application_id, issued_by, account_id, lineage, expires_at
            """
        ) {
            Ticket(
                application: try $0.get(0), issuedBy: try $0.get(1), account: try $0.get(2), lineage: try $0.get(3),
                expiresAt: try $0.get(4))
        }
    }

    func insertSession(
        _ id: String, of account: ID<Account>, lineage: String, for application: ApplicationID, at now: Timestamp,
        until end: Timestamp
    ) throws {
        try db.execute("DELETE FROM federation_gateway_session WHERE expires_at <= \(now)")
        try db.execute(
            """
            INSERT INTO federation_gateway_session (id, application_id, account_id, lineage, created_at, expires_at)
            VALUES (\(id), \(application), \(account), \(lineage), \(now), \(end))
            """)
    }

    func session(_ id: String, of application: ApplicationID, at now: Timestamp) throws -> Session? {
        try db.first(
            """
            SELECT id, account_id, lineage FROM federation_gateway_session
            WHERE id = \(id) AND application_id = \(application) AND expires_at > \(now)
            """
        ) { Session(id: try $0.get(0), account: try $0.get(1), lineage: try $0.get(2)) }
    }

    /// Whether the person has a session at the application that began after the moment.
    func hasSession(
        of account: ID<Account>, at application: ApplicationID, since start: Timestamp? = nil, now: Timestamp
    ) throws -> Bool {
        let begun: SQL = start.map { " AND created_at > \($0)" } ?? ""
        let found: Int? = try db.value(
            """
            SELECT 1 FROM federation_gateway_session
            WHERE application_id = \(application) AND account_id = \(account) AND expires_at > \(now)\(begun) LIMIT 1
            """)
        return found != nil
    }

    /// The person's time in the browser is over: what it was good for is, too.
    func end(lineage: String) throws {
        try db.execute("DELETE FROM federation_gateway_session WHERE lineage = \(lineage)")
        try db.execute("DELETE FROM federation_gateway_ticket WHERE lineage = \(lineage)")
    }

    /// The application is suspended: nothing it was given is good any more.
    func end(application: ApplicationID) throws {
        for table in ["token", "session", "access"] as [SQL] {
            try db.execute("DELETE FROM federation_gateway_\(table) WHERE application_id = \(application)")
        }
        try db.execute(
            """
            DELETE FROM federation_gateway_ticket
            WHERE application_id = \(application) OR issued_by = \(application)
            """)
    }

    func insertAccess(_ access: String, of application: ApplicationID, at now: Timestamp, until end: Timestamp) throws {
        try db.execute("DELETE FROM federation_gateway_access WHERE expires_at <= \(now)")
        try db.execute(
            """
            INSERT INTO federation_gateway_access (hash, application_id, expires_at)
            VALUES (\(SHA256.hash(access)), \(application), \(end))
            """)
    }

    func holder(ofAccess access: String, at now: Timestamp) throws -> ApplicationID? {
        try db.value(
            """
            SELECT application_id FROM federation_gateway_access
            WHERE hash = \(SHA256.hash(access)) AND expires_at > \(now)
            """)
    }

    /// Returns whether it was still there.
    func takeAccess(_ access: String) throws -> Bool {
        try db.change("DELETE FROM federation_gateway_access WHERE hash = \(SHA256.hash(access))") == 1
    }
}
