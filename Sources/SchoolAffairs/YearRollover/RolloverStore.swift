import Database
import Directory
import Kernel

/// All SQL of what was decided for a year, and of units' confirmations.
struct RolloverStore {
    let db: Connection
    let year: SchoolYear
    init(_ db: Connection, _ year: SchoolYear) { (self.db, self.year) = (db, year) }

    func parts(within scope: DataScope) throws -> [RolloverPartKey: RolloverDecision] {
        var found: [RolloverPartKey: RolloverDecision] = [:]
        try db.each(
            """
            SELECT d.class_id, d.entry_year, d.action, d.target_id, d.number, d.keeps_posts
            FROM school_affairs_rollover_part d JOIN directory_class_group c ON c.id = d.class_id
            JOIN directory_organisation o ON o.id = c.school_id
            WHERE d.year = \(year.start) AND \(SQL.within(scope, "o.path"))
            """
        ) { row in
            let key = RolloverPartKey(classGroup: try row.get(0), entryYear: try row.get(1))
            found[key] = RolloverDecision(
                action: try row.get(2), target: try row.get(3), number: try row.get(4), keepsPosts: try row.get(5))
        }
        return found
    }

    /// The exceptions of pupils who still are in the class.
    func singles(within scope: DataScope) throws -> [RolloverSingle] {
        try db.rows(
            """
            SELECT d.enrolment_id, e.class_id, COALESCE(e.entry_year, c.entry_year), d.action, d.number
            FROM school_affairs_rollover_pupil d JOIN directory_enrolment e ON e.id = d.enrolment_id
            JOIN directory_class_group c ON c.id = e.class_id JOIN directory_organisation o ON o.id = c.school_id
            WHERE d.year = \(year.start) AND e.valid_to IS NULL AND \(SQL.within(scope, "o.path"))
            ORDER BY d.enrolment_id
            """
        ) { row in
            RolloverSingle(
                enrolment: try row.get(0),
                part: RolloverPartKey(classGroup: try row.get(1), entryYear: try row.get(2)), action: try row.get(3),
                number: try row.get(4))
        }
    }

    func intakes(within scope: DataScope) throws -> [RolloverIntakeKey: Int] {
        var found: [RolloverIntakeKey: Int] = [:]
        try db.each(
            """
            SELECT d.school_id, d.stage, d.classes FROM school_affairs_rollover_intake d
            JOIN directory_organisation o ON o.id = d.school_id
            WHERE d.year = \(year.start) AND \(SQL.within(scope, "o.path"))
            """
        ) { found[RolloverIntakeKey(school: try $0.get(0), stage: try $0.get(1))] = try $0.get(2) }
        return found
    }

    func states(within scope: DataScope) throws -> [OrganisationID: RolloverUnitState] {
        var found: [OrganisationID: RolloverUnitState] = [:]
        try db.each(
            """
            SELECT d.school_id, d.confirmed_at, d.confirmed_by, d.run_id FROM school_affairs_rollover_unit d
            JOIN directory_organisation o ON o.id = d.school_id
            WHERE d.year = \(year.start) AND \(SQL.within(scope, "o.path"))
            """
        ) { row in
            found[try row.get(0)] = RolloverUnitState(
                confirmedAt: try row.get(1), confirmedBy: try row.get(2, as: String?.self) ?? "", run: try row.get(3))
        }
        return found
    }

    // MARK: Deciding

    func set(_ decision: RolloverDecision, for key: RolloverPartKey, by author: String, at now: Timestamp) throws {
        try db.execute(
            """
            INSERT INTO school_affairs_rollover_part (year, class_id, entry_year, action, target_id, number, keeps_posts,
                recorded_at, recorded_by)
            VALUES (\(year.start), \(key.classGroup), \(key.entryYear), \(decision.action), \(decision.target),
                \(decision.number), \(decision.keepsPosts), \(now), \(author))
            ON CONFLICT (year, class_id, entry_year) DO UPDATE SET action = excluded.action,
                target_id = excluded.target_id, number = excluded.number, keeps_posts = excluded.keeps_posts,
                recorded_at = excluded.recorded_at, recorded_by = excluded.recorded_by
            """)
    }

    func reset(_ key: RolloverPartKey) throws {
        try db.execute(
            """
            DELETE FROM school_affairs_rollover_part
            WHERE year = \(year.start) AND class_id = \(key.classGroup) AND entry_year = \(key.entryYear)
            """)
    }

    func set(
        _ action: RolloverSingleAction, number: Int, for enrolment: ID<Enrolment>, by author: String, at now: Timestamp
    ) throws {
        try db.execute(
            """
            INSERT INTO school_affairs_rollover_pupil (year, enrolment_id, action, number, recorded_at, recorded_by)
            VALUES (\(year.start), \(enrolment), \(action), \(number), \(now), \(author))
            ON CONFLICT (year, enrolment_id) DO UPDATE SET action = excluded.action, number = excluded.number,
                recorded_at = excluded.recorded_at, recorded_by = excluded.recorded_by
            """)
    }

    /// Returns whether there was an exception.
    func reset(_ enrolment: ID<Enrolment>) throws -> Bool {
        try db.change(
            """
            DELETE FROM school_affairs_rollover_pupil WHERE year = \(year.start) AND enrolment_id = \(enrolment)
            """) == 1
    }

    func set(_ classes: Int, for key: RolloverIntakeKey, by author: String, at now: Timestamp) throws {
        try db.execute(
            """
            INSERT INTO school_affairs_rollover_intake (year, school_id, stage, classes, recorded_at, recorded_by)
            VALUES (\(year.start), \(key.school), \(key.stage), \(classes), \(now), \(author))
            ON CONFLICT (year, school_id, stage) DO UPDATE SET classes = excluded.classes,
                recorded_at = excluded.recorded_at, recorded_by = excluded.recorded_by
            """)
    }

    func state(of root: OrganisationID) throws -> RolloverUnitState {
        try db.first(
            """
            SELECT confirmed_at, confirmed_by, run_id FROM school_affairs_rollover_unit
            WHERE year = \(year.start) AND school_id = \(root)
            """
        ) { row in
            RolloverUnitState(
                confirmedAt: try row.get(0), confirmedBy: try row.get(1, as: String?.self) ?? "", run: try row.get(2))
        } ?? RolloverUnitState()
    }

    /// Without a time the confirmation is withdrawn.
    func confirm(_ root: OrganisationID, by author: String?, at now: Timestamp?) throws {
        try db.execute(
            """
            INSERT INTO school_affairs_rollover_unit (year, school_id, confirmed_at, confirmed_by)
            VALUES (\(year.start), \(root), \(now), \(author))
            ON CONFLICT (year, school_id) DO UPDATE SET confirmed_at = excluded.confirmed_at,
                confirmed_by = excluded.confirmed_by
            """)
    }

    /// The unit is done by the run. Returns whether no other run did it before.
    func take(_ root: OrganisationID, by run: ID<RolloverRun>) throws -> Bool {
        try db.change(
            """
            INSERT INTO school_affairs_rollover_unit (year, school_id, run_id)
            VALUES (\(year.start), \(root), \(run))
            ON CONFLICT (year, school_id) DO UPDATE SET run_id = excluded.run_id
            WHERE school_affairs_rollover_unit.run_id IS NULL
            """) == 1
    }

    func release(_ root: OrganisationID) throws {
        try db.execute(
            """
            UPDATE school_affairs_rollover_unit SET run_id = NULL, confirmed_at = NULL, confirmed_by = NULL
            WHERE year = \(year.start) AND school_id = \(root)
            """)
    }
}
