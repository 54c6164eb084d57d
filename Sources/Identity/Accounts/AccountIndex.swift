import Database
import Directory
import Kernel
import Platform

/// All SQL of the index of accounts: what it is made from and how it is kept. An account that is opened, closed or handed to
/// another record is in it at once; a name that changed in the directory within seconds.
package struct AccountIndex {
    let db: Connection
    package init(_ db: Connection) { self.db = db }

    /// An account as the index has it.
    struct Entry: Sendable, Equatable {
        let account: ID<Account>
        let name: String
        let initials: String
        let login: String

        /// What somebody may type to find it: parts of the name, pinyin, and the beginning of the login name. Each part also
        /// by its first character alone, since that is what most accounts have in common: such a term is whole.
        var terms: Set<String> {
            let parts = PersonTerms.terms(of: name)
            return Set(parts + parts.map { String($0.prefix(1)) } + [PersonTerms.key(login)]).subtracting([""])
        }
    }

    /// Where the changes of names stand.
    struct Cursor: Sendable {
        var at: Timestamp
        var id: String
    }

    private static let source = "person"

    func cursor() throws -> Cursor {
        try db.first("SELECT changed_at, id FROM identity_account_cursor WHERE source = \(AccountIndex.source)") {
            Cursor(at: try $0.get(0), id: try $0.get(1))
        } ?? Cursor(at: Timestamp(milliseconds: -1), id: "")
    }

    func keep(_ cursor: Cursor) throws {
        try db.execute(
            """
            INSERT INTO identity_account_cursor (source, changed_at, id)
            VALUES (\(AccountIndex.source), \(cursor.at), \(cursor.id))
            ON CONFLICT (source) DO UPDATE SET changed_at = excluded.changed_at, id = excluded.id
            """)
    }

    /// The people who changed behind the cursor, and the cursor behind the last of them; `nil` when there are none.
    func changed(after cursor: Cursor, until horizon: Timestamp, limit: Int) throws -> (
        people: [ID<Person>], next: Cursor
    )? {
        var people: [ID<Person>] = [], next = cursor
        try db.each(
            """
            SELECT id, changed_at FROM directory_person
            WHERE (changed_at, id) > (\(cursor.at), \(cursor.id)) AND changed_at <= \(horizon)
            ORDER BY changed_at, id LIMIT \(limit)
            """
        ) { row in
            people.append(try row.get(0))
            next = Cursor(at: try row.get(1), id: try row.get(0))
        }
        return people.isEmpty ? nil : (people, next)
    }

    /// The accounts of the people as they are now.
    func present(of people: [ID<Person>]) throws -> [Entry] { try present("a.person_id IN \(in: people)") }

    private func present(_ condition: SQL) throws -> [Entry] {
        try db.rows(
            """
            SELECT a.id, p.name, p.initials, a.login_name FROM identity_account a
            JOIN directory_person p ON p.id = a.person_id WHERE \(condition)
            """
        ) { Entry(account: try $0.get(0), name: try $0.get(1), initials: try $0.get(2), login: try $0.get(3)) }
    }

    /// Brings the index to what the accounts of the people are now.
    func index(of people: [ID<Person>]) throws {
        for start in stride(from: 0, to: people.count, by: 256) {
            try index(try present(of: Array(people[start..<min(start + 256, people.count)])))
        }
    }

    func index(_ account: ID<Account>) throws { try index(try present("a.id = \(account)")) }

    private func index(_ entries: [Entry]) throws {
        var kept: [ID<Account>: (number: Int, entry: Entry)] = [:]
        try db.each(
            """
            SELECT number, account_id, name, initials, login_name FROM identity_account_entry
            WHERE account_id IN \(in: entries.map(\.account))
            """
        ) { row in
            let entry = Entry(
                account: try row.get(1), name: try row.get(2), initials: try row.get(3), login: try row.get(4))
            kept[entry.account] = (try row.get(0), entry)
        }
        var last: Int = try db.value("SELECT MAX(number) FROM identity_account_entry") ?? 0
        var rows: [[DatabaseValue]] = [], terms: [[DatabaseValue]] = []
        for entry in entries where kept[entry.account]?.entry != entry {
            if let (number, old) = kept[entry.account] { try remove(old, number) }
            last += 1
            rows.append([
                last.databaseValue, entry.account.databaseValue, .text(entry.name), .text(entry.initials),
                .text(entry.login),
            ])
            for term in entry.terms.sorted() { terms.append([.text(term), .text(entry.initials), last.databaseValue]) }
        }
        try db.insert(
            into: "identity_account_entry (number, account_id, name, initials, login_name)", rows: rows)
        try db.insert(into: "identity_account_term (term, initials, entry)", rows: terms)
    }

    private func remove(_ old: Entry, _ number: Int) throws {
        for term in old.terms {
            try db.execute(
                """
                DELETE FROM identity_account_term
                WHERE term = \(term) AND initials = \(old.initials) AND entry = \(number)
                """)
        }
        try db.execute("DELETE FROM identity_account_entry WHERE number = \(number)")
    }
}

/// Keeps the index of accounts up to the names in the directory.
package struct AccountIndexing: Sendable {
    let database: Database
    package init(database: Database) { self.database = database }

    /// A transaction may commit a little later than the time in its rows says; what is younger waits for the next turn.
    private static let settled: Int64 = 10
    private static let batch = 1000

    /// Takes over all changes that have settled. Returns how many people were looked at.
    @discardableResult
    package func catchUp(now: Timestamp = .now, settled: Int64 = settled) async throws -> Int {
        let horizon = now.adding(seconds: -settled)
        var count = 0
        while true {
            let waiting = try await database.read { db in
                let index = AccountIndex(db)
                return try index.changed(after: index.cursor(), until: horizon, limit: 1) != nil
            }
            guard waiting else { return count }
            count += try await database.write { db in
                let index = AccountIndex(db)
                guard
                    let changed = try index.changed(
                        after: index.cursor(), until: horizon, limit: AccountIndexing.batch)
                else { return 0 }
                try index.index(of: changed.people)
                try index.keep(changed.next)
                return changed.people.count
            }
        }
    }
}
