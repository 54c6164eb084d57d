import Database
import Kernel
import Platform

/// All SQL of uploads. Whoever asks names the account: there is no way to another's.
struct UploadStore {
    let db: Connection

    init(_ db: Connection) { self.db = db }

    func add(_ id: ID<Upload>, of account: ID<Account>, name: String, length: Int, now: Timestamp) throws {
        try db.execute(
            """
            INSERT INTO media_upload (id, account_id, name, length, received, boot_id, state, remark, sha256,
                media_type, created_at, expires_at, due_at, attempts)
            VALUES (\(id), \(account), \(name), \(length), 0, '', 'uploading', '', '', '', \(now),
                \(now.adding(seconds: Upload.waitingHours * 3600)), 0, 0)
            """)
    }

    func find(_ id: ID<Upload>, of account: ID<Account>) throws -> Upload {
        let found = try db.first(
            "SELECT \(Upload.columns) FROM media_upload WHERE id = \(id) AND account_id = \(account)", Upload.init)
        guard let found else { throw DomainError.notFound }
        return found
    }

    /// For work that has no viewer; `nil` when it is gone.
    func find(_ id: ID<Upload>) throws -> Upload? {
        try db.first("SELECT \(Upload.columns) FROM media_upload WHERE id = \(id)", Upload.init)
    }

    /// Newest first.
    func list(of account: ID<Account>, before: String?, limit: Int) throws -> [Upload] {
        let condition: SQL = before.map { " AND id < \($0)" } ?? ""
        return try db.rows(
            """
            SELECT \(Upload.columns) FROM media_upload WHERE account_id = \(account)\(condition)
            ORDER BY id DESC LIMIT \(limit)
            """, Upload.init)
    }

    /// All there and not taken up, newest first.
    func free(of account: ID<Account>) throws -> [Upload] {
        try db.rows(
            """
            SELECT \(Upload.columns) FROM media_upload
            WHERE account_id = \(account) AND state IN ('ready', 'checking', 'quarantined') ORDER BY id DESC LIMIT 50
            """, Upload.init)
    }

    func count(of account: ID<Account>) throws -> Int {
        try db.value("SELECT COUNT(*) FROM media_upload WHERE account_id = \(account)") ?? 0
    }

    /// What the account has on its way or waiting for a record: uploads that are not finished, and bytes of all, with those
    /// it gave up and that are still in the store.
    func load(of account: ID<Account>) throws -> (open: Int, bytes: Int) {
        let open: Int? = try db.value(
            "SELECT COUNT(*) FROM media_upload WHERE account_id = \(account) AND state = 'uploading'")
        let bytes: Int? = try db.value(
            """
            SELECT CAST(COALESCE(SUM(length), 0) AS BIGINT) FROM media_upload
            WHERE account_id = \(account) AND state IN ('uploading', 'checking', 'quarantined', 'ready')
            """)
        let released: Int? = try db.value(
            "SELECT CAST(COALESCE(SUM(bytes), 0) AS BIGINT) FROM media_released WHERE account_id = \(account)")
        return (open ?? 0, (bytes ?? 0) + (released ?? 0))
    }

    /// Where its next bytes begin, by whoever opens it.
    func noteBegun(_ id: ID<Upload>, at received: Int, bootID: String, now: Timestamp) throws {
        try db.execute(
            """
            UPDATE media_upload SET received = \(received), boot_id = \(bootID),
                expires_at = \(now.adding(seconds: Upload.waitingHours * 3600))
            WHERE id = \(id) AND state = 'uploading'
            """)
    }

    /// Bytes that all uploads together have announced and not sent.
    func missing() throws -> Int {
        try db.value(
            """
            SELECT CAST(COALESCE(SUM(length - received), 0) AS BIGINT) FROM media_upload WHERE state = 'uploading'
            """) ?? 0
    }

    /// What is on disk now. Says nothing about an upload that has moved on, nor what a successor knows better.
    func noteReceived(_ id: ID<Upload>, _ received: Int, bootID: String, now: Timestamp) throws {
        try db.execute(
            """
            UPDATE media_upload SET received = \(received), boot_id = \(bootID),
                expires_at = \(now.adding(seconds: Upload.waitingHours * 3600))
            WHERE id = \(id) AND state = 'uploading' AND received <= \(received)
            """)
    }

    func finish(_ id: ID<Upload>, sha256: String, now: Timestamp) throws {
        try db.execute(
            """
            UPDATE media_upload SET received = length, state = 'checking', sha256 = \(sha256), due_at = \(now),
                expires_at = \(now.adding(days: Upload.keepingDays))
            WHERE id = \(id) AND state = 'uploading'
            """)
    }

    /// Takes a finished upload to check it; another process leaves it alone until `lease`. `nil` when somebody has it, or
    /// when the same content is leaving the store.
    func take(_ id: ID<Upload>, until lease: Timestamp, now: Timestamp) throws -> Upload? {
        let changed = try db.change(
            """
            UPDATE media_upload SET due_at = \(lease), attempts = attempts + 1
            WHERE id = \(id) AND state IN ('checking', 'quarantined') AND due_at <= \(now) AND NOT EXISTS (
                SELECT 1 FROM media_sweeping s WHERE s.sha256 = media_upload.sha256)
            """)
        return changed == 1 ? try find(id) : nil
    }

