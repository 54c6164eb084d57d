import Database
import Directory
import Kernel

/// All SQL of lists of classes.
struct ClassListStore {
    let db: Connection
    init(_ db: Connection) { self.db = db }

    func insert(
        _ id: ID<ClassList>, name: String, scope: DataScope, _ lines: [ClassListLine], by author: String, now: Timestamp
    ) throws {
        func count(_ kind: ClassListLine.Kind) -> Int { lines.count { $0.kind == kind } }
        try db.execute(
            """
            INSERT INTO rosters_class_list (id, file_name, state, scope_path, scope_roots, count_new, count_known,
                count_refused, created_at, created_by, decided_by)
            VALUES (\(id), \(String(name.prefix(200))), 'compared', \(scope.commonPlace),
                \(scope.roots.map(\.text).joined(separator: "\n")), \(count(.new)), \(count(.known)),
                \(count(.refused)), \(now), \(author), '')
            """)
        try db.insert(
            into:
                """
                rosters_class_list_line (list_id, row_number, kind, school_id, name, stage, entry_year, years,
                    class_number, class_kind, opened_on, class_id, note)
                """,
            rows: lines.map { line in
                [
                    id.databaseValue, line.row.databaseValue, line.kind.databaseValue, line.school.databaseValue,
                    .text(line.name), line.stage.databaseValue, line.entryYear.databaseValue, line.years.databaseValue,
                    line.number.databaseValue, line.classKind.databaseValue, line.openedOn.databaseValue,
                    line.classGroup.databaseValue, .text(line.note),
                ]
            })
    }

    /// Throws `DomainError.notFound` outside the scope.
    func find(_ id: ID<ClassList>, within scope: DataScope) throws -> ClassList {
        let found = try db.first(
            """
            SELECT \(ClassList.columns) FROM rosters_class_list WHERE id = \(id) AND \(SQL.within(scope, "scope_path"))
            """, ClassList.init)
        guard let found else { throw DomainError.notFound }
        return found
    }

    /// The latest first, continued after the list `after`.
    func list(within scope: DataScope, after: String?, limit: Int) throws -> (rows: [ClassList], total: Int) {
        let matching = SQL.within(scope, "scope_path")
        let total: Int = try db.value("SELECT COUNT(*) FROM rosters_class_list WHERE \(matching)") ?? 0
        let rest: SQL = after.map { " AND id < \($0)" } ?? ""
        let rows = try db.rows(
            """
            SELECT \(ClassList.columns) FROM rosters_class_list WHERE \(matching)\(rest) ORDER BY id DESC LIMIT \(limit)
            """, ClassList.init)
        return (rows, total)
    }

    /// Lines of a kind, of all when it is `nil`, continued after the row `after`.
    func lines(
        of id: ID<ClassList>, _ kind: ClassListLine.Kind?, after: Int = 0, limit: Int
    ) throws -> [ClassListLine] {
        let some: SQL = kind.map { " AND kind = \($0)" } ?? ""
        return try db.rows(
            """
            SELECT row_number, kind, school_id, name, stage, entry_year, years, class_number, class_kind, opened_on,
                class_id, note
            FROM rosters_class_list_line WHERE list_id = \(id)\(some) AND row_number > \(after)
            ORDER BY row_number LIMIT \(limit)
            """
        ) { row in
            ClassListLine(
                row: try row.get(0), kind: try row.get(1), school: try row.get(2), name: try row.get(3),
                stage: try row.get(4), entryYear: try row.get(5), years: try row.get(6), number: try row.get(7),
                classKind: try row.get(8), openedOn: try row.get(9), classGroup: try row.get(10), note: try row.get(11))
        }
    }

    func setClass(_ group: ID<ClassGroup>, _ row: Int, of id: ID<ClassList>) throws {
        try db.execute(
            "UPDATE rosters_class_list_line SET class_id = \(group) WHERE list_id = \(id) AND row_number = \(row)")
    }

    /// The conditional update is the lock. Returns whether this call moved the list.
    func move(_ id: ID<ClassList>, from old: ClassList.State, to new: ClassList.State, by name: String) throws -> Bool {
        try db.change(
            """
            UPDATE rosters_class_list SET state = \(new), decided_by = \(name) WHERE id = \(id) AND state = \(old)
            """) == 1
    }
}
