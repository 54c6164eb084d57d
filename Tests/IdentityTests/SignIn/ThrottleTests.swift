import Kernel
import Testing

@testable import Identity

@Suite("尝试限制")
struct ThrottleTests {
    private static let start = Timestamp(milliseconds: 1_447_000_000_000)

    /// The waits after failures at the given seconds, 0 = none; a failure during a lock is not counted.
    private func waits(_ rule: ThrottleRule, at seconds: [Int64]) -> [Int64] {
        var count: ThrottleCount?
        return seconds.map { second in
            let now = Self.start.adding(seconds: second)
            if let wait = count?.wait(at: now) { return wait }
            count = rule.counting(count, at: now)
            return count?.wait(at: now) ?? 0
        }
    }

    @Test func `the fifth failure in ten minutes locks for a quarter of an hour, the tenth for a day`() {
        #expect(waits(.login, at: [0, 1, 2, 3, 4, 5]) == [0, 0, 0, 0, 900, 899])
        let later: [Int64] = [0, 1, 2, 3, 4, 904, 905, 906, 907, 908, 909]
        #expect(waits(.login, at: later) == [0, 0, 0, 0, 900, 0, 0, 0, 0, 86_400, 86_399])
    }

    @Test func `failures are forgotten ten minutes after the first, or after the lock`() {
        #expect(waits(.login, at: [0, 1, 2, 3, 600, 601, 602, 603, 604]) == [0, 0, 0, 0, 0, 0, 0, 0, 900])
        #expect(
            waits(.login, at: [0, 1, 2, 3, 4, 1504, 1505, 1506, 1507, 1508]) == [0, 0, 0, 0, 900, 0, 0, 0, 0, 900])
    }

    @Test func `an address waits after thirty failures and then begins anew`() {
        let failures = Array(repeating: Int64(0), count: 30)
        #expect(waits(.address, at: failures).last == 600)
        #expect(waits(.address, at: failures + [600]).last == 0)
    }

    @Test func `a name that cannot be a login name is not kept in the clear`() {
        #expect(ThrottleKey.login("wang") == "login:wang")
        let key = ThrottleKey.login("Tuo7luo! my password")
        #expect(key.hasPrefix("login:#"))
        #expect(!key.contains("Tuo"))
        #expect(!ThrottleKey.login("13977000123").contains("1397"))
        #expect(ThrottleKey.login("t201501") == "login:t201501")
    }
}
