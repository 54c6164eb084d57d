import Database
import Directory
import Kernel

/// 待确认的角色: a role that fits a post somebody was given. Whoever may give the role decides; nothing follows by itself.
struct GrantProposal: Sendable, Equatable {
    let id: ID<GrantProposal>
    let account: ID<Account>
    let personName: String
    let role: Role
    let school: OrganisationID
    let from: LocalDate

    static let columns: SQL = "r.id, r.account_id, p.name, r.role, r.organisation_id, r.valid_from"

    init(_ row: borrowing Row) throws {
        (id, account, personName) = (try row.get(0), try row.get(1), try row.get(2))
        (role, school, from) = (try row.get(3), try row.get(4), try row.get(5))
    }

    /// 校领导, 岗位职业码 of GB/T 33782-2017
    static let leaderPost = "31"
}

enum GrantProposalSchema {
    static let statements = [
        """
        CREATE TABLE identity_grant_proposal (
            id TEXT NOT NULL PRIMARY KEY, account_id TEXT NOT NULL REFERENCES identity_account (id), role TEXT NOT NULL,
            organisation_id TEXT NOT NULL REFERENCES directory_organisation (id), valid_from TEXT NOT NULL,
            created_at INTEGER NOT NULL, created_by TEXT NOT NULL, decided_at INTEGER, decided_by TEXT,
            decision TEXT, CHECK (decision IN ('given', 'declined', 'void')),
            CHECK ((decision IS NULL) = (decided_at IS NULL)))
        """,
        """
        CREATE UNIQUE INDEX identity_grant_proposal_open ON identity_grant_proposal (account_id, organisation_id, role)
        WHERE decided_at IS NULL
        """,
        "CREATE INDEX identity_grant_proposal_of ON identity_grant_proposal (organisation_id, id)",
    ]
}
