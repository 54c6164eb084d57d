import Database
import Directory
import Kernel
import Platform

/// A comparison that was made, or is being made.
struct Difference: Sendable {
    enum State: String, Column, Sendable { case waiting, done, failed }

    let id: ID<Difference>
    let place: String
    let path: OrganisationPath
    let subject: ExportTemplate.Subject
    let fileName: String
    let rowCount: Int
    let found: Int
    let at: Timestamp
    let by: String
    let isLined: Bool
    let state: State
    /// Why it failed, in Chinese.
    let message: String
    /// Of the kept file, while it is needed.
    let sha256: String?
    let fileKey: [UInt8]?
    let job: String?

    static let columns: SQL =
        """
        id, place, path, subject, file_name, compared_rows, found, created_at, created_by, is_lined, state, message,
        sha256, file_key, job_id
        """

    init(_ row: borrowing Row) throws {
        (id, place, path) = (try row.get(0), try row.get(1), try row.get(2))
        subject = ExportTemplate.Subject(rawValue: try row.get(3)) ?? .pupils
        (fileName, rowCount, found) = (try row.get(4), try row.get(5), try row.get(6))
        (at, by) = (try row.get(7), try row.get(8))
        (isLined, state, message) = (try row.get(9), try row.get(10), try row.get(11))
        (sha256, fileKey, job) = (try row.get(12), try row.get(13), try row.get(14))
    }

    static func keyContext(_ id: ID<Difference>) -> String { "rosters_difference.file_key/\(id)" }
}

/// All SQL of comparisons.
struct DifferenceStore {
    let db: Connection
    let crypto: any CryptoProvider
    init(_ db: Connection, _ crypto: any CryptoProvider) { (self.db, self.crypto) = (db, crypto) }

    func find(_ id: ID<Difference>, within scope: DataScope) throws -> Difference {
        let found = try db.first(
            """
            SELECT \(Difference.columns) FROM rosters_difference WHERE id = \(id) AND \(SQL.within(scope, "path"))
            """, Difference.init)
        guard let found else { throw DomainError.notFound }
        return found
    }

    func list(within scope: DataScope, after: String?, limit: Int) throws -> (rows: [Difference], total: Int) {
        let matching = SQL.within(scope, "path")
        let total: Int = try db.value("SELECT COUNT(*) FROM rosters_difference WHERE \(matching)") ?? 0
        let rest: SQL = after.map { " AND id < \($0)" } ?? ""
        let rows = try db.rows(
            """
            SELECT \(Difference.columns) FROM rosters_difference WHERE \(matching)\(rest) ORDER BY id DESC LIMIT \(limit)
            """, Difference.init)
        return (rows, total)
    }

    /// What a comparison begins with.
    struct New: Sendable {
        let id: ID<Difference>
        let subject: ExportTemplate.Subject
        let place: Organisation
        let fileName: String
        let kept: SealedFiles.Kept
    }

    func insert(_ new: New, by author: String, now: Timestamp) throws {
        let id = new.id, key = try crypto.seal(new.kept.key, context: Difference.keyContext(id))
        let sealed = try crypto.seal("", context: DifferenceStore.context(id))
        try db.execute(
            """
            INSERT INTO rosters_difference (id, place, path, subject, file_name, compared_rows, found, sealed, created_at,
                created_by, is_lined, state, sha256, file_key)
            VALUES (\(id), \(new.place.name), \(new.place.path), \(new.subject.rawValue), \(new.fileName), 0, 0, \(sealed),
                \(now), \(author), 1, 'waiting', \(new.kept.sha256), \(key))
            """)
    }

    func setJob(_ job: ID<Job>, _ id: ID<Difference>) throws {
        try db.execute("UPDATE rosters_difference SET job_id = \(job) WHERE id = \(id)")
    }

    /// Reports that are not made yet, with the oldest first.
    func waiting() throws -> [Difference] {
        try db.rows(
            """
            SELECT \(Difference.columns) FROM rosters_difference WHERE state = 'waiting' ORDER BY id LIMIT 500
            """, Difference.init)
    }

