import Kernel
import Platform

/// The lists of one block, as far as they were asked for.
struct BlockLists: Sendable {
    var packed: [String: [UInt8]] = [:]

    func set(_ terms: String...) -> SlotSet { union(terms) }

    func union(_ terms: [String]) -> SlotSet {
        var set = SlotSet()
        for term in terms { if let bytes = packed[term] { set.formUnion(packed: bytes) } }
        return set
    }

    func intersection(_ terms: [String]) -> SlotSet {
        guard let first = terms.first else { return SlotSet() }
        var set = self.set(first)
        for term in terms.dropFirst() { set.formIntersection(self.set(term)) }
        return set
    }
}

/// A stretch of what was typed, and by which terms it is found.
struct SearchPart: Sendable {
    let run: SearchText.Run
    let pairs: [String]
    /// Of letters that may be initials.
    let initials: [String]
    /// How it sounds; several ways for letters that may be pinyin.
    let readings: [[String]]

    init(_ run: SearchText.Run) {
        self.run = run
        switch run.kind {
        case .chinese:
            pairs = SearchText.pairs(run.scalars)
            readings = [SearchSounds.syllables(of: run.text, as: .text).flatMap(\.self)]
            initials = []
        case .letters:
            pairs = []
            let isLatin = run.scalars.allSatisfy { ("a"..."z").contains($0) }
            initials = isLatin && run.scalars.count > 1 ? SearchSounds.grams(asking: run.text) : []
            readings = isLatin ? SearchSounds.readings(run.text) : []
        case .digits: (pairs, readings, initials) = ([], [], [])
        }
    }

    private var soundTerms: [[String]] { readings.map { SearchSounds.pairs($0).map { "y" + $0 } } }

    var length: Int { run.scalars.count }
    var singles: [String] { run.kind == .chinese ? run.scalars.map(SearchTerms.single) : [] }

    private var keys: [String] {
        if run.kind != .chinese { return [String(run.text.prefix(24))] }
        return pairs
    }

    /// For finding it as it was typed.
    var strictTerms: [String] {
        let texts = keys.flatMap { ["t" + $0, "n" + $0, "a" + $0] }
        if run.kind == .chinese { return length == 1 ? singles : texts }
        return texts + initials.map { "i" + $0 } + soundTerms.joined()
    }

    /// For finding it where a character is wrong, or where it is several words.
    var looseTerms: [String] { strictTerms + singles + soundTerms.joined() }

    /// Where it stands in title or lesson, in these or a name, and anywhere.
    func strict(_ lists: BlockLists) -> [SlotSet] {
        if run.kind == .chinese, length == 1 { return Array(repeating: lists.union(singles), count: 3) }
        var sets = ["t", "tn", "tna"].map { letters in
            var set = SlotSet.full
            for key in keys { set.formIntersection(lists.union(letters.map { "\($0)\(key)" })) }
            return set
        }
        if run.kind == .letters {
            var sounds = SlotSet()
            if !initials.isEmpty { sounds.formUnion(lists.intersection(initials.map { "i" + $0 })) }
            for terms in soundTerms { sounds.formUnion(lists.intersection(terms)) }
            for index in sets.indices { sets[index].formUnion(sounds) }
        }
        return sets
    }

    /// Where most of it stands or something that sounds alike; and where nearly all of its characters do.
    func loose(_ lists: BlockLists) -> (near: SlotSet, wide: SlotSet) {
        guard run.kind == .chinese, length > 1 else {
            let set = strict(lists)[2]
            return (set, set)
        }
        let allowed = SearchPart.missing(of: pairs.count)
        let anywhere = pairs.map { lists.set("t" + $0, "n" + $0, "a" + $0) }
        var near = SlotSet.most(of: anywhere, missing: allowed)
        for terms in soundTerms { near.formUnion(SlotSet.most(of: terms.map { lists.set($0) }, missing: allowed)) }
        var wide = near
        wide.formUnion(SlotSet.most(of: singles.map { lists.set($0) }, missing: length < 6 ? 1 : 2))
        return (near, wide)
    }

    /// Words that follow each other without a gap make pairs that stand nowhere.
    static func missing(of pairs: Int) -> Int {
        switch pairs {
        case ...2: 0
        case ...5: 1
        case ...9: 2
        default: pairs / 4
        }
    }
}

/// What was typed, cut into its parts.
struct SearchPlan: Sendable {
    let parts: [SearchPart]

    init(_ text: String) {
        let typed = ChineseText.normalised(String(text.prefix(SearchRequest.longest)))
        parts = SearchText.runs(of: typed).prefix(8).map(SearchPart.init)
    }

    var strictTerms: [String] { parts.flatMap(\.strictTerms) }
    var looseTerms: [String] { parts.flatMap(\.looseTerms) }

    /// By how well a place fits: all parts in title or lesson, in these or names, anywhere.
    func strict(_ lists: BlockLists, among base: SlotSet) -> [SlotSet] {
        var sets = Array(repeating: base, count: 3)
        for part in parts {
            for (index, set) in part.strict(lists).enumerated() { sets[index].formIntersection(set) }
        }
        return sets
    }

    /// The same where characters are wrong: every part nearly, every part by most of its characters, all parts but one.
    func loose(_ lists: BlockLists, among base: SlotSet) -> [SlotSet] {
        var sets = Array(repeating: base, count: 3)
        let found = parts.map { $0.loose(lists) }
        for part in found {
            sets[0].formIntersection(part.near)
            sets[1].formIntersection(part.wide)
        }
        let some = parts.count > 1 ? SlotSet.most(of: found.map(\.wide), missing: 1) : halves(lists)
        sets[2].formIntersection(some)
        return sets
    }

    /// Of two characters one may be wrong.
    private func halves(_ lists: BlockLists) -> SlotSet {
        guard let part = parts.first, part.run.kind == .chinese, part.length == 2 else { return SlotSet() }
        return lists.union(part.singles)
    }
}
