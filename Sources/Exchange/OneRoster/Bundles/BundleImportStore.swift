import Database
import Directory
import Kernel
import Platform

/// All SQL of bundles that come in.
struct BundleImportStore {
    let db: Connection
    init(_ db: Connection) { self.db = db }

    private static let tables: SQL =
        """
        exchange_bundle b JOIN exchange_partner p ON p.id = b.partner_id
        JOIN directory_organisation o ON o.id = p.organisation_id
        """

    /// Throws `DomainError.notFound` outside the scope.
    func find(_ id: BundleImportID, within scope: DataScope) throws -> BundleImport {
        let found = try db.first(
            """
            SELECT \(BundleImport.columns) FROM \(BundleImportStore.tables)
            WHERE b.id = \(id) AND \(SQL.within(scope, "o.path"))
            """, BundleImport.init)
        guard let found else { throw DomainError.notFound }
        return found
    }

    /// A bundle of the partner with the same content that is being read or waits for a decision.
    func open(_ sm3: String, of partner: PartnerID) throws -> BundleImport? {
        try db.first(
            """
            SELECT \(BundleImport.columns) FROM \(BundleImportStore.tables)
            WHERE b.partner_id = \(partner) AND b.sm3 = \(sm3) AND b.state IN ('reading', 'compared')
            ORDER BY b.id DESC LIMIT 1
            """, BundleImport.init)
    }

    /// The latest first, continued after the bundle `after`.
    func list(within scope: DataScope, after: String?, limit: Int) throws -> (rows: [BundleImport], total: Int) {
        let matching = SQL.within(scope, "o.path")
        let total: Int =
            try db.value("SELECT COUNT(*) FROM \(BundleImportStore.tables) WHERE \(matching)") ?? 0
        let rest: SQL = after.map { " AND b.id < \($0)" } ?? .empty
        let rows = try db.rows(
            """
            SELECT \(BundleImport.columns) FROM \(BundleImportStore.tables) WHERE \(matching)\(rest)
            ORDER BY b.id DESC LIMIT \(limit)
            """, BundleImport.init)
        return (rows, total)
    }

    /// - Parameter key: opens the file; sealed by the caller.
    func insert(
        _ id: BundleImportID, partner: PartnerID, name: String, sha256: String, key: [UInt8], sm3: String,
        by author: String, at now: Timestamp
    ) throws {
        try db.execute(
            """
            INSERT INTO exchange_bundle (id, partner_id, file_name, sha256, file_key, sm3, state, pupils_batch,
                staff_batch, count_new, count_changed, count_unchanged, count_doubtful, count_refused, count_cells,
                digest, pupils, staff, ended, skipped, problems, message, created_at, created_by, decided_by, undone_by)
            VALUES (\(id), \(partner), \(String(name.prefix(200))), \(sha256), \(key), \(sm3), 'reading',
                \(Identifiers.next()), \(Identifiers.next()), 0, 0, 0, 0, 0, 0, '', 0, 0, 0, 0, '', '', \(now),
                \(author), '', '')
            """)
    }

    /// Gives the bundle new batches, and forgets which row of the old ones stood for whom.
    func begin(_ id: BundleImportID) throws {
        try db.execute("DELETE FROM exchange_bundle_row WHERE bundle_id = \(id)")
        try db.execute(
            """
            UPDATE exchange_bundle SET pupils_batch = \(Identifiers.next()), staff_batch = \(Identifiers.next())
            WHERE id = \(id)
            """)
    }

    /// The conditional update is the lock. Returns whether this call moved the bundle.
    /// - Parameter batches: the pupils' batch of the reading that speaks; one that was begun anew does not listen.
    func move(
        _ id: BundleImportID, from states: [BundleImport.State], to state: BundleImport.State, message: String = "",
        batches: String? = nil
    ) throws -> Bool {
        let ours: SQL = batches.map { " AND pupils_batch = \($0)" } ?? .empty
        return try db.change(
            """
            UPDATE exchange_bundle SET state = \(state), message = \(message)
            WHERE id = \(id) AND state IN \(in: states)\(ours)
            """) == 1
    }

