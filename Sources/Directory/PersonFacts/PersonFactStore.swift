import Database
import Kernel
import Platform

/// All SQL of what is known of people. The questions name people whom the caller has found within a scope before; what
/// of the answer may be shown, the caller decides by `PersonField.isSensitive`.
package struct PersonFactStore {
    let db: Connection
    let crypto: any CryptoProvider

    package init(_ db: Connection, _ crypto: any CryptoProvider) { (self.db, self.crypto) = (db, crypto) }

    private static let columns: SQL = "f.person_id, f.id, f.plain, f.sealed, f.sources, f.valid_from, f.valid_to"

    /// What was known of each of the people on the day; who has no record is not in it.
    package func facts(of people: [ID<Person>], on day: LocalDate) throws -> [ID<Person>: PersonFacts] {
        var found: [ID<Person>: PersonFacts] = [:]
        for start in stride(from: 0, to: people.count, by: 512) {
            let chunk = Array(people[start..<min(start + 512, people.count)])
            try db.each(
                """
                SELECT \(PersonFactStore.columns) FROM directory_person_facts f
                WHERE f.person_id IN \(in: chunk) AND f.valid_from <= \(day)
                    AND (f.valid_to IS NULL OR f.valid_to > \(day))
                """
            ) { found[try $0.get(0)] = try read($0) }
        }
        return found
    }

    /// What is known of the person by the latest version; `nil` without any.
    package func latest(of person: ID<Person>) throws -> PersonFacts? {
        try db.first(
            """
            SELECT \(PersonFactStore.columns) FROM directory_person_facts f
            WHERE f.person_id = \(person) AND f.valid_to IS NULL
            """, { try read($0) })
    }

    /// The latest version of each of the people.
    package func latest(of people: [ID<Person>]) throws -> [ID<Person>: PersonFacts] {
        var found: [ID<Person>: PersonFacts] = [:]
        for start in stride(from: 0, to: people.count, by: 512) {
            let chunk = Array(people[start..<min(start + 512, people.count)])
            try db.each(
                """
                SELECT \(PersonFactStore.columns) FROM directory_person_facts f
                WHERE f.person_id IN \(in: chunk) AND f.valid_to IS NULL
                """
            ) { found[try $0.get(0)] = try read($0) }
        }
        return found
    }

    /// Some fields of many people as they were known on the day, none of them sealed: for statistics. Nothing is opened.
    package func plain(
        _ fields: Set<String>, of people: [ID<Person>], on day: LocalDate
    ) throws -> [ID<Person>: [String: String]] {
        var found: [ID<Person>: [String: String]] = [:]
        for start in stride(from: 0, to: people.count, by: 512) {
            let chunk = Array(people[start..<min(start + 512, people.count)])
            try db.each(
                """
                SELECT f.person_id, f.plain FROM directory_person_facts f
                WHERE f.person_id IN \(in: chunk) AND f.valid_from <= \(day)
                    AND (f.valid_to IS NULL OR f.valid_to > \(day))
                """
            ) { row in found[try row.get(0)] = PersonFactText.values(try row.get(1), of: fields) }
        }
        return found
    }

    /// The condition over `directory_person_facts f` that a field, which must not be sealed, has the value.
    package static func holds(_ value: String, in field: String) -> SQL {
        let pattern = "%\(field)\u{1F}\(value)\u{1F}%"
        return "f.plain LIKE \(pattern)"
    }

    /// All versions, the latest first.
    package func history(of person: ID<Person>) throws -> [PersonFacts] {
        try db.rows(
            """
            SELECT \(PersonFactStore.columns) FROM directory_person_facts f WHERE f.person_id = \(person)
            ORDER BY f.valid_from DESC, f.id DESC
            """
        ) { try read($0) }
    }

    /// Changes the fields that differ, from the day on, and returns their ids; none when all is as told. An empty value
    /// takes a datum away. Name, sex and birth date of the person follow. The caller has brought the values into their
    /// spelling and asked whether they may change. A day before the latest version's is taken as that version's day.
    @discardableResult
    package func change(
        _ values: [String: String], of person: ID<Person>, from day: LocalDate, source: FactSource
    ) throws -> [String] {
        try change(values, of: person, knowing: try latest(of: person), from: day, source: source)
    }

    /// The same when the caller has read the latest version already.
    @discardableResult
    package func change(
        _ values: [String: String], of person: ID<Person>, knowing known: PersonFacts?, from day: LocalDate,
        source: FactSource
    ) throws -> [String] {
        var facts = known?.values ?? [:], changed: [String] = []
        for (id, value) in values where (facts[id]?.value ?? "") != value {
            changed.append(id)
            facts[id] = value.isEmpty ? nil : PersonFact(value, from: source)
        }
        guard !changed.isEmpty else { return [] }
        let from = max(day, known?.from ?? day)
        if known != nil {
            try db.execute(
                """
                UPDATE directory_person_facts SET valid_to = \(from) WHERE person_id = \(person) AND valid_to IS NULL
                """)
        }
        try insert(facts, of: person, from: from, source)
        try project(changed, facts, of: person, at: source.at)
        return changed.sorted()
    }

    /// Begins the record of people who have none; name, sex and birth date were entered with the people. The values are
    /// in their spelling.
    package func begin(
        _ people: [(person: ID<Person>, values: [String: String])], from day: LocalDate, source: FactSource
    ) throws {
        // Of one source, so nothing has to be kept with each value.
        let sources = PersonFactText.encode([source])
        let rows = try people.map { person, values in
            var plain: [PersonFactText.Entry] = [], hidden = plain
            for id in values.keys.sorted() {
                guard let value = values[id] else { continue }
                if PersonField.plainIDs.contains(id) {
                    plain.append((id, value, 0))
                } else {
                    hidden.append((id, value, 0))
                }
            }
            return try row(plain, hidden, values.isEmpty ? "" : sources, of: person, from: day, source)
        }
        try db.insert(into: PersonFactStore.inserted, rows: rows)
    }

    func insert(
        _ facts: [String: PersonFact], of person: ID<Person>, from day: LocalDate, _ source: FactSource
    ) throws {
        try db.insert(into: PersonFactStore.inserted, rows: [try row(facts, of: person, from: day, source)])
    }

    private static let inserted: SQL =
        "directory_person_facts (id, person_id, plain, sealed, sources, valid_from, recorded_at, recorded_by)"

    private func row(
        _ facts: [String: PersonFact], of person: ID<Person>, from day: LocalDate, _ source: FactSource
    ) throws -> [DatabaseValue] {
        var sources: [FactSource] = [], places: [FactSource: Int] = [:]
        var plain: [PersonFactText.Entry] = [], hidden = plain
        for (id, fact) in facts.sorted(by: { $0.key < $1.key }) {
            let place = places[fact.source] ?? sources.count
            if place == sources.count {
                sources.append(fact.source)
                places[fact.source] = place
            }
            if PersonField.plainIDs.contains(id) {
                plain.append((id, fact.value, place))
            } else {
                hidden.append((id, fact.value, place))
            }
        }
        return try row(plain, hidden, PersonFactText.encode(sources), of: person, from: day, source)
    }

    private func row(
        _ plain: [PersonFactText.Entry], _ hidden: [PersonFactText.Entry], _ sources: String, of person: ID<Person>,
        from day: LocalDate, _ source: FactSource
    ) throws -> [DatabaseValue] {
        let id = Identifiers.next()
        let sealed = try crypto.seal(PersonFactText.encode(hidden), context: PersonFactStore.context(id))
        return [
            .text(id), person.databaseValue, .text(PersonFactText.encode(plain)), .blob(sealed),
            .text(sources), day.databaseValue, source.at.databaseValue, .text(source.by),
        ]
    }

    /// The columns of the person that follow from the facts.
    func project(
        _ changed: [String], _ facts: [String: PersonFact], of person: ID<Person>, at now: Timestamp
    ) throws {
        var columns: [SQL] = ["changed_at = \(now)"]
        if changed.contains("name"), let name = facts["name"]?.value {
            columns.append("name = \(name), initials = \(Pinyin.initials(of: name, as: .person))")
        }
        if changed.contains("sex") { columns.append("sex = \(facts["sex"]?.value)") }
        if changed.contains("birthDate") { columns.append("birth_date = \(facts["birthDate"]?.value)") }
        try db.execute("UPDATE directory_person SET \(SQL.joined(columns, ", ")) WHERE id = \(person)")
    }

    private func read(_ row: borrowing Row) throws -> PersonFacts {
        let id: String = try row.get(1)
        let sources = PersonFactText.decodeSources(try row.get(4))
        var values: [String: PersonFact] = [:]
        PersonFactText.decode(try row.get(2), sources, into: &values)
        PersonFactText.decode(
            try crypto.openText(row.get(3), context: PersonFactStore.context(id)), sources, into: &values)
        return PersonFacts(values, from: try row.get(5), until: try row.get(6))
    }

    static func context(_ id: String) -> String { "directory_person_facts.sealed/\(id)" }
}
