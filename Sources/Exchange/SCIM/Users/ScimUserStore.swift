import Database
import Directory
import Kernel
import Platform

/// All SQL of people as other systems see them: the staff of the caller's organisations, and nobody else.
struct ScimUserStore {
    let db: Connection
    let crypto: any CryptoProvider
    let gate: any AccountGate
    let caller: ScimCaller
    let today: LocalDate

    private static let columns: SQL =
        """
        u.id, u.person_id, u.organisation_id, u.is_source, u.is_active, u.written_name, u.sealed, u.created_at,
        u.changed_at
        """

    /// Appointments that hold or will.
    private var open: SQL {
        """
        FROM directory_appointment a JOIN directory_organisation o ON o.id = a.organisation_id
        WHERE \(SQL.within(caller.scope, "o.path")) AND (a.valid_to IS NULL OR a.valid_to > \(today))
        """
    }

    func count() throws -> Int {
        try db.value("SELECT COUNT(DISTINCT a.person_id) \(open)") ?? 0
    }

    /// Those who came last first, so that new people do not push others past the end of a slice.
    func people(offset: Int, limit: Int) throws -> [ID<Person>] {
        try db.column("SELECT DISTINCT a.person_id \(open) ORDER BY a.person_id DESC LIMIT \(limit) OFFSET \(offset)")
    }

    /// Those of the people who are staff of the caller's organisations.
    func visible(_ people: [ID<Person>]) throws -> [ID<Person>] {
        people.isEmpty
            ? [] : try db.column("SELECT DISTINCT a.person_id \(open) AND a.person_id IN \(in: people)")
    }

    /// Into whom the record was merged; `nil` while it stands for itself.
    func survivor(of person: ID<Person>) throws -> ID<Person>? {
        try db.value("SELECT merged_into FROM directory_person WHERE id = \(person)", as: ID<Person>?.self) ?? nil
    }

    func person(userName: String) throws -> ID<Person>? {
        let key = ScimUserStore.key(userName)
        let found: ID<Person>? = try db.value(
            """
            SELECT person_id FROM exchange_scim_user
            WHERE application = \(caller.application) AND user_key = \(key)
            """)
        return try found ?? gate.holder(ofLogin: userName, db) ?? ID<Person>(checking: key)
    }

    func people(externalID: String) throws -> [ID<Person>] {
        try db.column(
            """
            SELECT person_id FROM exchange_scim_user
            WHERE application = \(caller.application) AND external_id = \(externalID)
            """)
    }

    func record(of person: ID<Person>) throws -> ScimUserRecord? {
        try records(of: [person])[person]
    }

    private func records(of people: [ID<Person>]) throws -> [ID<Person>: ScimUserRecord] {
        var found: [ID<Person>: ScimUserRecord] = [:]
        try db.each(
            """
            SELECT \(ScimUserStore.columns) FROM exchange_scim_user u
            WHERE u.application = \(caller.application) AND u.person_id IN \(in: people)
            """
        ) { row in
            let record = try read(row)
            found[record.person] = record
        }
        return found
    }

    private func read(_ row: borrowing Row) throws -> ScimUserRecord {
        let id: String = try row.get(0)
        let text = try crypto.open(try row.get(6), context: ScimUserStore.context(id))
        return ScimUserRecord(
            id: id, person: try row.get(1), organisation: try row.get(2), isSource: try row.get(3),
            isActive: try row.get(4), writtenName: try row.get(5),
            document: ScimDocument(stored: try JSONReader.read(text), as: .user), createdAt: try row.get(7),
            changedAt: try row.get(8))
    }

    /// The people as the caller sees them, in the given order; who is not staff of its organisations is left out.
    func users(_ people: [ID<Person>], withGroups: Bool = true) throws -> [ScimUser] {
        var users: [ScimUser] = []
        for start in stride(from: 0, to: people.count, by: 256) {
            users += try some(Array(people[start..<min(start + 256, people.count)]), withGroups)
        }
        return users
    }

    private struct Work { let organisation: OrganisationID, name: String, post: String, changedAt: Timestamp }

