/// A clause as far as versions are compared by it.
package struct ClauseText: Hashable, Sendable, Codable {
    package let path: String
    package let heading: String?
    package let text: String

    package init(path: String, heading: String?, text: String) {
        (self.path, self.heading, self.text) = (path, heading, text)
    }

    /// Heading and text, a line each.
    package var content: String {
        guard let heading else { return text }
        return text.isEmpty ? heading : heading + "\n" + text
    }
}

extension ClauseDraft {
    package var clauseText: ClauseText { ClauseText(path: path, heading: heading, text: text) }
}

/// How one clause differs between two versions of a plan.
package struct ClauseDifference: Hashable, Sendable, Codable {
    package enum Kind: String, Hashable, Sendable, Codable {
        case unchanged, changed, added, removed
        /// The clause stands under another path; its text may have changed too.
        case moved
    }

    package let kind: Kind
    package let old: ClauseText?
    package let new: ClauseText?
    /// The text of both versions in order; joined without the added parts it is the old content, without the removed
    /// parts the new.
    package let segments: [TextSegment]

    package var textChanged: Bool { segments.contains { $0.kind != .same } }

    /// Compares two versions. Clauses belong together by equal text, then by path, then by likeness of text. The order
    /// is that of the new version; a removed clause follows the clause it followed before.
    package static func between(_ old: [ClauseText], _ new: [ClauseText]) -> [ClauseDifference] {
        var alignment = Alignment(old, new)
        alignment.pair()
        var removed: [Int: [ClauseDifference]] = [:]
        var anchor = -1
        for (index, clause) in old.enumerated() {
            if let partner = alignment.partnerOfOld[index] {
                anchor = partner
            } else {
                removed[anchor, default: []].append(ClauseDifference(old: clause, new: nil))
            }
        }
        var differences = removed[-1] ?? []
        for (index, clause) in new.enumerated() {
            differences.append(ClauseDifference(old: alignment.partnerOfNew[index].map { old[$0] }, new: clause))
            differences += removed[index] ?? []
        }
        return differences
    }

    private init(old: ClauseText?, new: ClauseText?) {
        (self.old, self.new) = (old, new)
        segments = TextSegment.between(old?.content ?? "", new?.content ?? "")
        switch (old, new) {
        case (nil, _): kind = .added
        case (_, nil): kind = .removed
        case (let old?, let new?) where old.path != new.path: kind = .moved
        case (let old?, let new?): kind = old.content == new.content ? .unchanged : .changed
        }
    }
}

/// Finds which clauses of two versions belong together.
private struct Alignment {
    private let old: [ClauseText]
    private let new: [ClauseText]
    private(set) var partnerOfOld: [Int: Int] = [:]
    private(set) var partnerOfNew: [Int: Int] = [:]
    private let oldLikeness: [Likeness]
    private let newLikeness: [Likeness]

    /// From which likeness on two clauses under one path are one clause, and two under different paths.
    private static let samePath = 0.3
    private static let otherPath = 0.5
    /// How many pairs of clauses are compared for likeness; versions with more have nothing to do with one another.
    private static let mostComparisons = 1_000_000

    init(_ old: [ClauseText], _ new: [ClauseText]) {
        (self.old, self.new) = (old, new)
        oldLikeness = old.map { Likeness($0.content) }
        newLikeness = new.map { Likeness($0.content) }
    }

    mutating func pair() {
        pairEqual()
        pairByPath(from: Alignment.samePath)
        pairByLikeness()
        // What is left under one path was rewritten.
        pairByPath(from: 0)
    }

    private mutating func join(_ a: Int, _ b: Int) { (partnerOfOld[a], partnerOfNew[b]) = (b, a) }

    private mutating func pairEqual() {
        var places: [String: [Int]] = [:]
        for (index, clause) in new.enumerated() where !clause.content.isEmpty {
            places[clause.content, default: []].append(index)
        }
        for (index, clause) in old.enumerated() {
            if let place = places[clause.content]?.firstIndex(where: { new[$0].path == clause.path }) {
                join(index, places[clause.content]?.remove(at: place) ?? 0)
            }
        }
        for (index, clause) in old.enumerated() where partnerOfOld[index] == nil {
            if let place = places[clause.content]?.first {
                places[clause.content]?.removeFirst()
                join(index, place)
            }
        }
    }

    private mutating func pairByPath(from least: Double) {
        var places: [String: Int] = [:]
        for (index, clause) in new.enumerated().reversed() where partnerOfNew[index] == nil {
            places[clause.path] = index
        }
        for (index, clause) in old.enumerated() where partnerOfOld[index] == nil {
            guard let place = places[clause.path],
                clause.heading != nil && clause.heading == new[place].heading
                    || oldLikeness[index].compared(to: newLikeness[place], least: least) >= least
            else { continue }
            places[clause.path] = nil
            join(index, place)
        }
    }

    private mutating func pairByLikeness() {
        let least = Alignment.otherPath
        let unpaired = (old.count - partnerOfOld.count) * (new.count - partnerOfNew.count)
        guard unpaired <= Alignment.mostComparisons else { return }
        var candidates: [(likeness: Double, old: Int, new: Int)] = []
        for a in old.indices where partnerOfOld[a] == nil {
            for b in new.indices where partnerOfNew[b] == nil {
                let likeness = oldLikeness[a].compared(to: newLikeness[b], least: least)
                if likeness >= least { candidates.append((likeness, a, b)) }
            }
        }
        candidates.sort { ($1.likeness, $0.old, $0.new) < ($0.likeness, $1.old, $1.new) }
        for candidate in candidates where partnerOfOld[candidate.old] == nil && partnerOfNew[candidate.new] == nil {
            join(candidate.old, candidate.new)
        }
    }
}

/// The pairs of neighbouring characters of a text, for Dice's coefficient.
private struct Likeness {
    private let pairs: [UInt64]

    init(_ text: String) {
        let scalars = text.unicodeScalars.map { UInt64($0.value) }
        pairs = zip(scalars, scalars.dropFirst()).map { $0 << 32 | $1 }.sorted()
    }

    /// 0 for nothing in common, 1 for the same pairs; 0 at once where `least` is out of reach by length.
    func compared(to other: Likeness, least: Double) -> Double {
        let total = pairs.count + other.pairs.count
        guard total > 0, Double(2 * min(pairs.count, other.pairs.count)) >= least * Double(total) else { return 0 }
        var (a, b, common) = (0, 0, 0)
        while a < pairs.count, b < other.pairs.count {
            if pairs[a] == other.pairs[b] {
                (a, b, common) = (a + 1, b + 1, common + 1)
            } else if pairs[a] < other.pairs[b] {
                a += 1
            } else {
                b += 1
            }
        }
        return Double(2 * common) / Double(total)
    }
}
