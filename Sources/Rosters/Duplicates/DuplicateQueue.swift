import Database
import Directory
import Kernel
import Platform

/// Matching with a memory, for imports and exchange: what a person has decided about a row is not asked again, and what
/// is doubtful is put before whoever may decide.
package struct DuplicateQueue {
    private let db: Connection
    private let now: Timestamp
    private let matcher: PersonMatcher
    private let store: DuplicateStore
    private let places: PersonMergeService

    /// - Parameter mergeListeners: who else knows where people have rights; they say who may decide.
    package init(
        _ db: Connection, _ crypto: any CryptoProvider, now: Timestamp = .now,
        mergeListeners: [any PersonMergeListener] = []
    ) {
        (self.db, self.now) = (db, now)
        (matcher, store) = (PersonMatcher(db, crypto), DuplicateStore(db))
        places = PersonMergeService(db, crypto, by: .system, now: now, telling: mergeListeners)
    }

    /// One answer for each candidate, in their order, decisions of people taken into account.
    package func matches(_ candidates: [PersonCandidate]) throws -> [PersonMatch] {
        var matches = try matcher.matches(candidates)
        var open: [(index: Int, key: String, people: [ID<Person>], why: MatchDoubt)] = []
        for (index, match) in matches.enumerated() {
            guard case .doubtful(let people, let why) = match else { continue }
            open.append((index, DuplicateQueue.subject(of: candidates[index], matcher), people, why))
        }
        let decisions = try store.decisions(on: open.map(\.key))
        for doubt in open {
            guard let decided = decisions[doubt.key] else { continue }
            if let same = decided.first(where: \.isSame) {
                matches[doubt.index] = .known(same.other, by: .decision)
                continue
            }
            let rest = doubt.people.filter { person in !decided.contains { $0.other == person } }
            matches[doubt.index] = rest.isEmpty ? .unknown : .doubtful(rest, why: doubt.why)
        }
        return matches
    }

    /// Puts a doubtful candidate before whoever may decide: once for each person she may be. Numbers of two people are a
    /// question about these two as well. Returns how many questions are new; 0 for a match that is not doubtful.
    @discardableResult
    package func raise(_ candidate: PersonCandidate, _ match: PersonMatch, batch: String) throws -> Int {
        guard case .doubtful(let people, let why) = match else { return 0 }
        let school = try candidate.school.flatMap { try store.schoolPath($0) }
        let subject = DuplicateQueue.subject(of: candidate, matcher), text = DuplicateCandidate(candidate).text
        var count = 0
        for person in people {
            let path = OrganisationPath.common(of: try places.places(of: person) + [school].compactMap { $0 })
            let new = DuplicateStore.New(
                subject: subject, person: nil, other: person, reason: DuplicateReason(why), batch: batch,
                candidate: text, path: path)
            if try store.add(new, at: now) { count += 1 }
        }
        if why == .numbersDisagree, people.count == 2, try raise(people[0], people[1], .numbersDisagree) { count += 1 }
        return count
    }

    /// Asks whether two people on record are one. Returns whether nobody has asked before.
    func raise(_ person: ID<Person>, _ other: ID<Person>, _ reason: DuplicateReason) throws -> Bool {
        let (first, second) = person < other ? (person, other) : (other, person)
        let path = OrganisationPath.common(of: try places.places(of: first) + places.places(of: second))
        return try store.add(
            .init(subject: first.rawValue, person: first, other: second, reason: reason, path: path), at: now)
    }

    private static func subject(of candidate: PersonCandidate, _ matcher: PersonMatcher) -> String {
        "c" + matcher.key(of: candidate)
    }
}
