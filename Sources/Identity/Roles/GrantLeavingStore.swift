import Database
import Directory
import Kernel

/// The SQL that ends and gives back the rights of many people at a school.
struct GrantLeavingStore {
    let db: Connection
    init(_ db: Connection) { self.db = db }

    private func each(_ people: [ID<Person>], _ body: ([ID<Person>]) throws -> Void) throws {
        for start in stride(from: 0, to: people.count, by: 512) {
            try body(Array(people[start..<min(start + 512, people.count)]))
        }
    }

    private static func concerning(_ isOfGuardians: Bool, _ column: SQL) -> SQL {
        isOfGuardians ? " AND \(column) = \(Role.guardian)" : " AND \(column) <> \(Role.guardian)"
    }

    func path(of school: OrganisationID) throws -> OrganisationPath? {
        try db.value("SELECT path FROM directory_organisation WHERE id = \(school)")
    }

    /// Who of the people holds one of the roles at the school on the day or later.
    func holders(
        of roles: [Role], at school: OrganisationID, among people: [ID<Person>], on day: LocalDate
    ) throws -> [ID<Person>] {
        var found: [ID<Person>] = []
        try each(people) { chunk in
            found += try db.column(
                """
                SELECT DISTINCT a.person_id FROM identity_grant g JOIN identity_account a ON a.id = g.account_id
                WHERE a.person_id IN \(in: chunk) AND g.organisation_id = \(school) AND g.role IN \(in: roles)
                    AND (g.valid_to IS NULL OR g.valid_to > \(day))
                """)
        }
        return found
    }

    /// Ends what the people may do at the school on the day; a role that has not begun ends before it does. Returns how
    /// many roles ended.
    /// - Parameter ofGuardians: whether it is the role of guardians that ends, or all others.
    func end(
        at school: OrganisationID, of people: [ID<Person>], ofGuardians: Bool = false, on day: LocalDate, now: Timestamp
    ) throws -> Int {
        var ended = 0
        try each(people) { chunk in
            let open: SQL =
                """
                g.organisation_id = \(school)\(GrantLeavingStore.concerning(ofGuardians, "g.role")) AND (g.valid_to IS NULL OR g.valid_to > \(day)) AND g.account_id IN (
                    SELECT a.id FROM identity_account a WHERE a.person_id IN \(in: chunk))
                """
            try db.execute(
                """
                INSERT INTO identity_grant_leaving (grant_id, at, ended_on, was_until)
                SELECT g.id, \(now), CASE WHEN g.valid_from > \(day) THEN g.valid_from ELSE \(day) END, g.valid_to
                FROM identity_grant g WHERE \(open)
                """)
            ended += try db.change(
                """
                UPDATE identity_grant SET valid_to = CASE WHEN valid_from > \(day) THEN valid_from ELSE \(day) END
                WHERE id IN (SELECT g.id FROM identity_grant g WHERE \(open))
                """)
        }
        return ended
    }

    /// Gives back what ended at the time, unless it was changed since. Returns how many roles.
    /// - Parameter ofGuardians: whether it is the role of guardians that is given back, or all others.
    func giveBack(
        at school: OrganisationID, of people: [ID<Person>], ofGuardians: Bool = false, endedAt then: Timestamp
    ) throws -> Int {
        var back = 0
        try each(people) { chunk in
            back += try db.change(
                """
                UPDATE identity_grant SET valid_to = l.was_until FROM identity_grant_leaving l
                WHERE l.grant_id = identity_grant.id AND l.at = \(then) AND l.ended_on = identity_grant.valid_to
                    AND identity_grant.organisation_id = \(school)\(GrantLeavingStore.concerning(ofGuardians, "identity_grant.role")) AND identity_grant.account_id IN (
                        SELECT a.id FROM identity_account a WHERE a.person_id IN \(in: chunk))
                """)
        }
        return back
    }
}
