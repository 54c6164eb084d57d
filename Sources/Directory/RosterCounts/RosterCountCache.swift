import Database
import Kernel
import Synchronization

/// Counts of single schools, kept while the rosters stay as they are: counting a school of a thousand pupils is the dearest
/// statement of its page. An answer holds for a minute at most, since changes of one millisecond share a mark.
package final class RosterCountCache: Sendable {
    private struct Key: Hashable {
        let school: OrganisationID
        let day: LocalDate
    }

    private struct Entry {
        let count: RosterCount?
        let revision: String
        let at: Timestamp
    }

    private static let seconds: Int64 = 60
    private static let limit = 1000

    private let entries = Mutex<[Key: Entry]>([:])

    package init() {}

    /// What the school's roster counts on the day; `nil` when nobody is on it. Part of a snapshot, so that the count belongs
    /// to the mark.
    package func count(
        of school: OrganisationID, on day: LocalDate, at now: Timestamp, _ db: Connection
    ) throws -> RosterCount? {
        let store = RosterCountStore(db), key = Key(school: school, day: day)
        let revision = try store.revision()
        if let kept = entries.withLock({ $0[key] }), kept.revision == revision, kept.at <= now,
            now < kept.at.adding(seconds: RosterCountCache.seconds)
        {
            return kept.count
        }
        let count = try store.counts(of: [school], on: day)[school]
        entries.withLock { entries in
            if entries.count >= RosterCountCache.limit { entries.removeAll(keepingCapacity: true) }
            entries[key] = Entry(count: count, revision: revision, at: now)
        }
        return count
    }
}
