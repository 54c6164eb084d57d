import Database
import Kernel

extension JobStore {
    /// Adds a job unless one of its kind waits or runs: for work with a rhythm of its own, which adds its next turn
    /// itself. `besides` is the running job that asks. `nil` when there was one.
    package func addUnlessOpen(
        kind: String, title: String, due: Timestamp, besides: ID<Job>? = nil, now: Timestamp = .now
    ) throws -> ID<Job>? {
        let open: Int? = try db.value(
            """
            SELECT COUNT(*) FROM platform_job
            WHERE kind = \(kind) AND state IN ('waiting', 'running') AND id <> \(besides?.rawValue ?? "")
            """)
        guard open == 0 else { return nil }
        return try add(kind: kind, title: title, by: nil, due: due, now: now)
    }
}
