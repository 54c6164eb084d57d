import Database
import Kernel
import Platform

/// All SQL of second factors.
struct SecondFactorStore {
    let db: Connection
    let crypto: any CryptoProvider

    init(_ db: Connection, _ crypto: any CryptoProvider) { (self.db, self.crypto) = (db, crypto) }

    struct Factor: Sendable {
        let seed: [UInt8]
        let isActive: Bool
        let lastStep: Int64
    }

    private func context(_ account: ID<Account>) -> String { "identity_second_factor.seed/\(account)" }

    func find(_ account: ID<Account>) throws -> Factor? {
        try db.first(
            "SELECT seed, is_active, last_step FROM identity_second_factor WHERE account_id = \(account)"
        ) { row in
            Factor(
                seed: try crypto.open(row.blob(0), context: context(account)), isActive: try row.get(1),
                lastStep: try row.get(2))
        }
    }

    /// Keeps a seed that is not in force yet, in place of an earlier one that never was.
    func begin(_ seed: [UInt8], of account: ID<Account>, at now: Timestamp) throws {
        let sealed = try crypto.seal(seed, context: context(account))
        try db.execute(
            """
            INSERT INTO identity_second_factor (account_id, seed, is_active, last_step, created_at)
            VALUES (\(account), \(sealed), 0, 0, \(now))
            ON CONFLICT (account_id) DO UPDATE SET seed = excluded.seed, last_step = 0, created_at = excluded.created_at
            WHERE identity_second_factor.is_active = 0
            """)
    }

    /// Takes a code: `false` when another request took the same or a later one first.
    func use(step: Int64, of account: ID<Account>) throws -> Bool {
        try db.change(
            """
            UPDATE identity_second_factor SET last_step = \(step), is_active = 1
            WHERE account_id = \(account) AND last_step < \(step)
            """) == 1
    }

    func delete(_ account: ID<Account>) throws -> Bool {
        try db.execute("DELETE FROM identity_recovery_code WHERE account_id = \(account)")
        return try db.change("DELETE FROM identity_second_factor WHERE account_id = \(account)") == 1
    }

    // MARK: Recovery codes

    private func key(_ code: String, _ account: ID<Account>) -> [UInt8] {
        crypto.lookupKey(RecoveryCode.normalised(code) + " \(account)", purpose: "recovery code")
    }

    func replaceRecoveryCodes(_ codes: [String], of account: ID<Account>) throws {
        try db.execute("DELETE FROM identity_recovery_code WHERE account_id = \(account)")
        for code in codes {
            try db.execute(
                "INSERT INTO identity_recovery_code (account_id, code_key) VALUES (\(account), \(key(code, account)))")
        }
    }

    /// Whether the code was good; it is used up by this.
    func useRecoveryCode(_ code: String, of account: ID<Account>) throws -> Bool {
        try db.change(
            "DELETE FROM identity_recovery_code WHERE account_id = \(account) AND code_key = \(key(code, account))")
            == 1
    }

    func recoveryCodes(of account: ID<Account>) throws -> Int {
        try db.value("SELECT COUNT(*) FROM identity_recovery_code WHERE account_id = \(account)") ?? 0
    }
}
