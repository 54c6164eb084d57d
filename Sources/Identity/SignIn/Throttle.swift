import Kernel
import Platform

/// How many failures in a row lock what, and for how long.
struct ThrottleRule: Sendable {
    /// Seconds after the first failure in which further ones add to it.
    let window: Int64
    /// Failures and the seconds they lock for, ascending. From the last on, every failure locks.
    let locks: [(failures: Int, seconds: Int64)]
    /// Whether the count goes on after a lock has passed, towards the next, longer one.
    let growsAfterLock: Bool

    /// A login name, whether an account has it or not: so a lock does not tell which names exist.
    static let login = ThrottleRule(window: 600, locks: [(5, 15 * 60), (10, 24 * 3600)], growsAfterLock: true)
    /// A network address; a whole school may be behind one.
    static let address = ThrottleRule(window: 600, locks: [(30, 600)], growsAfterLock: false)

    func counting(_ count: ThrottleCount?, at now: Timestamp) -> ThrottleCount {
        var count = count.flatMap { isForgotten($0, at: now) ? nil : $0 } ?? ThrottleCount(since: now)
        count.failures += 1
        let isBeyondAll = locks.last.map { count.failures >= $0.failures } ?? false
        let reached = isBeyondAll ? locks.last : locks.first { $0.failures == count.failures }
        if let reached { count.lockedUntil = now.adding(seconds: reached.seconds) }
        return count
    }

    private func isForgotten(_ count: ThrottleCount, at now: Timestamp) -> Bool {
        let start = growsAfterLock ? max(count.since, count.lockedUntil ?? count.since) : count.since
        if !growsAfterLock, let end = count.lockedUntil, end <= now { return true }
        return start.adding(seconds: window) <= now
    }
}

/// Failures of one login name or address.
struct ThrottleCount: Sendable, Equatable {
    var failures = 0
    var since: Timestamp
    /// The end of the last lock, also when it has passed.
    var lockedUntil: Timestamp?

    /// Seconds to wait; `nil` when there is no lock.
    func wait(at now: Timestamp) -> Int64? {
        lockedUntil.flatMap { $0 > now ? ($0.milliseconds - now.milliseconds + 999) / 1000 : nil }
    }
}

/// What is counted: text of the column `key`.
enum ThrottleKey {
    /// What cannot be a login name is kept as a hash: it may be a password typed into the wrong field. So is what may be
    /// somebody's phone, 学籍号 or document, of whom there is no account.
    static func login(_ name: String) -> String {
        let digits = name.utf8.count { (0x30...0x39).contains($0) }
        guard LoginName.problem(in: name) != nil || digits > 6 else { return "login:" + name }
        return "login:#" + Hex.encode(SHA256.hash(name).prefix(16))
    }

    /// Codes of the second factor.
    static func factor(_ account: ID<Account>) -> String { "factor:\(account)" }

    static func address(_ address: String) -> String { "address:" + address }
}
