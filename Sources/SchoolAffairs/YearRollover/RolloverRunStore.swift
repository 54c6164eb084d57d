import Database
import Directory
import Kernel
import Platform

/// All SQL of runs.
struct RolloverRunStore {
    let db: Connection
    init(_ db: Connection) { self.db = db }

    private static let tables: SQL =
        "school_affairs_rollover_run r JOIN directory_organisation o ON o.id = r.organisation_id"

    /// Throws `DomainError.notFound` when there is none in the scope.
    func find(_ id: ID<RolloverRun>, within scope: DataScope) throws -> RolloverRun {
        let found = try db.first(
            """
            SELECT \(RolloverRun.columns) FROM \(RolloverRunStore.tables)
            WHERE r.id = \(id) AND \(SQL.within(scope, "o.path"))
            """, RolloverRun.init)
        guard let found else { throw DomainError.notFound }
        return found
    }

    /// The runs of the year in the scope, the latest first.
    func list(_ year: SchoolYear, within scope: DataScope) throws -> [RolloverRun] {
        try db.rows(
            """
            SELECT \(RolloverRun.columns) FROM \(RolloverRunStore.tables)
            WHERE r.year = \(year.start) AND \(SQL.within(scope, "o.path")) ORDER BY r.id DESC LIMIT 50
            """, RolloverRun.init)
    }

    func insert(
        _ id: ID<RolloverRun>, _ year: SchoolYear, at organisation: OrganisationID, includingUnconfirmed: Bool,
        by user: CurrentUser, now: Timestamp
    ) throws {
        try db.execute(
            """
            INSERT INTO school_affairs_rollover_run (id, year, organisation_id, includes_unconfirmed, state, created_at,
                created_by, account_id, schools, classes, promoted, opened, closed, moved, gone)
            VALUES (\(id), \(year.start), \(organisation), \(includingUnconfirmed), 'waiting', \(now), \(user.name),
                \(user.account), 0, 0, 0, 0, 0, 0, 0)
            """)
    }

    func setJob(_ job: ID<Job>, of id: ID<RolloverRun>) throws {
        try db.execute("UPDATE school_affairs_rollover_run SET job_id = \(job) WHERE id = \(id)")
    }

    /// The run that waits for its job at the organisation, above or below it.
    func waiting(_ year: SchoolYear, at path: OrganisationPath) throws -> RolloverRun? {
        try db.rows(
            """
            SELECT \(RolloverRun.columns) FROM \(RolloverRunStore.tables)
            WHERE r.year = \(year.start) AND r.state = 'waiting' ORDER BY r.id
            """, RolloverRun.init
        ).first { $0.path.contains(path) || path.contains($0.path) }
    }

    func refuse(_ id: ID<RolloverRun>, _ words: String) throws {
        try db.execute(
            """
            UPDATE school_affairs_rollover_run SET state = 'refused', refusal = \(words)
            WHERE id = \(id) AND state = 'waiting'
            """)
    }

    func finish(_ id: ID<RolloverRun>, _ figures: RolloverFigures, at now: Timestamp) throws -> Bool {
        try db.change(
            """
            UPDATE school_affairs_rollover_run SET state = 'done', done_at = \(now), schools = \(figures.schools),
                classes = \(figures.classes), promoted = \(figures.promoted), opened = \(figures.opened),
                closed = \(figures.closed), moved = \(figures.moved), gone = \(figures.left)
            WHERE id = \(id) AND state = 'waiting'
            """) == 1
    }

    func note(_ move: ID<RollMove>, of school: OrganisationID, in id: ID<RolloverRun>) throws {
        try db.execute(
            """
            INSERT INTO school_affairs_rollover_move (run_id, move_id, school_id) VALUES (\(id), \(move), \(school))
            """)
    }

    /// The moves of the run that stand, school by school in tree order.
    func moves(of id: ID<RolloverRun>) throws -> [(move: ID<RollMove>, school: OrganisationID)] {
        try db.rows(
            """
            SELECT m.move_id, m.school_id FROM school_affairs_rollover_move m
            JOIN directory_organisation o ON o.id = m.school_id
            WHERE m.run_id = \(id) AND m.undone_at IS NULL ORDER BY o.path
            """
        ) { (try $0.get(0), try $0.get(1)) }
    }

    /// The schools the run did, and whether that still stands.
    func schools(of id: ID<RolloverRun>) throws -> [RolloverRunSchool] {
        try db.rows(
            """
            SELECT o.id, o.name, m.undone_at FROM school_affairs_rollover_move m
            JOIN directory_organisation o ON o.id = m.school_id WHERE m.run_id = \(id) ORDER BY o.path
            """
        ) { RolloverRunSchool(id: try $0.get(0), name: try $0.get(1), undoneAt: try $0.get(2)) }
    }

    func noteUndone(_ move: ID<RollMove>, in id: ID<RolloverRun>, at now: Timestamp) throws {
        try db.execute(
            """
            UPDATE school_affairs_rollover_move SET undone_at = \(now) WHERE run_id = \(id) AND move_id = \(move)
            """)
    }

    func noteUndone(_ id: ID<RolloverRun>, by author: String, at now: Timestamp) throws {
        try db.execute(
            """
            UPDATE school_affairs_rollover_run SET state = 'undone', undone_at = \(now), undone_by = \(author)
            WHERE id = \(id)
            """)
    }
}

/// A school that a run did.
struct RolloverRunSchool: Sendable {
    let id: OrganisationID
    let name: String
    let undoneAt: Timestamp?
}
