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

    /// A bundle of the partner with the same content that waits for a decision.
    func open(_ sm3: String, of partner: PartnerID) throws -> BundleImportID? {
        try db.value(
            """
            SELECT id FROM exchange_bundle
            WHERE partner_id = \(partner) AND sm3 = \(sm3) AND state IN ('reading', 'compared') ORDER BY id DESC LIMIT 1
            """)
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

    /// The conditional update is the lock. Returns whether this call moved the bundle.
    func move(
        _ id: BundleImportID, from states: [BundleImport.State], to state: BundleImport.State, message: String = ""
    ) throws -> Bool {
        try db.change(
            """
            UPDATE exchange_bundle SET state = \(state), message = \(message)
            WHERE id = \(id) AND state IN \(in: states)
            """) == 1
    }

    func setJob(_ job: ID<Job>, _ id: BundleImportID) throws {
        try db.execute("UPDATE exchange_bundle SET job_id = \(job) WHERE id = \(id)")
    }

    func job(of id: BundleImportID) throws -> String? {
        try db.value("SELECT job_id FROM exchange_bundle WHERE id = \(id)", as: String?.self) ?? nil
    }

    /// What was read is not needed any more: without its key the file cannot be opened again.
    func forgetFile(_ id: BundleImportID) throws {
        try db.execute("UPDATE exchange_bundle SET file_key = NULL WHERE id = \(id)")
    }

    func setProblems(_ problems: [String], _ id: BundleImportID) throws {
        try db.execute(
            "UPDATE exchange_bundle SET problems = \(problems.joined(separator: "\n")) WHERE id = \(id)")
    }

    func set(_ outcome: IntakeOutcome, _ id: BundleImportID) throws {
        try db.execute(
            """
            UPDATE exchange_bundle SET count_new = \(outcome.new), count_changed = \(outcome.changed),
                count_unchanged = \(outcome.unchanged), count_doubtful = \(outcome.doubtful),
                count_refused = \(outcome.refused), count_cells = \(outcome.cells), digest = \(outcome.digest)
            WHERE id = \(id)
            """)
    }

    /// Keeps which row of which batch stands for which of the sender's keys, and how many people there are.
    func set(_ rosters: BundleRosters, of bundle: BundleImport) throws {
        try db.execute("DELETE FROM exchange_bundle_row WHERE bundle_id = \(bundle.id)")
        for (batch, sources) in [
            (bundle.pupilsBatch, rosters.pupils.sources), (bundle.staffBatch, rosters.staff.sources),
        ] {
            try db.insert(
                into: "exchange_bundle_row (bundle_id, batch, row_number, source_id)",
                rows: sources.enumerated().map { index, source in
                    [bundle.id.databaseValue, .text(batch), (index + 2).databaseValue, .text(source)]
                })
        }
        try db.execute(
            """
            UPDATE exchange_bundle SET pupils = \(rosters.pupils.sources.count), staff = \(rosters.staff.sources.count),
                ended = \(rosters.ended), skipped = \(rosters.skipped) WHERE id = \(bundle.id)
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
        try db.execute("DELETE FROM exchange_bundle_row WHERE bundle_id IN \(in: ids)")
        try db.execute("DELETE FROM exchange_bundle_file WHERE bundle_id IN \(in: ids)")
        try db.execute("DELETE FROM exchange_bundle WHERE id IN \(in: ids)")
    }

    func setDecided(_ id: BundleImportID, by name: String, now: Timestamp) throws {
        try db.execute("UPDATE exchange_bundle SET decided_at = \(now), decided_by = \(name) WHERE id = \(id)")
    }

    func setUndone(_ id: BundleImportID, by name: String, now: Timestamp) throws {
        try db.execute("UPDATE exchange_bundle SET undone_at = \(now), undone_by = \(name) WHERE id = \(id)")
    }

    // Keys of the senders

    /// The sender's key of each row of a batch.
    func sources(of id: BundleImportID, batch: String) throws -> [Int: String] {
        var found: [Int: String] = [:]
        try db.each(
            """
            SELECT row_number, source_id FROM exchange_bundle_row WHERE bundle_id = \(id) AND batch = \(batch)
            """
        ) { found[try $0.get(0)] = try $0.get(1) }
        return found
    }

    /// Remembers whom the partner means, and whom it meant before.
    func learn(_ source: String, is person: ID<Person>, of bundle: BundleImport, now: Timestamp) throws {
        let former = try db.first(
            """
            SELECT person_id, bundle_id FROM exchange_bundle_key
            WHERE partner_id = \(bundle.partner) AND source_id = \(source)
            """
        ) { (try $0.get(0, as: ID<Person>.self), try $0.get(1, as: BundleImportID.self)) }
        if former?.0 == person { return }
        if let former {
            try db.execute(
                """
                UPDATE exchange_bundle_row SET former_person_id = \(former.0), former_bundle_id = \(former.1)
                WHERE bundle_id = \(bundle.id) AND source_id = \(source)
                """)
        }
        try db.execute(
            """
            INSERT INTO exchange_bundle_key (partner_id, source_id, person_id, bundle_id, at)
            VALUES (\(bundle.partner), \(source), \(person), \(bundle.id), \(now))
            ON CONFLICT (partner_id, source_id) DO UPDATE SET person_id = excluded.person_id,
                bundle_id = excluded.bundle_id, at = excluded.at
            """)
    }

    /// Takes back what a bundle has taught, and ends its rows.
    func forget(_ id: BundleImportID) throws {
        let former = try db.rows(
            """
            SELECT source_id, former_person_id, former_bundle_id FROM exchange_bundle_row
            WHERE bundle_id = \(id) AND former_person_id IS NOT NULL
            """
        ) { (try $0.text(0), try $0.get(1, as: ID<Person>.self), try $0.get(2, as: BundleImportID.self)) }
        for (source, person, bundle) in former {
            try db.execute(
                """
                UPDATE exchange_bundle_key SET person_id = \(person), bundle_id = \(bundle)
                WHERE bundle_id = \(id) AND source_id = \(source)
                """)
        }
        try db.execute("DELETE FROM exchange_bundle_key WHERE bundle_id = \(id)")
        try db.execute("DELETE FROM exchange_bundle_row WHERE bundle_id = \(id)")
    }

    /// Whom each of the keys means: by an earlier bundle of the partner, or because it is the platform's own and that of
    /// somebody who learns or works within the partner's scope.
    func people(_ sources: [String], of partner: PartnerID, within scope: DataScope) throws -> [String: BundleKnowledge
        .Known]
    {
        var found: [String: BundleKnowledge.Known] = [:]
        for start in stride(from: 0, to: sources.count, by: 500) {
            let some = Array(sources[start..<min(start + 500, sources.count)])
            try db.each(
                """
                SELECT p.id, s.id, s.name FROM directory_person p
                JOIN directory_person s ON s.id = COALESCE(p.merged_into, p.id) WHERE p.id IN \(in: some) AND (
                    EXISTS (
                        SELECT 1 FROM directory_enrolment e JOIN directory_organisation o ON o.id = e.school_id
                        WHERE e.person_id = s.id AND \(SQL.within(scope, "o.path")))
                    OR EXISTS (
                        SELECT 1 FROM directory_appointment a JOIN directory_organisation o ON o.id = a.organisation_id
                        WHERE a.person_id = s.id AND \(SQL.within(scope, "o.path"))))
                """
            ) { found[try $0.get(0)] = .init(person: try $0.get(1), name: try $0.get(2)) }
            try db.each(
                """
                SELECT k.source_id, s.id, s.name FROM exchange_bundle_key k
                JOIN directory_person p ON p.id = k.person_id
                JOIN directory_person s ON s.id = COALESCE(p.merged_into, p.id)
                WHERE k.partner_id = \(partner) AND k.source_id IN \(in: some)
                """
            ) { found[try $0.get(0)] = .init(person: try $0.get(1), name: try $0.get(2)) }
        }
        return found
    }
}
