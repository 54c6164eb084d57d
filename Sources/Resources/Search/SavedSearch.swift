import Contracts
import Database
import Kernel
import Platform
import Web

/// 常用查找: a question somebody keeps to ask again.
struct SavedSearch: Sendable, Equatable {
    let id: ID<SavedSearch>
    let name: String
    /// The part of the address behind the question mark, as `SearchForm.address` writes it.
    let address: String
    let createdAt: Timestamp

    /// What one person keeps.
    static let most = 50

    init(_ row: borrowing Row) throws {
        (id, name, address, createdAt) = (try row.get(0), try row.get(1), try row.get(2), try row.get(3))
    }
}

enum SavedSearchSchema {
    static let statements = [
        """
        CREATE TABLE resources_saved_search (
            id TEXT NOT NULL PRIMARY KEY, person_id TEXT NOT NULL REFERENCES directory_person (id), name TEXT NOT NULL,
            address TEXT NOT NULL, created_at INTEGER NOT NULL)
        """,
        "CREATE INDEX resources_saved_search_person ON resources_saved_search (person_id, id)",
    ]
}

/// All SQL of kept searches. Everybody reaches her own only.
struct SavedSearchStore {
    let db: Connection
    init(_ db: Connection) { self.db = db }

    /// The latest first.
    func list(of person: ID<Person>) throws -> [SavedSearch] {
        try db.rows(
            """
            SELECT id, name, address, created_at FROM resources_saved_search WHERE person_id = \(person)
            ORDER BY id DESC
            """, SavedSearch.init)
    }

    func insert(_ name: String, _ address: String, of person: ID<Person>, now: Timestamp) throws {
        try db.execute(
            """
            INSERT INTO resources_saved_search (id, person_id, name, address, created_at)
            VALUES (\(Identifiers.next()), \(person), \(name), \(address), \(now))
            """)
    }

    func rename(_ id: ID<SavedSearch>, to name: String) throws {
        try db.execute("UPDATE resources_saved_search SET name = \(name) WHERE id = \(id)")
    }

    /// Returns whether there was one.
    func remove(_ id: ID<SavedSearch>, of person: ID<Person>) throws -> Bool {
        try db.change("DELETE FROM resources_saved_search WHERE id = \(id) AND person_id = \(person)") > 0
    }

    func removeAll(of person: ID<Person>) throws -> Int {
        try db.change("DELETE FROM resources_saved_search WHERE person_id = \(person)")
    }
}

/// The deeds on kept searches, each in the transaction of the caller.
struct SavedSearchService {
    private let store: SavedSearchStore
    private let user: CurrentUser
    private let now: Timestamp

    init(_ db: Connection, by user: CurrentUser, now: Timestamp) {
        (store, self.user, self.now) = (SavedSearchStore(db), user, now)
    }

    /// Keeps the question; one kept already gets the new name. Throws `DomainError.invalid` for `name`.
    func save(_ name: String, _ address: String) throws {
        let known = try store.list(of: user.person)
        if address.isEmpty { throw DomainError.invalid("name", "先填写要找的内容，再保存") }
        if name.isEmpty { throw DomainError.invalid("name", "填写名称") }
        if name.unicodeScalars.count > 40 { throw DomainError.invalid("name", "名称不能超过 40 个字") }
        if let same = known.first(where: { $0.address == address }) { return try store.rename(same.id, to: name) }
        if known.count >= SavedSearch.most {
            throw DomainError.invalid("name", "最多保存 \(SavedSearch.most) 个，先删去不用的")
        }
        try store.insert(name, address, of: user.person, now: now)
    }

    /// Throws `DomainError.notFound`.
    func remove(_ id: ID<SavedSearch>) throws {
        guard try store.remove(id, of: user.person) else { throw DomainError.notFound }
    }
}
