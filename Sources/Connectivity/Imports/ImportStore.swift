import Database
import Directory
import Foundation
import Kernel
import Platform

/// All SQL of imports.
struct ImportStore {
    let db: Connection
    init(_ db: Connection) { self.db = db }

    func add(
        _ id: ID<ImportBatch>, file: String, sha256: String, name: String, day: LocalDate, scope: DataScope,
        layout: WorkbookLayout, state: ImportState, by creator: String, account: ID<Account>?, now: Timestamp
    ) throws {
        let roots = scope.roots.map(\.text).joined(separator: "\n")
        try db.execute(
            """
            INSERT INTO connectivity_import (id, file_id, sha256, file_name, statistics_on, state, scope_path,
                scope_roots, mapping, base_revision, digest, count_new, count_changed, count_unchanged,
                count_refused, created_at, created_by, account_id, message)
            VALUES (\(id), \(file), \(sha256), \(String(name.prefix(200))), \(day), \(state),
                \(scope.commonPlace), \(roots), \(try ImportStore.json(layout)), '', '', 0, 0, 0, 0, \(now),
                \(creator), \(account.databaseValue), '')
            """)
    }

    func find(_ id: ID<ImportBatch>) throws -> ImportBatch {
        let batch = try db.first(
            "SELECT \(ImportBatch.columns) FROM connectivity_import b WHERE b.id = \(id)", ImportBatch.init)
        guard let batch else { throw DomainError.notFound }
        return batch
    }

    /// The batch, when the viewer sent it or its place lies in the scope.
    func find(_ id: ID<ImportBatch>, visibleTo user: CurrentUser, scope: DataScope) throws -> ImportBatch {
        let batch = try db.first(
            """
            SELECT \(ImportBatch.columns) FROM connectivity_import b
            WHERE b.id = \(id) AND (b.account_id = \(user.account) OR \(SQL.within(scope, "b.scope_path")))
            """, ImportBatch.init)
        guard let batch else { throw DomainError.notFound }
        return batch
    }

    /// File names of those batches whose pages the viewer may open, by batch.
    func fileNames(
        of batches: Set<String>, visibleTo user: CurrentUser, scope: DataScope
    ) throws -> [String: String] {
        guard !batches.isEmpty, !scope.roots.isEmpty else { return [:] }
        var names: [String: String] = [:]
        try db.each(
            """
            SELECT b.id, b.file_name FROM connectivity_import b
            WHERE b.id IN \(in: batches.sorted())
                AND (b.account_id = \(user.account) OR \(SQL.within(scope, "b.scope_path")))
            """
        ) { names[try $0.text(0)] = try $0.text(1) }
        return names
    }

    /// Newest first, continued after the id `after`.
    func list(
        visibleTo user: CurrentUser, scope: DataScope, after: String?, limit: Int
    ) throws -> (rows: [ImportBatch], total: Int) {
        let visible: SQL = "(b.account_id = \(user.account) OR \(SQL.within(scope, "b.scope_path")))"
        let total: Int = try db.value("SELECT COUNT(*) FROM connectivity_import b WHERE \(visible)") ?? 0
        let rest: SQL = after.map { " AND b.id < \($0)" } ?? ""
        let rows = try db.rows(
            """
            SELECT \(ImportBatch.columns) FROM connectivity_import b WHERE \(visible)\(rest)
            ORDER BY b.id DESC LIMIT \(limit)
            """, ImportBatch.init)
        return (rows, total)
    }

    /// The conditional update is the lock: of two people, one moves the batch on.
    /// - Returns: Whether this call moved it.
    func move(_ id: ID<ImportBatch>, from states: [ImportState], to state: ImportState, message: String = "") throws
        -> Bool
    {
        try db.change(
            """
            UPDATE connectivity_import SET state = \(state), message = \(message)
            WHERE id = \(id) AND state IN \(in: states)
            """) == 1
    }

    func setJob(_ id: ID<ImportBatch>, _ job: String) throws {
        try db.execute("UPDATE connectivity_import SET job_id = \(job) WHERE id = \(id)")
    }

    func setLayout(_ id: ID<ImportBatch>, _ layout: WorkbookLayout) throws {
        try db.execute("UPDATE connectivity_import SET mapping = \(try ImportStore.json(layout)) WHERE id = \(id)")
    }