    /// The report cannot be made.
    func fail(_ id: ID<Difference>, _ message: String) throws {
        try removeLines(of: id)
        try end(id, .failed, rows: 0, message: message)
    }

    /// The report is complete, or cannot be made; the file is not needed any more.
    func end(_ id: ID<Difference>, _ state: Difference.State, rows: Int, message: String = "") throws {
        let kept = try db.value("SELECT sha256 FROM rosters_difference WHERE id = \(id)", as: String?.self)
        if let sha256 = kept ?? nil { try FileStore.forget(sha256, on: db) }
        let found: Int =
            try db.value("SELECT COUNT(*) FROM rosters_difference_line WHERE difference_id = \(id)") ?? 0
        try db.execute(
            """
            UPDATE rosters_difference SET state = \(state), compared_rows = \(rows), found = \(found),
                message = \(message), sha256 = NULL, file_key = NULL WHERE id = \(id)
            """)
    }

    // Lines

    func removeLines(of id: ID<Difference>) throws {
        try db.execute("DELETE FROM rosters_difference_line WHERE difference_id = \(id)")
    }

    func add(_ lines: [DifferenceReport.Line], to id: ID<Difference>, from number: Int) throws {
        try db.insert(
            into: "rosters_difference_line (id, difference_id, number, kind, sealed)",
            rows: try lines.enumerated().map { index, line in
                let key = Identifiers.next()
                let sealed = try crypto.seal(line.json, context: DifferenceStore.lineContext(key))
                return [
                    .text(key), id.databaseValue, (number + index).databaseValue, .text(line.kind.rawValue),
                    .blob(sealed),
                ]
            })
    }

    /// Lines of a kind, of all when it is `nil`, in their order, continued after the number `after`.
    func lines(
        of difference: Difference, _ kind: DifferenceReport.Kind?, after: Int, limit: Int
    ) throws -> [(number: Int, line: DifferenceReport.Line)] {
        guard difference.isLined else {
            let all = try report(of: difference).lines.enumerated().map { (number: $0 + 1, line: $1) }
            return Array(all.filter { $0.number > after && (kind == nil || $0.line.kind == kind) }.prefix(limit))
        }
        let some: SQL = kind.map { " AND kind = \($0.rawValue)" } ?? ""
        return try db.rows(
            """
            SELECT id, number, sealed FROM rosters_difference_line
            WHERE difference_id = \(difference.id)\(some) AND number > \(after) ORDER BY number LIMIT \(limit)
            """
        ) { row in
            let text = try crypto.openText(row.get(2), context: DifferenceStore.lineContext(row.text(0)))
            return (try row.get(1), try DifferenceReport.Line(json: text))
        }
    }

    func counts(of difference: Difference) throws -> [DifferenceReport.Kind: Int] {
        guard difference.isLined else {
            return Dictionary(grouping: try report(of: difference).lines, by: \.kind).mapValues(\.count)
        }
        var counts: [DifferenceReport.Kind: Int] = [:]
        try db.each(
            """
            SELECT kind, COUNT(*) FROM rosters_difference_line WHERE difference_id = \(difference.id) GROUP BY kind
            """
        ) { row in
            if let kind = DifferenceReport.Kind(rawValue: try row.text(0)) { counts[kind] = try row.get(1) }
        }
        return counts
    }

    private func report(of difference: Difference) throws -> DifferenceReport {
        let sealed: [UInt8]? = try db.value("SELECT sealed FROM rosters_difference WHERE id = \(difference.id)")
        guard let sealed else { throw DomainError.notFound }
        return try DifferenceReport(
            json: try crypto.openText(sealed, context: DifferenceStore.context(difference.id)))
    }

    private static func context(_ id: ID<Difference>) -> String { "rosters_difference.sealed/\(id)" }
    private static func lineContext(_ id: String) -> String { "rosters_difference_line.sealed/\(id)" }
}
