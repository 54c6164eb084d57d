import Database
import Directory
import Kernel
import Platform

/// All SQL of receivers and of what is on the way to them.
struct ReceiverStore {
    let db: Connection
    let crypto: any CryptoProvider
    init(_ db: Connection, _ crypto: any CryptoProvider) { (self.db, self.crypto) = (db, crypto) }

    private static let columns: SQL =
        """
        r.id, r.name, r.base_url, r.organisation_id, o.name, o.path, r.is_on, r.feed_cursor, r.rests_until, r.failure,
        r.revision
        """
    private static let tables: SQL =
        "exchange_receiver r JOIN directory_organisation o ON o.id = r.organisation_id"

    private static func read(_ row: borrowing Row) throws -> Receiver {
        Receiver(
            id: try row.get(0), name: try row.get(1), baseURL: try row.get(2), organisation: try row.get(3),
            organisationName: try row.get(4), path: try row.get(5), isOn: try row.get(6), cursor: try row.get(7),
            restsUntil: try row.get(8), failure: try row.get(9), revision: try row.get(10))
    }

    func list(within scope: DataScope) throws -> [Receiver] {
        try db.rows(
            """
            SELECT \(ReceiverStore.columns) FROM \(ReceiverStore.tables) WHERE \(SQL.within(scope, "o.path"))
            ORDER BY r.name, r.id
            """, ReceiverStore.read)
    }

    /// Throws `DomainError.notFound` outside the scope.
    func find(_ id: ReceiverID, within scope: DataScope) throws -> Receiver {
        let found = try db.first(
            """
            SELECT \(ReceiverStore.columns) FROM \(ReceiverStore.tables)
            WHERE r.id = \(id) AND \(SQL.within(scope, "o.path"))
            """, ReceiverStore.read)
        guard let found else { throw DomainError.notFound }
        return found
    }

    func token(of id: ReceiverID) throws -> String {
        let sealed: [UInt8]? = try db.value("SELECT sealed_token FROM exchange_receiver WHERE id = \(id)")
        guard let sealed else { throw DomainError.notFound }
        return try crypto.openText(sealed, context: ReceiverStore.context(id))
    }

    private static func context(_ id: ReceiverID) -> String { "exchange_receiver.sealed_token/\(id)" }

    func insert(
        _ id: ReceiverID, name: String, baseURL: String, token: String, organisation: OrganisationID,
        by author: String, at now: Timestamp
    ) throws {
        let sealed = try crypto.seal(token, context: ReceiverStore.context(id))
        try db.execute(
            """
            INSERT INTO exchange_receiver (id, name, base_url, sealed_token, organisation_id, is_on, feed_cursor,
                rests_until, failure, created_at, created_by, revision)
            VALUES (\(id), \(name), \(baseURL), \(sealed), \(organisation), 1, 0, 0, '', \(now), \(author), 1)
            """)
    }

    func setOn(_ isOn: Bool, _ id: ReceiverID) throws {
        try db.execute(
            """
            UPDATE exchange_receiver SET is_on = \(isOn), rests_until = 0, failure = '', revision = revision + 1
            WHERE id = \(id)
            """)
    }

    func rest(_ id: ReceiverID, until end: Timestamp, _ failure: String) throws {
        try db.execute(
            "UPDATE exchange_receiver SET rests_until = \(end), failure = \(failure) WHERE id = \(id)")
    }

    func advance(_ id: ReceiverID, to cursor: Int) throws {
        try db.execute("UPDATE exchange_receiver SET feed_cursor = \(cursor) WHERE id = \(id)")
    }

    // What is on the way

    /// Puts people in the line; who failed before gets another chance.
    func queue(_ people: [ID<Person>], for id: ReceiverID, now: Timestamp) throws {
        for person in people {
            try db.execute(
                """
                INSERT INTO exchange_delivery (receiver_id, person_id, remote_id, digest, is_active, state, attempts,
                    due_at, failure, changed_at)
                VALUES (\(id), \(person), NULL, '', 0, 'due', 0, \(now), '', \(now))
                ON CONFLICT (receiver_id, person_id) DO UPDATE SET state = 'due', attempts = 0, due_at = \(now),
                    failure = '', changed_at = \(now)
                """)
        }
    }

