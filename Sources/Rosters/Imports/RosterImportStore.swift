import Database
import Directory
import Foundation
import Kernel
import Platform

/// All SQL of roster imports and their rows.
struct RosterImportStore {
    let db: Connection
    let crypto: any CryptoProvider
    init(_ db: Connection, _ crypto: any CryptoProvider) { (self.db, self.crypto) = (db, crypto) }

    /// - Parameter key: opens the file; sealed here.
    func add(
        _ id: ID<RosterBatch>, file: String, sha256: String, key: [UInt8], name: String, day: LocalDate,
        scope: DataScope, layout: RosterLayout, by creator: String, account: ID<Account>?, origin: RosterOrigin? = nil,
        now: Timestamp
    ) throws {
        let roots = scope.roots.map(\.text).joined(separator: "\n")
        let sealed = try crypto.seal(key, context: RosterBatch.keyContext(id))
        let state = layout.isCounted ? ImportState.mapped : .reading
        try db.execute(
            """
            INSERT INTO rosters_import (id, file_id, sha256, file_key, file_name, valid_from, state, scope_path,
                scope_roots, layout, base_revision, digest, count_new, count_changed, count_unchanged, count_doubtful,
                count_refused, count_cells, count_classes, created_at, created_by, account_id, message, origin,
                owners)
            VALUES (\(id), \(file), \(sha256), \(sealed), \(String(name.prefix(200))), \(day), \(state),
                \(scope.commonPlace), \(roots), \(try RosterImportStore.json(layout)), '', '', 0, 0, 0, 0, 0, 0, 0,
                \(now), \(creator), \(account.databaseValue), '', \(origin?.page ?? ""), \(origin?.ownersText ?? ""))
            """)
    }

    func find(_ id: ID<RosterBatch>) throws -> RosterBatch {
        let batch = try db.first(
            "SELECT \(RosterBatch.columns) FROM rosters_import b WHERE b.id = \(id)", RosterBatch.init)
        guard let batch else { throw DomainError.notFound }
        return batch
    }

    private static func visible(to user: CurrentUser, _ scope: DataScope) -> SQL {
        "(b.account_id = \(user.account) OR \(SQL.within(scope, "b.scope_path")))"
    }

    /// The batch, when the viewer sent it or its place lies in the scope.
    func find(_ id: ID<RosterBatch>, visibleTo user: CurrentUser, scope: DataScope) throws -> RosterBatch {
        let batch = try db.first(
            """
            SELECT \(RosterBatch.columns) FROM rosters_import b
            WHERE b.id = \(id) AND \(RosterImportStore.visible(to: user, scope))
            """, RosterBatch.init)
        guard let batch else { throw DomainError.notFound }
        return batch
    }

    /// Newest first, continued after the id `after`.
    func list(
        visibleTo user: CurrentUser, scope: DataScope, after: String?, limit: Int
    ) throws -> (rows: [RosterBatch], total: Int) {
        let visible = RosterImportStore.visible(to: user, scope)
        let total: Int = try db.value("SELECT COUNT(*) FROM rosters_import b WHERE \(visible)") ?? 0
        let rest: SQL = after.map { " AND b.id < \($0)" } ?? ""
        let rows = try db.rows(
            """
            SELECT \(RosterBatch.columns) FROM rosters_import b WHERE \(visible)\(rest)
            ORDER BY b.id DESC LIMIT \(limit)
            """, RosterBatch.init)
        return (rows, total)
    }

    /// The conditional update is the lock: of two people, one moves the batch on.
    /// - Returns: Whether this call moved it.
    func move(
        _ id: ID<RosterBatch>, from states: [ImportState], to state: ImportState, message: String = ""
    ) throws -> Bool {
        try db.change(
            """
            UPDATE rosters_import SET state = \(state), message = \(message)
            WHERE id = \(id) AND state IN \(in: states)
            """) == 1
    }

    func setJob(_ id: ID<RosterBatch>, _ job: String) throws {
        try db.execute("UPDATE rosters_import SET job_id = \(job) WHERE id = \(id)")
    }

