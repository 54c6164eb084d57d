enum ApplicationSchema {
    /// `protocols` and `scopes` are words separated by blanks. A client secret is kept as its SHA-256; an appKey, whose
    /// owner signs with it, is kept sealed.
    static let statements = [
        """
        CREATE TABLE federation_application (
            id TEXT NOT NULL PRIMARY KEY, client_id TEXT NOT NULL UNIQUE, name TEXT NOT NULL, summary TEXT NOT NULL,
            level TEXT NOT NULL, owner_id TEXT NOT NULL REFERENCES directory_organisation (id),
            owner_path TEXT NOT NULL, applicant TEXT NOT NULL, contact TEXT NOT NULL, contact_phone TEXT NOT NULL,
            launch_url TEXT NOT NULL, logo TEXT, protocols TEXT NOT NULL, scopes TEXT NOT NULL,
            is_public INTEGER NOT NULL, asks_consent INTEGER NOT NULL, logout_url TEXT NOT NULL, state TEXT NOT NULL,
            created_at INTEGER NOT NULL, changed_at INTEGER NOT NULL,
            CHECK (level IN ('national', 'province', 'city', 'county', 'school', 'personal')),
            CHECK (state IN ('draft', 'submitted', 'active', 'refused', 'suspended', 'retired')),
            CHECK (is_public IN (0, 1)), CHECK (asks_consent IN (0, 1)))
        """,
        "CREATE INDEX federation_application_owner ON federation_application (owner_path, id)",
        """
        CREATE TABLE federation_address (
            application_id TEXT NOT NULL REFERENCES federation_application (id), kind TEXT NOT NULL, url TEXT NOT NULL,
            PRIMARY KEY (application_id, kind, url),
            CHECK (kind IN ('redirect', 'after_logout', 'cas_service')))
        """,
        """
        CREATE TABLE federation_secret (
            id TEXT NOT NULL PRIMARY KEY, application_id TEXT NOT NULL REFERENCES federation_application (id),
            kind TEXT NOT NULL, hash BLOB, sealed BLOB, hint TEXT NOT NULL, created_at INTEGER NOT NULL,
            created_by TEXT NOT NULL, expires_at INTEGER, CHECK (kind IN ('client_secret', 'app_key')))
        """,
        "CREATE INDEX federation_secret_application ON federation_secret (application_id, kind)",
    ]
}
