/// A stream of numbers that is the same on every machine and in every run (SplitMix64).
struct SeededGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    /// A stream of its own for each name, so that one more school leaves all others as they are (FNV-1a).
    init(_ name: String) {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in name.utf8 { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
        state = hash
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }

    /// From 0 up to, not including, 1.
    mutating func fraction() -> Double { Double(next() >> 11) / Double(1 << 53) }

    mutating func number(in range: ClosedRange<Int>) -> Int {
        range.lowerBound + Int(next() % UInt64(range.upperBound - range.lowerBound + 1))
    }

    mutating func pick<Element>(_ list: [Element]) -> Element { list[number(in: 0...(list.count - 1))] }

    mutating func shuffled<Element>(_ list: [Element]) -> [Element] {
        var result = list
        for index in stride(from: result.count - 1, to: 0, by: -1) {
            result.swapAt(index, number(in: 0...index))
        }
        return result
    }
}

/// Shares a total among parts in proportion to their weights; every part gets at least one (largest remainder).
func shares(of total: Int, by weights: [Int]) -> [Int] {
    let sum = weights.reduce(0, +)
    guard sum > 0, total >= weights.count else { return weights }
    let exact = weights.map { Double($0) * Double(total) / Double(sum) }
    var result = exact.map { max(1, Int($0)) }
    var rest = total - result.reduce(0, +)
    let order = exact.indices.sorted { a, b in
        let left = exact[a] - Double(result[a]), right = exact[b] - Double(result[b])
        return left == right ? a < b : left > right
    }
    var place = 0
    while rest != 0 {
        let index = order[place % order.count]
        if rest > 0 {
            result[index] += 1
            rest -= 1
        } else if result[index] > 1 {
            result[index] -= 1
            rest += 1
        }
        place += 1
    }
    return result
}
