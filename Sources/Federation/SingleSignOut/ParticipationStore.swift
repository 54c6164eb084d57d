import Database
import Kernel

enum ParticipationSchema {
    static let statements = [
        """
        CREATE TABLE federation_participation (
            lineage TEXT NOT NULL, application_id TEXT NOT NULL REFERENCES federation_application (id),
            kind TEXT NOT NULL, reference TEXT NOT NULL, account_id TEXT NOT NULL, address TEXT NOT NULL,
            at INTEGER NOT NULL, PRIMARY KEY (lineage, application_id, kind, reference),
            CHECK (kind IN ('openid', 'cas', 'gateway')))
        """
    ]
}

/// All SQL of participations.
package struct ParticipationStore {
    let db: Connection
    package init(_ db: Connection) { self.db = db }

    /// Notes that an application was told of a session; part of the transaction that tells it. Recording the same again
    /// renews the address. The caller has made sure that the session still lasts, see `SessionService.isOpen`.
    /// - Parameters:
    ///   - reference: by what the application knows the session: CAS service ticket, OpenID `sid`, gateway `usessionid`.
    ///   - address: where sign-outs are told; empty when the application does not listen.
    package func record(
        lineage: String, account: ID<Account>, application: ApplicationID, kind: SignOnProtocol, reference: String,
        address: String, at now: Timestamp
    ) throws {
        try db.execute(
            """
            INSERT INTO federation_participation (lineage, application_id, kind, reference, account_id, address, at)
            VALUES (\(lineage), \(application), \(kind), \(reference), \(account), \(address), \(now))
            ON CONFLICT (lineage, application_id, kind, reference) DO UPDATE SET address = excluded.address,
                at = excluded.at
            """)
    }

    /// Where the holder of the session is signed in, oldest first.
    package func list(lineage: String) throws -> [Participation] {
        try db.rows(
            """
            SELECT \(ParticipationStore.columns) FROM federation_participation WHERE lineage = \(lineage)
            ORDER BY at, application_id, reference
            """
        ) { try ParticipationStore.participation($0) }
    }

    /// Forgets the participations of a session that is over and returns them.
    func end(lineage: String) throws -> [Participation] {
        try db.rows(
            "DELETE FROM federation_participation WHERE lineage = \(lineage) RETURNING \(ParticipationStore.columns)"
        ) { try ParticipationStore.participation($0) }
    }

    private static let columns: SQL = "lineage, account_id, application_id, kind, reference, address"

    private static func participation(_ row: borrowing Row) throws -> Participation {
        Participation(
            lineage: try row.get(0), account: try row.get(1), application: try row.get(2), kind: try row.get(3),
            reference: try row.get(4), address: try row.get(5))
    }
}
