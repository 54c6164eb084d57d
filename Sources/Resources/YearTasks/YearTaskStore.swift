import Database
import Directory
import Kernel
import Platform

/// All SQL of yearly tasks. A task is seen at its place, at the places below it and by whoever has it in her scope.
struct YearTaskStore {
    let db: Connection
    init(_ db: Connection) { self.db = db }

    private static func seen(within scope: DataScope) -> SQL {
        let above = Array(Set(scope.roots.flatMap(\.lineage))).sorted()
        return "(o.path IN \(in: above) OR \(SQL.within(scope, "o.path")))"
    }

    /// Throws `DomainError.notFound` when it does not reach the scope.
    func find(_ id: ID<YearTask>, within scope: DataScope) throws -> YearTask {
        let found = try db.first(
            """
            SELECT \(YearTask.columns) FROM \(YearTask.source)
            WHERE y.id = \(id) AND \(YearTaskStore.seen(within: scope))
            """, YearTask.init)
        guard let found else { throw DomainError.notFound }
        return found
    }

    func lines(of task: ID<YearTask>) throws -> [YearTaskLine] {
        try db.rows(
            """
            SELECT l.area, l.type_group, l.wanted FROM resources_year_task_line l WHERE l.task_id = \(task)
            ORDER BY l.position
            """
        ) { row in
            YearTaskLine(
                area: try row.get(0), group: ResourceGroup(rawValue: try row.get(1)), wanted: try row.get(2))
        }
    }

    /// A slice, the open ones by their last day first. `after` is state, day and id of the last one seen.
    func list(
        within scope: DataScope, isOpen: Bool, after: (due: String, id: String)?, limit: Int
    ) throws -> (rows: [YearTask], total: Int) {
        let state: YearTask.State = isOpen ? .open : .closed
        let matching: SQL = "y.state = \(state) AND \(YearTaskStore.seen(within: scope))"
        let total: Int = try db.value("SELECT COUNT(*) FROM \(YearTask.source) WHERE \(matching)") ?? 0
        let rest: SQL = after.map { " AND (y.due_on, y.id) > (\($0.due), \($0.id))" } ?? ""
        let rows = try db.rows(
            """
            SELECT \(YearTask.columns) FROM \(YearTask.source) WHERE \(matching)\(rest)
            ORDER BY y.due_on, y.id LIMIT \(limit)
            """, YearTask.init)
        return (rows, total)
    }

    /// The open tasks of the places and of all above them.
    func open(at places: [OrganisationPath]) throws -> [YearTask] {
        let above = Array(Set(places.flatMap(\.lineage))).sorted()
        return try db.rows(
            """
            SELECT \(YearTask.columns) FROM \(YearTask.source) WHERE y.state = 'open' AND o.path IN \(in: above)
            ORDER BY y.due_on, y.id LIMIT 20
            """, YearTask.init)
    }

    /// How far the schools of a scope are, as far as the task reaches.
    func progress(_ task: YearTask, _ lines: [YearTaskLine], within scope: DataScope) throws -> [YearTaskProgress] {
        let reach = DataScope(
            scope.roots.compactMap { root in
                root.contains(task.path) ? task.path : task.path.contains(root) ? root : nil
            })
        guard !reach.isEmpty else { return [] }
        let schools = try OrganisationStore(db).all(within: reach, kinds: [.school, .teachingPoint])
        let published = try ContributionStore(db).published(within: reach, in: task.year, by: task.due)
        return YearTaskProgress.board(lines, schools, published)
    }

    func insert(
        _ id: ID<YearTask>, at organisation: OrganisationID, _ draft: YearTaskDraft, by name: String, now: Timestamp
    ) throws {
        try db.execute(
            """
            INSERT INTO resources_year_task (id, organisation_id, year, title, note, due_on, state, revision, opened_at,
                opened_by, reminded)
            VALUES (\(id), \(organisation), \(draft.year.start), \(draft.title), \(draft.note), \(draft.due), 'open', 1,
                \(now), \(name), 0)
            """)
        try setLines(draft.lines, of: id)
    }

