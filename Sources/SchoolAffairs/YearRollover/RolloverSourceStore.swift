import Database
import Directory
import Kernel

/// The SQL that reads what a rollover starts from: classes, pupils and what is doubtful about them. The questions take
/// the scope of the viewer's right, or schools found within it.
struct RolloverSourceStore {
    let db: Connection
    let year: SchoolYear
    init(_ db: Connection, _ year: SchoolYear) { (self.db, self.year) = (db, year) }

    private static let pupils: SQL =
        """
        directory_enrolment e JOIN directory_class_group c ON c.id = e.class_id
        JOIN directory_organisation o ON o.id = c.school_id
        """
    private static let entry: SQL = "COALESCE(e.entry_year, c.entry_year)"

    /// The units of the scope, in tree order. A teaching point whose school lies outside is a unit of its own.
    func units(within scope: DataScope) throws -> [RolloverUnit] {
        let families = RolloverUnit.families(of: try OrganisationStore(db).all(within: scope))
        let counts = try counts(within: scope), decisions = RolloverStore(db, year)
        let (parts, singles) = (try decisions.parts(within: scope), try decisions.singles(within: scope))
        let (intakes, states) = (try decisions.intakes(within: scope), try decisions.states(within: scope))
        let ofClass = Dictionary(grouping: singles, by: \.part.classGroup)
        return try families.map { family in
            var classes: [OrganisationID: [ClassGroup]] = [:]
            for school in family {
                classes[school.id] = try ClassGroupStore(db).upcoming(
                    of: school.id, on: year.firstDay.adding(days: -1), within: .everything
                ).filter { $0.closedOn == nil }
            }
            let ids = classes.values.joined().map(\.id)
            return RolloverUnit(
                root: family[0], schools: family, classes: classes, pupils: counts, decisions: parts,
                singles: ids.flatMap { ofClass[$0] ?? [] }, intakes: intakes,
                state: states[family[0].id] ?? RolloverUnitState())
        }
    }

    /// How many pupils each part has who are in its class now.
    private func counts(within scope: DataScope) throws -> [RolloverPartKey: Int] {
        var counts: [RolloverPartKey: Int] = [:]
        try db.each(
            """
            SELECT e.class_id, \(RolloverSourceStore.entry), COUNT(*) FROM \(RolloverSourceStore.pupils)
            WHERE e.valid_to IS NULL AND \(SQL.within(scope, "o.path")) GROUP BY 1, 2
            """
        ) { row in
            counts[RolloverPartKey(classGroup: try row.get(0), entryYear: try row.get(1))] = try row.get(2)
        }
        return counts
    }

    // MARK: What is doubtful

    /// The usual age in years at the begin of a stage: three in kindergarten, six in 小学.
    private static let base: SQL =
        "(CASE c.stage WHEN '1' THEN 3 WHEN '2' THEN 6 WHEN '3' THEN 12 ELSE 15 END)"
    private static let isIncomplete: SQL = "(p.sex IS NULL OR p.birth_date IS NULL)"
    /// Three years before the oldest who begin on time.
    private static let isOld: SQL =
        """
        (p.birth_date IS NOT NULL
            AND p.birth_date < CAST(\(entry) - \(base) - 4 AS TEXT) || '-09-01')
        """
    /// More than a year after the youngest.
    private static let isYoung: SQL =
        """
        (p.birth_date IS NOT NULL
            AND p.birth_date >= CAST(\(entry) - \(base) + 1 AS TEXT) || '-09-01')
        """

    /// Two pupils of the same name and birth date may be one.
    private func twins(within scope: DataScope) -> SQL {
        """
        SELECT p.name, p.birth_date FROM \(RolloverSourceStore.pupils) JOIN directory_person p ON p.id = e.person_id
        WHERE e.valid_to IS NULL AND p.birth_date IS NOT NULL AND \(SQL.within(scope, "o.path"))
        GROUP BY p.name, p.birth_date HAVING COUNT(*) > 1
        """
    }

