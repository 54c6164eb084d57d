import Foundation

/// About how many different people there are in a stream of keys, kept in 4096 bytes that name nobody: HyperLogLog of
/// Flajolet, Fusy, Gandouet and Meunier (2007), with a standard error of 1.6 % and next to none below some thousands.
struct PeopleSketch: Sendable, Equatable {
    private static let bits = 12
    private static let size = 1 << bits
    private(set) var registers: [UInt8]

    init() { registers = [UInt8](repeating: 0, count: PeopleSketch.size) }

    /// As it was kept; empty when the bytes are none.
    init(kept: [UInt8]) {
        self.init()
        if kept.count == PeopleSketch.size { registers = kept }
    }

    /// Decides where keys fall. Sketches under different secrets are not to be merged.
    struct Secret: Sendable {
        fileprivate let first: UInt64
        fileprivate let second: UInt64

        /// For tests: no secret at all.
        init() { (first, second) = (0, 0) }

        /// - Parameter bytes: at least 16.
        init(_ bytes: [UInt8]) {
            func number(_ bytes: ArraySlice<UInt8>) -> UInt64 { bytes.reduce(0) { $0 << 8 | UInt64($1) } }
            (first, second) = (number(bytes[0..<8]), number(bytes[8..<16]))
        }
    }

    mutating func insert(_ key: String, _ secret: Secret = Secret()) {
        let hash = PeopleSketch.hash(key, secret)
        let index = Int(hash >> UInt64(64 - PeopleSketch.bits))
        let rest = hash << UInt64(PeopleSketch.bits) | 1 << UInt64(PeopleSketch.bits - 1)
        registers[index] = max(registers[index], UInt8(rest.leadingZeroBitCount + 1))
    }

    mutating func merge(_ other: PeopleSketch) {
        for index in registers.indices where other.registers[index] > registers[index] {
            registers[index] = other.registers[index]
        }
    }

    var isEmpty: Bool { registers.allSatisfy { $0 == 0 } }

    var count: Int {
        let size = Double(PeopleSketch.size)
        var sum = 0.0, empty = 0
        for register in registers {
            sum += 1 / Double(UInt64(1) << UInt64(register))
            if register == 0 { empty += 1 }
        }
        let raw = 0.7213 / (1 + 1.079 / size) * size * size / sum
        // Few people leave registers empty, which tells more.
        guard raw <= 2.5 * size, empty > 0 else { return Int(raw.rounded()) }
        return Int((size * log(size / Double(empty))).rounded())
    }

    /// FNV-1a with the finaliser of SplitMix64, under a secret: the same in every process, which `Hasher` is not.
    private static func hash(_ key: String, _ secret: Secret) -> UInt64 {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325 ^ secret.first
        for byte in key.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        hash ^= secret.second
        hash = (hash ^ hash >> 30) &* 0xBF58_476D_1CE4_E5B9
        hash = (hash ^ hash >> 27) &* 0x94D0_49BB_1331_11EB
        return hash ^ hash >> 31
    }
}
