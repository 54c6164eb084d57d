import Database
import Directory
import Kernel
import Platform

/// Ends somebody's rights at a school in the transaction in which she leaves it. The account stays: it is hers for life.
package struct GrantEnding: LeavingListener {
    package init() {}

    package func left(
        _ person: ID<Person>, school: OrganisationID, on day: LocalDate, by actor: AuditActor, now: Timestamp,
        _ db: Connection
    ) throws {
        let store = AccountStore(db)
        guard let account = try store.account(of: person) else { return }
        let open = (try store.grants(of: [account])[account] ?? []).filter {
            $0.organisation == school && $0.isOpen(on: day)
        }
        let service = AccountService(db, by: actor, now: now)
        for grant in open { try service.endGrant(grant, of: account, on: day) }
    }
}
