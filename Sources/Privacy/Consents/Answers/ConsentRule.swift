import Directory
import Kernel

/// Which answers count for a child on a day; see `docs/decisions/0023-whose-word-counts.md`.
struct ConsentRule: Sendable {
    let age: ConsentAge
    /// Those whose guardian relation is confirmed and holds on the day.
    let guardians: Set<ID<Person>>
    /// The version in force.
    let version: Int

    /// - Parameter words: what was said about the child for one purpose, the oldest first.
    func standing(_ words: [ConsentWord]) -> ConsentStanding {
        let voices = voices(words)
        if voices.isEmpty { return words.isEmpty ? .notAsked : .askAgain }
        if voices.contains(where: { $0.word != .yes }) { return .refused }
        return voices.contains { $0.version == version } ? .allowed : .askAgain
    }

    /// The last word of each who may speak on the day.
    func voices(_ words: [ConsentWord]) -> [ConsentWord] {
        switch age.capacity {
        case .pupil: words.last { $0.capacity == .pupil }.map { [$0] } ?? []
        case .guardian: guardianVoices(words)
        }
    }

    /// Of each guardian her last word by a relation that nobody has ended. A paper of a guardian whom nobody has entered counts until one speaks by name.
    private func guardianVoices(_ words: [ConsentWord]) -> [ConsentWord] {
        var named: [ID<Person>: ConsentWord] = [:], others: [String: ConsentWord] = [:]
        for said in words where said.capacity == .guardian {
            guard let giver = said.giver else {
                others[said.signer] = said
                continue
            }
            guard guardians.contains(giver), !said.isOver else { continue }
            (named[giver], others) = (said, [:])
        }
        return named.values + Array(others.values)
    }
}
