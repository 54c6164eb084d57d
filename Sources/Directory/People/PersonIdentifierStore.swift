import Database
import Kernel
import Platform

/// The numbers of people, encrypted and yet to be found by. All SQL of them stands here; plain numbers come in as
/// `PersonIdentifier` and go out only as masks.
package struct PersonIdentifierStore {
    let db: Connection
    let crypto: any CryptoProvider

    package init(_ db: Connection, _ crypto: any CryptoProvider) { (self.db, self.crypto) = (db, crypto) }

    /// A person known by a number.
    package struct Holder: Sendable, Equatable {
        package let person: ID<Person>
        package let kind: PersonIdentifierKind
    }

    /// Gives a person the number; it replaces one of the same kind. Throws `DomainError.invalid` when somebody else has
    /// it, without saying who.
    /// - Parameters:
    ///   - author: kept as who recorded it.
    ///   - field: named by the problem.
    package func set(
        _ identifier: PersonIdentifier, of person: ID<Person>, by author: String, at now: Timestamp,
        field: String? = nil
    ) throws {
        if let holder = try holder(of: identifier) {
            guard holder == person else { throw taken(identifier, field) }
            if try isOwn(identifier, of: person) { return }
            // A number of somebody who was merged into her becomes her own.
            try db.execute(
                "DELETE FROM directory_person_identifier WHERE lookup = \(key(identifier)) AND kind = \(identifier.kind)"
            )
        }
        let id = ID<PersonIdentifier>.new()
        let sealed = try crypto.seal(identifier.text, context: PersonIdentifierStore.context(id))
        try db.execute(
            """
            DELETE FROM directory_person_identifier WHERE person_id = \(person) AND kind = \(identifier.kind)
            """)
        do {
            try db.execute(
                """
                INSERT INTO directory_person_identifier (id, person_id, kind, document_type, lookup, sealed,
                    recorded_at, recorded_by)
                VALUES (\(id), \(person), \(identifier.kind), \(identifier.documentType), \(key(identifier)),
                    \(sealed), \(now), \(author))
                """)
        } catch DatabaseError.uniqueViolation {
            throw taken(identifier, field)
        }
        // Whoever follows the person hears of her number.
        try db.execute("UPDATE directory_person SET changed_at = \(now) WHERE id = \(person) AND changed_at < \(now)")
    }

    /// Takes the number of the kind from a person. Returns whether there was one.
    @discardableResult
    package func remove(_ kind: PersonIdentifierKind, of person: ID<Person>) throws -> Bool {
        try db.change("DELETE FROM directory_person_identifier WHERE person_id = \(person) AND kind = \(kind)") > 0
    }

    /// Who has exactly this number. A number of somebody who was merged into another leads to the other.
    package func holder(of identifier: PersonIdentifier) throws -> ID<Person>? {
        try db.value(
            """
            SELECT COALESCE(p.merged_into, i.person_id) FROM directory_person_identifier i
            JOIN directory_person p ON p.id = i.person_id
            WHERE i.lookup = \(key(identifier)) AND i.kind = \(identifier.kind)
                AND i.document_type = \(identifier.documentType)
            """)
    }

    /// Who has each of the numbers; nobody's numbers are not in it.
    package func holders(of identifiers: [PersonIdentifier]) throws -> [PersonIdentifier: ID<Person>] {
        try holders(of: keys(of: identifiers))
    }

    /// By what each of the numbers is found: for whoever asks for numbers and then gives them.
    package func keys(of identifiers: [PersonIdentifier]) -> [PersonIdentifier: [UInt8]] {
        var keys: [PersonIdentifier: [UInt8]] = [:]
        for identifier in identifiers where keys[identifier] == nil { keys[identifier] = key(identifier) }
        return keys
    }

    package func holders(of known: [PersonIdentifier: [UInt8]]) throws -> [PersonIdentifier: ID<Person>] {
        let byKey = Dictionary(known.map { ($1, $0) }) { first, _ in first }
        let keys = Array(byKey.keys)
        var holders: [PersonIdentifier: ID<Person>] = [:]
        for start in stride(from: 0, to: keys.count, by: 512) {
            let chunk = Array(keys[start..<min(start + 512, keys.count)])
            try db.each(
                """
                SELECT i.lookup, i.kind, i.document_type, COALESCE(p.merged_into, i.person_id)
                FROM directory_person_identifier i JOIN directory_person p ON p.id = i.person_id
                WHERE i.lookup IN \(in: chunk)
                """
            ) { row in
                guard let known = byKey[try row.get(0)], known.kind == (try row.get(1)),
                    known.documentType == (try row.get(2))
                else { return }
                holders[known] = try row.get(3)
            }
        }
        return holders
    }

    /// Gives numbers to people who have none of their kind. Throws `DomainError.conflict` when one of them is taken by
    /// now.
    /// - Parameter keys: what `keys(of:)` has told of them.
    package func insert(
        _ numbers: [(identifier: PersonIdentifier, person: ID<Person>)], keys: [PersonIdentifier: [UInt8]] = [:],
        by author: String, at now: Timestamp
    ) throws {
        let rows: [[DatabaseValue]] = try numbers.map { identifier, person in
            let id = ID<PersonIdentifier>.new()
            let sealed = try crypto.seal(identifier.text, context: PersonIdentifierStore.context(id))
            return [
                id.databaseValue, person.databaseValue, identifier.kind.databaseValue, .text(identifier.documentType),
                .blob(keys[identifier] ?? key(identifier)), .blob(sealed), now.databaseValue, .text(author),
            ]
        }
        do {
            try db.insert(
                into:
                    """
                    directory_person_identifier (id, person_id, kind, document_type, lookup, sealed, recorded_at,
                        recorded_by)
                    """, rows: rows)
        } catch DatabaseError.uniqueViolation {
            throw DomainError.conflict("有号码刚被他人登记，请重新核对。")
        }
    }

    /// Whoever is known by the text, whatever kind of number it is. More than one person only when the same digits are
    /// numbers of different kinds: who signs in by such a text is then asked for another.
    package func find(_ text: String) throws -> [Holder] {
        let candidates = PersonIdentifier.candidates(text)
        guard !candidates.isEmpty else { return [] }
        let keys = candidates.map { candidate in
            "(i.lookup = \(key(candidate)) AND i.kind = \(candidate.kind))" as SQL
        }
        return try db.rows(
            """
            SELECT COALESCE(p.merged_into, i.person_id), i.kind FROM directory_person_identifier i
            JOIN directory_person p ON p.id = i.person_id WHERE \(SQL.joined(keys, " OR ")) ORDER BY i.kind
            """
        ) { Holder(person: try $0.get(0), kind: try $0.get(1)) }
    }

    /// The masked numbers of the people. Throws `CryptoError` when the keys are not those of the database.
    package func masked(of people: [ID<Person>]) throws -> [ID<Person>: [PersonIdentifierKind: String]] {
        var masks: [ID<Person>: [PersonIdentifierKind: String]] = [:]
        for start in stride(from: 0, to: people.count, by: 512) {
            let chunk = Array(people[start..<min(start + 512, people.count)])
            try db.each(
                """
                SELECT person_id, kind, id, sealed FROM directory_person_identifier WHERE person_id IN \(in: chunk)
                """
            ) { row in
                let kind: PersonIdentifierKind = try row.get(1)
                let text = try crypto.openText(
                    row.get(3), context: PersonIdentifierStore.context(row.get(2, as: ID<PersonIdentifier>.self)))
                masks[try row.get(0), default: [:]][kind] = PersonIdentifier.mask(text, kind)
            }
        }
        return masks
    }

    /// The numbers of the people in full. For exports, exchange and the full look at one number only: the caller leaves
    /// an audit entry, and the numbers go into no log and no list.
    package func texts(
        of people: [ID<Person>], kinds: Set<PersonIdentifierKind>
    ) throws -> [ID<Person>: [PersonIdentifierKind: String]] {
        var texts: [ID<Person>: [PersonIdentifierKind: String]] = [:]
        for start in stride(from: 0, to: people.count, by: 512) {
            let chunk = Array(people[start..<min(start + 512, people.count)])
            try db.each(
                """
                SELECT person_id, kind, id, sealed FROM directory_person_identifier
                WHERE person_id IN \(in: chunk) AND kind IN \(in: Array(kinds))
                """
            ) { row in
                texts[try row.get(0), default: [:]][try row.get(1)] = try crypto.openText(
                    row.get(3), context: PersonIdentifierStore.context(row.get(2, as: ID<PersonIdentifier>.self)))
            }
        }
        return texts
    }

    /// Which kinds of numbers each of the people has.
    package func kinds(of people: [ID<Person>]) throws -> [ID<Person>: Set<PersonIdentifierKind>] {
        var kinds: [ID<Person>: Set<PersonIdentifierKind>] = [:]
        for start in stride(from: 0, to: people.count, by: 512) {
            let chunk = Array(people[start..<min(start + 512, people.count)])
            try db.each("SELECT person_id, kind FROM directory_person_identifier WHERE person_id IN \(in: chunk)") {
                kinds[try $0.get(0), default: []].insert(try $0.get(1))
            }
        }
        return kinds
    }

    private func isOwn(_ identifier: PersonIdentifier, of person: ID<Person>) throws -> Bool {
        let found: Int? = try db.value(
            """
            SELECT 1 FROM directory_person_identifier WHERE lookup = \(key(identifier)) AND kind = \(identifier.kind)
                AND document_type = \(identifier.documentType) AND person_id = \(person)
            """)
        return found != nil
    }

    private func key(_ identifier: PersonIdentifier) -> [UInt8] {
        crypto.lookupKey(identifier.text, purpose: identifier.kind.purpose)
    }

    private static func context(_ id: ID<PersonIdentifier>) -> String { "directory_person_identifier.sealed/\(id)" }

    private func taken(_ identifier: PersonIdentifier, _ field: String?) -> DomainError {
        .invalid(field ?? identifier.kind.rawValue, "这个\(identifier.kind.title)已登记在别人名下，核对后再填")
    }
}
