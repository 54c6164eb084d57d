import Database
import Directory
import Kernel
import Platform

/// A large export that a job makes: an archive with a workbook for each school.
struct ExportOrder: Sendable {
    enum State: String, Column, Sendable { case waiting, ready, failed }

    let id: String
    let asked: ExportRequest
    let placeName: String
    let looker: Looker
    let state: State
    /// Why it failed, in Chinese.
    let message: String
    let sha256: String?
    let fileKey: [UInt8]?
    let job: String?
    let at: Timestamp

    static let columns: SQL =
        """
        id, place_id, template, day, is_full, reason, why, place, account_id, person_id, author, role, address, state,
        message, sha256, file_key, job_id, created_at
        """

    init(_ row: borrowing Row) throws {
        id = try row.get(0)
        let isFull: Bool = try row.get(4), reason = try row.text(5), why = try row.text(6)
        asked = ExportRequest(
            place: try row.get(1), template: try row.get(2), day: try row.get(3), isFull: isFull, reason: reason,
            why: why, lookReason: isFull ? try ExportForm.lookReason(why, reason) : nil)
        placeName = try row.get(7)
        looker = Looker(
            account: try row.get(8), person: try row.get(9), name: try row.get(10), role: try row.get(11),
            address: try row.get(12))
        (state, message, sha256, fileKey) = (try row.get(13), try row.get(14), try row.get(15), try row.get(16))
        (job, at) = (try row.get(17), try row.get(18))
    }

    var title: String {
        switch state {
        case .waiting: "正在准备"
        case .ready: "可以下载"
        case .failed: "没有完成：\(message)"
        }
    }

    var fileName: String { "\(asked.template)-\(placeName)-\(asked.day.iso).zip" }

    static func keyContext(_ id: String) -> String { "rosters_export_order.file_key/\(id)" }
}

enum ExportOrderSchema {
    static let statements = [
        """
        CREATE TABLE rosters_export_order (
            id TEXT NOT NULL PRIMARY KEY, place_id TEXT NOT NULL REFERENCES directory_organisation (id),
            place TEXT NOT NULL, template TEXT NOT NULL, day TEXT NOT NULL, is_full INTEGER NOT NULL,
            reason TEXT NOT NULL, why TEXT NOT NULL, account_id TEXT NOT NULL, person_id TEXT, author TEXT NOT NULL,
            role TEXT NOT NULL, address TEXT NOT NULL, state TEXT NOT NULL, message TEXT NOT NULL, sha256 TEXT,
            file_key BLOB, job_id TEXT, created_at INTEGER NOT NULL,
            CHECK (state IN ('waiting', 'ready', 'failed')))
        """,
        "CREATE INDEX rosters_export_order_account ON rosters_export_order (account_id, id)",
        "CREATE INDEX rosters_export_order_created ON rosters_export_order (created_at)",
    ]
}

/// All SQL of large exports.
struct ExportOrderStore {
    /// Days after which the archive cannot be opened any more.
    static let life: Int64 = 7

    let db: Connection
    init(_ db: Connection) { self.db = db }

    /// Returns its key, which is also that of the record of the export.
    func insert(_ asked: ExportRequest, _ choice: ExportService.Choice, _ looker: Looker, now: Timestamp) throws
        -> String
    {
        try deleteOld(now)
        let id = Identifiers.next()
        try db.execute(
            """
            INSERT INTO rosters_export_order (id, place_id, place, template, day, is_full, reason, why, account_id,
                person_id, author, role, address, state, message, created_at)
            VALUES (\(id), \(choice.place.id), \(choice.place.name), \(asked.template), \(asked.day), \(asked.isFull),
                \(asked.reason), \(asked.why), \(looker.account), \(looker.person), \(looker.name), \(looker.role),
                \(looker.address), 'waiting', '', \(now))
            """)
        return id
    }

    private func deleteOld(_ now: Timestamp) throws {
        let old: SQL = "created_at < \(now.adding(days: -ExportOrderStore.life))"
        let kept: [String] = try db.column(
            "SELECT sha256 FROM rosters_export_order WHERE \(old) AND sha256 IS NOT NULL")
        for sha256 in kept { try FileStore.forget(sha256, on: db) }
        try db.execute("DELETE FROM rosters_export_order WHERE \(old)")
    }

    func setJob(_ job: ID<Job>, _ id: String) throws {
        try db.execute("UPDATE rosters_export_order SET job_id = \(job) WHERE id = \(id)")
    }

    func find(_ id: String) throws -> ExportOrder {
        let found = try db.first(
            "SELECT \(ExportOrder.columns) FROM rosters_export_order WHERE id = \(id)", ExportOrder.init)
        guard let found else { throw DomainError.notFound }
        return found
    }

    /// Nobody but who asked for it sees it.
    func find(_ id: String, of account: ID<Account>) throws -> ExportOrder {
        let order = try find(id)
        guard order.looker.account == account else { throw DomainError.notFound }
        return order
    }

    /// Those of the account that can still be opened, the latest first.
    func list(of account: ID<Account>) throws -> [ExportOrder] {
        try db.rows(
            """
            SELECT \(ExportOrder.columns) FROM rosters_export_order WHERE account_id = \(account)
                AND created_at >= \(Timestamp.now.adding(days: -ExportOrderStore.life)) ORDER BY id DESC LIMIT 20
            """, ExportOrder.init)
    }

    /// Returns whether this call ended it.
    func end(
        _ id: String, _ state: ExportOrder.State, sha256: String? = nil, key: [UInt8]? = nil, message: String = ""
    ) throws -> Bool {
        try db.change(
            """
            UPDATE rosters_export_order SET state = \(state), sha256 = \(sha256), file_key = \(key),
                message = \(message) WHERE id = \(id) AND state = 'waiting'
            """) == 1
    }
}
