import Database
import Kernel

enum ServiceTicketSchema {
    static let statements = [
        """
        CREATE TABLE federation_cas_ticket (
            hash BLOB NOT NULL PRIMARY KEY,
            application_id TEXT NOT NULL REFERENCES federation_application (id), account_id TEXT NOT NULL,
            lineage TEXT NOT NULL, service TEXT NOT NULL, is_fresh INTEGER NOT NULL, signed_in_at INTEGER NOT NULL,
            expires_at INTEGER NOT NULL, CHECK (is_fresh IN (0, 1)))
        """,
        "CREATE INDEX federation_cas_ticket_expiry ON federation_cas_ticket (expires_at)",
    ]
}

/// All SQL of service tickets and of the addresses that may have some.
struct ServiceTicketStore {
    let db: Connection
    init(_ db: Connection) { self.db = db }

    func insert(_ hash: [UInt8], _ ticket: ServiceTicket) throws {
        try db.execute(
            """
            INSERT INTO federation_cas_ticket (hash, application_id, account_id, lineage, service, is_fresh, signed_in_at,
                expires_at)
            VALUES (\(hash), \(ticket.application), \(ticket.account), \(ticket.lineage), \(ticket.service),
                \(ticket.isFresh), \(ticket.signedInAt), \(ticket.expiresAt))
            """)
    }

    /// Takes the ticket out: whoever asks next, even at the same moment, finds none.
    func take(_ hash: [UInt8]) throws -> ServiceTicket? {
        try db.first(
            """
            DELETE FROM federation_cas_ticket WHERE hash = \(hash)
            RETURNING application_id, account_id, lineage, service, is_fresh, signed_in_at, expires_at
            """
        ) {
            ServiceTicket(
                application: try $0.get(0), account: try $0.get(1), lineage: try $0.get(2), service: try $0.get(3),
                isFresh: try $0.get(4), signedInAt: try $0.get(5), expiresAt: try $0.get(6))
        }
    }

    func deleteExpired(at now: Timestamp) throws {
        try db.execute("DELETE FROM federation_cas_ticket WHERE expires_at <= \(now)")
    }

    /// The active application at whose registered address the service lies; where several do, the closest.
    func application(of service: ServiceAddress) throws -> Application? {
        let patterns = try db.rows(
            """
            SELECT d.url, d.application_id FROM federation_address d
            JOIN federation_application a ON a.id = d.application_id AND a.state = 'active'
            WHERE d.kind = 'cas_service' ORDER BY d.url, d.application_id
            """
        ) { (url: try $0.text(0), application: try $0.get(1, as: ApplicationID.self)) }
        let matching = patterns.filter { service.matches($0.url) }
        for pattern in matching.sorted(by: { $0.url.utf8.count > $1.url.utf8.count }) {
            if let application = try ApplicationStore(db).find(pattern.application), application.speaks(.cas) {
                return application
            }
        }
        return nil
    }
}