    func due(_ id: ReceiverID, now: Timestamp, limit: Int) throws -> [Delivery] {
        try db.rows(
            """
            SELECT person_id, remote_id, digest, is_active, attempts FROM exchange_delivery
            WHERE receiver_id = \(id) AND state = 'due' AND due_at <= \(now) ORDER BY due_at, person_id LIMIT \(limit)
            """
        ) { row in
            Delivery(
                person: try row.get(0), remoteID: try row.get(1), digest: try row.get(2), isActive: try row.get(3),
                attempts: try row.get(4))
        }
    }

    func took(_ delivery: Delivery, _ id: ReceiverID, remote: String?, digest: String, isActive: Bool, now: Timestamp)
        throws
    {
        try db.execute(
            """
            UPDATE exchange_delivery SET remote_id = \(remote), digest = \(digest), is_active = \(isActive),
                state = 'done', attempts = 0, failure = '', changed_at = \(now)
            WHERE receiver_id = \(id) AND person_id = \(delivery.person)
            """)
    }

    /// The person is tried again at the moment, or waits for somebody when there is none.
    func missed(_ delivery: Delivery, _ id: ReceiverID, again due: Timestamp?, _ failure: String, now: Timestamp) throws
    {
        try db.execute(
            """
            UPDATE exchange_delivery SET state = \(due == nil ? "failed" : "due"), attempts = attempts + 1,
                due_at = \(due ?? now), failure = \(failure), changed_at = \(now)
            WHERE receiver_id = \(id) AND person_id = \(delivery.person)
            """)
    }

    /// She is not known there any more.
    func forgetRemote(_ delivery: Delivery, _ id: ReceiverID, now: Timestamp) throws {
        try db.execute(
            """
            UPDATE exchange_delivery SET remote_id = NULL, digest = '', is_active = 0, due_at = \(now)
            WHERE receiver_id = \(id) AND person_id = \(delivery.person)
            """)
    }

    /// Those of the people whom a receiver still has as active, or has yet to hear of.
    static func told(_ people: [ID<Person>], _ db: Connection) throws -> [ID<Person>] {
        try db.column(
            """
            SELECT DISTINCT person_id FROM exchange_delivery
            WHERE person_id IN \(in: people) AND (is_active = 1 OR state = 'due')
            """)
    }

    static func forget(_ people: [ID<Person>], _ db: Connection) throws {
        try db.execute("DELETE FROM exchange_difference WHERE person_id IN \(in: people)")
        try db.execute("DELETE FROM exchange_delivery WHERE person_id IN \(in: people)")
    }

    /// How many wait, were taken and failed.
    func counts(_ id: ReceiverID) throws -> (due: Int, done: Int, failed: Int) {
        var counts: [String: Int] = [:]
        try db.each("SELECT state, COUNT(*) FROM exchange_delivery WHERE receiver_id = \(id) GROUP BY state") {
            counts[try $0.get(0)] = try $0.get(1)
        }
        return (counts["due"] ?? 0, counts["done"] ?? 0, counts["failed"] ?? 0)
    }

    struct Failed: Sendable { let name: String, failure: String, at: Timestamp }

    func failures(_ id: ReceiverID, limit: Int) throws -> [Failed] {
        try db.rows(
            """
            SELECT p.name, d.failure, d.changed_at FROM exchange_delivery d JOIN directory_person p ON p.id = d.person_id
            WHERE d.receiver_id = \(id) AND d.failure <> '' ORDER BY d.changed_at DESC, d.person_id LIMIT \(limit)
            """
        ) { Failed(name: try $0.get(0), failure: try $0.get(1), at: try $0.get(2)) }
    }

    /// Everybody who should be there, with the id she has there.
    func known(_ id: ReceiverID) throws -> [(person: ID<Person>, remote: String?, isActive: Bool)] {
        try db.rows(
            "SELECT person_id, remote_id, is_active FROM exchange_delivery WHERE receiver_id = \(id)"
        ) { (try $0.get(0), try $0.get(1), try $0.get(2)) }
    }
}
