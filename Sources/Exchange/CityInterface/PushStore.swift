import Contracts
import Database
import Directory
import Kernel
import Platform

enum PushSchema {
    /// Which system answers for whose data; the latest version of each record that came; and values that no list knows.
    static let statements = [
        """
        CREATE TABLE exchange_ownership (
            application TEXT NOT NULL, owner TEXT NOT NULL, client_id TEXT NOT NULL, name TEXT NOT NULL,
            recorded_at INTEGER NOT NULL, recorded_by TEXT NOT NULL, PRIMARY KEY (application, owner),
            CHECK (owner IN ('roll', 'teacher', 'school', 'self')))
        """,
        """
        CREATE TABLE exchange_push (
            application TEXT NOT NULL, dataset TEXT NOT NULL, source_id TEXT NOT NULL, version INTEGER NOT NULL,
            person_id TEXT NOT NULL REFERENCES directory_person (id), at INTEGER NOT NULL,
            PRIMARY KEY (application, dataset, source_id))
        """,
        """
        CREATE TABLE exchange_raw_value (
            id TEXT NOT NULL PRIMARY KEY, application TEXT NOT NULL, dataset TEXT NOT NULL,
            person_id TEXT NOT NULL REFERENCES directory_person (id), field TEXT NOT NULL, sealed BLOB NOT NULL,
            at INTEGER NOT NULL, organisation_path TEXT NOT NULL)
        """,
        "CREATE UNIQUE INDEX exchange_raw_value_field ON exchange_raw_value (application, person_id, field)",
        "CREATE INDEX exchange_raw_value_at ON exchange_raw_value (at, id)",
    ]
}

/// All SQL of what other systems tell.
struct PushStore {
    let db: Connection
    let crypto: any CryptoProvider
    let caller: MachineCaller
    let today: LocalDate

    /// Whose data the caller answers for.
    func owners() throws -> Set<String> {
        Set(
            try db.column(
                "SELECT owner FROM exchange_ownership WHERE application = \(caller.application)", as: String.self))
    }

    func known(_ dataset: FeedDataset, _ sourceID: String) throws -> (version: Int64, person: ID<Person>)? {
        try db.first(
            """
            SELECT version, person_id FROM exchange_push
            WHERE application = \(caller.application) AND dataset = \(dataset) AND source_id = \(sourceID)
            """
        ) { (try $0.get(0), try $0.get(1)) }
    }

    func note(_ record: PushRecord, _ dataset: FeedDataset, _ person: ID<Person>, now: Timestamp) throws {
        try db.execute(
            """
            INSERT INTO exchange_push (application, dataset, source_id, version, person_id, at)
            VALUES (\(caller.application), \(dataset), \(record.sourceID), \(record.version), \(person), \(now))
            ON CONFLICT (application, dataset, source_id) DO UPDATE SET version = excluded.version,
                person_id = excluded.person_id, at = excluded.at
            """)
    }

    /// Where the person stands within the caller's organisations; `nil` when she does not.
    func place(of person: ID<Person>, _ dataset: FeedDataset) throws -> OrganisationPath? {
        let within = SQL.within(caller.organisations, "o.path")
        if dataset == .students {
            return try db.value(
                """
                SELECT o.path FROM directory_enrolment e JOIN directory_organisation o ON o.id = e.school_id
                WHERE e.person_id = \(person) AND (e.valid_to IS NULL OR e.valid_to > \(today)) AND \(within)
                ORDER BY e.valid_from DESC LIMIT 1
                """)
        }
        return try db.value(
            """
            SELECT o.path FROM directory_appointment a JOIN directory_organisation o ON o.id = a.organisation_id
            WHERE a.person_id = \(person) AND (a.valid_to IS NULL OR a.valid_to > \(today)) AND \(within)
            ORDER BY a.valid_from DESC LIMIT 1
            """)
    }

    /// Pupils of the school with the name and birth date; two at most.
    func pupils(named name: String, born day: String, schoolCode: String) throws -> [ID<Person>] {
        try db.column(
            """
            SELECT DISTINCT p.id FROM directory_person p JOIN directory_enrolment e ON e.person_id = p.id
            JOIN directory_organisation o ON o.id = e.school_id
            WHERE p.name = \(name) AND p.birth_date = \(day) AND o.code = \(schoolCode)
                AND (e.valid_to IS NULL OR e.valid_to > \(today)) LIMIT 2
            """)
    }

    /// Keeps a value that no list knows.
    func keepRaw(
        _ text: String, field: String, of person: ID<Person>, _ dataset: FeedDataset, at path: OrganisationPath,
        now: Timestamp
    ) throws {
        try forgetRaw(field: field, of: person)
        let id = Identifiers.next()
        let sealed = try crypto.seal(text, context: "exchange_raw_value.sealed/\(id)")
        try db.execute(
            """
            INSERT INTO exchange_raw_value (id, application, dataset, person_id, field, sealed, at, organisation_path)
            VALUES (\(id), \(caller.application), \(dataset), \(person), \(field), \(sealed), \(now), \(path))
            """)
    }

    func forgetRaw(field: String, of person: ID<Person>) throws {
        try db.execute(
            """
            DELETE FROM exchange_raw_value
            WHERE application = \(caller.application) AND person_id = \(person) AND field = \(field)
            """)
    }
}
