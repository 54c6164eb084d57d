import Database
import Kernel

/// The throttle of sign-in for doors outside this module that take a secret: failures are counted by key, and too many
/// within ten minutes lock the key for ten.
package struct DoorThrottle {
    private let store: ThrottleStore
    package init(_ db: Connection) { store = ThrottleStore(db) }

    /// Seconds until all of the keys may be tried again; `nil` when they may.
    package func wait(_ keys: [String], at now: Timestamp) throws -> Int64? {
        try keys.compactMap { try store.find($0)?.wait(at: now) }.max()
    }

    /// Counts a failure.
    /// - Parameter limit: how many lock the key.
    package func fail(_ key: String, limit: Int, at now: Timestamp) throws {
        try store.add(
            key, ThrottleRule(window: 600, locks: [(failures: limit, seconds: 600)], growsAfterLock: false), at: now)
    }
}