    func setLayout(_ id: ID<RosterBatch>, _ layout: RosterLayout) throws {
        try db.execute("UPDATE rosters_import SET layout = \(try RosterImportStore.json(layout)) WHERE id = \(id)")
    }

    func setCompared(
        _ id: ID<RosterBatch>, counts: RosterCounts, revision: String, digest: String, message: String
    ) throws -> Bool {
        try db.change(
            """
            UPDATE rosters_import SET state = 'compared', count_new = \(counts[.new]),
                count_changed = \(counts[.changed]), count_unchanged = \(counts[.unchanged]),
                count_doubtful = \(counts[.doubtful]), count_refused = \(counts[.refused]),
                count_cells = \(counts.cells), count_classes = \(counts.classes), base_revision = \(revision),
                digest = \(digest), message = \(message) WHERE id = \(id) AND state = 'reading'
            """) == 1
    }

    func setAccepted(_ id: ID<RosterBatch>, by name: String, now: Timestamp) throws {
        try db.execute(
            """
            UPDATE rosters_import SET state = 'accepted', accepted_at = \(now), accepted_by = \(name), message = ''
            WHERE id = \(id)
            """)
    }

    func setUndone(_ id: ID<RosterBatch>, by name: String, now: Timestamp) throws {
        try db.execute("UPDATE rosters_import SET undone_at = \(now), undone_by = \(name) WHERE id = \(id)")
    }

    /// Ends the rows of a batch and the key of its file; without it the file cannot be opened again. What nobody decided on
    /// is given up.
    func release(_ id: ID<RosterBatch>) throws {
        try db.execute("DELETE FROM rosters_import_row WHERE batch_id = \(id)")
        try endFile(of: id)
        _ = try move(id, from: [.reading, .mapped, .compared], to: .discarded)
    }

    /// Ends the file of a batch that is over: its key at once, its content with the next sweep of the storage.
    func endFile(of id: ID<RosterBatch>) throws {
        // A key that opens nothing.
        let key = try crypto.seal([UInt8](repeating: 0, count: 32), context: RosterBatch.keyContext(id))
        try db.execute("UPDATE rosters_import SET file_key = \(key), has_file = 0 WHERE id = \(id)")
    }

    private static func json(_ value: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(value), as: UTF8.self)
    }

    /// Changes with every change of the people, classes and schools of the scope.
    func revision(of scope: DataScope) throws -> String {
        let within = SQL.within(scope, "o.path")
        let parts: [SQL] = [
            "SELECT MAX(e.changed_at), COUNT(*) FROM directory_enrolment e JOIN directory_organisation o ON o.id = e.school_id WHERE \(within)",
            "SELECT MAX(p.changed_at), COUNT(*) FROM directory_enrolment e JOIN directory_organisation o ON o.id = e.school_id JOIN directory_person p ON p.id = e.person_id WHERE \(within)",
            "SELECT MAX(i.recorded_at), COUNT(*) FROM directory_enrolment e JOIN directory_organisation o ON o.id = e.school_id JOIN directory_person_identifier i ON i.person_id = e.person_id WHERE \(within)",
            "SELECT MAX(a.changed_at), MAX(p.changed_at) FROM directory_appointment a JOIN directory_organisation o ON o.id = a.organisation_id JOIN directory_person p ON p.id = a.person_id WHERE \(within)",
            "SELECT MAX(c.changed_at), COUNT(*) FROM directory_class_group c JOIN directory_organisation o ON o.id = c.school_id WHERE \(within)",
            "SELECT SUM(o.revision), COUNT(*) FROM directory_organisation o WHERE \(within)",
        ]
        return try parts.map { part in
            let pair = try db.first(part) { (try $0.get(0, as: Int?.self), try $0.get(1, as: Int?.self)) }
            return "\(pair?.0 ?? 0)/\(pair?.1 ?? 0)"
        }.joined(separator: " ")
    }
}

/// Rows of the change set.
extension RosterImportStore {
    func removeLines(of id: ID<RosterBatch>) throws {
        try db.execute("DELETE FROM rosters_import_row WHERE batch_id = \(id)")
    }

    /// A row ready to be written.
    struct Sealed: Sendable {
        let line: RosterLine
        let sealed: [UInt8]
    }

    static func context(_ row: String) -> String { "rosters_import_row.sealed/\(row)" }

