import Contracts
import Database
import Directory
import Kernel

/// Who holds a right at a place, by grants.
package struct GrantHolders: RightHolders {
    private let database: Database
    package init(database: Database) { self.database = database }

    package func holders(
        of permission: Permission, at place: OrganisationID, on day: LocalDate
    ) async throws -> [RightHolder] {
        try await database.read { db in
            let place = try OrganisationStore(db).find(place, within: .everything)
            var seen: Set<ID<Account>> = []
            return try AccessReviewStore(db).holders(of: permission, at: place, on: day).filter {
                $0.grant.organisation == place.id && seen.insert($0.account).inserted
            }.map { RightHolder(account: $0.account, name: $0.name, role: $0.grant.role.title) }
        }
    }
}
