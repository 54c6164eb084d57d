import Database
import Directory
import Kernel
import Platform

/// All SQL of who answers for whose data.
struct ExchangeOwnerStore {
    let db: Connection
    init(_ db: Connection) { self.db = db }

    func all() throws -> [ExchangeOwner] {
        try db.rows(
            "SELECT application, client_id, name, owner, recorded_at FROM exchange_ownership ORDER BY name, owner"
        ) { row in
            ExchangeOwner(
                application: try row.get(0), clientID: try row.get(1), name: try row.get(2),
                owner: PersonField.Owner(rawValue: try row.get(3)) ?? .school, since: try row.get(4))
        }
    }

    func set(
        _ application: String, owner: PersonField.Owner, clientID: String, name: String, by actor: AuditActor,
        now: Timestamp
    ) throws {
        try db.execute(
            """
            INSERT INTO exchange_ownership (application, owner, client_id, name, recorded_at, recorded_by)
            VALUES (\(application), \(owner.rawValue), \(clientID), \(name), \(now), \(actor.name))
            ON CONFLICT (application, owner) DO NOTHING
            """)
    }

    /// Returns whether there was one.
    func remove(_ application: String, owner: PersonField.Owner) throws -> Bool {
        try db.change(
            "DELETE FROM exchange_ownership WHERE application = \(application) AND owner = \(owner.rawValue)") > 0
    }
}
