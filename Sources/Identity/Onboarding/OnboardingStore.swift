import Database
import Directory
import Kernel
import Platform

/// All SQL of activation codes and sign-in cards.
struct OnboardingStore {
    let db: Connection
    init(_ db: Connection) { self.db = db }

    /// The accounts of the people who have one.
    func accounts(of people: [ID<Person>], at now: Timestamp) throws -> [ID<Person>: OnboardingState] {
        var found: [ID<Person>: OnboardingState] = [:]
        for start in stride(from: 0, to: people.count, by: 512) {
            let chunk = Array(people[start..<min(start + 512, people.count)])
            try db.each(
                """
                SELECT a.person_id, a.id, a.login_name, a.state, a.password_hash, a.last_sign_in_at,
                    COALESCE(v.expires_at, 0), COALESCE(c.expires_at, 0)
                FROM identity_account a LEFT JOIN identity_activation v ON v.account_id = a.id
                LEFT JOIN identity_card c ON c.account_id = a.id WHERE a.person_id IN \(in: chunk)
                """
            ) { row in
                found[try row.get(0)] = OnboardingState(
                    account: try row.get(1), login: try row.get(2), state: try row.get(3),
                    hasPassword: try row.text(4) != AccountService.noPassword, lastSignInAt: try row.get(5),
                    hasCode: try row.get(6, as: Timestamp.self) > now, hasCard: try row.get(7, as: Timestamp.self) > now
                )
            }
        }
        return found
    }

    /// Gives a code in place of an earlier one.
    func setCode(_ key: [UInt8], of account: ID<Account>, by actor: String, at now: Timestamp) throws {
        let end = now.adding(days: ActivationCode.days)
        try db.execute(
            """
            INSERT INTO identity_activation (account_id, code_key, created_at, created_by, expires_at)
            VALUES (\(account), \(key), \(now), \(actor), \(end))
            ON CONFLICT (account_id) DO UPDATE SET code_key = excluded.code_key, created_at = excluded.created_at,
                created_by = excluded.created_by, expires_at = excluded.expires_at
            """)
    }

    func isCode(_ key: [UInt8], of account: ID<Account>, at now: Timestamp) throws -> Bool {
        let found: Int? = try db.value(
            """
            SELECT 1 FROM identity_activation WHERE account_id = \(account) AND code_key = \(key)
                AND expires_at > \(now)
            """)
        return found != nil
    }

    /// Uses the code up; `false` when somebody else did, or it never was.
    func useCode(_ key: [UInt8], of account: ID<Account>, at now: Timestamp) throws -> Bool {
        try db.change(
            """
            DELETE FROM identity_activation WHERE account_id = \(account) AND code_key = \(key)
                AND expires_at > \(now)
            """) == 1
    }

    func deleteCode(of account: ID<Account>) throws {
        try db.execute("DELETE FROM identity_activation WHERE account_id = \(account)")
    }

    func setCard(_ hash: [UInt8], of account: ID<Account>, until end: Timestamp, by actor: String, at now: Timestamp)
        throws
    {
        try db.execute(
            """
            INSERT INTO identity_card (account_id, token_hash, created_at, created_by, expires_at)
            VALUES (\(account), \(hash), \(now), \(actor), \(end))
            ON CONFLICT (account_id) DO UPDATE SET token_hash = excluded.token_hash, created_at = excluded.created_at,
                created_by = excluded.created_by, expires_at = excluded.expires_at, last_used_at = NULL
            """)
    }

    /// Whose card it is; `nil` when it is nobody's (any more).
    func holder(ofCard hash: [UInt8], at now: Timestamp) throws -> (account: ID<Account>, name: String)? {
        try db.first(
            """
            SELECT c.account_id, p.name FROM identity_card c JOIN identity_account a ON a.id = c.account_id
            JOIN directory_person p ON p.id = a.person_id
            WHERE c.token_hash = \(hash) AND c.expires_at > \(now) AND a.state = 'active'
            """
        ) { (try $0.get(0), try $0.text(1)) }
    }

    func noteUse(ofCard hash: [UInt8], at now: Timestamp) throws {
        try db.execute("UPDATE identity_card SET last_used_at = \(now) WHERE token_hash = \(hash)")
    }

    func deleteCard(of account: ID<Account>) throws {
        try db.execute("DELETE FROM identity_card WHERE account_id = \(account)")
    }
}

/// How far somebody has come from entry in the directory to her own account.
struct OnboardingState: Sendable {
    let account: ID<Account>
    let login: String
    let state: AccountState
    let hasPassword: Bool
    let lastSignInAt: Timestamp?
    let hasCode: Bool
    let hasCard: Bool

    /// 待激活 is an account that nobody can sign in to by password yet.
    var title: String {
        if state != .active { return state.title }
        return hasPassword ? "正常" : "待激活"
    }
}
