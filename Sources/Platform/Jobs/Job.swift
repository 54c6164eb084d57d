import Database
import Kernel

enum JobSchema {
    static let statements = [
        """
        CREATE TABLE platform_job (
            id TEXT NOT NULL PRIMARY KEY, kind TEXT NOT NULL, title TEXT NOT NULL, payload TEXT NOT NULL,
            state TEXT NOT NULL, done INTEGER NOT NULL, total INTEGER NOT NULL, message TEXT NOT NULL,
            result TEXT NOT NULL, attempts INTEGER NOT NULL, due_at INTEGER NOT NULL, lease_until INTEGER NOT NULL,
            created_at INTEGER NOT NULL, created_by TEXT NOT NULL, account_id TEXT, organisation_path TEXT NOT NULL,
            ended_at INTEGER,
            CHECK (state IN ('waiting', 'running', 'done', 'failed')))
        """,
        "CREATE INDEX platform_job_due ON platform_job (state, due_at)",
        "CREATE INDEX platform_job_created ON platform_job (created_at, id)",
    ]
}

/// Long work kept in the database: it survives a restart, shows its progress and runs once in effect.
package struct Job: Sendable {
    package enum State: String, Column, Sendable {
        case waiting, running, done
        /// Gave up after five attempts, or refused by a rule; waits for a person.
        case failed

        package var title: String {
            switch self {
            case .waiting: "等待中"
            case .running: "进行中"
            case .done: "已完成"
            case .failed: "未完成"
            }
        }
    }

    package let id: ID<Job>
    package let kind: String
    /// What a person reads, in Chinese.
    package let title: String
    package let payload: String
    package let state: State
    package let done: Int
    package let total: Int
    package let message: String
    /// Where the outcome is to be seen: a path of the site, or empty.
    package let result: String
    package let attempts: Int
    package let createdAt: Timestamp
    package let createdBy: String
    package let account: ID<Account>?
    package let organisationPath: OrganisationPath
    package let endedAt: Timestamp?

    package var hasEnded: Bool { state == .done || state == .failed }
    /// The page of its progress; when it is done, it leads whoever started it to the result.
    package static func path(_ id: ID<Job>) -> String { "/jobs/\(id)" }
    /// Whether nobody tries again when this try fails.
    package var isLastAttempt: Bool { attempts >= JobStore.attempts }

    static let columns: SQL =
        """
        id, kind, title, payload, state, done, total, message, result, attempts, created_at, created_by, account_id,
        organisation_path, ended_at
        """

    init(_ row: borrowing Row) throws {
        (id, kind, title, payload) = (try row.get(0), try row.get(1), try row.get(2), try row.get(3))
        (state, done, total, message) = (try row.get(4), try row.get(5), try row.get(6), try row.get(7))
        (result, attempts, createdAt, createdBy) = (try row.get(8), try row.get(9), try row.get(10), try row.get(11))
        (account, organisationPath, endedAt) = (try row.get(12), try row.get(13), try row.get(14))
    }
}

