/// A set of places in one block of the index.
struct SlotSet: Sendable, Equatable {
    /// Places of a block: few enough that a bit for each fits into a page of either database beside its neighbours.
    static let capacity = 8_192
    private static let width = capacity / 64

    private(set) var words: [UInt64]

    init() { words = Array(repeating: 0, count: SlotSet.width) }

    static var full: SlotSet {
        var set = SlotSet()
        for index in set.words.indices { set.words[index] = .max }
        return set
    }

    var isEmpty: Bool { words.allSatisfy { $0 == 0 } }
    var count: Int { words.reduce(0) { $0 + $1.nonzeroBitCount } }

    func contains(_ slot: Int) -> Bool { words[slot >> 6] & (1 << UInt64(slot & 63)) != 0 }
    mutating func insert(_ slot: Int) { words[slot >> 6] |= 1 << UInt64(slot & 63) }
    mutating func remove(_ slot: Int) { words[slot >> 6] &= ~(1 << UInt64(slot & 63)) }

    mutating func formUnion(_ other: SlotSet) {
        for index in words.indices { words[index] |= other.words[index] }
    }

    mutating func formIntersection(_ other: SlotSet) {
        for index in words.indices { words[index] &= other.words[index] }
    }

    mutating func subtract(_ other: SlotSet) {
        for index in words.indices { words[index] &= ~other.words[index] }
    }

    /// The places, the highest first, which is the latest.
    func latest(_ body: (Int) -> Bool) {
        for index in words.indices.reversed() {
            var word = words[index]
            while word != 0 {
                let bit = 63 - word.leadingZeroBitCount
                if !body(index * 64 + bit) { return }
                word &= ~(1 << UInt64(bit))
            }
        }
    }

    /// What stands in all of the sets but at most some.
    static func most(of sets: [SlotSet], missing allowed: Int) -> SlotSet {
        guard !sets.isEmpty, allowed < sets.count else { return SlotSet() }
        // By how many of the sets so far each place was missed.
        var missed = Array(repeating: SlotSet(), count: allowed + 1)
        missed[0] = .full
        for set in sets {
            for level in stride(from: allowed, through: 0, by: -1) {
                for index in set.words.indices {
                    let fromBelow = level > 0 ? missed[level - 1].words[index] & ~set.words[index] : 0
                    missed[level].words[index] = missed[level].words[index] & set.words[index] | fromBelow
                }
            }
        }
        var found = missed[0]
        for level in missed.dropFirst() { found.formUnion(level) }
        return found
    }
}

/// A set of places as a row of the index keeps it: one byte for the kind, then either the places as two bytes each, the
/// lower byte first, or a bit for every place of the block.
extension SlotSet {
    private static let list: UInt8 = 0
    private static let bits: UInt8 = 1

    init(packed bytes: [UInt8]) {
        self.init()
        formUnion(packed: bytes)
    }

    mutating func formUnion(packed bytes: [UInt8]) {
        guard let kind = bytes.first else { return }
        if kind == SlotSet.bits, bytes.count == 1 + SlotSet.width * 8 {
            bytes.withUnsafeBytes { raw in
                for index in 0..<SlotSet.width {
                    let word = raw.loadUnaligned(fromByteOffset: 1 + index * 8, as: UInt64.self)
                    words[index] |= UInt64(littleEndian: word)
                }
            }
        } else if kind == SlotSet.list {
            var place = 1
            while place + 1 < bytes.count {
                let slot = Int(bytes[place]) | Int(bytes[place + 1]) << 8
                if slot < SlotSet.capacity { insert(slot) }
                place += 2
            }
        }
    }

    var packed: [UInt8] {
        let count = count
        var bytes: [UInt8] = []
        if count * 2 < SlotSet.width * 8 {
            bytes.reserveCapacity(1 + count * 2)
            bytes.append(SlotSet.list)
            for index in words.indices {
                var word = words[index]
                while word != 0 {
                    let slot = index * 64 + word.trailingZeroBitCount
                    bytes.append(UInt8(slot & 255))
                    bytes.append(UInt8(slot >> 8))
                    word &= word - 1
                }
            }
        } else {
            bytes.reserveCapacity(1 + SlotSet.width * 8)
            bytes.append(SlotSet.bits)
            for word in words { withUnsafeBytes(of: word.littleEndian) { bytes.append(contentsOf: $0) } }
        }
        return bytes
    }

    /// How many places the packed set has.
    static func count(packed bytes: [UInt8]) -> Int {
        guard let kind = bytes.first else { return 0 }
        return kind == list ? (bytes.count - 1) / 2 : bytes.dropFirst().reduce(0) { $0 + $1.nonzeroBitCount }
    }
}
