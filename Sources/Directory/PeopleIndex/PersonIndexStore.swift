import Database
import Kernel
import Platform

/// All SQL of the index of people: what it is made from, how it is kept, how it answers.
package struct PersonIndexStore {
    let db: Connection
    package init(_ db: Connection) { self.db = db }

    /// The places of the people as their records have it on the day; those merged into others have none.
    package func entries(of people: [ID<Person>], on day: LocalDate) throws -> [PersonEntry] {
        var names: [ID<Person>: String] = [:]
        var ties: [ID<Person>: [(school: OrganisationID, tie: PersonEntry.Tie, until: LocalDate?)]] = [:]
        for start in stride(from: 0, to: people.count, by: 512) {
            let chunk = Array(people[start..<min(start + 512, people.count)])
            try db.each("SELECT id, name FROM directory_person WHERE id IN \(in: chunk) AND merged_into IS NULL") {
                names[try $0.get(0)] = try $0.get(1)
            }
            for (tie, question) in PersonIndexStore.ties(of: chunk) {
                try db.each(question) { row in
                    ties[try row.get(0), default: []].append((try row.get(1), tie, try row.get(2)))
                }
            }
        }
        return people.flatMap { person in
            names[person].map { PersonEntry.present(ties[person] ?? [], of: person, named: $0, on: day) } ?? []
        }
    }

    private static func ties(of people: [ID<Person>]) -> [(PersonEntry.Tie, SQL)] {
        [
            (
                .pupil,
                """
                SELECT person_id, school_id, valid_to FROM directory_enrolment
                WHERE person_id IN \(in: people) AND (valid_to IS NULL OR valid_to > valid_from)
                """
            ),
            (
                .staff,
                """
                SELECT person_id, organisation_id, valid_to FROM directory_appointment
                WHERE person_id IN \(in: people) AND (valid_to IS NULL OR valid_to > valid_from)
                """
            ),
            (
                .guardian,
                """
                SELECT g.guardian_id, e.school_id, CASE WHEN g.valid_to IS NULL THEN e.valid_to ELSE g.valid_to END
                FROM directory_guardianship g JOIN directory_enrolment e ON e.person_id = g.child_id
                WHERE g.guardian_id IN \(in: people) AND g.state = 'confirmed'
                    AND (g.valid_to IS NULL OR g.valid_to > g.valid_from)
                    AND (e.valid_to IS NULL OR e.valid_to > e.valid_from)
                """
            ),
        ]
    }

    /// A place in the changes of one table.
    struct Cursor: Sendable, Equatable {
        var at: Timestamp
        var id: String
        static let start = Cursor(at: Timestamp(milliseconds: -1), id: "")
    }

    /// Where the changes that matter stand, and whom each row is about.
    private static let sources: [(name: String, table: SQL, person: SQL)] = [
        ("person", "directory_person", "id"), ("enrolment", "directory_enrolment", "person_id"),
        ("appointment", "directory_appointment", "person_id"),
        ("guardianship", "directory_guardianship", "guardian_id"),
    ]

    func cursors() throws -> [String: Cursor] {
        var cursors: [String: Cursor] = [:]
        try db.each("SELECT source, changed_at, id FROM directory_person_index_cursor") {
            cursors[try $0.get(0)] = Cursor(at: try $0.get(1), id: try $0.get(2))
        }
        return cursors
    }

    func keep(_ cursors: [String: Cursor]) throws {
        for (source, cursor) in cursors {
            try db.execute(
                """
                INSERT INTO directory_person_index_cursor (source, changed_at, id)
                VALUES (\(source), \(cursor.at), \(cursor.id))
                ON CONFLICT (source) DO UPDATE SET changed_at = excluded.changed_at, id = excluded.id
                """)
        }
    }

    /// The people whom changes behind the cursors are about, guardians of moved pupils among them, and the cursors
    /// behind those changes.
    /// - Parameters:
    ///   - horizon: the latest change to look at.
    ///   - limit: of changes of one table.
    func changed(
        after cursors: [String: Cursor], until horizon: Timestamp, limit: Int
    ) throws -> (people: Set<ID<Person>>, cursors: [String: Cursor]) {
        var people: Set<ID<Person>> = [], moved: [ID<Person>] = [], next = cursors
        for source in PersonIndexStore.sources {
            let from = cursors[source.name] ?? .start
            try db.each(
                """
                SELECT \(source.person), changed_at, id FROM \(source.table)
                WHERE (changed_at, id) > (\(from.at), \(from.id)) AND changed_at <= \(horizon)
                ORDER BY changed_at, id LIMIT \(limit)
                """
            ) { row in
                let person: ID<Person> = try row.get(0)
                people.insert(person)
                if source.name == "enrolment" { moved.append(person) }
                next[source.name] = Cursor(at: try row.get(1), id: try row.get(2))
            }
        }
        for start in stride(from: 0, to: moved.count, by: 512) {
            let chunk = Array(moved[start..<min(start + 512, moved.count)])
            let guardians: [ID<Person>] = try db.column(
                "SELECT guardian_id FROM directory_guardianship WHERE child_id IN \(in: chunk)")
            people.formUnion(guardians)
        }
        return (people, next)
    }

    /// The rows of the index about the people, by number.
    private func kept(_ people: [ID<Person>]) throws -> [(number: Int, school: Int, entry: PersonEntry)] {
        try db.rows(
            """
            SELECT number, school, person_id, name, school_id, tie FROM directory_person_entry
            WHERE person_id IN \(in: people)
            """
        ) { row in
            let tie: String = try row.get(5)
            return (
                try row.get(0), try row.get(1),
                PersonEntry(
                    person: try row.get(2), name: try row.get(3), school: try row.get(4),
                    tie: PersonEntry.Tie(rawValue: tie) ?? .pupil)
            )
        }
    }

    /// Brings the index to what the records of the people say.
    func index(_ people: [ID<Person>], on day: LocalDate) throws {
        for start in stride(from: 0, to: people.count, by: 256) {
            let chunk = Array(people[start..<min(start + 256, people.count)])
            let wanted = Set(try entries(of: chunk, on: day)), kept = try kept(chunk)
            try remove(kept.filter { !wanted.contains($0.entry) })
            try add(wanted.subtracting(kept.map(\.entry)).sorted { $0.person.rawValue < $1.person.rawValue })
        }
    }

    /// Puts people into the index who are entered with this transaction, without looking at the records. The caller has
    /// the database to itself, and the index was up to the records before: all that was written counts as taken over.
    package func begin(_ entries: [PersonEntry]) throws {
        try add(entries)
        var cursors: [String: Cursor] = [:]
        for source in PersonIndexStore.sources {
            cursors[source.name] = try db.first(
                "SELECT changed_at, id FROM \(source.table) ORDER BY changed_at DESC, id DESC LIMIT 1"
            ) { Cursor(at: try $0.get(0), id: try $0.get(1)) }
        }
        try keep(cursors)
    }

    private func remove(_ rows: [(number: Int, school: Int, entry: PersonEntry)]) throws {
        for row in rows {
            for term in PersonTerms.terms(of: row.entry.name) {
                try db.execute(
                    """
                    DELETE FROM directory_person_term
                    WHERE term = \(term) AND entry = \(row.number) AND school = \(row.school)
                    """)
            }
            try db.execute("DELETE FROM directory_person_entry WHERE number = \(row.number)")
        }
    }

    private func add(_ entries: [PersonEntry]) throws {
        guard !entries.isEmpty else { return }
        let schools = try schoolNumbers(Set(entries.map(\.school)))
        var number: Int = try db.value("SELECT MAX(number) FROM directory_person_entry") ?? 0
        var rows: [[DatabaseValue]] = [], terms: [[DatabaseValue]] = []
        for entry in entries {
            guard let school = schools[entry.school] else { continue }
            number += 1
            rows.append([
                number.databaseValue, entry.person.databaseValue, entry.school.databaseValue, school.databaseValue,
                entry.tie.rawValue.databaseValue, entry.name.databaseValue,
            ])
            for term in PersonTerms.terms(of: entry.name) {
                terms.append([term.databaseValue, school.databaseValue, number.databaseValue])
            }
        }
        try db.insert(into: "directory_person_entry (number, person_id, school_id, school, tie, name)", rows: rows)
        try db.insert(into: "directory_person_term (term, school, entry)", rows: terms)
    }

    private func schoolNumbers(_ schools: Set<OrganisationID>) throws -> [OrganisationID: Int] {
        var numbers: [OrganisationID: Int] = [:]
        try db.each("SELECT school_id, number FROM directory_school_number WHERE school_id IN \(in: Array(schools))") {
            numbers[try $0.get(0)] = try $0.get(1)
        }
        var last: Int = try db.value("SELECT MAX(number) FROM directory_school_number") ?? 0
        for school in schools.subtracting(numbers.keys).sorted(by: { $0.rawValue < $1.rawValue }) {
            last += 1
            try db.execute("INSERT INTO directory_school_number (number, school_id) VALUES (\(last), \(school))")
            numbers[school] = last
        }
        return numbers
    }
}
