import Database
import Kernel

/// Puts changed resources where the index has room for them, within the transaction of the caller, who holds the index.
struct SearchFolding {
    let db: Connection
    private let index: SearchIndexStore

    init(_ db: Connection) { (self.db, index) = (db, SearchIndexStore(db)) }

    /// - Parameters:
    ///   - items: those that stand in the index as they were.
    ///   - entries: those that shall stand in it.
    func replace(_ items: [ID<Item>], with entries: [SearchEntry]) throws {
        try remove(items)
        for (band, some) in Dictionary(grouping: entries, by: \.merit.band).sorted(by: { $0.key < $1.key }) {
            var rest = some[...]
            while !rest.isEmpty {
                let block = try room(in: band)
                let now = rest.prefix(SlotSet.capacity - block.used)
                try add(Array(now), to: block)
                rest = rest.dropFirst(now.count)
            }
        }
    }

    /// A place once given is not given again, so that a reader who holds its number finds nothing else there.
    private func remove(_ items: [ID<Item>]) throws {
        let numbers = try index.numbers(of: items), active = Set(try index.blocks().map(\.number))
        for (block, some) in Dictionary(grouping: numbers, by: { $0 / SlotSet.capacity }) where active.contains(block) {
            var live = SlotSet(packed: try list(SearchTerms.live, of: block))
            for number in some { live.remove(number % SlotSet.capacity) }
            try index.replace(live.packed, of: SearchTerms.live, in: block)
        }
        try index.remove(numbers)
    }

    private func list(_ term: String, of block: Int) throws -> [UInt8] {
        try index.lists(of: [block], [term])[block]?.packed[term] ?? []
    }

    private func room(in band: Int) throws -> SearchIndexStore.Block {
        let open = try index.blocks().first { $0.band == band && $0.used < SlotSet.capacity }
        return try open ?? index.newBlock(in: band, .active)
    }

    private func add(_ entries: [SearchEntry], to block: SearchIndexStore.Block) throws {
        var slots: [String: [Int]] = [:]
        for (offset, entry) in entries.enumerated() {
            for term in SearchTerms.of(entry) { slots[term, default: []].append(block.used + offset) }
        }
        let terms = slots.keys.sorted()
        for start in stride(from: 0, to: terms.count, by: 512) {
            let some = Array(terms[start..<min(start + 512, terms.count)])
            let present = try index.lists(of: [block.number], some)[block.number]?.packed ?? [:]
            var fresh: [(term: String, slots: [UInt8])] = []
            for term in some {
                var set = SlotSet(packed: present[term] ?? [])
                for slot in slots[term] ?? [] { set.insert(slot) }
                if present[term] == nil {
                    fresh.append((term, set.packed))
                } else {
                    try index.replace(set.packed, of: term, in: block.number)
                }
            }
            try index.insert(fresh, of: block.number)
        }
        let first = block.number * SlotSet.capacity + block.used
        try index.insert(entries.enumerated().map { (first + $0.offset, $0.element) })
        try index.setUsed(block.used + entries.count, of: block.number)
    }
}