    func setCompared(
        _ id: ID<ImportBatch>, counts: ImportCounts, revision: String, digest: String, message: String
    ) throws -> Bool {
        try db.change(
            """
            UPDATE connectivity_import SET state = 'compared', count_new = \(counts.new),
                count_changed = \(counts.changed), count_unchanged = \(counts.unchanged),
                count_refused = \(counts.refused), base_revision = \(revision), digest = \(digest),
                message = \(message) WHERE id = \(id) AND state = 'reading'
            """) == 1
    }

    func setAccepted(_ id: ID<ImportBatch>, by name: String, now: Timestamp) throws {
        try db.execute(
            """
            UPDATE connectivity_import SET state = 'accepted', accepted_at = \(now), accepted_by = \(name), message = ''
            WHERE id = \(id)
            """)
    }

    func setUndone(_ id: ID<ImportBatch>, by name: String, now: Timestamp) throws {
        try db.execute(
            "UPDATE connectivity_import SET undone_at = \(now), undone_by = \(name) WHERE id = \(id)")
    }

    static func json(_ value: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(value), as: UTF8.self)
    }
}

/// Lines of the change set.
extension ImportStore {
    func removeLines(of id: ID<ImportBatch>) throws {
        try db.execute("DELETE FROM connectivity_import_row WHERE batch_id = \(id)")
    }

    func add(_ lines: [EncodedLine], to id: ID<ImportBatch>) throws {
        try db.insert(
            into:
                """
                connectivity_import_row (batch_id, number, sheet, sheet_index, row_number, kind, organisation_id,
                    school_code, school_name, payload, problems)
                """, rows: lines.map { $0.values(of: id) })
    }

    /// Lines of some kinds in the order of the file, continued after the number `after`.
    func lines(
        of id: ID<ImportBatch>, kinds: [ImportKind] = ImportKind.allCases, after: Int = 0, limit: Int
    ) throws -> [ImportLine] {
        try db.rows(
            """
            SELECT number, sheet, sheet_index, row_number, kind, organisation_id, school_code, school_name, payload,
                problems
            FROM connectivity_import_row WHERE batch_id = \(id) AND kind IN \(in: kinds) AND number > \(after)
            ORDER BY number LIMIT \(limit)
            """, ImportLine.init)
    }

    func line(_ number: Int, of id: ID<ImportBatch>) throws -> ImportLine? {
        try lines(of: id, after: number - 1, limit: 1).first { $0.number == number }
    }

    func setOrganisation(_ organisation: OrganisationID, of number: Int, in id: ID<ImportBatch>) throws {
        try db.execute(
            """
            UPDATE connectivity_import_row SET organisation_id = \(organisation)
            WHERE batch_id = \(id) AND number = \(number)
            """)
    }
}

extension ImportKind: Column {}

extension ImportLine {
    init(_ row: borrowing Row) throws {
        let decoder = JSONDecoder()
        self.init(
            number: try row.get(0), sheet: try row.get(1), sheetIndex: try row.get(2), row: try row.get(3),
            kind: try row.get(4), organisation: try row.get(5), code: try row.get(6), name: try row.get(7),
            content: try decoder.decode(ImportContent.self, from: Data(try row.text(8).utf8)),
            problems: try decoder.decode([ImportProblem].self, from: Data(try row.text(9).utf8)))
    }
}

/// A line ready to be written; its texts also make the digest.
struct EncodedLine: Sendable {
    let line: ImportLine
    let payload: String
    let problems: String

    init(_ line: ImportLine) throws {
        self.line = line
        payload = try ImportStore.json(line.content)
        problems = line.problems.isEmpty ? "[]" : try ImportStore.json(line.problems)
    }

    func values(of id: ID<ImportBatch>) -> [DatabaseValue] {
        [
            id.databaseValue, line.number.databaseValue, .text(line.sheet), line.sheetIndex.databaseValue,
            line.row.databaseValue, line.kind.databaseValue, line.organisation.databaseValue,
            line.code.databaseValue, .text(line.name), .text(payload), .text(problems),
        ]
    }
}

/// What a batch did to the tree, remembered columns, and the state of what it is compared with.
extension ImportStore {
    /// `previous` is `nil` for an organisation the batch made.
    func remember(_ organisation: OrganisationID, previous: ImportedProfile?, of id: ID<ImportBatch>) throws {
        let text = try previous.map { try ImportStore.json($0) } ?? ""
        try db.execute(
            """
            INSERT INTO connectivity_import_organisation (batch_id, organisation_id, previous)
            VALUES (\(id), \(organisation), \(text))
            """)
    }