    func setJob(_ job: ID<Job>, _ id: BundleImportID) throws {
        try db.execute("UPDATE exchange_bundle SET job_id = \(job) WHERE id = \(id)")
    }

    func job(of id: BundleImportID) throws -> String? {
        try db.value("SELECT job_id FROM exchange_bundle WHERE id = \(id)", as: String?.self) ?? nil
    }

    /// What was read is not needed any more: without its key the file cannot be opened again.
    func forgetFile(_ bundle: BundleImport) throws {
        try db.execute("UPDATE exchange_bundle SET file_key = NULL WHERE id = \(bundle.id)")
        try FileStore.forget(bundle.sha256, on: db)
    }

    func setProblems(_ problems: [String], _ id: BundleImportID) throws {
        try db.execute(
            "UPDATE exchange_bundle SET problems = \(problems.joined(separator: "\n")) WHERE id = \(id)")
    }

    /// What both kinds of intake keep alike.
    var ledger: IntakeLedger { IntakeLedger(db: db, table: "exchange_bundle") }

    /// Keeps for which of the sender's keys the rows of a batch stand.
    func add(_ sources: [String], at rows: Range<Int>, of batch: String, to id: BundleImportID) throws {
        try db.insert(
            into: "exchange_bundle_row (bundle_id, batch, row_number, source_id)",
            rows: zip(rows, sources).map { row, source in
                [id.databaseValue, .text(batch), row.databaseValue, .text(source)]
            })
    }

    func setCounts(pupils: Int, staff: Int, ended: Int, skipped: Int, _ id: BundleImportID) throws {
        try db.execute(
            """
            UPDATE exchange_bundle SET pupils = \(pupils), staff = \(staff), ended = \(ended), skipped = \(skipped)
            WHERE id = \(id)
            """)
    }

    func set(_ differences: [BundleDifference], _ ways: [String: String], _ id: BundleImportID) throws {
        try db.execute("DELETE FROM exchange_bundle_file WHERE bundle_id = \(id)")
        try db.insert(
            into: "exchange_bundle_file (bundle_id, file, way, count_new, count_known, count_missing, count_ended)",
            rows: differences.map { one in
                [
                    id.databaseValue, .text(one.file), .text(ways[one.file] ?? ""), one.new.databaseValue,
                    one.known.databaseValue, one.missing.databaseValue, one.ended.databaseValue,
                ]
            })
    }

    func differences(of id: BundleImportID) throws -> [(way: String, difference: BundleDifference)] {
        try db.rows(
            """
            SELECT file, way, count_new, count_known, count_missing, count_ended FROM exchange_bundle_file
            WHERE bundle_id = \(id) ORDER BY file
            """
        ) { row in
            (
                try row.get(1),
                BundleDifference(
                    file: try row.get(0), new: try row.get(2), known: try row.get(3), missing: try row.get(4),
                    ended: try row.get(5))
            )
        }
    }

    /// Bundles that nobody has worked on since, with their batches.
    func old(_ before: Timestamp) throws -> [(id: String, batches: [String])] {
        try db.rows(
            """
            SELECT id, pupils_batch, staff_batch FROM exchange_bundle
            WHERE COALESCE(undone_at, decided_at, created_at) < \(before) ORDER BY id
            """
        ) { row in (id: try row.text(0), batches: [try row.text(1), try row.text(2)]) }
    }

    func delete(_ ids: [BundleImportID]) throws {
        guard !ids.isEmpty else { return }
        let kept: [String] = try db.column(
            "SELECT sha256 FROM exchange_bundle WHERE id IN \(in: ids) AND file_key IS NOT NULL")
        for sha256 in kept { try FileStore.forget(sha256, on: db) }
        try db.execute("DELETE FROM exchange_bundle_row WHERE bundle_id IN \(in: ids)")
        try db.execute("DELETE FROM exchange_bundle_file WHERE bundle_id IN \(in: ids)")
        try db.execute("DELETE FROM exchange_bundle_place WHERE bundle_id IN \(in: ids)")
        try db.execute("DELETE FROM exchange_bundle WHERE id IN \(in: ids)")
    }
}
