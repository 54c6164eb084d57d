import Database
import Directory
import Kernel

/// All SQL of the register's values in force, and their history. Records and values of a day take from a school's roster
/// what it owns.
package struct FacilityStore {
    let db: Connection
    package init(_ db: Connection) { self.db = db }

    /// Every school's record on the day, for the schools whose place today lies in the scope.
    package func records(within scope: DataScope, on day: LocalDate) throws -> [OrganisationID: FacilityRecord] {
        let isWhole = scope.roots.first?.text.isEmpty ?? false
        let place: SQL =
            isWhole
            ? .empty
            : """
            AND v.organisation_id IN (
                SELECT o.id FROM directory_organisation o WHERE \(SQL.within(scope, "o.path")))
            """
        return FacilityStore.merged(try records(where: place, on: day), try rosters(within: scope, on: day))
    }

    package func records(of schools: [OrganisationID], on day: LocalDate) throws -> [OrganisationID: FacilityRecord] {
        FacilityStore.merged(
            try records(where: "AND v.organisation_id IN \(in: schools)", on: day), try rosters(of: schools, on: day))
    }

    /// What was told of each school, whatever its roster counts.
    func told(on day: LocalDate) throws -> [OrganisationID: FacilityRecord] { try records(where: .empty, on: day) }

    func told(of school: OrganisationID, on day: LocalDate) throws -> FacilityRecord {
        try records(where: "AND v.organisation_id = \(school)", on: day)[school] ?? FacilityRecord()
    }

    /// What is told, with what is counted in its place.
    private static func merged(
        _ told: [OrganisationID: FacilityRecord], _ rosters: [OrganisationID: RosterCount]
    ) -> [OrganisationID: FacilityRecord] {
        var records = told
        for (school, roster) in rosters {
            records[school] = (records[school] ?? FacilityRecord()).counting(roster)
        }
        return records
    }

    /// The rosters that stand for their schools on the day: those that are whole.
    func rosters(within scope: DataScope, on day: LocalDate) throws -> [OrganisationID: RosterCount] {
        let states = try RosterCompletionStore(db).states(on: day).filter(\.value.isComplete)
        if states.isEmpty { return [:] }
        return try RosterCountStore(db).counts(within: scope, on: day).filter { roster in
            roster.value.hasPupils && states[roster.key] != nil
        }
    }

    private func rosters(of schools: [OrganisationID], on day: LocalDate) throws -> [OrganisationID: RosterCount] {
        let whole = try RosterCompletionStore(db).states(of: schools, on: day).filter(\.value.isComplete).map(\.key)
        if whole.isEmpty { return [:] }
        return try RosterCountStore(db).counts(of: whole, on: day).filter(\.value.hasPupils)
    }

    /// The school's roster on the day; `nil` while it keeps none here that is whole.
    func roster(of school: OrganisationID, on day: LocalDate) throws -> RosterCount? {
        try rosters(of: [school], on: day)[school]
    }

    /// Rows come school by school, the later value of a field after the earlier, which it replaces.
    private func records(where condition: SQL, on day: LocalDate) throws -> [OrganisationID: FacilityRecord] {
        var records: [OrganisationID: FacilityRecord] = [:]
        var school = "", values: [String: Double] = [:]
        try db.each(
            """
            SELECT v.organisation_id, v.field, v.value FROM connectivity_value v
            WHERE v.superseded_by IS NULL AND v.undone_at IS NULL AND v.valid_from <= \(day) \(condition)
            ORDER BY v.organisation_id, v.field, v.valid_from, v.id
            """
        ) { row in
            let next = try row.text(0)
            if next != school {
                if !values.isEmpty { records[OrganisationID(school)] = FacilityRecord(values) }
                school = next
                values = Dictionary(minimumCapacity: FacilityField.all.count)
            }
            values[try row.text(1)] = try row.real(2)
        }
        if !values.isEmpty { records[OrganisationID(school)] = FacilityRecord(values) }
        return records
    }

    package func record(of school: OrganisationID, on day: LocalDate) throws -> FacilityRecord {
        try records(of: [school], on: day)[school] ?? FacilityRecord()
    }

    /// The values that make up the record of the day, with their origin.
    package func values(of school: OrganisationID, on day: LocalDate) throws -> [FacilityValue] {
        let roster = try roster(of: school, on: day)
        let state = roster == nil ? nil : try RosterCompletionStore(db).state(of: school, on: day)
        return try values(of: school, on: day, state, roster)
    }

    /// The same where the state of the roster and its count are known.
    func values(
        of school: OrganisationID, on day: LocalDate, _ state: RosterCompletion?, _ count: RosterCount?
    ) throws -> [FacilityValue] {
        var latest: [String: FacilityValue] = [:]
        try db.each(
            """
            SELECT \(FacilityValue.columns) FROM connectivity_value v
            WHERE v.organisation_id = \(school) AND v.superseded_by IS NULL AND v.undone_at IS NULL
                AND v.valid_from <= \(day) ORDER BY v.field, v.valid_from, v.id
            """
        ) { row in
            let value = try FacilityValue(row)
            latest[value.field] = value
        }
        guard let state, state.isComplete, let roster = count, roster.hasPupils else {
            return FacilityField.all.compactMap { latest[$0.id] }
        }
        return FacilityField.all.compactMap { field in
            guard field.owner(in: roster) == .roster else { return latest[field.id] }
            return field.counted(in: roster).map { FacilityValue(counting: field, $0, on: day, by: state) }
        }
    }

    /// The days after `day` on which a value of the school comes into force.
    func laterDays(of school: OrganisationID, after day: LocalDate) throws -> [LocalDate] {
        try db.column(
            """
            SELECT DISTINCT v.valid_from FROM connectivity_value v
            WHERE v.organisation_id = \(school) AND v.superseded_by IS NULL AND v.undone_at IS NULL
                AND v.valid_from > \(day) ORDER BY v.valid_from
            """)
    }

    /// Every value ever told of a school, newest first, also the superseded and undone ones; continued after the value
    /// `after`.
    package func history(
        of school: OrganisationID, field: FacilityField? = nil, after: String? = nil, limit: Int
    ) throws -> [FacilityValue] {
        let rest: SQL = after.map { " AND v.id < \($0)" } ?? .empty
        return try db.rows(
            """
            SELECT \(FacilityValue.columns) FROM connectivity_value v
            WHERE v.organisation_id = \(school)\(FacilityStore.only(field))\(rest)
            ORDER BY v.id DESC LIMIT \(limit)
            """, FacilityValue.init)
    }

    package func historyCount(of school: OrganisationID, field: FacilityField? = nil) throws -> Int {
        try db.value(
            """
            SELECT COUNT(*) FROM connectivity_value v
            WHERE v.organisation_id = \(school)\(FacilityStore.only(field))
            """) ?? 0
    }

    private static func only(_ field: FacilityField?) -> SQL { field.map { " AND v.field = \($0.id)" } ?? .empty }

    /// A slice of the open schools in the scope in the order of their making, for other systems.
    func schools(
        within scope: DataScope, after: OrganisationID?, limit: Int
    ) throws -> [(id: OrganisationID, code: String?, name: String)] {
        let rest: SQL = after.map { " AND o.id > \($0)" } ?? .empty
        return try db.rows(
            """
            SELECT o.id, o.code, o.name FROM directory_organisation o
            WHERE o.kind IN ('school', 'teaching_point') AND o.closed_on IS NULL
                AND \(SQL.within(scope, "o.path"))\(rest) ORDER BY o.id LIMIT \(limit)
            """
        ) { row in (id: try row.get(0), code: try row.get(1), name: try row.get(2)) }
    }

    /// When a value of each school was last told, undone ones left out.
    func lastTold(of schools: [OrganisationID]) throws -> [OrganisationID: Timestamp] {
        try lastTold(where: "v.organisation_id IN \(in: schools)")
    }

    func lastTold(within scope: DataScope) throws -> [OrganisationID: Timestamp] {
        try lastTold(
            where: """
                v.organisation_id IN (SELECT o.id FROM directory_organisation o WHERE \(SQL.within(scope, "o.path")))
                """)
    }

    private func lastTold(where condition: SQL) throws -> [OrganisationID: Timestamp] {
        let rows = try db.rows(
            """
            SELECT v.organisation_id, MAX(v.recorded_at) FROM connectivity_value v
            WHERE v.undone_at IS NULL AND \(condition) GROUP BY v.organisation_id
            """
        ) { row in (try row.get(0, as: OrganisationID.self), try row.get(1, as: Timestamp.self)) }
        return Dictionary(uniqueKeysWithValues: rows)
    }

    /// A number that grows with each change of any value.
    package func revision() throws -> Int { try db.value("SELECT number FROM connectivity_revision WHERE id = 1") ?? 0 }
}
