import Database
import Directory
import Kernel

/// All SQL of the question who may do what, and why.
struct AccessReviewStore {
    let db: Connection
    init(_ db: Connection) { self.db = db }

    /// Everybody who holds the permission at the place on the day, those with the widest reach first.
    func holders(of permission: Permission, at place: Organisation, on day: LocalDate) throws -> [AccessReason] {
        let roles = RoleCatalogue.shipped.order.filter { $0.permissions.contains(permission) }
        guard !roles.isEmpty else { return [] }
        return try db.rows(
            """
            SELECT a.id, p.name, a.login_name, a.state, g.id, g.role, o.id, o.name, o.path, g.valid_from, g.valid_to,
                g.created_by
            FROM identity_grant g JOIN directory_organisation o ON o.id = g.organisation_id
            JOIN identity_account a ON a.id = g.account_id JOIN directory_person p ON p.id = a.person_id
            WHERE g.role IN \(in: roles) AND o.path IN \(in: place.path.lineage)
                AND o.closed_on IS NULL AND g.valid_from <= \(day) AND (g.valid_to IS NULL OR g.valid_to > \(day))
                AND a.state <> 'closed'
            ORDER BY o.path, p.name, a.id, g.id
            """
        ) { row in
            let grant = Grant(
                id: try row.get(4), role: try row.get(5), organisation: try row.get(6),
                organisationName: try row.get(7), path: try row.get(8), from: try row.get(9), until: try row.get(10))
            return AccessReason(
                account: try row.get(0), name: try row.get(1), login: try row.get(2), grant: grant,
                givenBy: try row.get(11), state: try row.get(3))
        }
    }

    /// Who holds the permission at the place on the day, or else at the nearest place above where anybody does; only
    /// those whose account is in use.
    func nearest(
        to place: OrganisationPath, holding permission: Permission, on day: LocalDate
    ) throws -> [ID<Person>] {
        let roles = RoleCatalogue.shipped.order.filter { $0.permissions.contains(permission) }
        guard !roles.isEmpty else { return [] }
        let found: [(path: OrganisationPath, person: ID<Person>)] = try db.rows(
            """
            SELECT DISTINCT o.path, a.person_id
            FROM identity_grant g JOIN directory_organisation o ON o.id = g.organisation_id
            JOIN identity_account a ON a.id = g.account_id AND a.state = 'active'
            WHERE g.role IN \(in: roles) AND o.path IN \(in: place.lineage) AND o.closed_on IS NULL
                AND g.valid_from <= \(day) AND (g.valid_to IS NULL OR g.valid_to > \(day))
            ORDER BY o.path DESC, a.person_id
            """
        ) { (path: try $0.get(0), person: try $0.get(1)) }
        return found.prefix { $0.path == found[0].path }.map(\.person)
    }
}
