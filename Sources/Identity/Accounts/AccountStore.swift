import Database
import Directory
import Kernel

/// All SQL of accounts, their grants and former passwords.
package struct AccountStore {
    let db: Connection
    private let search: AccountSearch

    package init(_ db: Connection) { (self.db, search) = (db, AccountSearch(db)) }
    init(_ db: Connection, few: Int) { (self.db, search) = (db, AccountSearch(db, few: few)) }

    private static let tables: SQL = "identity_account a \(beside)"
    private static let beside: SQL =
        """
        JOIN directory_person p ON p.id = a.person_id
        LEFT JOIN identity_throttle t ON t.key = 'login:' || a.login_name
        LEFT JOIN identity_second_factor f ON f.account_id = a.id
        """

    /// The account with all its grants. Throws `DomainError.notFound` outside the scope.
    package func find(_ id: ID<Account>, within scope: DataScope, at now: Timestamp) throws -> AccountRecord {
        let found = try db.first(
            """
            SELECT \(AccountRecord.columns) FROM \(AccountStore.tables)
            WHERE a.id = \(id) AND \(AccountStore.within(scope, now.day))
            """
        ) { try AccountRecord($0, at: now) }
        guard var account = found else { throw DomainError.notFound }
        account.grants = try grants(of: [id])[id] ?? []
        return account
    }

    package func find(login: String, at now: Timestamp) throws -> AccountRecord? {
        let id: ID<Account>? = try db.value("SELECT id FROM identity_account WHERE login_name = \(login)")
        return try id.map { try find($0, within: .everything, at: now) }
    }

    func isVisible(_ id: ID<Account>, within scope: DataScope, at now: Timestamp) throws -> Bool {
        let found: Int? = try db.value(
            "SELECT 1 FROM identity_account a WHERE a.id = \(id) AND \(AccountStore.within(scope, now.day))")
        return found != nil
    }

    package func hasAny() throws -> Bool {
        try db.value("SELECT 1 FROM identity_account LIMIT 1", as: Int.self) != nil
    }

    /// An account is found where it has an open grant, and, when it has none left, where it had one. Whoever has the
    /// whole city finds them all.
    /// - Parameter isWalked: whether the statement goes through accounts in its own order until it has enough. Where a
    ///   good part of them is in the scope, each is then looked at by itself instead of finding all beforehand.
    private static func within(_ scope: DataScope, _ day: LocalDate, isWalked: Bool = false) -> SQL {
        if scope == .everything || scope.contains(.city) { return "(1 = 1)" }
        let held: SQL =
            """
            SELECT g.account_id FROM identity_grant g JOIN directory_organisation o ON o.id = g.organisation_id
            WHERE \(SQL.within(scope, "o.path")) AND (g.valid_to IS NULL OR g.valid_to > \(day) OR NOT EXISTS (
                SELECT 1 FROM identity_grant h
                WHERE h.account_id = g.account_id AND (h.valid_to IS NULL OR h.valid_to > \(day))))
            """
        let isWide = scope.roots.contains { $0.lineage.count <= 2 }
        return isWalked && isWide ? "EXISTS (\(held) AND g.account_id = a.id)" : "a.id IN (\(held))"
    }

    /// What a list of accounts may be asked for.
    package struct Filter: Sendable {
        /// Part of a person's name or of its pinyin initials, the beginning of a login name, or part of an organisation's
        /// name.
        package var text = ""
        package var role: Role?
        package var state: AccountState?
        package init() {}
    }

    /// How the list may be sorted; the key is also what the address carries.
    package enum Order: String, Sendable, CaseIterable {
        case name, login
        case lastSignIn = "last"

        var column: SQL {
            switch self {
            case .name: "p.initials"
            case .login: "a.login_name"
            case .lastSignIn: "COALESCE(a.last_sign_in_at, 0)"
            }
        }

        /// The account's value of the column, as a cursor carries it.
        func text(of account: AccountRecord) -> String {
            switch self {
            case .name: account.initials
            case .login: account.login
            case .lastSignIn: String(account.lastSignInAt?.milliseconds ?? 0)
            }
        }

        fileprivate func value(_ text: String) -> DatabaseValue {
            self == .lastSignIn ? .integer(Int64(text) ?? 0) : .text(text)
        }
    }

    /// Where counting stops: beyond it a list says how many there are at least.
    static let countLimit = 200

    /// A slice of a list, and how many there are in all, or `countLimit` when there are more.
    package struct Slice: Sendable {
        package let rows: [AccountRecord]
        package let total: Int
        package let isTotalBounded: Bool
    }

    /// A slice of the accounts in the scope. `after` is the sort value and id of the last row seen.
    package func list(
        within scope: DataScope, _ filter: Filter, by order: Order = .name, descending: Bool = false,
        after: (value: String, id: String)? = nil, limit: Int, at now: Timestamp
    ) throws -> Slice {
        var tables = AccountStore.tables, column = order.column
        var all = [AccountStore.within(scope, now.day, isWalked: true)] + conditions(filter, now.day)
        switch filter.text.isEmpty ? nil : try search.way(to: filter.text, isByName: order == .name) {
        case .few(let found)?:
            // The few are found first: CROSS JOIN keeps this order.
            tables = "(\(found)) m CROSS JOIN identity_account a \(AccountStore.beside)"
            all.append("a.id = m.account_id")
        case .common(let term)?:
            tables =
                """
                identity_account_term n CROSS JOIN identity_account_entry e CROSS JOIN identity_account a
                \(AccountStore.beside)
                """
            all += ["n.term = \(term)", "e.number = n.entry", "a.id = e.account_id"]
            column = "n.initials"
        case .walk(let alike)?: all.append(alike)
        case nil: break
        }
        let matching = SQL.joined(all, " AND ")
        let total: Int =
            try db.value(
                """
                SELECT COUNT(*) FROM (SELECT 1 AS one FROM \(tables) WHERE \(matching)
                    LIMIT \(AccountStore.countLimit + 1)) found
                """) ?? 0
        var rest: SQL = ""
        if let after {
            let value = order.value(after.value)
            let beyond: SQL = descending ? "<" : ">"
            rest =
                """
                 AND \(column) \(beyond)= \(value)
                    AND (\(column) \(beyond) \(value) OR a.id \(beyond) \(after.id))
                """
        }
        let direction: SQL = descending ? "DESC" : "ASC"
        var rows = try db.rows(
            """
            SELECT \(AccountRecord.columns) FROM \(tables) WHERE \(matching)\(rest)
            ORDER BY \(column) \(direction), a.id \(direction) LIMIT \(limit)
            """
        ) { try AccountRecord($0, at: now) }
        let grants = try grants(of: rows.map(\.id))
        for index in rows.indices { rows[index].grants = grants[rows[index].id] ?? [] }
        return Slice(
            rows: rows, total: min(total, AccountStore.countLimit), isTotalBounded: total > AccountStore.countLimit)
    }

    private func conditions(_ filter: Filter, _ day: LocalDate) -> [SQL] {
        var conditions: [SQL] = []
        if let state = filter.state { conditions.append("a.state = \(state)") }
        if let role = filter.role {
            conditions.append(
                """
                a.id IN (SELECT g.account_id FROM identity_grant g
                    WHERE g.role = \(role) AND (g.valid_to IS NULL OR g.valid_to > \(day)))
                """)
        }
        return conditions
    }

    /// All grants of the accounts, past ones too, oldest first.
    package func grants(of accounts: [ID<Account>]) throws -> [ID<Account>: [Grant]] {
        var all: [ID<Account>: [Grant]] = [:]
        for start in stride(from: 0, to: accounts.count, by: 512) {
            let chunk = Array(accounts[start..<min(start + 512, accounts.count)])
            try db.each(
                """
                SELECT g.account_id, g.id, g.role, g.organisation_id, o.name, o.path, g.valid_from, g.valid_to
                FROM identity_grant g JOIN directory_organisation o ON o.id = g.organisation_id
                WHERE g.account_id IN \(in: chunk) ORDER BY g.account_id, g.valid_from, g.id
                """
            ) { row in
                let grant = Grant(
                    id: try row.get(1), role: try row.get(2), organisation: try row.get(3),
                    organisationName: try row.get(4),
                    path: try row.get(5), from: try row.get(6), until: try row.get(7))
                all[try row.get(0), default: []].append(grant)
            }
        }
        return all
    }

    // MARK: Passwords

    /// What signing in and changing a password need to know of an account.
    struct Credentials: Sendable {
        let id: ID<Account>
        let login: String
        let name: String
        let passwordHash: String
        let state: AccountState
        let mustChange: Bool
        let lastSignInAt: Timestamp?
        let lastSignInAddress: String
        let isOfDemo: Bool
    }

    func credentials(login: String) throws -> Credentials? { try credentials(where: "a.login_name = \(login)") }
    func credentials(of id: ID<Account>) throws -> Credentials? { try credentials(where: "a.id = \(id)") }

    private func credentials(where condition: SQL) throws -> Credentials? {
        try db.first(
            """
            SELECT a.id, a.login_name, p.name, a.password_hash, a.state, a.must_change_password, a.last_sign_in_at,
                a.last_sign_in_address, a.created_by
            FROM identity_account a JOIN directory_person p ON p.id = a.person_id WHERE \(condition)
            """
        ) {
            Credentials(
                id: try $0.get(0), login: try $0.get(1), name: try $0.get(2), passwordHash: try $0.get(3),
                state: try $0.get(4), mustChange: try $0.get(5), lastSignInAt: try $0.get(6),
                lastSignInAddress: try $0.get(7), isOfDemo: try $0.text(8) == AccountService.demoActor)
        }
    }

    /// The last passwords, newest first, the present one among them.
    func passwordHistory(of account: ID<Account>, limit: Int) throws -> [String] {
        try db.column(
            """
            SELECT password_hash FROM identity_password_history WHERE account_id = \(account)
            ORDER BY id DESC LIMIT \(limit)
            """)
    }

    func setPassword(_ hash: String, mustChange: Bool, of account: ID<Account>, at now: Timestamp) throws {
        try db.execute(
            """
            UPDATE identity_account SET password_hash = \(hash), must_change_password = \(mustChange),
                password_changed_at = \(now) WHERE id = \(account)
            """)
        try remember(hash, of: account)
    }

    func clearPassword(of account: ID<Account>, at now: Timestamp) throws {
        try db.execute(
            """
            UPDATE identity_account SET password_hash = \(AccountService.noPassword), must_change_password = 0,
                password_changed_at = \(now) WHERE id = \(account)
            """)
    }

    /// Frees the login name and drops the former passwords and addresses of an account that is closed.
    func forget(_ account: ID<Account>) throws {
        try db.execute(
            """
            UPDATE identity_account SET login_name = \("#" + account.rawValue), last_sign_in_address = ''
            WHERE id = \(account)
            """)
        try db.execute("DELETE FROM identity_password_history WHERE account_id = \(account)")
        try AccountIndex(db).index(account)
    }

    /// Active accounts of staff that nobody has used since `limit`, at most so many.
    func idle(since limit: Timestamp, on day: LocalDate, atMost count: Int) throws -> [ID<Account>] {
        try db.column(
            """
            SELECT a.id FROM identity_account a
            WHERE a.state = 'active' AND COALESCE(a.last_sign_in_at, a.created_at) <= \(limit)
                AND COALESCE(a.resumed_at, 0) <= \(limit)
                AND NOT EXISTS (SELECT 1 FROM identity_session s WHERE s.account_id = a.id AND s.last_seen_at > \(limit))
                AND EXISTS (SELECT 1 FROM identity_grant g WHERE g.account_id = a.id
                    AND g.role NOT IN ('student', 'guardian') AND (g.valid_to IS NULL OR g.valid_to > \(day)))
            ORDER BY a.id LIMIT \(count)
            """)
    }

    func remember(_ hash: String, of account: ID<Account>) throws {
        try db.execute(
            """
            INSERT INTO identity_password_history (id, account_id, password_hash)
            VALUES (\(Identifiers.next()), \(account), \(hash))
            """)
        try db.execute(
            """
            DELETE FROM identity_password_history WHERE account_id = \(account) AND id NOT IN (
                SELECT id FROM identity_password_history WHERE account_id = \(account)
                ORDER BY id DESC LIMIT \(PasswordChange.historyLength))
            """)
    }

    /// Notes a sign-in; `false` when the account was suspended or its password changed in the meantime.
    func markSignedIn(_ known: Credentials, newHash: String?, address: String, at now: Timestamp) throws -> Bool {
        try db.change(
            """
            UPDATE identity_account SET last_sign_in_at = \(now), last_sign_in_address = \(address),
                password_hash = \(newHash ?? known.passwordHash)
            WHERE id = \(known.id) AND state = 'active' AND password_hash = \(known.passwordHash)
            """) == 1
    }

    // MARK: Writes

    func insert(
        _ id: ID<Account>, person: ID<Person>, login: String, passwordHash: String, mustChange: Bool, by actor: String,
        at now: Timestamp
    ) throws {
        try db.execute(
            """
            INSERT INTO identity_account (id, person_id, login_name, password_hash, must_change_password,
                password_changed_at, state, last_sign_in_address, created_at, created_by)
            VALUES (\(id), \(person), \(login), \(passwordHash), \(mustChange), \(now), 'active', '', \(now), \(actor))
            """)
        try AccountIndex(db).index(id)
    }

    /// Returns whether the account was in the state `old`.
    func setState(_ new: AccountState, from old: AccountState, of id: ID<Account>) throws -> Bool {
        try db.change("UPDATE identity_account SET state = \(new) WHERE id = \(id) AND state = \(old)") == 1
    }

    func noteResumption(of id: ID<Account>, at now: Timestamp) throws {
        try db.execute("UPDATE identity_account SET resumed_at = \(now) WHERE id = \(id)")
    }

    func insertGrant(
        _ role: Role, at organisation: OrganisationID, from: LocalDate, until: LocalDate?, to account: ID<Account>,
        by actor: String, at now: Timestamp
    ) throws {
        try db.execute(
            """
            INSERT INTO identity_grant (id, account_id, role, organisation_id, valid_from, valid_to, created_at, created_by)
            VALUES (\(Identifiers.next()), \(account), \(role), \(organisation), \(from), \(until), \(now), \(actor))
            """)
    }

    func setOpen(_ id: ID<Grant>) throws {
        try db.execute("UPDATE identity_grant SET valid_to = NULL WHERE id = \(id)")
    }

    /// Returns whether the grant was still open.
    func endGrant(_ id: ID<Grant>, of account: ID<Account>, on day: LocalDate) throws -> Bool {
        try db.change(
            """
            UPDATE identity_grant SET valid_to = \(day)
            WHERE id = \(id) AND account_id = \(account) AND (valid_to IS NULL OR valid_to > \(day))
            """) == 1
    }
}
