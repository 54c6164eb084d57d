import Database
import Directory
import Kernel
import Synchronization

/// The state of the rosters as the figures know it: asked anew only when the last answer is old enough.
final class RosterMark: Sendable {
    private let seconds: Int64
    private let known = Mutex<(mark: String, at: Timestamp)?>(nil)

    init(seconds: Int64) { self.seconds = seconds }

    func revision(at now: Timestamp, _ db: Connection) throws -> String {
        let kept = known.withLock { $0 }
        if let kept, kept.at <= now, now < kept.at.adding(seconds: seconds) { return kept.mark }
        let mark = try RosterCountStore(db).revision()
        known.withLock { $0 = (mark, now) }
        return mark
    }
}
