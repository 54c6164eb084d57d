import Database
import Kernel
import Platform

/// All SQL of the three teams.
package struct StaffTeamStore {
    let db: Connection
    package init(_ db: Connection) { self.db = db }

    private static let tables: SQL =
        """
        directory_team_member m JOIN directory_person p ON p.id = m.person_id
        JOIN directory_organisation o ON o.id = m.organisation_id
        """

    private static func holding(on day: LocalDate) -> SQL {
        "m.valid_from <= \(day) AND (m.valid_to IS NULL OR m.valid_to > \(day))"
    }

    /// The members in the scope on the day, school by school and by the pinyin of their names. With a team only its own.
    package func members(
        within scope: DataScope, team: StaffTeam? = nil, on day: LocalDate
    ) throws -> [TeamMember] {
        let only: SQL = team.map { " AND m.team = \($0)" } ?? .empty
        return try db.rows(
            """
            SELECT \(TeamMember.columns) FROM \(StaffTeamStore.tables)
            WHERE \(StaffTeamStore.holding(on: day)) AND \(SQL.within(scope, "o.path"))\(only)
            ORDER BY o.path, p.initials, p.name, p.id, m.team
            """, TeamMember.init)
    }

    /// The teams of each of the school's staff on the day.
    package func teams(of school: OrganisationID, on day: LocalDate) throws -> [ID<Person>: Set<StaffTeam>] {
        var teams: [ID<Person>: Set<StaffTeam>] = [:]
        try db.each(
            """
            SELECT m.person_id, m.team FROM directory_team_member m
            WHERE m.organisation_id = \(school) AND \(StaffTeamStore.holding(on: day))
            """
        ) { teams[try $0.get(0), default: []].insert(try $0.get(1)) }
        return teams
    }

    /// Every time a person was in a team at the school, the latest first.
    package func history(of person: ID<Person>, at school: OrganisationID) throws -> [TeamMember] {
        try db.rows(
            """
            SELECT \(TeamMember.columns) FROM \(StaffTeamStore.tables)
            WHERE m.person_id = \(person) AND m.organisation_id = \(school)
                AND (m.valid_to IS NULL OR m.valid_to > m.valid_from)
            ORDER BY m.valid_from DESC, m.id DESC
            """, TeamMember.init)
    }

    func open(of person: ID<Person>, at school: OrganisationID) throws -> Set<StaffTeam> {
        Set(
            try db.column(
                """
                SELECT m.team FROM directory_team_member m
                WHERE m.person_id = \(person) AND m.organisation_id = \(school) AND m.valid_to IS NULL
                """, as: StaffTeam.self))
    }

    func add(
        _ person: ID<Person>, to team: StaffTeam, at school: OrganisationID, from day: LocalDate, by author: String,
        now: Timestamp
    ) throws {
        try db.execute(
            """
            INSERT INTO directory_team_member (id, person_id, organisation_id, team, valid_from, recorded_at,
                recorded_by)
            VALUES (\(Identifiers.next()), \(person), \(school), \(team), \(day), \(now), \(author))
            """)
    }

    /// Ends what makes the person a member of the teams at the school; what begins later has never been.
    func end(
        _ person: ID<Person>, of teams: [StaffTeam] = StaffTeam.allCases, at school: OrganisationID, on day: LocalDate
    ) throws {
        try db.execute(
            """
            UPDATE directory_team_member
            SET valid_to = CASE WHEN valid_from > \(day) THEN valid_from ELSE \(day) END
            WHERE person_id = \(person) AND organisation_id = \(school) AND team IN \(in: teams) AND valid_to IS NULL
            """)
    }
}
