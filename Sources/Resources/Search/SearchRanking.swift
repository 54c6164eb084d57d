import Foundation
import Platform

/// How well a resource fits, and by what.
struct SearchMatch: Sendable, Equatable {
    /// 0 when it does not fit after all.
    var score = 0.0
    /// The fields in which something was found, in their order; empty when it stands in summary or files only.
    var fields: [SearchFields.Name] = []
    /// What stands there sounds or looks like what was typed.
    var isNear = false
}

/// Scores found resources by where and how wholly the parts of the question stand in them.
struct SearchRanking: Sendable {
    private let parts: [SearchPart]
    private let weights: [String: Double]
    private let whole: [Unicode.Scalar]
    /// Schools, lessons and people stand in many of the resources that are compared. By their bytes: the hash of Chinese
    /// text as text brings it into a normal form first.
    private var folded: [[UInt8]: [Unicode.Scalar]] = [:]
    private var syllables: [[UInt8]: [[String]]] = [:]

    /// - Parameter weights: of pairs by how rare they are; all weigh the same when there are none.
    init(_ plan: SearchPlan, weights: [String: Double]) {
        (parts, self.weights) = (plan.parts, weights)
        whole = plan.parts.flatMap(\.run.scalars)
    }

    /// 0 for what stands everywhere, growing with the rarity.
    static func rarity(_ count: Int, of all: Int) -> Double { max(0, log(Double(all) / Double(max(1, count)))) }

    /// A field as it is compared.
    private struct Folded {
        let name: SearchFields.Name
        let scalars: [Unicode.Scalar]
        let raw: String

        var length: Int { scalars.count }
    }

    mutating func match(_ fields: SearchFields, isLoose: Bool) -> SearchMatch {
        guard !parts.isEmpty else { return SearchMatch(score: 1) }
        var compared: [Folded] = []
        for name in SearchFields.Name.allCases {
            for value in fields[name] { compared.append(Folded(name: name, scalars: folded(value), raw: value)) }
        }
        var match = SearchMatch(), names: Set<SearchFields.Name> = [], length = 0.0, sum = 0.0
        for part in parts {
            let found = best(part, compared, isLoose)
            let share = Double(min(max(part.length, 1), 8))
            length += share
            sum += share * found.score
            names.formUnion(found.names)
        }
        (match.score, match.isNear) = (sum / length, isLoose)
        // All parts but one, or half a word, is too little to be shown among the rest.
        if isLoose, match.score < SearchRanking.least { return SearchMatch() }
        match.score += closeness(compared)
        match.fields = names.sorted { $0.rawValue < $1.rawValue }
        return match
    }

    private static let least = 0.2

    private mutating func folded(_ text: String) -> [Unicode.Scalar] {
        let key = Array(text.utf8)
        if let known = folded[key] { return known }
        let made = SearchText.folded(text)
        folded[key] = made
        return made
    }

    private mutating func syllables(of field: Folded) -> [[String]] {
        let isPerson = field.name == .teacher, key = [isPerson ? 1 : 0] + Array(field.raw.utf8)
        if let known = syllables[key] { return known }
        let made = SearchSounds.syllables(of: field.raw, as: isPerson ? .person : .text)
        syllables[key] = made
        return made
    }

    /// Of two that say it, the one that says little else.
    private func closeness(_ folded: [Folded]) -> Double {
        guard let title = folded.first(where: { $0.name == .title }), !title.scalars.isEmpty else { return 0 }
        let bare = title.scalars.filter { $0 != " " }
        if bare == whole { return 0.25 }
        guard title.scalars.holds(whole) else { return 0 }
        return 0.15 * Double(whole.count) / Double(max(bare.count, whole.count))
    }

    private struct Found {
        var score = 0.0
        var names: Set<SearchFields.Name> = []

        mutating func take(_ score: Double, _ name: SearchFields.Name) {
            if score > self.score { (self.score, names) = (score, [name]) }
        }
    }

