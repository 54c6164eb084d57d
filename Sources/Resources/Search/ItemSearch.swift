import Database
import Kernel

/// What a search found.
struct SearchAnswer: Sendable {
    struct Hit: Sendable {
        let item: ID<Item>
        let match: SearchMatch
    }

    /// The best first, at most `ItemSearch.most`.
    var hits: [Hit] = []
    /// How many resources fit; at least so many when not all were looked at.
    var total = 0
    var isExact = true
    /// Nothing fits as it was typed; these fit nearly.
    var isLoose = false
    /// Many resources have changed just now, and some of them may be missing.
    var isCatchingUp = false
}

/// Finds published resources: the same terms, sets and scores on either database. The blocks of the index are looked at
/// from the best on, and no more of them than it takes to fill a list.
struct ItemSearch {
    let db: Connection
    private let index: SearchIndexStore

    init(_ db: Connection) { (self.db, index) = (db, SearchIndexStore(db)) }

    /// Resources that one search lists.
    static let most = 300
    /// With so few that fit as typed, those that fit nearly are looked for as well.
    private static let few = 10
    /// Changes that the index has not taken over yet are looked at one by one up to this many.
    private static let freshest = 50

    func find(_ request: SearchRequest, for viewer: ResourceViewer) throws -> SearchAnswer {
        let plan = SearchPlan(request.text)
        guard !request.isEmpty, !plan.parts.isEmpty || request.text.isEmpty else { return SearchAnswer() }
        var (walk, isCatchingUp) = try walk(request, viewer, most: ItemSearch.most)
        var answer = SearchAnswer(isCatchingUp: isCatchingUp)
        try walk.go(plan.strictTerms) { plan.strict($0, among: $1) }
        (answer.total, answer.isExact) = (walk.total, walk.isWhole)
        var found = walk.found(atMost: ItemSearch.most).map { (number: $0, isLoose: false) }
        if walk.isWhole, walk.total < ItemSearch.few, !plan.parts.isEmpty {
            walk.restart()
            try walk.go(plan.looseTerms) { plan.loose($0, among: $1) }
            let known = Set(found.map(\.number))
            // The wider nets are thrown only where the closer ones caught little.
            var near = walk.found(atMost: ItemSearch.most, tiers: 1)
            if near.count < ItemSearch.few {
                near = walk.found(atMost: ItemSearch.most, tiers: found.isEmpty ? 3 : 2)
            }
            found += near.filter { !known.contains($0) }.map { ($0, true) }
        }
        let weights = try weights(of: plan, isNeeded: found.contains(where: \.isLoose))
        var ranking = SearchRanking(plan, weights: weights)
        answer.hits = try ranked(found, &ranking, walk.fresh)
        let strict = found.count { !$0.isLoose }
        answer.isLoose = strict == 0 && !answer.hits.isEmpty
        if strict < answer.hits.count { (answer.total, answer.isExact) = (answer.hits.count, true) }
        return answer
    }

    /// What fits as typed, for lists that have an order of their own: nothing is scored. The records are to say once more
    /// what of it she may see.
    /// - Parameter limit: resources at most; where more fit, those in better places of the index are taken.
    /// - Returns: the resources in no order, and whether these are all.
    func listed(
        _ request: SearchRequest, for viewer: ResourceViewer, atMost limit: Int
    ) throws -> (items: [ID<Item>], isWhole: Bool) {
        let plan = SearchPlan(request.text)
        guard !plan.parts.isEmpty else { return ([], true) }
        var (walk, _) = try walk(request, viewer, most: limit)
        try walk.go(plan.strictTerms) { plan.strict($0, among: $1) }
        let numbers = walk.found(atMost: limit)
        let fresh = numbers.filter { $0 < 0 }.map { walk.fresh.kept($0).item }
        let kept = try index.items(of: numbers.filter { $0 >= 0 })
        return (fresh + kept, walk.isWhole && walk.total <= limit)
    }

