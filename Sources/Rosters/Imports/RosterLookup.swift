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
    var guardians: [ID<Person>: [KnownPerson]] = [:]
    /// The last day on which each of the people left a class.
    var left: [ID<Person>: LocalDate] = [:]
    /// Of the schools that were asked for.
    var classes: [ClassGroup] = []

    /// - Parameters:
    ///   - guardianNumbers: of parents the rows tell of.
    ///   - schools: whose classes are needed.
    static func load(
        _ candidates: [PersonCandidate], guardianNumbers: [PersonIdentifier], schools: [OrganisationID],
        roster: RosterKind, _ db: Connection, _ crypto: any CryptoProvider
    ) throws -> RosterLookup {
        var found = RosterLookup()
        let store = RosterPeopleStore(db), identifiers = PersonIdentifierStore(db, crypto)
        found.classes = try store.classes(of: schools)
        found.matches = try DuplicateQueue(db, crypto).matches(candidates)
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
            found.guardians = try store.guardians(of: known)
        } else {
            found.posts = try store.posts(of: known)
        }
        return found
    }
}

extension RosterPeopleStore {
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