    private mutating func best(_ part: SearchPart, _ fields: [Folded], _ isLoose: Bool) -> Found {
        var found = Found()
        for field in fields where field.scalars.holds(part.run.scalars) {
            let isWhole = field.length == part.length
            found.take(field.name.weight * (isWhole ? 1.08 : 1), field.name)
        }
        if found.score >= 1 { return found }
        switch part.run.kind {
        case .chinese:
            spread(part, fields, isLoose, &found)
            if isLoose { nearly(part, fields, &found) }
        case .letters: sounds(part, fields, &found)
        case .digits: break
        }
        // It was found, so it stands in summary or files.
        if found.score == 0, !isLoose { found.score = SearchRanking.body }
        return found
    }

    /// What stands only in summary or files.
    private static let body = 0.3

    /// The parts of several words written without a gap stand in several fields.
    private func spread(_ part: SearchPart, _ fields: [Folded], _ isLoose: Bool, _ found: inout Found) {
        guard part.pairs.count > 1 else { return }
        var sum = 0.0, all = 0.0, names: Set<SearchFields.Name> = []
        for index in part.pairs.indices {
            let weight = weights.isEmpty ? 1 : weights[part.pairs[index]] ?? 0
            guard weight > 0 else { continue }
            all += weight
            let pair = part.run.scalars[index...(index + 1)]
            let best = fields.filter { $0.scalars.holds(pair) }.max { $0.name.weight < $1.name.weight }
            if let best {
                sum += weight * best.name.weight
                names.insert(best.name)
            } else if !isLoose {
                sum += weight * SearchRanking.body
            }
        }
        guard all > 0 else { return }
        let score = 0.9 * sum / all
        if score > found.score { found = Found(score: score, names: names) }
    }

    /// One wrong character, one too many or too few, or others that sound alike.
    private mutating func nearly(_ part: SearchPart, _ fields: [Folded], _ found: inout Found) {
        for field in fields where field.name != .word && field.name.weight > found.score {
            let weight = field.name.weight
            let syllables = syllables(of: field)
            let isAlike = part.readings.contains { $0.count > 1 && Array(syllables.joined()).holds($0) }
            if isAlike {
                found.take(0.85 * weight, field.name)
            } else if part.length > 2 {
                let allowed = part.length < 6 ? 1 : 2
                let wrong = SearchRanking.distance(of: part.run.scalars, within: field.scalars)
                guard wrong <= allowed else { continue }
                let share = 1 - Double(wrong) / Double(part.length)
                found.take(0.95 * share * weight, field.name)
            } else if field.length <= 12, part.run.scalars.contains(where: field.scalars.contains) {
                found.take(0.3 * weight * 2 / Double(max(2, min(field.length, 4))) + 0.05, field.name)
            }
        }
    }

    /// Letters as initials or as pinyin written out.
    private mutating func sounds(_ part: SearchPart, _ fields: [Folded], _ found: inout Found) {
        guard !part.initials.isEmpty else { return }
        let typed = part.run.text
        for field in fields where field.name != .word && field.name.weight > found.score {
            let syllables = syllables(of: field)
            let initials = SearchSounds.initials(syllables), weight = field.name.weight
            if initials == typed {
                found.take(weight, field.name)
            } else if initials.hasPrefix(typed) {
                found.take(0.9 * weight, field.name)
            } else if initials.contains(typed) {
                found.take(0.75 * weight, field.name)
            }
            let all = Array(syllables.joined())
            if part.readings.contains(where: all.holds) {
                found.take(0.95 * weight, field.name)
            }
        }
    }

    /// The fewest changes of one character (another, one more, one less) that make a stretch of the text out of the part.
    static func distance(of part: [Unicode.Scalar], within text: [Unicode.Scalar]) -> Int {
        // A stretch may begin anywhere: the first row costs nothing.
        var row = Array(repeating: 0, count: text.count + 1)
        for (index, wanted) in part.enumerated() {
            var diagonal = row[0]
            row[0] = index + 1
            for column in text.indices {
                let above = row[column + 1]
                row[column + 1] = min(diagonal + (text[column] == wanted ? 0 : 1), above + 1, row[column] + 1)
                diagonal = above
            }
        }
        return row.min() ?? part.count
    }
}

extension Array where Element: Equatable {
    /// Whether the elements stand in it one after the other.
    func holds(_ part: some RandomAccessCollection<Element>) -> Bool {
        guard let first = part.first, count >= part.count else { return part.isEmpty }
        return (0...(count - part.count)).contains { self[$0] == first && self[$0...].starts(with: part) }
    }
}
