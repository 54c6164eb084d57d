import Database
import Directory
import Kernel

/// School years, terms and grading periods.
struct OneRosterSessionStore: OneRosterSmallSource {
    let db: Connection
    let view: OneRosterView

    func all(_ selection: OneRosterSelection) throws -> [OneRosterRecord] {
        let first: LocalDate? = try db.value("SELECT MIN(c.opened_on) FROM directory_class_group c")
        return OneRosterSessions.records(
            OneRosterSessions.years(since: first, today: view.today), selection, view)
    }
}

/// Courses: every subject that was ever taught in a stage, in each of its grades.
struct OneRosterCourseStore: OneRosterSmallSource {
    let db: Connection
    let view: OneRosterView

    func all(_ selection: OneRosterSelection) throws -> [OneRosterRecord] {
        let school: SQL = selection.school.map { " AND c.school_id = \($0)" } ?? .empty
        let reach: SQL = "\(SQL.within(view.scope, "o.path"))\(school)"
        var records: [OneRosterRecord] = []
        try db.each(
            """
            SELECT c.stage, c.years, '', MIN(c.created_at) FROM directory_class_group c
            JOIN directory_organisation o ON o.id = c.school_id WHERE \(reach) GROUP BY c.stage, c.years
            UNION ALL
            SELECT c.stage, c.years, t.subject, MIN(t.recorded_at) FROM directory_class_post t
            JOIN directory_class_group c ON c.id = t.class_id JOIN directory_organisation o ON o.id = c.school_id
            WHERE t.kind = 'subject' AND \(reach) GROUP BY c.stage, c.years, t.subject
            """
        ) { row in
            let stage: ClassStage = try row.get(0), years: Int = try row.get(1), subject = try row.text(2)
            let since: Timestamp = try row.get(3)
            for ordinal in 1...max(years, 1) {
                guard let grade = Grade(stage, ordinal, years: years) else { continue }
                records.append(
                    OneRosterCourse.record(subject.isEmpty ? nil : subject, grade, since: since, view))
            }
        }
        return records
    }
}