    func organisations(of id: ID<ImportBatch>) throws -> [(id: OrganisationID, previous: ImportedProfile?)] {
        try db.rows(
            """
            SELECT organisation_id, previous FROM connectivity_import_organisation WHERE batch_id = \(id)
            ORDER BY organisation_id
            """
        ) { row in
            let text = try row.text(1)
            let previous = text.isEmpty ? nil : try JSONDecoder().decode(ImportedProfile.self, from: Data(text.utf8))
            return (try row.get(0), previous)
        }
    }

    /// Whether anything but the batch itself hangs on an organisation that it made: values, later states of the
    /// organisation that were not undone, open organisations below it.
    func isUsedElsewhere(_ organisation: Organisation, than id: ID<ImportBatch>) throws -> Bool {
        let values: Int? = try db.value(
            """
            SELECT COUNT(*) FROM connectivity_value WHERE organisation_id = \(organisation.id) AND undone_at IS NULL
                AND (batch_id IS NULL OR batch_id <> \(id))
            """)
        let versions: Int? = try db.value(
            """
            SELECT COUNT(*) FROM directory_organisation_version WHERE organisation_id = \(organisation.id)
                AND source <> \(ImportService.source(id)) AND source NOT IN (
                    SELECT \(ImportService.sourcePrefix) || id FROM connectivity_import WHERE state = 'undone')
            """)
        let below: Int? = try db.value(
            """
            SELECT COUNT(*) FROM directory_organisation
            WHERE path > \(organisation.path) AND path < \(organisation.path.end) AND closed_on IS NULL
            """)
        return (values ?? 0) + (versions ?? 0) + (below ?? 0) > 0
    }

    /// The last day on which the organisation changed; a new state cannot begin before it.
    func lastChange(of organisation: OrganisationID) throws -> LocalDate? {
        try db.value(
            "SELECT MAX(valid_from) FROM directory_organisation_version WHERE organisation_id = \(organisation)")
    }

    /// Columns as corrected by the sending organisations and by those above them; the closer one counts, of two equally
    /// close ones the later.
    func remembered(for scope: DataScope) throws -> [String: ColumnTarget] {
        var places: Set<String> = [""]
        for root in scope.roots {
            var prefix = ""
            for segment in root.text.split(separator: "/") {
                prefix += segment + "/"
                places.insert(prefix)
            }
        }
        let known = try db.rows(
            "SELECT scope_path, header, target, changed_at FROM connectivity_header WHERE scope_path IN \(in: places.sorted())"
        ) { row in
            let depth = try row.text(0).utf8.count { $0 == 0x2F }
            return (header: try row.text(1), target: try row.text(2), depth: depth, at: try row.integer(3))
        }
        var found: [String: ColumnTarget] = [:]
        for column in known.sorted(by: { ($0.depth, $0.at, $0.target) < ($1.depth, $1.at, $1.target) }) {
            found[column.header] = ColumnTarget(id: column.target)
        }
        return found
    }

    /// For each of the sending organisations: what one with several counties corrects says nothing of the others.
    func remember(_ columns: [RecognisedColumn], for scope: DataScope, by name: String, now: Timestamp) throws {
        for place in scope.roots {
            for column in columns where !column.key.isEmpty {
                try db.execute(
                    """
                    INSERT INTO connectivity_header (scope_path, header, target, changed_at, changed_by)
                    VALUES (\(place), \(column.key), \(column.target.id), \(now), \(name))
                    ON CONFLICT (scope_path, header) DO UPDATE SET target = excluded.target,
                        changed_at = excluded.changed_at, changed_by = excluded.changed_by
                    """)
            }
        }
    }

    /// Names of closed organisations that still hold a code.
    func closedCodes() throws -> [String: String] {
        var names: [String: String] = [:]
        try db.each("SELECT code, name FROM directory_organisation WHERE closed_on IS NOT NULL AND code IS NOT NULL") {
            names[try $0.text(0)] = try $0.text(1)
        }
        return names
    }

    /// Changes with every change of the register and of the tree.
    func revision() throws -> String {
        let tree = try db.first(
            "SELECT COALESCE(MAX(id), ''), COUNT(*), COALESCE(SUM(is_closed), 0) FROM directory_organisation_version"
        ) { "\(try $0.text(0))/\(try $0.integer(1))/\(try $0.integer(2))" }
        return "\(try FacilityStore(db).revision())/\(tree ?? "")"
    }
}
