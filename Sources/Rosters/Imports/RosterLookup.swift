import Database
import Directory
import Kernel
import Platform

/// What is known of the people a thousand rows tell of, read in few questions.
struct RosterLookup: Sendable {
    var matches: [PersonMatch] = []
    var holders: [PersonIdentifier: ID<Person>] = [:]
    var people: [ID<Person>: KnownPerson] = [:]
    var facts: [ID<Person>: PersonFacts] = [:]
    var texts: [ID<Person>: [PersonIdentifierKind: String]] = [:]
    var standings: [ID<Person>: RosterPeopleStore.Standing] = [:]
    var posts: [ID<Person>: [RosterPeopleStore.Post]] = [:]
    /// Those that nobody has ended, pending ones among them.
    var guardians: [ID<Person>: [Guardianship]] = [:]
    /// Those that a school has ended or refused.
    var closedGuardians: [ID<Person>: [Guardianship]] = [:]
    /// The last day on which each of the people left a class.
    var left: [ID<Person>: LocalDate] = [:]
    /// Of the schools that were asked for.
    var classes: [ClassGroup] = []

    /// - Parameters:
    ///   - keys: whom each of the candidates is said to be by the platform's own key.
    ///   - guardianNumbers: of parents the rows tell of.
    ///   - schools: whose classes are needed.
    ///   - today: on which posts have to hold.
    static func load(
        _ candidates: [PersonCandidate], keys: [ID<Person>?], guardianNumbers: [PersonIdentifier],
        schools: [OrganisationID],
        roster: RosterKind, on today: LocalDate, _ db: Connection, _ crypto: any CryptoProvider
    ) throws -> RosterLookup {
        var found = RosterLookup()
        let store = RosterPeopleStore(db), identifiers = PersonIdentifierStore(db, crypto)
        found.classes = try store.classes(of: schools)
        found.matches = try DuplicateQueue(db, crypto).matches(candidates)
        try found.follow(keys, candidates, store)
        // Of those the matching found nobody for, nobody has the numbers.
        let met = zip(candidates, found.matches).filter { $0.1 != .unknown }.map(\.0)
        let numbers = Set(met.flatMap(\.identifiers)).union(guardianNumbers)
        found.holders = try identifiers.holders(of: Array(numbers))
        let known = found.matches.compactMap { match -> ID<Person>? in
            if case .known(let person, _) = match { person } else { nil }
        }
        found.people = try store.people(Array(Set(known).union(found.holders.values)))
        guard !known.isEmpty else { return found }
        found.facts = try PersonFactStore(db, crypto).latest(of: known)
        found.texts = try identifiers.texts(of: known, kinds: Set(PersonIdentifierKind.allCases))
        if roster == .pupils {
            found.standings = try store.standings(of: known)
            found.left = try store.left(known.filter { found.standings[$0] == nil })
            found.guardians = try GuardianshipStore(db).open(of: known)
            found.closedGuardians = try GuardianshipStore(db).closed(of: known)
        } else {
            found.posts = try store.posts(of: known, on: today)
        }
        return found
    }

    /// A key says who is meant, unless the name speaks against it.
    private mutating func follow(
        _ keys: [ID<Person>?], _ candidates: [PersonCandidate], _ store: RosterPeopleStore
    ) throws {
        let told = try store.survivors(of: keys.compactMap { $0 })
        guard !told.isEmpty else { return }
        for (index, key) in keys.enumerated() {
            guard let key, let person = told[key] else { continue }
            if case .known(let other, _) = matches[index], other != person.id {
                matches[index] = .doubtful([person.id, other], why: .numbersDisagree)
            } else if PersonCandidate.isSameName(person.name, candidates[index].name) {
                matches[index] = .known(person.id, by: .decision)
            } else {
                matches[index] = .doubtful([person.id], why: .otherName)
            }
        }
    }
}

extension RosterPeopleStore {
    /// Who goes on for each of the keys: the person herself, or into whom she was merged. A key of nobody is left out.
    func survivors(of keys: [ID<Person>]) throws -> [ID<Person>: (id: ID<Person>, name: String)] {
        var found: [ID<Person>: (id: ID<Person>, name: String)] = [:]
        for start in stride(from: 0, to: keys.count, by: 512) {
            try db.each(
                """
                SELECT p.id, s.id, s.name FROM directory_person p
                JOIN directory_person s ON s.id = COALESCE(p.merged_into, p.id)
                WHERE p.id IN \(in: Array(keys[start..<min(start + 512, keys.count)]))
                """
            ) { found[try $0.get(0)] = (try $0.get(1), try $0.get(2)) }
        }
        return found
    }

    /// The last day on which each of the people left a class.
    func left(_ ids: [ID<Person>]) throws -> [ID<Person>: LocalDate] {
        var found: [ID<Person>: LocalDate] = [:]
        for start in stride(from: 0, to: ids.count, by: 512) {
            try db.each(
                """
                SELECT person_id, MAX(valid_to) FROM directory_enrolment
                WHERE person_id IN \(in: Array(ids[start..<min(start + 512, ids.count)])) AND valid_to IS NOT NULL
                GROUP BY person_id
                """
            ) { found[try $0.get(0)] = try $0.get(1) }
        }
        return found
    }
}
