import Database
import Identity
import Kernel
import Platform

/// All SQL of counterparts and of the accounts linked with their people.
struct CounterpartStore {
    let db: Connection
    let crypto: any CryptoProvider
    init(_ db: Connection, _ crypto: any CryptoProvider) { (self.db, self.crypto) = (db, crypto) }

    private static let columns: SQL =
        """
        id, name, base_url, flavour, app_id, key_hint, system_code, level, links_exactly, reports_use, is_active, revision
        """

    private static func counterpart(_ row: borrowing Row) throws -> Counterpart {
        Counterpart(
            id: try row.get(0), name: try row.get(1), baseURL: try row.get(2), flavour: try row.get(3),
            appID: try row.get(4), keyHint: try row.get(5), systemCode: try row.get(6), level: try row.get(7),
            linksExactly: try row.get(8), reportsUse: try row.get(9), isActive: try row.get(10),
            revision: try row.get(11))
    }

    func all() throws -> [Counterpart] {
        try db.rows(
            "SELECT \(CounterpartStore.columns) FROM federation_counterpart ORDER BY name, id",
            CounterpartStore.counterpart)
    }

    func find(_ id: ID<Counterpart>) throws -> Counterpart {
        let found = try db.first(
            "SELECT \(CounterpartStore.columns) FROM federation_counterpart WHERE id = \(id)",
            CounterpartStore.counterpart)
        guard let found else { throw DomainError.notFound }
        return found
    }

    /// Handle with care: it signs.
    func appKey(of id: ID<Counterpart>) throws -> String {
        guard let sealed: [UInt8] = try db.value("SELECT app_key FROM federation_counterpart WHERE id = \(id)") else {
            throw DomainError.notFound
        }
        return try crypto.openText(sealed, context: CounterpartStore.keyContext(id))
    }

    private static func keyContext(_ id: ID<Counterpart>) -> String { "federation_counterpart.app_key/" + id.rawValue }

    func insert(_ content: CounterpartForm.Content, key: String, by actor: AuditActor, at now: Timestamp) throws
        -> ID<Counterpart>
    {
        let id = ID<Counterpart>.new()
        let sealed = try crypto.seal(key, context: CounterpartStore.keyContext(id))
        try db.execute(
            """
            INSERT INTO federation_counterpart (id, name, base_url, flavour, app_id, app_key, key_hint, system_code, level,
                links_exactly, reports_use, is_active, changed_at, changed_by, revision)
            VALUES (\(id), \(content.name), \(content.baseURL), \(content.flavour), \(content.appID), \(sealed),
                \(String(key.suffix(4))), \(content.systemCode), \(content.level), \(content.linksExactly),
                \(content.reportsUse), 1, \(now), \(actor.name), 1)
            """)
        return id
    }

    /// Returns whether nobody was faster.
    func update(
        _ id: ID<Counterpart>, _ content: CounterpartForm.Content, revision: Int, by actor: AuditActor,
        at now: Timestamp
    ) throws -> Bool {
        try db.change(
            """
            UPDATE federation_counterpart SET name = \(content.name), base_url = \(content.baseURL),
                flavour = \(content.flavour), app_id = \(content.appID), system_code = \(content.systemCode),
                level = \(content.level), links_exactly = \(content.linksExactly), reports_use = \(content.reportsUse),
                changed_at = \(now), changed_by = \(actor.name), revision = revision + 1
            WHERE id = \(id) AND revision = \(revision)
            """) == 1
    }

    func setKey(_ key: String, of id: ID<Counterpart>) throws {
        let sealed = try crypto.seal(key, context: CounterpartStore.keyContext(id))
        try db.execute(
            """
            UPDATE federation_counterpart SET app_key = \(sealed), key_hint = \(String(key.suffix(4))) WHERE id = \(id)
            """)
    }

    /// Returns whether it was in the other state.
    func setActive(_ isActive: Bool, _ id: ID<Counterpart>, by actor: AuditActor, at now: Timestamp) throws -> Bool {
        try db.change(
            """
            UPDATE federation_counterpart SET is_active = \(isActive), changed_at = \(now), changed_by = \(actor.name),
                revision = revision + 1
            WHERE id = \(id) AND is_active <> \(isActive)
            """) == 1
    }

    // MARK: Links

    private func lookup(_ key: String, _ counterpart: ID<Counterpart>) -> [UInt8] {
        crypto.lookupKey(key, purpose: "federation_counterpart_link/" + counterpart.rawValue)
    }

    private static func personContext(_ id: String) -> String { "federation_counterpart_link.person/" + id }

    func account(of person: ArrivedPerson, at counterpart: ID<Counterpart>) throws -> ID<Account>? {
        try db.value(
            """
            SELECT account_id FROM federation_counterpart_link
            WHERE counterpart_id = \(counterpart) AND lookup = \(lookup(person.key, counterpart))
            """)
    }

    /// Throws `DomainError.conflict` when either of the two is linked already.
    func link(
        _ person: ArrivedPerson, at counterpart: Counterpart, with account: ID<Account>, _ way: LinkWay,
        at now: Timestamp
    ) throws {
        let id = Identifiers.next()
        let sealed = try crypto.seal(person.key, context: CounterpartStore.personContext(id))
        do {
            try db.execute(
                """
                INSERT INTO federation_counterpart_link (id, counterpart_id, lookup, person, account_id, linked_at, way)
                VALUES (\(id), \(counterpart.id), \(lookup(person.key, counterpart.id)), \(sealed), \(account), \(now),
                    \(way.rawValue))
                """)
        } catch DatabaseError.uniqueViolation {
            throw DomainError.conflict("\(counterpart.name)的这个用户或这个账号已有关联。先解除原来的关联，再重新关联。")
        }
    }

    /// The counterpart's key of the account's person.
    func person(of account: ID<Account>, at counterpart: ID<Counterpart>) throws -> String? {
        try db.first(
            """
            SELECT id, person FROM federation_counterpart_link
            WHERE counterpart_id = \(counterpart) AND account_id = \(account)
            """
        ) { try crypto.openText(try $0.blob(1), context: CounterpartStore.personContext(try $0.text(0))) }
    }

    struct Link: Sendable {
        let counterpart: ID<Counterpart>
        let name: String
        let linkedAt: Timestamp
    }

    func links(of account: ID<Account>) throws -> [Link] {
        try db.rows(
            """
            SELECT c.id, c.name, l.linked_at FROM federation_counterpart_link l
            JOIN federation_counterpart c ON c.id = l.counterpart_id WHERE l.account_id = \(account)
            ORDER BY c.name, c.id
            """
        ) { Link(counterpart: try $0.get(0), name: try $0.get(1), linkedAt: try $0.get(2)) }
    }

    /// Returns whether there was a link.
    func unlink(_ account: ID<Account>, from counterpart: ID<Counterpart>) throws -> Bool {
        try db.change(
            """
            DELETE FROM federation_counterpart_link
            WHERE counterpart_id = \(counterpart) AND account_id = \(account)
            """) == 1
    }

    func linkCounts() throws -> [ID<Counterpart>: Int] {
        var counts: [ID<Counterpart>: Int] = [:]
        try db.each("SELECT counterpart_id, COUNT(*) FROM federation_counterpart_link GROUP BY counterpart_id") {
            counts[try $0.get(0)] = try $0.get(1)
        }
        return counts
    }
}
