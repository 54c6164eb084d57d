import Database
import Directory
import Kernel

/// All SQL of the quality of data.
struct QualityStore {
    let db: Connection
    init(_ db: Connection) { self.db = db }

    func scores(within scope: DataScope, today: LocalDate) throws -> [QualityScore] {
        [try students(scope, today), try staff(scope, today)]
    }

    /// A pupil is complete with sex, birth date and a number, and consistent when her class is there and of her school.
    private func students(_ scope: DataScope, _ today: LocalDate) throws -> QualityScore {
        let year = Timestamp(startOf: today.adding(days: -365))
        let row = try db.first(
            """
            SELECT COUNT(*), SUM(CASE WHEN p.sex IS NOT NULL AND p.birth_date IS NOT NULL AND EXISTS (
                    SELECT 1 FROM directory_person_identifier i WHERE i.person_id = p.id) THEN 1 ELSE 0 END),
                SUM(CASE WHEN EXISTS (SELECT 1 FROM exchange_raw_value x WHERE x.person_id = p.id) THEN 1 ELSE 0 END),
                SUM(CASE WHEN c.school_id = e.school_id AND (c.closed_on IS NULL OR c.closed_on > \(today)) THEN 1
                    ELSE 0 END),
                SUM(CASE WHEN p.changed_at >= \(year) OR e.changed_at >= \(year) THEN 1 ELSE 0 END)
            FROM directory_enrolment e JOIN directory_person p ON p.id = e.person_id
            JOIN directory_class_group c ON c.id = e.class_id JOIN directory_organisation o ON o.id = e.school_id
            WHERE e.valid_from <= \(today) AND (e.valid_to IS NULL OR e.valid_to > \(today))
                AND \(SQL.within(scope, "o.path"))
            """, { try QualityStore.score(.students, $0) })
        return row ?? QualityScore(.students, count: 0, complete: 0, flagged: 0, consistent: 0, recent: 0)
    }

    /// A member of staff is complete with sex, birth date and a number, and consistent when her organisation is open.
    private func staff(_ scope: DataScope, _ today: LocalDate) throws -> QualityScore {
        let year = Timestamp(startOf: today.adding(days: -365))
        let row = try db.first(
            """
            SELECT COUNT(*), SUM(CASE WHEN p.sex IS NOT NULL AND p.birth_date IS NOT NULL AND EXISTS (
                    SELECT 1 FROM directory_person_identifier i WHERE i.person_id = p.id) THEN 1 ELSE 0 END),
                SUM(CASE WHEN EXISTS (SELECT 1 FROM exchange_raw_value x WHERE x.person_id = p.id) THEN 1 ELSE 0 END),
                SUM(CASE WHEN o.closed_on IS NULL OR o.closed_on > \(today) THEN 1 ELSE 0 END),
                SUM(CASE WHEN p.changed_at >= \(year) OR a.changed_at >= \(year) THEN 1 ELSE 0 END)
            FROM directory_appointment a JOIN directory_person p ON p.id = a.person_id
            JOIN directory_organisation o ON o.id = a.organisation_id
            WHERE a.valid_from <= \(today) AND (a.valid_to IS NULL OR a.valid_to > \(today))
                AND \(SQL.within(scope, "o.path"))
            """, { try QualityStore.score(.staff, $0) })
        return row ?? QualityScore(.staff, count: 0, complete: 0, flagged: 0, consistent: 0, recent: 0)
    }

    private static func score(_ dataset: FeedDataset, _ row: borrowing Row) throws -> QualityScore {
        QualityScore(
            dataset, count: try row.get(0), complete: try row.get(1, as: Int?.self) ?? 0,
            flagged: try row.get(2, as: Int?.self) ?? 0, consistent: try row.get(3, as: Int?.self) ?? 0,
            recent: try row.get(4, as: Int?.self) ?? 0)
    }
}
