import Database
import Kernel

/// What a person lets an application do.
struct Consent: Sendable {
    let application: ApplicationID
    let applicationName: String
    let scopes: [String]
    let since: Timestamp
}

/// All SQL of consents. An offline authorization is one too: it goes on when the person has signed out.
struct ConsentStore {
    let db: Connection
    init(_ db: Connection) { self.db = db }

    func scopes(_ account: ID<Account>, for application: ApplicationID) throws -> Set<String> {
        let text: String? = try db.value(
            """
            SELECT scopes FROM federation_openid_consent
            WHERE account_id = \(account) AND application_id = \(application)
            """)
        return Set((text ?? "").split(separator: " ").map(String.init))
    }

    func set(_ scopes: [String], _ account: ID<Account>, for application: ApplicationID, at now: Timestamp) throws {
        try db.execute(
            """
            INSERT INTO federation_openid_consent (account_id, application_id, scopes, given_at)
            VALUES (\(account), \(application), \(scopes.joined(separator: " ")), \(now))
            ON CONFLICT (account_id, application_id) DO UPDATE SET scopes = excluded.scopes, given_at = excluded.given_at
            """)
    }

    func delete(_ account: ID<Account>, for application: ApplicationID) throws {
        try db.execute(
            """
            DELETE FROM federation_openid_consent WHERE account_id = \(account) AND application_id = \(application)
            """)
    }

    /// By name of the application.
    func list(of account: ID<Account>, at now: Timestamp) throws -> [Consent] {
        let given = try db.rows(
            """
            SELECT c.application_id, p.name, c.scopes, c.given_at FROM federation_openid_consent c
            JOIN federation_application p ON p.id = c.application_id WHERE c.account_id = \(account)
            """, ConsentStore.consent)
        let offline = try db.rows(
            """
            SELECT g.application_id, p.name, g.scopes, g.created_at FROM \(Authorization.tables)
            JOIN federation_openid_token t ON t.authorization_id = g.id
            WHERE g.account_id = \(account) AND g.is_offline = 1 AND g.ended_at IS NULL
                AND a.password_changed_at <= g.authenticated_at AND t.kind = 'refresh' AND t.used_at IS NULL
                AND t.expires_at > \(now)
            ORDER BY g.created_at
            """, ConsentStore.consent)
        var all: [ApplicationID: Consent] = [:]
        for one in offline + given where all[one.application].map({ $0.scopes.count < one.scopes.count }) ?? true {
            all[one.application] = one
        }
        return all.values.sorted { ($0.applicationName, $0.application) < ($1.applicationName, $1.application) }
    }

    private static func consent(_ row: borrowing Row) throws -> Consent {
        Consent(
            application: try row.get(0), applicationName: try row.get(1),
            scopes: try row.text(2).split(separator: " ").map(String.init), since: try row.get(3))
    }
}
