import Database
import Directory
import Kernel

extension AccountStore {
    /// The one account of a person; `nil` when she has none.
    package func account(of person: ID<Person>) throws -> ID<Account>? {
        try db.value("SELECT id FROM identity_account WHERE person_id = \(person)")
    }

    func logins(of people: [ID<Person>]) throws -> [ID<Person>: PersonLogin] {
        var logins: [ID<Person>: PersonLogin] = [:]
        for start in stride(from: 0, to: people.count, by: 512) {
            let chunk = Array(people[start..<min(start + 512, people.count)])
            try db.each(
                """
                SELECT person_id, login_name, state, password_hash, last_sign_in_at FROM identity_account
                WHERE person_id IN \(in: chunk)
                """
            ) { row in
                let state: AccountState = try row.get(2)
                let isOpen = state == .active, password: String = try row.get(3), last: Timestamp? = try row.get(4)
                // Some sign in by another system and never have a password.
                let hasWay = password != AccountService.noPassword || last != nil
                logins[try row.get(0)] = PersonLogin(
                    name: try row.get(1), isOpen: isOpen, canEnter: isOpen && hasWay)
            }
        }
        return logins
    }
}

/// People with accounts: their records are not taken back.
package struct AccountUse: PersonUse {
    package init() {}

    package func use(of people: [ID<Person>], _ db: Connection) throws -> String? {
        for start in stride(from: 0, to: people.count, by: 512) {
            let chunk = Array(people[start..<min(start + 512, people.count)])
            let name: String? = try db.value(
                """
                SELECT p.name FROM identity_account a JOIN directory_person p ON p.id = a.person_id
                WHERE a.person_id IN \(in: chunk) LIMIT 1
                """)
            if let name { return "“\(name)”已开通账号，先注销账号。" }
        }
        return nil
    }
}
