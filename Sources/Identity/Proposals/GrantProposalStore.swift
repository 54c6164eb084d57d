import Database
import Directory
import Kernel
import Platform

/// All SQL of proposed roles.
struct GrantProposalStore {
    let db: Connection
    init(_ db: Connection) { self.db = db }

    enum Decision: String, Column, Sendable {
        case given, declined
        /// The post ended before anybody decided.
        case void
    }

    private static let tables: SQL =
        """
        identity_grant_proposal r JOIN identity_account a ON a.id = r.account_id
        JOIN directory_person p ON p.id = a.person_id
        """

    /// The proposals for accounts in use that wait for a decision at the school.
    func open(at school: OrganisationID) throws -> [GrantProposal] {
        try db.rows(
            """
            SELECT \(GrantProposal.columns) FROM \(GrantProposalStore.tables)
            WHERE r.organisation_id = \(school) AND r.decided_at IS NULL AND a.state <> 'closed'
            ORDER BY p.initials, r.id
            """, GrantProposal.init)
    }

    /// Proposes the role, unless it waits already.
    func add(
        _ role: Role, for account: ID<Account>, at school: OrganisationID, from day: LocalDate, by author: String,
        now: Timestamp
    ) throws {
        let known: Int? = try db.value(
            """
            SELECT 1 FROM identity_grant_proposal WHERE account_id = \(account) AND organisation_id = \(school)
                AND role = \(role) AND decided_at IS NULL
            """)
        if known != nil { return }
        try db.execute(
            """
            INSERT INTO identity_grant_proposal (id, account_id, role, organisation_id, valid_from, created_at, created_by)
            VALUES (\(ID<GrantProposal>.new()), \(account), \(role), \(school), \(day), \(now), \(author))
            """)
    }

    /// Returns whether it still waited.
    func decide(_ id: ID<GrantProposal>, _ decision: Decision, by author: String, now: Timestamp) throws -> Bool {
        try db.change(
            """
            UPDATE identity_grant_proposal SET decision = \(decision), decided_at = \(now), decided_by = \(author)
            WHERE id = \(id) AND decided_at IS NULL
            """) > 0
    }

    func void(
        _ role: Role, of account: ID<Account>, at school: OrganisationID, by author: String, now: Timestamp
    ) throws {
        try db.execute(
            """
            UPDATE identity_grant_proposal SET decision = \(Decision.void), decided_at = \(now), decided_by = \(author)
            WHERE account_id = \(account) AND organisation_id = \(school) AND role = \(role) AND decided_at IS NULL
            """)
    }
}