    /// How many pupils of each class have which doubt; classes without any are not in it.
    func warnings(within scope: DataScope) throws -> [ID<ClassGroup>: [RolloverWarning: Int]] {
        var found: [ID<ClassGroup>: [RolloverWarning: Int]] = [:]
        try db.each(
            """
            WITH twins AS (\(twins(within: scope)))
            SELECT e.class_id, SUM(CASE WHEN \(RolloverSourceStore.isIncomplete) THEN 1 ELSE 0 END),
                SUM(CASE WHEN \(RolloverSourceStore.isOld) THEN 1 ELSE 0 END),
                SUM(CASE WHEN \(RolloverSourceStore.isYoung) THEN 1 ELSE 0 END),
                SUM(CASE WHEN t.name IS NULL THEN 0 ELSE 1 END)
            FROM \(RolloverSourceStore.pupils) JOIN directory_person p ON p.id = e.person_id
            LEFT JOIN twins t ON t.name = p.name AND t.birth_date = p.birth_date
            WHERE e.valid_to IS NULL AND \(SQL.within(scope, "o.path")) GROUP BY e.class_id
            """
        ) { row in
            let counts: [RolloverWarning: Int] = [
                .noFacts: try row.get(1), .overAge: try row.get(2), .tooYoung: try row.get(3), .twice: try row.get(4),
            ]
            found[try row.get(0)] = counts.filter { $0.value > 0 }
        }
        return found.filter { !$0.value.isEmpty }
    }

    /// The pupils of a class with what is doubtful about each, by grade and pinyin.
    func pupils(of classGroup: ClassGroup, within scope: DataScope) throws -> [RolloverPupil] {
        try db.rows(
            """
            WITH twins AS (\(twins(within: scope)))
            SELECT e.id, e.person_id, p.name, \(RolloverSourceStore.entry),
                CASE WHEN \(RolloverSourceStore.isIncomplete) THEN 1 ELSE 0 END,
                CASE WHEN \(RolloverSourceStore.isOld) THEN 1 ELSE 0 END,
                CASE WHEN \(RolloverSourceStore.isYoung) THEN 1 ELSE 0 END,
                CASE WHEN t.name IS NULL THEN 0 ELSE 1 END
            FROM \(RolloverSourceStore.pupils) JOIN directory_person p ON p.id = e.person_id
            LEFT JOIN twins t ON t.name = p.name AND t.birth_date = p.birth_date
            WHERE e.valid_to IS NULL AND e.class_id = \(classGroup.id)
            ORDER BY \(RolloverSourceStore.entry) DESC, p.initials, p.name, e.id
            """
        ) { row in
            let flags: [(RolloverWarning, Int)] = [
                (.noFacts, try row.get(4)), (.overAge, try row.get(5)), (.tooYoung, try row.get(6)),
                (.twice, try row.get(7)),
            ]
            return RolloverPupil(
                enrolment: try row.get(0), person: try row.get(1), name: try row.get(2), entryYear: try row.get(3),
                warnings: flags.filter { $0.1 > 0 }.map(\.0))
        }
    }

    /// The open classes of the scope without a class teacher on the first day of the new year.
    func withoutTeacher(within scope: DataScope) throws -> Set<ID<ClassGroup>> {
        Set(
            try db.column(
                """
                SELECT c.id FROM directory_class_group c JOIN directory_organisation o ON o.id = c.school_id
                WHERE c.closed_on IS NULL AND \(SQL.within(scope, "o.path")) AND NOT EXISTS (
                    SELECT 1 FROM directory_class_post t WHERE t.class_id = c.id AND t.kind = 'homeroom'
                        AND (t.valid_to IS NULL OR t.valid_to > \(year.firstDay)))
                """))
    }

    /// How many of each school's last pupils are away in 休学: they come back into the class they then belong to.
    func suspended(within scope: DataScope) throws -> [OrganisationID: Int] {
        var found: [OrganisationID: Int] = [:]
        try db.each(
            """
            SELECT e.school_id, COUNT(*) FROM directory_enrolment e JOIN directory_organisation o ON o.id = e.school_id
            WHERE e.reason = \(LeavingReason.suspension) AND \(SQL.within(scope, "o.path")) AND NOT EXISTS (
                SELECT 1 FROM directory_enrolment n WHERE n.person_id = e.person_id AND n.valid_from >= e.valid_to
                    AND n.id <> e.id)
            GROUP BY e.school_id
            """
        ) { found[try $0.get(0)] = try $0.get(1) }
        return found
    }
}

/// A pupil as the class's page of the rollover lists her.
struct RolloverPupil: Sendable {
    let enrolment: ID<Enrolment>
    let person: ID<Person>
    let name: String
    let entryYear: Int
    let warnings: [RolloverWarning]
}
