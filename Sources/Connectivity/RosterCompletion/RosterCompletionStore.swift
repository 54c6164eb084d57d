import Database
import Directory
import Kernel

/// All SQL of whether rosters are whole.
struct RosterCompletionStore {
    let db: Connection
    init(_ db: Connection) { self.db = db }

    /// The state of every school that has one on the day: a few rows a school.
    func states(on day: LocalDate) throws -> [OrganisationID: RosterCompletion] { try states(.empty, on: day) }

    func states(of schools: [OrganisationID], on day: LocalDate) throws -> [OrganisationID: RosterCompletion] {
        guard !schools.isEmpty else { return [:] }
        return try states("AND c.organisation_id IN \(in: schools)", on: day)
    }

    func state(of school: OrganisationID, on day: LocalDate) throws -> RosterCompletion? {
        try states(of: [school], on: day)[school]
    }

    private func states(_ condition: SQL, on day: LocalDate) throws -> [OrganisationID: RosterCompletion] {
        var states: [OrganisationID: RosterCompletion] = [:]
        try db.each(
            """
            SELECT \(RosterCompletion.columns) FROM connectivity_roster_completion c
            WHERE c.valid_from <= \(day) \(condition) ORDER BY c.organisation_id, c.valid_from, c.id
            """
        ) { row in
            let state = try RosterCompletion(row)
            states[state.school] = state
        }
        return states
    }

    /// All that was ever said of a school, the latest first.
    func history(of school: OrganisationID) throws -> [RosterCompletion] {
        try db.rows(
            """
            SELECT \(RosterCompletion.columns) FROM connectivity_roster_completion c
            WHERE c.organisation_id = \(school) ORDER BY c.valid_from DESC, c.id DESC
            """, RosterCompletion.init)
    }

    /// Schools of which anything was ever said.
    func known() throws -> Set<OrganisationID> {
        Set(try db.column("SELECT DISTINCT organisation_id FROM connectivity_roster_completion"))
    }

    func add(_ state: RosterCompletion) throws {
        try db.execute(
            """
            INSERT INTO connectivity_roster_completion (id, organisation_id, valid_from, is_complete, origin, note,
                recorded_at, recorded_by)
            VALUES (\(state.id), \(state.school), \(state.from), \(state.isComplete), \(state.origin), \(state.note),
                \(state.recordedAt), \(state.recordedBy))
            """)
        try FacilityStore(db).bumpRevision()
    }
}
