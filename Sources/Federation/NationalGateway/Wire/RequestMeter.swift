import Kernel
import Synchronization

/// Counts calls by whom they come from, in this process, and says when it is enough.
final class RequestMeter: Sendable {
    private struct Window: Sendable {
        var end: Timestamp
        var calls: Int
    }

    private let windows = Mutex<[String: Window]>([:])
    /// Callers that are remembered at once.
    private static let capacity = 20_000

    /// Counts a call; `false` when there were more than `limit` within the seconds.
    func admits(_ caller: String, limit: Int, per seconds: Int64, at now: Timestamp) -> Bool {
        windows.withLock { windows in
            if windows.count >= RequestMeter.capacity { windows = windows.filter { $0.value.end > now } }
            var window = windows[caller] ?? Window(end: now.adding(seconds: seconds), calls: 0)
            if window.end <= now { window = Window(end: now.adding(seconds: seconds), calls: 0) }
            window.calls += 1
            if windows[caller] != nil || windows.count < RequestMeter.capacity { windows[caller] = window }
            return window.calls <= limit
        }
    }
}
