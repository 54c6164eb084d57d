enum MachineTokenSchema {
    /// A token is kept as its SHA-256. Scopes are words separated by blanks: of the application its own codes, of the
    /// token those of OAuth 2.0.
    static let statements = [
        "ALTER TABLE federation_application ADD COLUMN machine_scopes TEXT NOT NULL DEFAULT ''",
        """
        CREATE TABLE federation_machine_token (
            hash BLOB NOT NULL PRIMARY KEY,
            application_id TEXT NOT NULL REFERENCES federation_application (id), scopes TEXT NOT NULL,
            created_at INTEGER NOT NULL, expires_at INTEGER NOT NULL)
        """,
        "CREATE INDEX federation_machine_token_application ON federation_machine_token (application_id)",
        "CREATE INDEX federation_machine_token_expiry ON federation_machine_token (expires_at)",
    ]
}
