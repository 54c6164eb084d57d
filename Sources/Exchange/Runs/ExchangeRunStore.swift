import Database
import Kernel

/// All SQL of the ledger.
struct ExchangeRunStore {
    let db: Connection
    init(_ db: Connection) { self.db = db }

    func insert(_ run: ExchangeRun, at path: OrganisationPath) throws {
        try db.execute(
            """
            INSERT INTO exchange_run (id, way, system, dataset, organisation_path, at, rows_told, changed, flagged,
                refused, note)
            VALUES (\(run.id), \(run.way), \(run.system), \(run.dataset), \(path), \(run.at), \(run.rows),
                \(run.changed), \(run.flagged), \(run.refused), \(run.note))
            """)
    }

    /// The latest first, continued after the entry `after`.
    func list(within scope: DataScope, after: String?, limit: Int) throws -> [ExchangeRun] {
        let rest: SQL = after.map { " AND r.id < \($0)" } ?? .empty
        return try db.rows(
            """
            SELECT r.id, r.way, r.system, r.dataset, r.at, r.rows_told, r.changed, r.flagged, r.refused, r.note
            FROM exchange_run r WHERE \(SQL.within(scope, "r.organisation_path"))\(rest) ORDER BY r.id DESC LIMIT \(limit)
            """
        ) { row in
            ExchangeRun(
                id: try row.get(0), way: try row.get(1), system: try row.get(2), dataset: try row.get(3),
                at: try row.get(4), rows: try row.get(5), changed: try row.get(6), flagged: try row.get(7),
                refused: try row.get(8), note: try row.get(9))
        }
    }

    func countOld(_ before: Timestamp) throws -> Int {
        try db.value("SELECT COUNT(*) FROM exchange_run WHERE at < \(before)") ?? 0
    }

    func deleteOld(_ before: Timestamp, atMost limit: Int) throws -> Int {
        try db.change(
            """
            DELETE FROM exchange_run WHERE id IN (
                SELECT id FROM exchange_run WHERE at < \(before) ORDER BY at, id LIMIT \(limit))
            """)
    }
}