    private func some(_ people: [ID<Person>], _ withGroups: Bool) throws -> [ScimUser] {
        var work: [ID<Person>: Work] = [:]
        try db.each(
            """
            SELECT a.person_id, a.organisation_id, o.name, a.post, a.changed_at \(open) AND a.person_id IN \(in: people)
            ORDER BY a.valid_from, a.id
            """
        ) { row in
            let person: ID<Person> = try row.get(0), changed: Timestamp = try row.get(4), known = work[person]
            work[person] = Work(
                organisation: try known?.organisation ?? row.get(1), name: try known?.name ?? row.get(2),
                post: try known?.post ?? row.get(3), changedAt: max(changed, known?.changedAt ?? changed))
        }
        let records = try records(of: people), logins = try gate.logins(of: people, db)
        let groups = withGroups ? try ScimGroupStore(db, caller).groups(of: people.map(\.rawValue)) : [:]
        var users: [ID<Person>: ScimUser] = [:]
        try db.each("SELECT id, name, created_at, changed_at FROM directory_person WHERE id IN \(in: people)") { row in
            let person: ID<Person> = try row.get(0)
            guard let work = work[person] else { return }
            users[person] = ScimUser(
                person: person, name: try row.get(1), organisation: work.organisation, organisationName: work.name,
                post: work.post, login: logins[person], record: records[person],
                groups: groups[person.rawValue] ?? [], createdAt: try row.get(2),
                changedAt: max(try row.get(3), work.changedAt))
        }
        return people.compactMap { users[$0] }
    }

    /// The one open organisation of the scope that is meant by a code or its whole name; `nil` when none or several are.
    func organisation(named text: String) throws -> Organisation? {
        if text.isEmpty { return nil }
        let ids: [OrganisationID] = try db.column(
            """
            SELECT o.id FROM directory_organisation o WHERE (o.code = \(text) OR o.name = \(text))
                AND o.closed_on IS NULL AND \(SQL.within(caller.scope, "o.path")) LIMIT 2
            """)
        guard ids.count == 1 else { return nil }
        return try OrganisationStore(db).find(ids[0], within: caller.scope)
    }

    /// The organisations of the scope at which the person holds a post.
    func organisations(of person: ID<Person>) throws -> [Organisation] {
        let ids: [OrganisationID] = try db.column(
            "SELECT DISTINCT o.id \(open) AND a.person_id = \(person) ORDER BY o.id")
        return try ids.map { try OrganisationStore(db).find($0, within: caller.scope) }
    }

    private static func context(_ id: String) -> String { "exchange_scim_user.sealed/\(id)" }
    private static func key(_ userName: String) -> String { userName.lowercased() }

    /// Keeps what the caller tells of the person, in place of what it told before.
    func save(
        _ document: ScimDocument, _ details: ScimPersonDetails, of person: ID<Person>, at place: OrganisationID,
        isSource: Bool, now: Timestamp
    ) throws {
        let known: String? = try db.value(
            """
            SELECT id FROM exchange_scim_user WHERE application = \(caller.application) AND person_id = \(person)
            """)
        let id = known ?? Identifiers.next()
        let sealed = try crypto.seal(document.value.bytes, context: ScimUserStore.context(id))
        try db.execute(
            """
            INSERT INTO exchange_scim_user (id, application, person_id, organisation_id, user_key, external_id,
                is_source, is_active, written_name, sealed, created_at, changed_at)
            VALUES (\(id), \(caller.application), \(person), \(place), \(ScimUserStore.key(details.userName)),
                \(details.externalID), \(isSource), \(details.isActive), \(details.name), \(sealed), \(now), \(now))
            ON CONFLICT (id) DO UPDATE SET organisation_id = excluded.organisation_id, user_key = excluded.user_key,
                external_id = excluded.external_id, is_active = excluded.is_active,
                written_name = excluded.written_name, sealed = excluded.sealed, changed_at = excluded.changed_at
            """)
    }

    /// Forgets what the caller told.
    func forget(_ person: ID<Person>) throws {
        try db.execute(
            "DELETE FROM exchange_scim_user WHERE application = \(caller.application) AND person_id = \(person)")
    }
}
