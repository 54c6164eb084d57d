enum OpenIDSchema {
    /// Codes and tokens are kept as their SHA-256, private keys sealed. `scopes` are words separated by blanks.
    static let statements = [
        """
        CREATE TABLE federation_signing_key (
            id TEXT NOT NULL PRIMARY KEY, sealed BLOB NOT NULL, created_at INTEGER NOT NULL, signs_from INTEGER NOT NULL,
            withdrawn_at INTEGER)
        """,
        """
        CREATE TABLE federation_openid_subject (
            application_id TEXT NOT NULL REFERENCES federation_application (id),
            account_id TEXT NOT NULL REFERENCES identity_account (id), subject TEXT NOT NULL UNIQUE,
            PRIMARY KEY (application_id, account_id))
        """,
        """
        CREATE TABLE federation_openid_consent (
            account_id TEXT NOT NULL REFERENCES identity_account (id),
            application_id TEXT NOT NULL REFERENCES federation_application (id), scopes TEXT NOT NULL,
            given_at INTEGER NOT NULL, PRIMARY KEY (account_id, application_id))
        """,
        """
        CREATE TABLE federation_openid_authorization (
            id TEXT NOT NULL PRIMARY KEY, application_id TEXT NOT NULL REFERENCES federation_application (id),
            account_id TEXT NOT NULL REFERENCES identity_account (id), subject TEXT NOT NULL, lineage TEXT NOT NULL,
            sid TEXT NOT NULL, scopes TEXT NOT NULL, nonce TEXT, acr TEXT NOT NULL, authenticated_at INTEGER NOT NULL,
            redirect_uri TEXT NOT NULL, challenge TEXT, code_hash BLOB NOT NULL UNIQUE, code_until INTEGER NOT NULL,
            code_used_at INTEGER, is_offline INTEGER NOT NULL, created_at INTEGER NOT NULL, ended_at INTEGER,
            CHECK (is_offline IN (0, 1)))
        """,
        "CREATE INDEX federation_openid_authorization_account ON federation_openid_authorization (account_id, application_id)",
        "CREATE INDEX federation_openid_authorization_code ON federation_openid_authorization (code_until)",
        """
        CREATE TABLE federation_openid_token (
            hash BLOB NOT NULL PRIMARY KEY,
            authorization_id TEXT NOT NULL REFERENCES federation_openid_authorization (id), kind TEXT NOT NULL,
            scopes TEXT NOT NULL, created_at INTEGER NOT NULL, expires_at INTEGER NOT NULL, used_at INTEGER,
            CHECK (kind IN ('access', 'refresh')))
        """,
        "CREATE INDEX federation_openid_token_authorization ON federation_openid_token (authorization_id)",
        "CREATE INDEX federation_openid_token_expiry ON federation_openid_token (expires_at)",
    ]
}
