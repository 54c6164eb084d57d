enum SecondFactorSchema {
    /// `last_step` is the step of the last code that was taken: a code is good once.
    static let statements = [
        """
        CREATE TABLE identity_second_factor (
            account_id TEXT NOT NULL PRIMARY KEY REFERENCES identity_account (id), seed BLOB NOT NULL,
            is_active INTEGER NOT NULL, last_step INTEGER NOT NULL, created_at INTEGER NOT NULL,
            CHECK (is_active IN (0, 1)))
        """,
        """
        CREATE TABLE identity_recovery_code (
            account_id TEXT NOT NULL REFERENCES identity_account (id), code_key BLOB NOT NULL,
            PRIMARY KEY (account_id, code_key))
        """,
    ]
}
