import Database
import Kernel

/// All SQL of machine tokens.
struct MachineTokenStore {
    let db: Connection
    init(_ db: Connection) { self.db = db }

    func insert(_ hash: [UInt8], _ token: MachineToken) throws {
        try db.execute(
            """
            INSERT INTO federation_machine_token (hash, application_id, scopes, created_at, expires_at)
            VALUES (\(hash), \(token.application), \(token.scopes.joined(separator: " ")), \(token.createdAt),
                \(token.expiresAt))
            """)
    }

    /// The token if it has not run out.
    func find(_ hash: [UInt8], at now: Timestamp) throws -> MachineToken? {
        try db.first(
            """
            SELECT application_id, scopes, created_at, expires_at FROM federation_machine_token
            WHERE hash = \(hash) AND expires_at > \(now)
            """
        ) { row in
            MachineToken(
                application: try row.get(0), scopes: ApplicationStore.words(try row.text(1)),
                createdAt: try row.get(2), expiresAt: try row.get(3))
        }
    }

    /// Takes one token away; whose it was, tells whether it was there.
    func delete(_ hash: [UInt8], of application: ApplicationID) throws {
        try db.execute(
            "DELETE FROM federation_machine_token WHERE hash = \(hash) AND application_id = \(application)")
    }

    func delete(allOf application: ApplicationID) throws {
        try db.execute("DELETE FROM federation_machine_token WHERE application_id = \(application)")
    }

    func deleteOld(at now: Timestamp) throws {
        try db.execute("DELETE FROM federation_machine_token WHERE expires_at <= \(now)")
    }
}