    private func walk(
        _ request: SearchRequest, _ viewer: ResourceViewer, most: Int
    ) throws -> (Walk, isCatchingUp: Bool) {
        let pending = try index.pending(limit: ItemSearch.freshest + 1)
        let walk = Walk(
            index: index, blocks: try index.blocks().map(\.number),
            fresh: try FreshBlock(pending.prefix(ItemSearch.freshest).map(\.item), db),
            base: BaseFilter(request, viewer),
            hidden: Set(pending.isEmpty ? [] : try index.numbers(of: pending.map(\.item))), most: most)
        return (walk, pending.count > ItemSearch.freshest)
    }

    private func ranked(
        _ found: [(number: Int, isLoose: Bool)], _ ranking: inout SearchRanking, _ fresh: FreshBlock
    ) throws -> [SearchAnswer.Hit] {
        let isLoose = Dictionary(found.map { ($0.number, $0.isLoose) }, uniquingKeysWith: { first, _ in first })
        var kept = try index.kept(found.map(\.number).filter { $0 >= 0 })
        kept += found.filter { $0.number < 0 }.map { fresh.kept($0.number) }
        var scored: [(hit: SearchAnswer.Hit, score: Double, points: Int)] = []
        for entry in kept {
            let match = ranking.match(entry.fields, isLoose: isLoose[entry.number] ?? false)
            guard match.score > 0 else { continue }
            let score = match.score + 0.02 * Double(entry.points)
            scored.append((SearchAnswer.Hit(item: entry.item, match: match), score, entry.points))
        }
        scored.sort { a, b in
            if a.score != b.score { return a.score > b.score }
            return a.hit.item.rawValue > b.hit.item.rawValue
        }
        return scored.prefix(ItemSearch.most).map(\.hit)
    }

    /// How rare each pair is, from 0 for one that stands nowhere.
    private func weights(of plan: SearchPlan, isNeeded: Bool) throws -> [String: Double] {
        let pairs = Set(plan.parts.flatMap(\.pairs)).sorted()
        guard isNeeded, !pairs.isEmpty else { return [:] }
        let blocks = try index.blocks()
        guard !blocks.isEmpty else { return [:] }
        var counts: [String: Int] = [:]
        let terms = pairs.flatMap { ["t" + $0, "n" + $0, "a" + $0] }
        // The first blocks tell enough of what is common.
        for lists in try index.lists(of: blocks.prefix(8).map(\.number), terms).values {
            for (term, bytes) in lists.packed {
                counts[String(term.dropFirst()), default: 0] += SlotSet.count(packed: bytes)
            }
        }
        let all = max(2, blocks.prefix(8).reduce(0) { $0 + $1.used })
        return Dictionary(
            uniqueKeysWithValues: pairs.map { pair in
                let count = counts[pair] ?? 0
                return (pair, count == 0 ? 0 : 1 + SearchRanking.rarity(count, of: all))
            })
    }
}

/// Who may see it, and the facets: what holds for every part of a search.
struct BaseFilter: Sendable {
    private let scope: [String]
    /// What counts only when it is for pupils.
    private let pupilScope: [String]
    private let facets: [String]

    init(_ request: SearchRequest, _ viewer: ResourceViewer) {
        scope = ResourceViewer.searchMarks(viewer.staff)
        pupilScope = ResourceViewer.searchMarks(viewer.family)
        facets = request.facets.map { $0.mark($1) }.sorted()
    }

    var terms: [String] { [SearchTerms.live, SearchScope.open, SearchScope.forPupils] + scope + pupilScope + facets }

    func set(_ lists: BlockLists) -> SlotSet {
        var set = lists.union(scope)
        if !pupilScope.isEmpty {
            var meant = lists.union(pupilScope)
            meant.formIntersection(lists.set(SearchScope.forPupils))
            set.formUnion(meant)
        }
        set.formUnion(lists.set(SearchScope.open))
        set.formIntersection(lists.intersection([SearchTerms.live] + facets))
        return set
    }
}

