import Kernel
import Synchronization

/// The last answer to the question whether figures may have changed (`IndicatorSource.revision`). It is asked anew only when
/// it is old enough: what changes all day long would have the whole board computed each time.
package final class KeptMark: Sendable {
    private let seconds: Int64
    private let known = Mutex<(mark: String, at: Timestamp)?>(nil)

    /// - Parameter seconds: how long an answer holds; with 0 every question is asked.
    package init(seconds: Int64) { self.seconds = seconds }

    /// The mark that holds at `now`; `read` asks for it anew.
    package func value(at now: Timestamp, _ read: () throws -> String) rethrows -> String {
        let kept = known.withLock { $0 }
        if let kept, kept.at <= now, now < kept.at.adding(seconds: seconds) { return kept.mark }
        let mark = try read()
        known.withLock { $0 = (mark, now) }
        return mark
    }
}
