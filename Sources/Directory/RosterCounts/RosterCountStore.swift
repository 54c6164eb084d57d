import Database
import Kernel

/// Counts over the rosters of many schools at once. A pupil is counted where she is enrolled, a member of the staff where
/// her own school is: who teaches at a second one (走教, 支教, 借调, 交流) is not counted there again.
package struct RosterCountStore {
    let db: Connection
    package init(_ db: Connection) { self.db = db }

    /// The counts of the schools in the scope that have anybody on the day.
    package func counts(
        within scope: DataScope, on day: LocalDate
    ) throws -> [OrganisationID: RosterCount] {
        try counts(on: day) { RosterCountStore.within(scope, $0) }
    }

    /// The same for some schools.
    package func counts(of schools: [OrganisationID], on day: LocalDate) throws -> [OrganisationID: RosterCount] {
        try counts(on: day) { "\($0) IN \(in: schools)" }
    }

    private func counts(on day: LocalDate, _ isWanted: (SQL) -> SQL) throws -> [OrganisationID: RosterCount] {
        var counts: [OrganisationID: RosterCount] = [:]
        try db.each(
            """
            SELECT n.school_id, c.stage, COUNT(*), SUM(n.pupils) FROM (
                SELECT e.school_id AS school_id, e.class_id AS class_id, COUNT(*) AS pupils FROM directory_enrolment e
                WHERE \(isWanted("e.school_id")) AND e.valid_from <= \(day)
                    AND (e.valid_to IS NULL OR e.valid_to > \(day))
                GROUP BY e.school_id, e.class_id) n
            JOIN directory_class_group c ON c.id = n.class_id GROUP BY n.school_id, c.stage
            """
        ) { row in
            let school: OrganisationID = try row.get(0)
            counts[school, default: RosterCount()].classes += try row.get(2, as: Int.self)
            counts[school, default: RosterCount()].pupilsByStage[try row.get(1)] = try row.get(3, as: Int.self)
        }
        try db.each(
            """
            SELECT a.organisation_id, COUNT(DISTINCT a.person_id),
                COUNT(DISTINCT CASE WHEN substr(a.post, 1, 1) IN ('1', '2') THEN a.person_id END)
            FROM directory_appointment a
            WHERE \(isWanted("a.organisation_id")) AND a.kind IN \(in: AppointmentKind.main) AND a.valid_from <= \(day)
                AND (a.valid_to IS NULL OR a.valid_to > \(day))
            GROUP BY a.organisation_id
            """
        ) { row in
            let school: OrganisationID = try row.get(0)
            counts[school, default: RosterCount()].staff = try row.get(1)
            counts[school, default: RosterCount()].teachers = try row.get(2)
        }
        return counts
    }

    static func within(_ scope: DataScope, _ column: SQL) -> SQL {
        if scope.roots.first?.text.isEmpty == true { return "(1 = 1)" }
        return "\(column) IN (SELECT o.id FROM directory_organisation o WHERE \(SQL.within(scope, "o.path")))"
    }

    /// Changes whenever a class, a pupil's place or a post was written.
    package func revision() throws -> String {
        let marks = try db.first(
            """
            SELECT (SELECT MAX(changed_at) FROM directory_enrolment), (SELECT MAX(changed_at) FROM directory_class_group),
                (SELECT MAX(changed_at) FROM directory_appointment)
            """
        ) { row in try (0..<3).map { try row.get($0, as: Int?.self) ?? 0 } }
        return (marks ?? []).map(String.init).joined(separator: "-")
    }
}