    func due(now: Timestamp, limit: Int) throws -> [ID<Upload>] {
        try db.column(
            """
            SELECT id FROM media_upload WHERE state IN ('checking', 'quarantined') AND due_at <= \(now)
            ORDER BY due_at LIMIT \(limit)
            """)
    }

    func postpone(_ id: ID<Upload>, _ state: Upload.State, remark: String, until due: Timestamp) throws {
        try db.execute(
            """
            UPDATE media_upload SET state = \(state), remark = \(remark), due_at = \(due)
            WHERE id = \(id) AND state IN ('checking', 'quarantined')
            """)
    }

    func noteContent(_ id: ID<Upload>, type: String, name: String, remark: String) throws {
        try db.execute(
            """
            UPDATE media_upload SET media_type = \(type), name = \(name), remark = \(remark)
            WHERE id = \(id) AND state IN ('checking', 'quarantined')
            """)
    }

    /// Whether it was still waiting for the outcome.
    func end(
        _ id: ID<Upload>, _ state: Upload.State, name: String, remark: String, mediaType: String, now: Timestamp
    ) throws -> Bool {
        try db.change(
            """
            UPDATE media_upload SET state = \(state), name = \(name), remark = \(remark), media_type = \(mediaType),
                expires_at = \(now.adding(days: Upload.keepingDays))
            WHERE id = \(id) AND state IN ('checking', 'quarantined')
            """) == 1
    }

    /// Whether it was free to take up.
    func claim(_ id: ID<Upload>, file: String, now: Timestamp) throws -> Bool {
        try db.change(
            """
            UPDATE media_upload SET state = 'claimed', file_id = \(file),
                expires_at = \(now.adding(days: Upload.keepingDays))
            WHERE id = \(id) AND state = 'ready'
            """) == 1
    }

    func remove(_ upload: Upload, now: Timestamp) throws {
        try release([upload.id], now: now)
        try db.execute("DELETE FROM media_upload WHERE id = \(upload.id)")
    }

    /// What is still being checked ends with a word to its sender instead.
    func removeExpired(now: Timestamp) throws -> [ID<Upload>] {
        let ids: [ID<Upload>] = try db.column(
            """
            SELECT id FROM media_upload WHERE expires_at <= \(now) AND state NOT IN ('checking', 'quarantined')
            ORDER BY expires_at LIMIT 500
            """)
        if !ids.isEmpty {
            try release(ids, now: now)
            try db.execute("DELETE FROM media_upload WHERE id IN \(in: ids) AND expires_at <= \(now)")
        }
        return ids
    }

    /// Notes the bytes that stay in the store for a while though nobody uses them.
    private func release(_ ids: [ID<Upload>], now: Timestamp) throws {
        try db.execute(
            """
            INSERT INTO media_released (id, account_id, bytes, released_at)
            SELECT id, account_id, length, CAST(\(now) AS BIGINT) FROM media_upload
            WHERE id IN \(in: ids) AND state IN ('checking', 'quarantined', 'ready')
            """)
    }

    /// Those of the keys that still stand here.
    func known(_ ids: [ID<Upload>]) throws -> [ID<Upload>] {
        try db.column("SELECT id FROM media_upload WHERE id IN \(in: ids)")
    }

    /// The contents that uploads hold until a record names them.
    static let contentColumns = [
        ContentColumn(
            "media_upload", "sha256", .hash, name: "media_upload.sha256",
            where: "state IN ('checking', 'quarantined', 'ready')")
    ]

    /// The contents that may not have reached their place yet.
    static func arriving(on db: Connection) throws -> Set<String> {
        Set(try db.column("SELECT DISTINCT sha256 FROM media_upload WHERE state IN ('checking', 'quarantined')"))
    }

    // The sweep

    /// Says that the contents leave the store; returns those that nobody else is letting go.
    func beginSweep(_ contents: [String], now: Timestamp) throws -> Set<String> {
        // A process that died in the middle is not waited for.
        try db.execute("DELETE FROM media_sweeping WHERE begun_at < \(now.adding(seconds: -3600))")
        guard !contents.isEmpty else { return [] }
        let others = Set(
            try db.column("SELECT sha256 FROM media_sweeping WHERE sha256 IN \(in: contents)", as: String.self))
        let free = contents.filter { !others.contains($0) }
        try db.insert(
            into: "media_sweeping (sha256, begun_at)", rows: free.map { [.text($0), now.databaseValue] })
        return Set(free)
    }

    func endSweep(_ contents: [String]) throws {
        if !contents.isEmpty { try db.execute("DELETE FROM media_sweeping WHERE sha256 IN \(in: contents)") }
    }

    func forgetReleased(before: Timestamp) throws {
        try db.execute("DELETE FROM media_released WHERE released_at < \(before)")
    }
}
