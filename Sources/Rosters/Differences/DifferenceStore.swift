import Database
import Kernel
import Platform

/// A comparison that was made.
struct Difference: Sendable {
    let id: ID<Difference>
    let place: String
    let path: OrganisationPath
    let subject: ExportTemplate.Subject
    let fileName: String
    let rowCount: Int
    let found: Int
    let at: Timestamp
    let by: String

    static let columns: SQL =
        "id, place, path, subject, file_name, compared_rows, found, created_at, created_by"

    init(_ row: borrowing Row) throws {
        (id, place, path) = (try row.get(0), try row.get(1), try row.get(2))
        subject = ExportTemplate.Subject(rawValue: try row.get(3)) ?? .pupils
        (fileName, rowCount, found) = (try row.get(4), try row.get(5), try row.get(6))
        (at, by) = (try row.get(7), try row.get(8))
    }
}

/// All SQL of comparisons.
struct DifferenceStore {
    /// Days after which a report is deleted: by then it says nothing of the present any more.
    static let life: Int64 = 90

    let db: Connection
    let crypto: any CryptoProvider
    init(_ db: Connection, _ crypto: any CryptoProvider) { (self.db, self.crypto) = (db, crypto) }

    func find(_ id: ID<Difference>, within scope: DataScope) throws -> (Difference, DifferenceReport) {
        let found = try db.first(
            """
            SELECT \(Difference.columns), sealed FROM rosters_difference
            WHERE id = \(id) AND \(SQL.within(scope, "path"))
            """
        ) { row in
            let difference = try Difference(row)
            let text = try crypto.openText(row.get(9), context: DifferenceStore.context(difference.id))
            return (difference, try DifferenceReport(json: text))
        }
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

    func insert(
        _ report: DifferenceReport, _ subject: ExportTemplate.Subject, place: String, at path: OrganisationPath,
        fileName: String, by author: String, now: Timestamp
    ) throws -> ID<Difference> {
        try db.execute("DELETE FROM rosters_difference WHERE created_at < \(now.adding(days: -DifferenceStore.life))")
        let id = ID<Difference>.new()
        let sealed = try crypto.seal(report.json, context: DifferenceStore.context(id))
        try db.execute(
            """
            INSERT INTO rosters_difference (id, place, path, subject, file_name, compared_rows, found, sealed, created_at,
                created_by)
            VALUES (\(id), \(place), \(path), \(subject.rawValue), \(fileName), \(report.rowCount), \(report.lines.count),
                \(sealed), \(now), \(author))
            """)
        return id
    }

    private static func context(_ id: ID<Difference>) -> String { "rosters_difference.sealed/\(id)" }
}