    func add(_ lines: [Sealed], to id: ID<RosterBatch>) throws {
        try db.insert(
            into:
                """
                rosters_import_row (id, batch_id, number, sheet, sheet_index, row_number, kind, person_id, name, place,
                    problems, sealed)
                """,
            rows: lines.map { sealed in
                let line = sealed.line
                return [
                    .text(line.id), id.databaseValue, line.number.databaseValue, .text(line.sheet),
                    line.sheetIndex.databaseValue, line.row.databaseValue, line.kind.databaseValue,
                    line.person.databaseValue, .text(line.name), .text(line.place),
                    line.content.problems.count.databaseValue, .blob(sealed.sealed),
                ]
            })
    }

    private static let columns: SQL = "id, number, sheet, sheet_index, row_number, kind, person_id, name, place, sealed"

    /// Lines of a kind in the order of the file, continued after the number `after`.
    func lines(
        of id: ID<RosterBatch>, kind: RosterLineKind, after: Int = 0, limit: Int
    ) throws -> [RosterLine] {
        try db.rows(
            """
            SELECT \(RosterImportStore.columns) FROM rosters_import_row
            WHERE batch_id = \(id) AND kind = \(kind) AND number > \(after) ORDER BY number LIMIT \(limit)
            """, read)
    }

    /// Whom the lines of a kind mean.
    func people(of id: ID<RosterBatch>, _ kind: RosterLineKind) throws -> [ID<Person>] {
        try db.column(
            """
            SELECT person_id FROM rosters_import_row
            WHERE batch_id = \(id) AND kind = \(kind) AND person_id IS NOT NULL ORDER BY number
            """)
    }

    /// The lines of which something is not taken: refused rows, and rows with refused cells.
    func faulty(of id: ID<RosterBatch>, limit: Int) throws -> [RosterLine] {
        try db.rows(
            """
            SELECT \(RosterImportStore.columns) FROM rosters_import_row
            WHERE batch_id = \(id) AND problems > 0 ORDER BY number LIMIT \(limit)
            """, read)
    }

    private func read(_ row: borrowing Row) throws -> RosterLine {
        let id: String = try row.get(0)
        let text = try crypto.openText(row.get(9), context: RosterImportStore.context(id))
        return RosterLine(
            id: id, number: try row.get(1), sheet: try row.get(2), sheetIndex: try row.get(3), row: try row.get(4),
            kind: try row.get(5), person: try row.get(6), name: try row.get(7), place: try row.get(8),
            content: RosterContentText.decode(text))
    }

    /// Columns as corrected by the sending organisations and by those above them; the closer one counts, of two equally
    /// close ones the later.
    func remembered(for scope: DataScope) throws -> [String: RosterTarget] {
        let places = Set(scope.roots.flatMap { [OrganisationPath("")] + $0.lineage })
        let known = try db.rows(
            """
            SELECT scope_path, header, target, changed_at FROM rosters_header WHERE scope_path IN \(in: Array(places))
            """
        ) { row in
            let depth = try row.text(0).utf8.count { $0 == 0x2F }
            return (header: try row.text(1), target: try row.text(2), depth: depth, at: try row.integer(3))
        }
        var found: [String: RosterTarget] = [:]
        for column in known.sorted(by: { ($0.depth, $0.at, $0.target) < ($1.depth, $1.at, $1.target) }) {
            found[column.header] = RosterTarget.named(column.target)
        }
        return found
    }

    /// For each of the sending organisations: what one with several schools corrects says nothing of the others.
    func remember(
        _ columns: [ImportColumn<RosterTarget>], for scope: DataScope, by name: String, now: Timestamp
    ) throws {
        for place in scope.roots {
            for column in columns where !column.key.isEmpty {
                try db.execute(
                    """
                    INSERT INTO rosters_header (scope_path, header, target, changed_at, changed_by)
                    VALUES (\(place), \(column.key), \(column.target.id), \(now), \(name))
                    ON CONFLICT (scope_path, header) DO UPDATE SET target = excluded.target,
                        changed_at = excluded.changed_at, changed_by = excluded.changed_by
                    """)
            }
        }
    }
}
