import Database
import Kernel
import Platform

/// Finds out for many candidates at once who of them the city knows. The questions go over the whole city: a pupil who
/// comes from another school is found, and what may be shown of her the caller decides.
package struct PersonMatcher {
    private let identifiers: PersonIdentifierStore
    private let store: PersonMatchStore
    private let crypto: any CryptoProvider

    package init(_ db: Connection, _ crypto: any CryptoProvider) {
        self.crypto = crypto
        (identifiers, store) = (PersonIdentifierStore(db, crypto), PersonMatchStore(db))
    }

    /// One answer for each candidate, in their order.
    package func matches(_ candidates: [PersonCandidate]) throws -> [PersonMatch] {
        var evidence = Array(repeating: MatchEvidence(), count: candidates.count)
        let holders = try identifiers.holders(
            of: candidates.flatMap { $0.identifiers + [$0.guardianPhone].compactMap { $0 } })
        for (index, candidate) in candidates.enumerated() {
            for identifier in candidate.identifiers {
                evidence[index].holders[identifier.kind] = holders[identifier]
            }
        }
        let held = Set(evidence.flatMap { $0.holders.values })
        let known = try store.people(Array(held))
        for index in candidates.indices {
            for person in evidence[index].holders.values { evidence[index].people[person] = known[person] }
        }
        try addNamesakes(candidates, holders, to: &evidence)
        return zip(candidates, evidence).map(MatchRules.decide)
    }

    package func match(_ candidate: PersonCandidate) throws -> PersonMatch {
        try matches([candidate]).first ?? .unknown
    }

    /// Says that a candidate is the same as one seen before, and nothing else: a keyed hash in hexadecimal digits.
    package func key(of candidate: PersonCandidate) -> String {
        let numbers = candidate.identifiers + [candidate.guardianPhone].compactMap { $0 }
        let parts =
            [candidate.name, candidate.birthDate?.iso ?? "", candidate.school?.rawValue ?? ""]
            + numbers.map { "\($0.kind.rawValue):\($0.documentType):\($0.text)" }.sorted()
        return Hex.encode(crypto.lookupKey(parts.joined(separator: "\u{1F}"), purpose: "directory_person_candidate"))
    }

    /// People of the same name, for the candidates whom no number has found.
    private func addNamesakes(
        _ candidates: [PersonCandidate], _ holders: [PersonIdentifier: ID<Person>], to evidence: inout [MatchEvidence]
    ) throws {
        let open = candidates.indices.filter { index in
            !MatchRules.strong.contains { evidence[index].holders[$0] != nil }
        }
        let byName = try store.namesakes(Set(open.map { candidates[$0].name }))
        var wanted: Set<ID<Person>> = []
        for index in open {
            let born = candidates[index].birthDate
            // Who was born on another day is somebody else.
            let possible = (byName[candidates[index].name] ?? []).filter {
                $0.birthDate == nil || born == nil || $0.birthDate == born
            }
            for person in possible { evidence[index].people[person.id] = person }
            evidence[index].namesakes = possible.map(\.id)
            wanted.formUnion(possible.map(\.id))
        }
        guard !wanted.isEmpty else { return }
        let people = Array(wanted)
        let places = try store.schools(of: people), kinds = try identifiers.kinds(of: people)
        let parents = try store.guardians(of: people)
        for index in open {
            let candidate = candidates[index]
            let own = evidence[index].holders[.phone], parent = candidate.guardianPhone.flatMap { holders[$0] }
            for id in evidence[index].namesakes {
                guard var person = evidence[index].people[id] else { continue }
                person.kinds = kinds[id] ?? []
                person.isAtSchool = candidate.school.map { places[id]?.contains($0) ?? false } ?? false
                person.hasPhone = own == id || (parent.map { parents[id]?.contains($0) ?? false } ?? false)
                evidence[index].people[id] = person
            }
        }
    }
}
