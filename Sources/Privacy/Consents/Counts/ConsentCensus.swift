import Database
import Directory
import Kernel

/// How many pupils of one school, class or place stand how.
struct ConsentCount: Sendable, Equatable {
    var pupils = 0
    /// Under 14, without a guardian whose relation is confirmed: only paper reaches them.
    var withoutGuardian = 0
    private var standings: [ConsentStanding: Int] = [:]

    subscript(standing: ConsentStanding) -> Int { standings[standing] ?? 0 }

    mutating func add(_ standing: ConsentStanding, withoutGuardian isAlone: Bool) {
        pupils += 1
        standings[standing, default: 0] += 1
        if isAlone { withoutGuardian += 1 }
    }

    static func + (a: ConsentCount, b: ConsentCount) -> ConsentCount {
        var sum = a
        sum.pupils += b.pupils
        sum.withoutGuardian += b.withoutGuardian
        sum.standings.merge(b.standings, uniquingKeysWith: +)
        return sum
    }
}

/// The pupils of a place on a day, with whatever the rule asks of them; read once, counted for any purpose.
struct ConsentCensus: Sendable {
    struct Pupil: Sendable {
        let person: ID<Person>
        let school: OrganisationID
        let classGroup: ID<ClassGroup>
        let age: ConsentAge
    }

    let day: LocalDate
    let pupils: [Pupil]
    private let guardians: [ID<Person>: [ID<Person>]]
    private let scope: DataScope

    init(within scope: DataScope, on day: LocalDate, _ db: Connection) throws {
        (self.scope, self.day) = (scope, day)
        let store = ConsentCensusStore(db)
        pupils = try store.pupils(within: scope, on: day)
        guardians = try store.guardians(within: scope, on: day)
    }

    /// Of minors, those under 14 or of unknown age, and those from 14 to 17.
    var minors: (children: Int, youths: Int) {
        (pupils.count { $0.age == .child }, pupils.count { $0.age == .youth })
    }

    /// - Parameter place: what the pupils are counted by.
    func counts<Place: Hashable>(
        of purpose: ConsentPurpose, by place: (Pupil) -> Place, _ db: Connection
    ) throws -> [Place: ConsentCount] {
        let words = try ConsentCensusStore(db).words(for: purpose.code, within: scope, on: day)
        var counts: [Place: ConsentCount] = [:]
        for pupil in pupils {
            let known = guardians[pupil.person] ?? []
            let standing = words[pupil.person].map { words in
                ConsentRule(age: pupil.age, guardians: Set(known), version: purpose.version.number).standing(words)
            }
            counts[place(pupil), default: ConsentCount()].add(
                standing ?? .notAsked, withoutGuardian: pupil.age == .child && known.isEmpty)
        }
        return counts
    }
}

/// SQL of many pupils at a time.
struct ConsentCensusStore {
    let db: Connection
    init(_ db: Connection) { self.db = db }

    private static func enrolled(within scope: DataScope, on day: LocalDate) -> SQL {
        """
        \(SQL.within(scope, "o.path")) AND e.valid_from <= \(day) AND (e.valid_to IS NULL OR e.valid_to > \(day))
        """
    }

    func pupils(within scope: DataScope, on day: LocalDate) throws -> [ConsentCensus.Pupil] {
        try db.rows(
            """
            SELECT e.person_id, e.school_id, e.class_id, p.birth_date FROM directory_enrolment e
            JOIN directory_organisation o ON o.id = e.school_id JOIN directory_person p ON p.id = e.person_id
            WHERE \(ConsentCensusStore.enrolled(within: scope, on: day))
            """
        ) { row in
            let born: String? = try row.get(3)
            return ConsentCensus.Pupil(
                person: try row.get(0), school: try row.get(1), classGroup: try row.get(2),
                age: ConsentAge(born: born.flatMap { LocalDate(iso: $0) }, on: day))
        }
    }

    /// The confirmed guardians of pupils.
    func guardians(within scope: DataScope, on day: LocalDate) throws -> [ID<Person>: [ID<Person>]] {
        var found: [ID<Person>: [ID<Person>]] = [:]
        try db.each(
            """
            SELECT g.child_id, g.guardian_id FROM directory_guardianship g
            JOIN directory_enrolment e ON e.person_id = g.child_id JOIN directory_organisation o ON o.id = e.school_id
            WHERE g.state = 'confirmed' AND g.valid_from <= \(day) AND (g.valid_to IS NULL OR g.valid_to > \(day))
                AND \(ConsentCensusStore.enrolled(within: scope, on: day))
            """
        ) { row in found[try row.get(0), default: []].append(try row.get(1)) }
        return found
    }

    /// What was said about pupils for the purpose up to the end of the day, the oldest first.
    func words(
        for purpose: String, within scope: DataScope, on day: LocalDate
    ) throws -> [ID<Person>: [ConsentWord]] {
        let end = Timestamp(startOf: day.adding(days: 1))
        var found: [ID<Person>: [ConsentWord]] = [:]
        try db.each(
            """
            SELECT a.child_id, a.capacity, a.giver_id, a.version, a.word, a.signer_name FROM privacy_consent_answer a
            JOIN directory_enrolment e ON e.person_id = a.child_id JOIN directory_organisation o ON o.id = e.school_id
            WHERE a.purpose = \(purpose) AND a.decided_at < \(end)
                AND \(ConsentCensusStore.enrolled(within: scope, on: day))
            ORDER BY a.decided_at, a.id
            """
        ) { row in found[try row.get(0), default: []].append(try ConsentWord(row, from: 1)) }
        return found
    }
}