/// All SQL of jobs.
package struct JobStore {
    let db: Connection
    /// How often a job is tried before it waits for a person.
    package static let attempts = 5
    /// Seconds a running job may stay silent before another worker takes it.
    static let lease: Int64 = 60

    package init(_ db: Connection) { self.db = db }

    /// Part of the caller's transaction: the job exists exactly when the deed does.
    package func add(
        kind: String, title: String, payload: String = "", result: String = "", by user: CurrentUser?,
        at path: OrganisationPath = .city, due: Timestamp = .now, now: Timestamp = .now
    ) throws -> ID<Job> {
        let id = ID<Job>.new()
        try db.execute(
            """
            INSERT INTO platform_job (id, kind, title, payload, state, done, total, message, result, attempts, due_at,
                lease_until, created_at, created_by, account_id, organisation_path)
            VALUES (\(id), \(kind), \(title), \(payload), 'waiting', 0, 0, '', \(result), 0, \(due), 0, \(now),
                \(user?.name ?? "系统"), \(user?.account), \(path))
            """)
        return id
    }

    /// The job, when the viewer started it or its place lies in the viewer's scope.
    package func find(_ id: ID<Job>, visibleTo user: CurrentUser, scope: DataScope) throws -> Job {
        let job = try db.first(
            """
            SELECT \(Job.columns) FROM platform_job
            WHERE id = \(id) AND (account_id = \(user.account) OR \(SQL.within(scope, "organisation_path")))
            """, Job.init)
        guard let job else { throw DomainError.notFound }
        return job
    }

    /// Whether nobody works on the job any more; so it is with one that is gone.
    package func hasEnded(_ id: ID<Job>) throws -> Bool {
        let state: Job.State? = try db.value("SELECT state FROM platform_job WHERE id = \(id)")
        return state == nil || state == .done || state == .failed
    }

    /// Whether somebody works on the job right now, or died while doing so.
    package func isRunning(_ id: ID<Job>) throws -> Bool {
        let state: Job.State? = try db.value("SELECT state FROM platform_job WHERE id = \(id)")
        return state == .running
    }

    /// Whether somebody works on the job, or would if a worker were free: one put off until later does not count.
    package func isAtWork(_ id: ID<Job>, now: Timestamp) throws -> Bool {
        let found: Int? = try db.value(
            """
            SELECT 1 FROM platform_job WHERE id = \(id)
                AND (state = 'running' OR (state = 'waiting' AND due_at <= \(now)))
            """)
        return found != nil
    }

    package func list(within scope: DataScope, after: String?, limit: Int) throws -> [Job] {
        let condition: SQL = after.map { " AND id < \($0)" } ?? ""
        return try db.rows(
            """
            SELECT \(Job.columns) FROM platform_job WHERE \(SQL.within(scope, "organisation_path"))\(condition)
            ORDER BY id DESC LIMIT \(limit)
            """, Job.init)
    }

    package func counts() throws -> [(state: Job.State, count: Int)] {
        try db.rows("SELECT state, COUNT(*) FROM platform_job GROUP BY state ORDER BY state") {
            (try $0.get(0), try $0.get(1))
        }
    }

    /// Takes the oldest due job for `JobStore.lease` seconds. Two workers never get the same one. A job that took its
    /// process down each time ends as failed instead of taking down the next.
    func claim(kinds: [String], now: Timestamp) throws -> Job? {
        let message = "多次中断，已停止重试"
        let parked = try db.rows(
            """
            UPDATE platform_job SET state = 'failed', message = \(message), ended_at = \(now)
            WHERE state = 'running' AND lease_until < \(now) AND attempts >= \(JobStore.attempts)
            RETURNING \(Job.columns)
            """, Job.init)
        for job in parked { try JobNotices(db: db).ended(job, .failed, message: message, now: now) }
        let id: ID<Job>? = try db.value(
            """
            SELECT id FROM platform_job WHERE kind IN \(in: kinds) AND due_at <= \(now)
                AND (state = 'waiting' OR (state = 'running' AND lease_until < \(now)))
            ORDER BY due_at, id LIMIT 1
            """)
        guard let id else { return nil }
        let changed = try db.change(
            """
            UPDATE platform_job SET state = 'running', attempts = attempts + 1,
                lease_until = \(now.adding(seconds: JobStore.lease))
            WHERE id = \(id) AND (state = 'waiting' OR (state = 'running' AND lease_until < \(now)))
            """)
        guard changed == 1 else { return nil }
        return try db.first("SELECT \(Job.columns) FROM platform_job WHERE id = \(id)", Job.init)
    }

    func report(_ id: ID<Job>, done: Int, total: Int, message: String, now: Timestamp) throws {
        try db.execute(
            """
            UPDATE platform_job SET done = \(done), total = \(total), message = \(message),
                lease_until = \(now.adding(seconds: JobStore.lease)) WHERE id = \(id) AND state = 'running'
            """)
    }

    /// Ends the try that `job` stands for; a worker whose lease lapsed does not speak for its successor.
    func end(_ job: Job, _ state: Job.State, message: String, now: Timestamp) throws {
        let changed = try db.change(
            """
            UPDATE platform_job SET state = \(state), message = \(message), ended_at = \(now)
            WHERE id = \(job.id) AND state = 'running' AND attempts = \(job.attempts)
            """)
        if changed == 1 { try JobNotices(db: db).ended(job, state, message: message, now: now) }
    }

    func postpone(_ job: Job, until due: Timestamp, message: String) throws {
        try db.execute(
            """
            UPDATE platform_job SET state = 'waiting', due_at = \(due), message = \(message)
            WHERE id = \(job.id) AND state = 'running' AND attempts = \(job.attempts)
            """)
    }

    /// Sends a failed job on its way again.
    package func retry(_ id: ID<Job>, now: Timestamp) throws {
        let changed = try db.change(
            """
            UPDATE platform_job SET state = 'waiting', attempts = 0, due_at = \(now), ended_at = NULL
            WHERE id = \(id) AND state = 'failed'
            """)
        guard changed == 1 else { throw DomainError.conflict("这项任务不能重新运行。") }
    }
}
