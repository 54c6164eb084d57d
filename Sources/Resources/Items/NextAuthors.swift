import Database
import Kernel
import Platform

/// The authors that an open version of a published resource is to have. They are authors once the version is published:
/// until then nobody is named for what readers do not see, and nobody gets rights by somebody else's draft.
struct NextAuthors {
    private let db: Connection
    init(_ db: Connection) { self.db = db }

    /// In their order; empty when the version leaves them as they are.
    func of(_ item: ID<Item>, version: Int) throws -> [ItemAuthor] {
        var seen: Set<ID<Person>> = []
        return try db.rows(
            """
            SELECT n.person_id, p.name FROM resources_next_author n JOIN directory_person p ON p.id = n.person_id
            WHERE n.item_id = \(item) AND n.version = \(version) ORDER BY n.position
            """
        ) { ItemAuthor(person: try $0.get(0), name: try $0.get(1)) }.filter { seen.insert($0.person).inserted }
    }

    func set(_ people: [ID<Person>], of item: ID<Item>, version: Int) throws {
        try db.execute("DELETE FROM resources_next_author WHERE item_id = \(item) AND version = \(version)")
        try db.insert(
            into: "resources_next_author (id, item_id, version, person_id, position)",
            rows: people.enumerated().map { position, person in
                [
                    .text(Identifiers.next()), item.databaseValue, .integer(Int64(version)), person.databaseValue,
                    .integer(Int64(position)),
                ]
            })
    }

    /// Part of the transaction that publishes the version.
    func take(_ item: ID<Item>, version: Int) throws {
        let people = try of(item, version: version).map(\.person)
        if !people.isEmpty { try ItemWritingStore(db).setAuthors(people, of: item) }
        try db.execute("DELETE FROM resources_next_author WHERE item_id = \(item) AND version <= \(version)")
    }

    /// Takes a name out of every version that is not published.
    func forget(_ person: ID<Person>) throws {
        try db.execute("DELETE FROM resources_next_author WHERE person_id = \(person)")
    }
}

enum NextAuthorSchema {
    static let statements = [
        """
        CREATE TABLE resources_next_author (
            id TEXT NOT NULL PRIMARY KEY, item_id TEXT NOT NULL REFERENCES resources_item (id),
            version INTEGER NOT NULL, person_id TEXT NOT NULL REFERENCES directory_person (id),
            position INTEGER NOT NULL)
        """,
        "CREATE INDEX resources_next_author_item ON resources_next_author (item_id, version, position)",
        "CREATE INDEX resources_next_author_person ON resources_next_author (person_id)",
    ]
}
