import Contracts
import Database
import Directory
import Kernel
import Platform

/// Who reviews which subjects of a place. It narrows desks and takes nobody's right: what is given to nobody is on every
/// desk, and whoever was given nothing has all of them.
struct ReviewArea: Sendable, Equatable {
    /// Stage and subject, `2-13`.
    let area: String
    let account: ID<Account>
    let byName: String
    let at: Timestamp
}

enum ReviewAreaSchema {
    static let statements = [
        """
        CREATE TABLE resources_review_area (
            organisation_id TEXT NOT NULL REFERENCES directory_organisation (id), area TEXT NOT NULL,
            account_id TEXT NOT NULL, by_name TEXT NOT NULL, at INTEGER NOT NULL,
            PRIMARY KEY (organisation_id, area, account_id))
        """
    ]
}

/// All SQL of subjects that were given.
struct ReviewAreaStore {
    let db: Connection
    init(_ db: Connection) { self.db = db }

    func list(at places: [OrganisationID]) throws -> [ReviewArea] {
        try db.rows(
            """
            SELECT r.area, r.account_id, r.by_name, r.at FROM resources_review_area r
            WHERE r.organisation_id IN \(in: places) ORDER BY r.area, r.at
            """
        ) { ReviewArea(area: try $0.get(0), account: try $0.get(1), byName: try $0.get(2), at: try $0.get(3)) }
    }

    /// Whether it was not given before.
    func give(
        _ area: String, to account: ID<Account>, at place: OrganisationID, by name: String, now: Timestamp
    ) throws -> Bool {
        try db.change(
            """
            INSERT INTO resources_review_area (organisation_id, area, account_id, by_name, at)
            VALUES (\(place), \(area), \(account), \(name), \(now))
            ON CONFLICT (organisation_id, area, account_id) DO NOTHING
            """) > 0
    }

    func take(_ area: String, from account: ID<Account>, at place: OrganisationID) throws -> Bool {
        try db.change(
            """
            DELETE FROM resources_review_area
            WHERE organisation_id = \(place) AND area = \(area) AND account_id = \(account)
            """) > 0
    }
}

/// What a reviewer's desk leaves out.
enum DeskNarrowing {
    /// Subjects that others have and she has not; empty for whoever was given none.
    /// - Parameter active: who holds the right to review there now: what only others had is nobody's.
    static func hidden(
        from account: ID<Account>, _ given: [ReviewArea], active: Set<ID<Account>>
    ) -> [String] {
        let known = given.filter { active.contains($0.account) }
        let own = Set(known.filter { $0.account == account }.map(\.area))
        guard !own.isEmpty else { return [] }
        return Set(known.map(\.area)).subtracting(own).sorted()
    }
}