/// What changed a moment ago, as a block of its own in memory. Its numbers are negative.
struct FreshBlock: Sendable {
    let lists: BlockLists
    private let entries: [SearchEntry]

    init(_ items: [ID<Item>], _ db: Connection) throws {
        entries = items.isEmpty ? [] : try SearchSourceStore(db).entries(of: items)
        var builder = SearchBlockBuilder(band: 0), table = SearchTermTable()
        for entry in entries { builder.add(entry, &table) }
        let made = builder.take(table).lists
        lists = BlockLists(packed: Dictionary(uniqueKeysWithValues: made.map { ($0.term, $0.slots) }))
    }

    func number(_ slot: Int) -> Int { -1 - slot }

    func kept(_ number: Int) -> SearchIndexStore.Kept {
        let entry = entries[-1 - number]
        return SearchIndexStore.Kept(
            number: number, item: entry.item, points: entry.merit.points, fields: entry.fields)
    }
}

/// The way through the blocks.
private struct Walk {
    let index: SearchIndexStore
    let blocks: [Int]
    let fresh: FreshBlock
    let base: BaseFilter
    /// Places of resources that changed since.
    let hidden: Set<Int>
    /// Places that one way of fitting gathers.
    let most: Int
    private var tiers: [[Int]] = [[], [], []]
    private(set) var total = 0
    private(set) var isWhole = true
    /// What was read already, and by which terms.
    private var known: [Int: BlockLists] = [:]
    private var asked: Set<String> = []

    init(
        index: SearchIndexStore, blocks: [Int], fresh: FreshBlock, base: BaseFilter, hidden: Set<Int>, most: Int
    ) {
        (self.index, self.blocks, self.fresh, self.base) = (index, blocks, fresh, base)
        (self.hidden, self.most) = (hidden, most)
    }

    mutating func restart() { (tiers, total, isWhole) = ([[], [], []], 0, true) }

    /// Blocks asked for in one statement: few at first, since they often are enough.
    private static let steps = [2, 8, 24, 48]

    /// - Parameter sets: those that fit among the base, the best first, each holding the one before.
    mutating func go(_ terms: [String], _ sets: (BlockLists, SlotSet) -> [SlotSet]) throws {
        let fresh = fresh
        take(sets(fresh.lists, base.set(fresh.lists))) { fresh.number($0) }
        let wanted = Set(terms + base.terms).subtracting(asked).sorted()
        asked.formUnion(wanted)
        var place = 0, step = 0
        while place < blocks.count {
            guard tiers[0].count < most else {
                isWhole = false
                return
            }
            let some = Array(blocks[place..<min(place + Walk.steps[step], blocks.count)])
            place += some.count
            step = min(step + 1, Walk.steps.count - 1)
            for (block, lists) in try index.lists(of: some, wanted) {
                known[block, default: BlockLists()].packed.merge(lists.packed) { first, _ in first }
            }
            for block in some {
                guard let lists = known[block] else { continue }
                var among = base.set(lists)
                for number in hidden where number / SlotSet.capacity == block {
                    among.remove(number % SlotSet.capacity)
                }
                guard !among.isEmpty else { continue }
                take(sets(lists, among)) { block * SlotSet.capacity + $0 }
            }
        }
    }

    private mutating func take(_ sets: [SlotSet], _ number: (Int) -> Int) {
        var seen = SlotSet()
        for (tier, set) in sets.enumerated() {
            var fresh = set
            fresh.subtract(seen)
            seen.formUnion(set)
            fresh.latest { slot in
                guard tiers[tier].count < most else { return false }
                tiers[tier].append(number(slot))
                return true
            }
        }
        total += seen.count
    }

    func found(atMost limit: Int, tiers count: Int = 3) -> [Int] {
        Array(tiers.prefix(count).joined().prefix(limit))
    }
}
