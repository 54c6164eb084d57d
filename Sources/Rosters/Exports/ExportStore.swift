import Database
import Directory
import Kernel

/// The SQL of exports: what the directory's stores do not count, and the record of who took out what.
struct ExportStore {
    let db: Connection
    init(_ db: Connection) { self.db = db }

    func pupilCount(within scope: DataScope, on day: LocalDate) throws -> Int {
        try db.value(
            """
            SELECT COUNT(*) FROM directory_enrolment e JOIN directory_organisation o ON o.id = e.school_id
            WHERE \(SQL.within(scope, "o.path")) AND e.valid_from <= \(day) AND (e.valid_to IS NULL OR e.valid_to > \(day))
            """) ?? 0
    }

    func staffCount(within scope: DataScope, on day: LocalDate) throws -> Int {
        try db.value(
            """
            SELECT COUNT(*) FROM directory_appointment a JOIN directory_organisation o ON o.id = a.organisation_id
            WHERE \(SQL.within(scope, "o.path")) AND a.valid_from <= \(day) AND (a.valid_to IS NULL OR a.valid_to > \(day))
            """) ?? 0
    }

    func pupils(of school: OrganisationID, on day: LocalDate) throws -> [ID<Person>] {
        try db.column(
            """
            SELECT e.person_id FROM directory_enrolment e
            WHERE e.school_id = \(school) AND e.valid_from <= \(day) AND (e.valid_to IS NULL OR e.valid_to > \(day))
            ORDER BY e.person_id
            """)
    }

    /// Pupils and girls of each class on the day.
    func pupilCounts(
        of school: OrganisationID, on day: LocalDate
    ) throws -> [ID<ClassGroup>: (pupils: Int, girls: Int)] {
        var counts: [ID<ClassGroup>: (pupils: Int, girls: Int)] = [:]
        try db.each(
            """
            SELECT e.class_id, COUNT(*), SUM(CASE WHEN p.sex = '2' THEN 1 ELSE 0 END) FROM directory_enrolment e
            JOIN directory_person p ON p.id = e.person_id
            WHERE e.school_id = \(school) AND e.valid_from <= \(day) AND (e.valid_to IS NULL OR e.valid_to > \(day))
            GROUP BY e.class_id
            """
        ) { counts[try $0.get(0)] = (try $0.get(1), try $0.get(2)) }
        return counts
    }

    /// 身份证件类型 of those who are known by another document.
    func documentTypes(of people: [ID<Person>]) throws -> [ID<Person>: String] {
        var types: [ID<Person>: String] = [:]
        for start in stride(from: 0, to: people.count, by: 512) {
            let chunk = Array(people[start..<min(start + 512, people.count)])
            try db.each(
                """
                SELECT person_id, document_type FROM directory_person_identifier
                WHERE kind = 'document' AND person_id IN \(in: chunk)
                """
            ) { types[try $0.get(0)] = try $0.get(1) }
        }
        return types
    }

    // The record

    func insert(_ export: RosterExport, account: ID<Account>) throws {
        try db.execute(
            """
            INSERT INTO rosters_export (id, template, place, path, day, rows, is_full, reason, exported_at, exported_by,
                account_id)
            VALUES (\(export.id), \(export.template), \(export.place), \(export.path), \(export.day), \(export.rows),
                \(export.isFull), \(export.reason), \(export.at), \(export.by), \(account))
            """)
    }

    /// Newest first, continued after the export `after`.
    func list(within scope: DataScope, after: String?, limit: Int) throws -> (rows: [RosterExport], total: Int) {
        let matching = SQL.within(scope, "path")
        let total: Int = try db.value("SELECT COUNT(*) FROM rosters_export WHERE \(matching)") ?? 0
        let rest: SQL = after.map { " AND id < \($0)" } ?? ""
        let rows = try db.rows(
            """
            SELECT \(RosterExport.columns) FROM rosters_export WHERE \(matching)\(rest) ORDER BY id DESC LIMIT \(limit)
            """, RosterExport.init)
        return (rows, total)
    }
}
