import Database
import Directory
import Kernel

/// All SQL of the order in which records changed.
struct FeedStore {
    let db: Connection
    init(_ db: Connection) { self.db = db }

    /// No transaction lasts longer than this between taking its time and being seen.
    static let lateness: Int64 = 3600

    /// How far the changes of a data set were seen.
    struct Seen: Sendable, Equatable {
        /// Up to when it was looked for changes.
        let at: Timestamp
        /// The last place that was given.
        let sequence: Int
    }

    /// A change that has no place in the order yet.
    struct Change: Sendable {
        let id: String
        let at: Timestamp
        let marker: Int
    }

    func seen(of dataset: FeedDataset) throws -> Seen {
        try db.first("SELECT seen_at, sequence FROM exchange_feed_state WHERE dataset = \(dataset)") {
            Seen(at: try $0.get(0), sequence: try $0.get(1))
        } ?? Seen(at: Timestamp(milliseconds: 0), sequence: 0)
    }

    /// The changes that were not seen before, the earliest first, at most so many. It only reads.
    func unseen(_ dataset: FeedDataset, after seen: Seen, limit: Int) throws -> [Change] {
        let since = seen.at.adding(seconds: -FeedStore.lateness)
        return try db.rows(
            """
            SELECT c.id, c.changed, CAST(c.marker AS BIGINT) FROM (\(FeedStore.changes(dataset, since))) c
            WHERE NOT EXISTS (SELECT 1 FROM exchange_feed f
                WHERE f.dataset = \(dataset) AND f.record_id = c.id AND f.marker = c.marker)
            ORDER BY c.changed, c.id LIMIT \(limit)
            """
        ) { Change(id: try $0.get(0), at: try $0.get(1), marker: try $0.get(2)) }
    }

    /// Gives the changes the next places. `false` when somebody else has given some meanwhile: then nothing was written.
    func place(_ changes: [Change], of dataset: FeedDataset, after seen: Seen) throws -> Bool {
        guard try move(dataset, from: seen, to: Seen(at: seen.at, sequence: seen.sequence + changes.count)) else {
            return false
        }
        try db.execute(
            "DELETE FROM exchange_feed WHERE dataset = \(dataset) AND record_id IN \(in: changes.map(\.id))")
        try db.insert(
            into: "exchange_feed (dataset, record_id, changed_at, marker, sequence)",
            rows: changes.enumerated().map { index, change in
                [
                    dataset.databaseValue, .text(change.id), change.at.databaseValue, change.marker.databaseValue,
                    (seen.sequence + index + 1).databaseValue,
                ]
            })
        return true
    }

    /// The conditional update is the lock.
    func move(_ dataset: FeedDataset, from old: Seen, to new: Seen) throws -> Bool {
        if old.sequence == 0 {
            try db.execute(
                """
                INSERT INTO exchange_feed_state (dataset, seen_at, sequence) VALUES (\(dataset), \(old.at), 0)
                ON CONFLICT (dataset) DO NOTHING
                """)
        }
        return try db.change(
            """
            UPDATE exchange_feed_state SET seen_at = \(new.at), sequence = \(new.sequence)
            WHERE dataset = \(dataset) AND seen_at = \(old.at) AND sequence = \(old.sequence)
            """) == 1
    }

    /// Records that changed since, as `id`, `changed` and `marker`.
    private static func changes(_ dataset: FeedDataset, _ since: Timestamp) -> SQL {
        switch dataset {
        case .organisations:
            """
            SELECT v.organisation_id AS id, MAX(v.recorded_at) AS changed, SUM(v.recorded_at) AS marker
            FROM directory_organisation_version v WHERE v.organisation_id IN (
                SELECT w.organisation_id FROM directory_organisation_version w WHERE w.recorded_at >= \(since))
            GROUP BY v.organisation_id
            """
        case .classes:
            """
            SELECT g.id AS id, g.changed_at AS changed, g.changed_at AS marker FROM directory_class_group g
            WHERE g.changed_at >= \(since)
            """
        case .enrolments:
            """
            SELECT e.id AS id, e.changed_at AS changed, e.changed_at AS marker FROM directory_enrolment e
            WHERE e.changed_at >= \(since)
            """
        case .students: people(with: "directory_enrolment", since)
        case .staff: people(with: "directory_appointment", since)
        }
    }

    /// People who have such a record; a change of hers or of any of her records makes another marker, even when it began
    /// before one that was seen earlier.
    private static func people(with table: SQL, _ since: Timestamp) -> SQL {
        """
        SELECT p.id AS id, CASE WHEN p.changed_at > MAX(r.changed_at) THEN p.changed_at ELSE MAX(r.changed_at) END
            AS changed, p.changed_at + SUM(r.changed_at) AS marker
        FROM directory_person p JOIN \(table) r ON r.person_id = p.id
        WHERE p.id IN (SELECT q.id FROM directory_person q WHERE q.changed_at >= \(since)
            UNION SELECT t.person_id FROM \(table) t WHERE t.changed_at >= \(since))
        GROUP BY p.id, p.changed_at
        """
    }

    /// Records of the scope that changed after the place in the order, and the place up to which was looked.
    func slice(
        _ dataset: FeedDataset, within scope: DataScope, after: Int, limit: Int
    ) throws -> (entries: [FeedEntry], end: Int, hasMore: Bool) {
        let last: Int = try db.value("SELECT sequence FROM exchange_feed_state WHERE dataset = \(dataset)") ?? 0
        let entries = try db.rows(
            """
            SELECT f.record_id, f.changed_at, f.sequence FROM exchange_feed f
            WHERE f.dataset = \(dataset) AND f.sequence > \(after) AND f.sequence <= \(last)
                AND \(FeedStore.isWithin(scope, dataset)) ORDER BY f.sequence LIMIT \(limit + 1)
            """
        ) { FeedEntry(id: try $0.get(0), changedAt: try $0.get(1), sequence: try $0.get(2)) }
        guard entries.count > limit else { return (entries, max(after, last), false) }
        return (Array(entries.prefix(limit)), entries[limit - 1].sequence, true)
    }

    /// Whether the record belongs to the scope, now or formerly: who follows it hears of its end.
    private static func isWithin(_ scope: DataScope, _ dataset: FeedDataset) -> SQL {
        let within = SQL.within(scope, "o.path")
        switch dataset {
        case .organisations:
            return "EXISTS (SELECT 1 FROM directory_organisation o WHERE o.id = f.record_id AND \(within))"
        case .classes:
            return """
                EXISTS (SELECT 1 FROM directory_class_group g JOIN directory_organisation o ON o.id = g.school_id
                    WHERE g.id = f.record_id AND \(within))
                """
        case .enrolments:
            return """
                EXISTS (SELECT 1 FROM directory_enrolment e JOIN directory_organisation o ON o.id = e.school_id
                    WHERE e.id = f.record_id AND \(within))
                """
        case .students:
            return """
                EXISTS (SELECT 1 FROM directory_enrolment e JOIN directory_organisation o ON o.id = e.school_id
                    WHERE e.person_id = f.record_id AND \(within))
                """
        case .staff:
            return """
                EXISTS (SELECT 1 FROM directory_appointment a JOIN directory_organisation o ON o.id = a.organisation_id
                    WHERE a.person_id = f.record_id AND \(within))
                """
        }
    }
}

/// A change in its place.
struct FeedEntry: Sendable {
    let id: String
    let changedAt: Timestamp
    let sequence: Int
}