    private func setLines(_ lines: [YearTaskLine], of task: ID<YearTask>) throws {
        try db.execute("DELETE FROM resources_year_task_line WHERE task_id = \(task)")
        try db.insert(
            into: "resources_year_task_line (task_id, position, area, type_group, wanted)",
            rows: lines.enumerated().map { position, line in
                [
                    task.databaseValue, .integer(Int64(position)), .text(line.area),
                    .text(line.group?.rawValue ?? ""), .integer(Int64(line.wanted)),
                ]
            })
    }

    /// Changes it when nobody was faster. A later day has its own reminders.
    func set(_ task: YearTask, _ draft: YearTaskDraft) throws -> Bool {
        let isTaken = try db.change(
            """
            UPDATE resources_year_task SET title = \(draft.title), note = \(draft.note), due_on = \(draft.due),
                reminded = CASE WHEN due_on = \(draft.due) THEN reminded ELSE 0 END, revision = revision + 1
            WHERE id = \(task.id) AND revision = \(task.revision) AND state = 'open'
            """)
        guard isTaken > 0 else { return false }
        try setLines(draft.lines, of: task.id)
        return true
    }

    func close(_ id: ID<YearTask>) throws -> Bool {
        try db.change(
            "UPDATE resources_year_task SET state = 'closed', revision = revision + 1 WHERE id = \(id) AND state = 'open'"
        ) > 0
    }

    // Reminders

    /// Open tasks whose last day comes within so many days and of which the schools were not told yet at that distance.
    func unreminded(_ days: Int, on day: LocalDate) throws -> [YearTask] {
        try db.rows(
            """
            SELECT \(YearTask.columns) FROM \(YearTask.source)
            WHERE y.state = 'open' AND y.due_on >= \(day) AND y.due_on <= \(day.adding(days: days))
                AND (y.reminded = 0 OR y.reminded > \(days)) AND y.opened_at < \(Timestamp(startOf: day))
            ORDER BY y.due_on, y.id LIMIT 100
            """, YearTask.init)
    }

    func noteReminded(_ id: ID<YearTask>, _ days: Int) throws {
        try db.execute("UPDATE resources_year_task SET reminded = \(days) WHERE id = \(id)")
    }

    func remind(_ schools: [YearTaskProgress], of task: ID<YearTask>, by name: String, now: Timestamp) throws {
        try db.insert(
            into: "resources_year_task_reminder (school_id, task_id, at, by_name, missing)",
            rows: schools.map {
                [
                    $0.school.databaseValue, task.databaseValue, now.databaseValue, .text(name),
                    .integer(Int64($0.missing)),
                ]
            })
    }

    /// When the schools were last told; `nil` when never.
    func lastReminder(of task: ID<YearTask>) throws -> (at: Timestamp, name: String, schools: Int)? {
        try db.first(
            """
            SELECT r.at, MIN(r.by_name), COUNT(*) FROM resources_year_task_reminder r
            WHERE r.task_id = \(task) GROUP BY r.at ORDER BY r.at DESC LIMIT 1
            """
        ) { (try $0.get(0), try $0.get(1), try $0.get(2)) }
    }

    /// When a school was last told of each of the tasks.
    func reminders(of tasks: [ID<YearTask>], to school: OrganisationID) throws -> [ID<YearTask>: Timestamp] {
        var found: [ID<YearTask>: Timestamp] = [:]
        try db.each(
            """
            SELECT r.task_id, MAX(r.at) FROM resources_year_task_reminder r
            WHERE r.school_id = \(school) AND r.task_id IN \(in: tasks) GROUP BY r.task_id
            """
        ) { found[try $0.get(0)] = try $0.get(1) }
        return found
    }
}
