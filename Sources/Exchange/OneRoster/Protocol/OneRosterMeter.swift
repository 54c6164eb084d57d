import Kernel
import Synchronization

/// How many requests each consumer has sent in the running minute.
final class OneRosterMeter: Sendable {
    private let counts = Mutex<(minute: Int64, requests: [String: Int])>((0, [:]))
    private let most: Int

    /// - Parameter most: requests in a minute of one consumer.
    init(most: Int = 6000) { self.most = most }

    func admits(_ application: String, at now: Timestamp) -> Bool {
        counts.withLock { counts in
            let minute = now.milliseconds / 60_000
            if counts.minute != minute { counts = (minute, [:]) }
            counts.requests[application, default: 0] += 1
            return counts.requests[application, default: 0] <= most
        }
    }
}
