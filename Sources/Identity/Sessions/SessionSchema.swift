enum SessionSchema {
    /// `label` is the browser's own description or the name the holder gave to a token.
    static let statements = [
        """
        CREATE TABLE identity_session (
            token_hash BLOB NOT NULL PRIMARY KEY, account_id TEXT NOT NULL REFERENCES identity_account (id),
            kind TEXT NOT NULL, csrf_token TEXT NOT NULL, label TEXT NOT NULL, address TEXT NOT NULL,
            created_at INTEGER NOT NULL, last_seen_at INTEGER NOT NULL, expires_at INTEGER NOT NULL,
            CHECK (kind IN ('browser', 'token')))
        """,
        "CREATE INDEX identity_session_account ON identity_session (account_id, created_at)",
        "CREATE INDEX identity_session_expiry ON identity_session (expires_at)",
    ]

    /// `lineage` names a person's time in one browser: a session that takes the place of another by the same account
    /// inherits it. `confirmed_at` is when the second factor was given.
    static let lineage = [
        "ALTER TABLE identity_session ADD COLUMN lineage TEXT NOT NULL DEFAULT ''",
        "ALTER TABLE identity_session ADD COLUMN confirmed_at INTEGER",
        "CREATE INDEX identity_session_lineage ON identity_session (lineage)",
    ]

    /// `method` is the `SignInMethod` that began the session; empty for tokens and for sessions from before.
    static let method = ["ALTER TABLE identity_session ADD COLUMN method TEXT NOT NULL DEFAULT ''"]
}
