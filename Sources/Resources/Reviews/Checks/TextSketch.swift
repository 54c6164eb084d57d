import Kernel
import Platform

/// By what texts are told to be nearly the same: of all overlapping runs of five characters the smallest hash in each of 64
/// buckets (one permutation hashing, Li, Owen and Zhang 2012). Spaces, case, width and punctuation do not count.
struct TextSketch: Sendable, Equatable {
    /// The smallest hash of each bucket; `UInt32.max` for an empty one.
    let smallest: [UInt32]

    private static let buckets = 64
    private static let rows = 4
    private static let run = 5
    /// Runs that a text must have to be compared: shorter ones are alike by chance.
    private static let shortest = 40
    /// Share of common runs from which two texts are told to be nearly the same.
    static let threshold = 0.5

    /// `nil` for a text that is too short.
    init?(_ text: String) {
        let scalars = ChineseText.matchingKey(text).unicodeScalars.filter {
            $0.properties.isAlphabetic || ("0"..."9").contains($0)
        }.map { UInt64($0.value) }
        guard scalars.count >= TextSketch.shortest + TextSketch.run - 1 else { return nil }
        var smallest = [UInt32](repeating: .max, count: TextSketch.buckets)
        for start in 0...(scalars.count - TextSketch.run) {
            var hash: UInt64 = 0xCBF2_9CE4_8422_2325
            for value in scalars[start..<start + TextSketch.run] { hash = (hash ^ value) &* 0x0000_0100_0000_01B3 }
            hash = TextSketch.mixed(hash)
            let bucket = Int(hash & 63), value = UInt32(truncatingIfNeeded: hash >> 32)
            smallest[bucket] = min(smallest[bucket], value)
        }
        self.smallest = smallest
    }

    /// The last steps of splitmix64 (Steele, Lea and Flood 2014).
    private static func mixed(_ value: UInt64) -> UInt64 {
        var value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }

    init?(bytes: [UInt8]) {
        guard bytes.count == TextSketch.buckets * 4 else { return nil }
        smallest = (0..<TextSketch.buckets).map { index in
            bytes[index * 4..<index * 4 + 4].reduce(0) { $0 << 8 | UInt32($1) }
        }
    }

    var bytes: [UInt8] {
        smallest.flatMap { [UInt8($0 >> 24), UInt8($0 >> 16 & 255), UInt8($0 >> 8 & 255), UInt8($0 & 255)] }
    }

    /// Share of the runs that are common to both, 0 to 1, as far as the sketches tell.
    func likeness(to other: TextSketch) -> Double {
        var same = 0, all = 0
        for (a, b) in zip(smallest, other.smallest) where a != .max || b != .max {
            all += 1
            if a == b { same += 1 }
        }
        return all == 0 ? 0 : Double(same) / Double(all)
    }

    /// Sixteen parts: texts that share a part are compared whole. Two texts with three quarters of their runs in common
    /// share one in 99 of 100 cases.
    var bands: [Int64] {
        stride(from: 0, to: TextSketch.buckets, by: TextSketch.rows).map { start in
            var hash: UInt64 = 0xCBF2_9CE4_8422_2325
            for value in smallest[start..<start + TextSketch.rows] {
                hash = (hash ^ UInt64(value)) &* 0x0000_0100_0000_01B3
            }
            return Int64(TextSketch.mixed(hash) >> 32)
        }
    }
}

/// The pictures of a content, pages of slides or frames of a film, each by a hash of 64 bits whose near values are near
/// pictures.
struct PictureSketch: Sendable, Equatable {
    let hashes: [UInt64]

    /// Bits in which two pictures of the same thing may differ.
    static let nearest = 6
    /// Share of pictures in common from which two contents are told to be nearly the same.
    static let threshold = 0.5
    /// Pictures that both must have.
    private static let fewest = 3
    /// Pictures of one content that are compared.
    private static let most = 400

    init(_ hashes: [UInt64]) { self.hashes = Array(hashes.prefix(PictureSketch.most)) }

    init?(bytes: [UInt8]) {
        guard bytes.count % 8 == 0 else { return nil }
        hashes = stride(from: 0, to: bytes.count, by: 8).map { start in
            bytes[start..<start + 8].reduce(0) { $0 << 8 | UInt64($1) }
        }
    }

    var bytes: [UInt8] { hashes.flatMap { hash in (0..<8).map { UInt8(hash >> (56 - UInt64($0) * 8) & 255) } } }

    /// Whether a picture shows enough to be told from others: blank pages and black frames are all alike.
    static func isTelling(_ hash: UInt64) -> Bool { (6...58).contains(hash.nonzeroBitCount) }

    static func isNear(_ a: UInt64, _ b: UInt64) -> Bool { (a ^ b).nonzeroBitCount <= nearest }

    /// Pictures of this one with the like of each in the other, by their places, each picture once.
    func pairs(with other: PictureSketch) -> [(own: Int, other: Int)] {
        var free = Set(other.hashes.indices), pairs: [(own: Int, other: Int)] = []
        for (index, hash) in hashes.enumerated() where PictureSketch.isTelling(hash) {
            let near = free.filter { PictureSketch.isNear(hash, other.hashes[$0]) }.min()
            guard let near else { continue }
            free.remove(near)
            pairs.append((index, near))
        }
        return pairs
    }

    /// Share of this one's pictures that the other has too, 0 to 1; 0 when either has too few.
    func likeness(to other: PictureSketch) -> Double {
        let telling = hashes.count(where: PictureSketch.isTelling)
        guard telling >= PictureSketch.fewest, other.hashes.count >= PictureSketch.fewest else { return 0 }
        return Double(pairs(with: other).count) / Double(telling)
    }

    /// Pairs of quarters of each hash, six of 32 bits: of two hashes that differ in two bits or fewer, one pair at least is
    /// the same. Of pictures that stay near to the first of them, as in a film in which nothing happens, only the first
    /// and the last are taken.
    var bands: [(band: Int, value: Int64)] {
        var found: Set<Int64> = [], first: UInt64?, last: UInt64?
        func take(_ hash: UInt64) {
            let quarters = (0..<4).map { Int64(hash >> (UInt64($0) * 16) & 0xFFFF) }
            for (band, pair) in PictureSketch.quarterPairs.enumerated() {
                found.insert(Int64(band) << 32 | quarters[pair.0] << 16 | quarters[pair.1])
            }
        }
        for hash in hashes where PictureSketch.isTelling(hash) {
            if let first, PictureSketch.isNear(first, hash) {
                last = hash
                continue
            }
            if let last { take(last) }
            take(hash)
            (first, last) = (hash, nil)
        }
        if let last { take(last) }
        return found.sorted().map { (Int($0 >> 32), $0 & 0xFFFF_FFFF) }
    }

    private static let quarterPairs = [(0, 1), (0, 2), (0, 3), (1, 2), (1, 3), (2, 3)]
}
