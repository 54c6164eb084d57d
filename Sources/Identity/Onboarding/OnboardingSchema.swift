enum OnboardingSchema {
    /// Codes and card tokens are kept as keyed hashes: whoever reads the database cannot sign in with them.
    static let statements = [
        """
        CREATE TABLE identity_activation (
            account_id TEXT NOT NULL PRIMARY KEY REFERENCES identity_account (id), code_key BLOB NOT NULL,
            created_at INTEGER NOT NULL, created_by TEXT NOT NULL, expires_at INTEGER NOT NULL)
        """,
        """
        CREATE TABLE identity_card (
            account_id TEXT NOT NULL PRIMARY KEY REFERENCES identity_account (id), token_hash BLOB NOT NULL UNIQUE,
            created_at INTEGER NOT NULL, created_by TEXT NOT NULL, expires_at INTEGER NOT NULL, last_used_at INTEGER)
        """,
    ]
}
