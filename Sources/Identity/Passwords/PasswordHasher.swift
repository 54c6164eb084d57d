import CArgon2
import Kernel
import Platform

/// Turns passwords into Argon2id strings (RFC 9106) and checks them, on threads of its own. One serves the whole
/// process. Full-width letters and digits of a Chinese input method count as the plain ones.
package final class PasswordHasher: Sendable {
    /// What one hash costs.
    package struct Cost: Sendable, Equatable {
        /// Passes over the memory.
        package let passes: UInt32
        /// KiB; at least 8 for each lane.
        package let memory: UInt32
        package let lanes: UInt32

        package init(passes: UInt32, memory: UInt32, lanes: UInt32 = 1) {
            precondition(passes >= 1 && lanes >= 1 && memory >= 8 * lanes)
            (self.passes, self.memory, self.lanes) = (passes, memory, lanes)
        }

        /// More than 1 GiB, 100 passes or 16 lanes cannot be ours; trying it would stall the server.
        var isAffordable: Bool { memory <= 1 << 20 && passes <= 100 && lanes <= 16 }

        /// 2 passes over 19 MiB: about 20 ms of one core.
        package static let standard = Cost(passes: 2, memory: 19 * 1024)
        /// The least the algorithm takes, for tests only.
        package static let minimal = Cost(passes: 1, memory: 8)
    }

    /// Longer passwords never match and cannot be set: bytes of UTF-8.
    package static let byteLimit = 512
    private static let saltByteCount = 16
    private static let hashByteCount = 32

    package let cost: Cost
    private let pool: HashingPool

    /// - Parameters:
    ///   - threads: hashes computed at once; each takes the cost's memory.
    ///   - queueLimit: callers that may wait; the next are refused.
    package init(cost: Cost = .standard, threads: Int = 2, queueLimit: Int = 200) {
        precondition(cost.isAffordable)
        self.cost = cost
        pool = HashingPool(threads: threads, queueLimit: queueLimit)
    }

    deinit { pool.close() }

    /// Callers that wait for a thread, for the metrics.
    package var waitingCount: Int { pool.waitingCount }

    /// The string to store, `$argon2id$v=19$m=…,t=…,p=…$salt$hash`; every call draws a new salt.
    /// - Throws: `DomainError.unavailable` when too many wait, `CancellationError`, `DomainError.invalid` when the
    ///   password is longer than `byteLimit`.
    package func hash(_ password: String) async throws -> String {
        let bytes = Self.bytes(of: password)
        guard bytes.count <= Self.byteLimit else { throw DomainError.invalid("password", "密码太长") }
        let cost = cost
        return try await pool.run { try Self.encode(bytes, cost) }
    }

    /// Whether the password belongs to the stored string. Without a string (no such account), or with one that is no
    /// Argon2id hash (an account that may not sign in by password), the same work is done and the answer is `false`,
    /// so that the time taken does not tell which accounts exist.
    /// - Throws: `DomainError.unavailable` when too many wait, or `CancellationError`.
    package func verify(_ password: String, against encoded: String?) async throws -> Bool {
        let bytes = Self.bytes(of: password)
        guard bytes.count <= Self.byteLimit else { return false }
        let cost = cost
        guard let encoded, let stored = EncodedHash(encoded), stored.cost.isAffordable else {
            return try await pool.run {
                _ = try Self.encode(bytes, cost)
                return false
            }
        }
        return try await pool.run { try Self.matches(bytes, encoded) }
    }

    /// Whether the stored string was made at another cost, so the password should be hashed anew at this sign-in.
    package func needsRehash(_ encoded: String) -> Bool {
        guard let stored = EncodedHash(encoded) else { return true }
        return stored.cost != cost || stored.version != ARGON2_VERSION_13.rawValue
    }

    /// Refuses new work, finishes what waits and returns when the threads have ended.
    package func shutdown() async { await pool.shutdown() }

    private static func bytes(of password: String) -> [UInt8] { Array(PasswordText.normalised(password).utf8) }

    private static func encode(_ password: [UInt8], _ cost: Cost) throws -> String {
        let salt = SecureRandom.bytes(saltByteCount)
        let length = argon2_encodedlen(
            cost.passes, cost.memory, cost.lanes, UInt32(saltByteCount), UInt32(hashByteCount), Argon2_id)
        var text = [CChar](repeating: 0, count: length)
        let code = argon2id_hash_encoded(
            cost.passes, cost.memory, cost.lanes, password, password.count, salt, salt.count, hashByteCount, &text,
            text.count)
        guard code == ARGON2_OK.rawValue else { throw refusal(code) }
        return String(decoding: text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }

    private static func matches(_ password: [UInt8], _ encoded: String) throws -> Bool {
        switch argon2id_verify(encoded, password, password.count) {
        case ARGON2_OK.rawValue: true
        case ARGON2_MEMORY_ALLOCATION_ERROR.rawValue: throw refusal(ARGON2_MEMORY_ALLOCATION_ERROR.rawValue)
        default: false
        }
    }

    private static func refusal(_ code: Int32) -> any Error {
        if code == ARGON2_MEMORY_ALLOCATION_ERROR.rawValue { return DomainError.unavailable("服务器内存不足，请稍后再试") }
        return HashingFailure(reason: String(cString: argon2_error_message(code)))
    }
}

/// libargon2 refused; the reason is its own, in English.
struct HashingFailure: Error {
    let reason: String
}

/// The readable head of a stored hash.
struct EncodedHash: Equatable {
    let version: UInt32
    let cost: PasswordHasher.Cost

    /// `nil` unless the text is `$argon2id$v=…$m=…,t=…,p=…$salt$hash` with sound figures.
    init?(_ text: String) {
        let parts = text.utf8.split(separator: UInt8(ascii: "$"), omittingEmptySubsequences: false)
        guard parts.count == 6, parts[0].isEmpty, parts[1].elementsEqual("argon2id".utf8) else { return nil }
        let figures = parts[3].split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false)
        guard figures.count == 3, !parts[4].isEmpty, !parts[5].isEmpty,
            let version = Self.figure("v=", parts[2]), let memory = Self.figure("m=", figures[0]),
            let passes = Self.figure("t=", figures[1]), let lanes = Self.figure("p=", figures[2]),
            passes >= 1, (1...255).contains(lanes), memory >= 8 * lanes
        else { return nil }
        self.version = version
        cost = PasswordHasher.Cost(passes: passes, memory: memory, lanes: lanes)
    }

    private static func figure(_ name: StaticString, _ text: Substring.UTF8View) -> UInt32? {
        let prefix = String(describing: name).utf8
        guard text.starts(with: prefix) else { return nil }
        let digits = text.dropFirst(prefix.count)
        guard digits.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
        return UInt32(Substring(digits))
    }
}
