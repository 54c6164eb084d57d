/// The terms of fields by number while blocks are made: schools, people, lessons and many a title stand in thousands of
/// resources, and to spell the terms of Chinese text takes longer than everything that is done with them.
struct SearchTermTable: Sendable {
    private var numbers: [String: Int32] = [:]
    private var texts: [String] = []
    /// By the field and the bytes of its value.
    private var known: [[UInt8]: [Int32]] = [:]
    /// Values whose terms are remembered.
    private static let mostKnown = 100_000

    mutating func number(_ term: String) -> Int32 {
        if let number = numbers[term] { return number }
        let number = Int32(texts.count)
        numbers[term] = number
        texts.append(term)
        return number
    }

    func text(_ number: Int32) -> String { texts[Int(number)] }

    /// Of one value of a field, each once.
    mutating func terms(of text: String, as name: SearchFields.Name) -> [Int32] {
        let value = [UInt8(name.rawValue)] + Array(text.utf8)
        if let terms = known[value] { return terms }
        let terms = SearchTerms.of(text, as: name).map { number($0) }
        if known.count >= SearchTermTable.mostKnown { known.removeAll(keepingCapacity: true) }
        known[value] = terms
        return terms
    }
}

/// Gathers the resources of a whole block in memory.
struct SearchBlockBuilder: Sendable {
    let band: Int
    private var entries: [SearchEntry] = []
    /// Places by the number of a term.
    private var slots: [Int32: [UInt16]] = [:]
    /// Places by terms that stand in summary and files only: too many to be kept from block to block.
    private var bodySlots: [String: [UInt16]] = [:]

    init(band: Int) { self.band = band }

    var isFull: Bool { entries.count == SlotSet.capacity }
    var isEmpty: Bool { entries.isEmpty }

    /// - Parameter table: the same for all that is added to the block.
    mutating func add(_ entry: SearchEntry, _ table: inout SearchTermTable) {
        let place = UInt16(entries.count)
        put(place, table.number(SearchTerms.live))
        for mark in entry.marks { put(place, table.number(mark)) }
        for name in SearchFields.Name.allCases {
            for value in entry.fields[name] {
                for term in table.terms(of: value, as: name) { put(place, term) }
            }
        }
        SearchTerms.each(ofBody: entry.body) { term in
            // One ideograph alone is a term of fields too.
            guard term.utf8.first == SearchTerms.body.asciiValue else { return put(place, table.number(term)) }
            return SearchBlockBuilder.put(place, &bodySlots[term, default: []])
        }
        var kept = entry
        kept.body = []
        entries.append(kept)
    }

    @discardableResult
    private mutating func put(_ place: UInt16, _ term: Int32) -> Bool {
        SearchBlockBuilder.put(place, &slots[term, default: []])
    }

    /// Whether it was not there yet.
    private static func put(_ place: UInt16, _ places: inout [UInt16]) -> Bool {
        guard places.last != place else { return false }
        places.append(place)
        return true
    }

    /// What was gathered, its lists in the order of the terms; the next block begins empty.
    mutating func take(
        _ table: SearchTermTable
    ) -> (entries: [SearchEntry], lists: [(term: String, slots: [UInt8])]) {
        var all: [(term: String, places: [UInt16])] = slots.map { (table.text($0.key), $0.value) }
        all += bodySlots.map { ($0.key, $0.value) }
        let lists = all.sorted(by: { $0.term < $1.term }).map { list -> (term: String, slots: [UInt8]) in
            var set = SlotSet()
            for slot in list.places { set.insert(Int(slot)) }
            return (list.term, set.packed)
        }
        let full = (entries, lists)
        self = SearchBlockBuilder(band: band)
        return full
    }
}
