import Database
import Kernel

/// All SQL of the ends of records.
struct RetentionStore {
    let db: Connection
    init(_ db: Connection) { self.db = db }

    /// - Parameter month: of the count that begins by itself once a month; throws `DatabaseError.uniqueViolation` when it has
    ///   begun.
    func start(by name: String, at now: Timestamp, month: String? = nil) throws -> ID<RetentionRun> {
        let id = ID<RetentionRun>.new()
        try db.execute(
            """
            INSERT INTO privacy_retention_run (id, state, started_at, started_by, confirmed_by, month)
            VALUES (\(id), 'counting', \(now), \(name), '', \(month))
            """)
        return id
    }

    /// The newest first.
    func runs(limit: Int) throws -> [RetentionRun] {
        var lines: [String: [RetentionRun.Line]] = [:]
        try db.each("SELECT run_id, kind, cutoff, overdue, deleted FROM privacy_retention_line ORDER BY kind") { row in
            lines[try row.get(0), default: []].append(
                RetentionRun.Line(
                    kind: try row.get(1), cutoff: try row.get(2), overdue: try row.get(3), deleted: try row.get(4)))
        }
        return try db.rows(
            """
            SELECT id, state, started_at, started_by, confirmed_by, ended_at FROM privacy_retention_run
            ORDER BY id DESC LIMIT \(limit)
            """
        ) { row in
            let id: ID<RetentionRun> = try row.get(0)
            return RetentionRun(
                id: id, state: try row.get(1), startedAt: try row.get(2), startedBy: try row.get(3),
                confirmedBy: try row.get(4), endedAt: try row.get(5), lines: lines[id.rawValue] ?? [])
        }
    }

    func setLine(_ run: ID<RetentionRun>, _ kind: String, cutoff: Timestamp, overdue: Int) throws {
        try db.execute(
            """
            INSERT INTO privacy_retention_line (run_id, kind, cutoff, overdue, deleted)
            VALUES (\(run), \(kind), \(cutoff), \(overdue), 0)
            ON CONFLICT (run_id, kind) DO UPDATE SET cutoff = excluded.cutoff, overdue = excluded.overdue
            """)
    }

    func addDeleted(_ count: Int, _ run: ID<RetentionRun>, _ kind: String) throws {
        try db.execute(
            """
            UPDATE privacy_retention_line SET deleted = deleted + \(count) WHERE run_id = \(run) AND kind = \(kind)
            """)
    }

    /// Moves the run on; returns whether it stood where it should.
    func move(
        _ run: ID<RetentionRun>, from old: RetentionRun.State, to new: RetentionRun.State, at now: Timestamp
    ) throws -> Bool {
        let ended: Timestamp? = new == .done ? now : nil
        return try db.change(
            """
            UPDATE privacy_retention_run SET state = \(new), ended_at = \(ended) WHERE id = \(run) AND state = \(old)
            """) == 1
    }

    func confirm(_ run: ID<RetentionRun>, by name: String, at now: Timestamp) throws -> Bool {
        try db.change(
            """
            UPDATE privacy_retention_run SET state = 'deleting', confirmed_at = \(now), confirmed_by = \(name)
            WHERE id = \(run) AND state = 'counted'
            """) == 1
    }

    /// The holds that are on the day; without one, all there ever were, the newest first.
    func holds(on day: LocalDate? = nil) throws -> [LegalHold] {
        let condition: SQL =
            day.map { "h.valid_from <= \($0) AND (h.valid_to IS NULL OR h.valid_to > \($0))" } ?? "1 = 1"
        return try db.rows(
            """
            SELECT h.id, h.kind, h.person_id, COALESCE(p.name, ''), h.reason, h.valid_from, h.valid_to, h.recorded_by
            FROM privacy_hold h LEFT JOIN directory_person p ON p.id = h.person_id
            WHERE \(condition) ORDER BY h.id DESC
            """
        ) { row in
            LegalHold(
                id: try row.get(0), kind: try row.get(1), person: try row.get(2), personName: try row.get(3),
                reason: try row.get(4), from: try row.get(5), until: try row.get(6), by: try row.get(7))
        }
    }

    func hold(_ kind: String, _ person: ID<Person>?, _ reason: String, from day: LocalDate, by name: String) throws {
        try db.execute(
            """
            INSERT INTO privacy_hold (id, kind, person_id, reason, valid_from, recorded_by)
            VALUES (\(ID<LegalHold>.new()), \(kind), \(person), \(reason), \(day), \(name))
            """)
    }

    func release(_ id: ID<LegalHold>, on day: LocalDate) throws -> Bool {
        try db.change("UPDATE privacy_hold SET valid_to = \(day) WHERE id = \(id) AND valid_to IS NULL") == 1
    }
}
