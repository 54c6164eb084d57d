import Database
import Kernel

extension AccountStore {
    /// The one account of a person; `nil` when she has none.
    package func account(of person: ID<Person>) throws -> ID<Account>? {
        try db.value("SELECT id FROM identity_account WHERE person_id = \(person)")
    }
}
