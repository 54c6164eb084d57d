import Database
import Kernel

/// All SQL of matching, over the whole city. Who was merged into somebody else is not found any more.
struct PersonMatchStore {
    let db: Connection
    init(_ db: Connection) { self.db = db }

    private static let atOnce = 512

    private static func chunks<T>(_ all: [T], _ body: ([T]) throws -> Void) rethrows {
        for start in stride(from: 0, to: all.count, by: atOnce) {
            try body(Array(all[start..<min(start + atOnce, all.count)]))
        }
    }

    private static func known(_ row: borrowing Row) throws -> MatchEvidence.Known {
        let born: String? = row.isNull(2) ? nil : try row.get(2)
        return MatchEvidence.Known(
            id: try row.get(0), name: try row.get(1), birthDate: born.flatMap { LocalDate(iso: $0) })
    }

    func people(_ ids: [ID<Person>]) throws -> [ID<Person>: MatchEvidence.Known] {
        var found: [ID<Person>: MatchEvidence.Known] = [:]
        try PersonMatchStore.chunks(ids) { chunk in
            try db.each("SELECT id, name, birth_date FROM directory_person WHERE id IN \(in: chunk)") { row in
                found[try row.get(0)] = try PersonMatchStore.known(row)
            }
        }
        return found
    }

    func namesakes(_ names: Set<String>) throws -> [String: [MatchEvidence.Known]] {
        var found: [String: [MatchEvidence.Known]] = [:]
        try PersonMatchStore.chunks(Array(names)) { chunk in
            try db.each(
                """
                SELECT id, name, birth_date FROM directory_person WHERE name IN \(in: chunk) AND merged_into IS NULL
                """
            ) { row in
                found[try row.get(1), default: []].append(try PersonMatchStore.known(row))
            }
        }
        return found
    }

    /// The schools at which each of the people is or was a pupil or on the staff.
    func schools(of people: [ID<Person>]) throws -> [ID<Person>: Set<OrganisationID>] {
        var found: [ID<Person>: Set<OrganisationID>] = [:]
        try PersonMatchStore.chunks(people) { chunk in
            try db.each(
                """
                SELECT person_id, school_id FROM directory_enrolment WHERE person_id IN \(in: chunk)
                UNION SELECT person_id, organisation_id FROM directory_appointment WHERE person_id IN \(in: chunk)
                """
            ) { found[try $0.get(0), default: []].insert(try $0.get(1)) }
        }
        return found
    }

    /// The guardians of each of the people, present and former, by the schools' word.
    func guardians(of people: [ID<Person>]) throws -> [ID<Person>: Set<ID<Person>>] {
        var found: [ID<Person>: Set<ID<Person>>] = [:]
        try PersonMatchStore.chunks(people) { chunk in
            try db.each(
                """
                SELECT child_id, guardian_id FROM directory_guardianship
                WHERE child_id IN \(in: chunk) AND state = 'confirmed'
                """
            ) { found[try $0.get(0), default: []].insert(try $0.get(1)) }
        }
        return found
    }
}
