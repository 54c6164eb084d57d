enum ApplicationSchema {
    /// `protocols`, `scopes` and `audience` are words separated by blanks. A client secret is kept as its SHA-256; an
    /// appKey, whose owner signs with it, is kept sealed. `applicant` is the account that answers for the application,
    /// empty when the operator registered it. An amendment is what an active application asks to become.
    static let statements = [
        """
        CREATE TABLE federation_application (
            id TEXT NOT NULL PRIMARY KEY, client_id TEXT NOT NULL UNIQUE, name TEXT NOT NULL, summary TEXT NOT NULL,
            level TEXT NOT NULL, owner_id TEXT NOT NULL REFERENCES directory_organisation (id),
            applicant TEXT NOT NULL, applicant_name TEXT NOT NULL, contact TEXT NOT NULL, contact_phone TEXT NOT NULL,
            launch_url TEXT NOT NULL, logo TEXT, protocols TEXT NOT NULL, scopes TEXT NOT NULL,
            audience TEXT NOT NULL, is_public INTEGER NOT NULL, asks_consent INTEGER NOT NULL,
            logout_url TEXT NOT NULL, state TEXT NOT NULL, step TEXT, revision INTEGER NOT NULL,
            created_at INTEGER NOT NULL, changed_at INTEGER NOT NULL,
            CHECK (level IN ('national', 'province', 'city', 'county', 'school', 'personal')),
            CHECK (state IN ('draft', 'submitted', 'active', 'refused', 'suspended', 'retired')),
            CHECK (step IN ('school', 'county', 'city')),
            CHECK (is_public IN (0, 1)), CHECK (asks_consent IN (0, 1)))
        """,
        "CREATE INDEX federation_application_owner ON federation_application (owner_id, id)",
        "CREATE INDEX federation_application_state ON federation_application (state, id)",
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
        """
        CREATE TABLE federation_logo (
            sha256 TEXT NOT NULL PRIMARY KEY, type TEXT NOT NULL, content BLOB NOT NULL, created_at INTEGER NOT NULL)
        """,
        """
        CREATE TABLE federation_amendment (
            id TEXT NOT NULL PRIMARY KEY, application_id TEXT NOT NULL REFERENCES federation_application (id),
            content TEXT NOT NULL, state TEXT NOT NULL, step TEXT, submitted_by TEXT NOT NULL,
            submitted_name TEXT NOT NULL, submitted_at INTEGER NOT NULL,
            CHECK (state IN ('submitted', 'approved', 'refused', 'withdrawn')),
            CHECK (step IN ('school', 'county', 'city')))
        """,
        """
        CREATE UNIQUE INDEX federation_amendment_open ON federation_amendment (application_id)
        WHERE state = 'submitted'
        """,
        """
        CREATE TABLE federation_review (
            id TEXT NOT NULL PRIMARY KEY, application_id TEXT NOT NULL REFERENCES federation_application (id),
            is_amendment INTEGER NOT NULL, step TEXT, deed TEXT NOT NULL, remark TEXT NOT NULL,
            account_id TEXT NOT NULL, name TEXT NOT NULL, at INTEGER NOT NULL,
            CHECK (deed IN ('submitted', 'withdrawn', 'approved', 'sent_back')), CHECK (is_amendment IN (0, 1)))
        """,
        "CREATE INDEX federation_review_application ON federation_review (application_id, id)",
    ]

    /// Who used what is kept for the running day only; of the days before, the sums.
    static let use = [
        """
        CREATE TABLE federation_use (
            application_id TEXT NOT NULL REFERENCES federation_application (id), day TEXT NOT NULL,
            account_id TEXT NOT NULL, protocol TEXT NOT NULL, times INTEGER NOT NULL,
            PRIMARY KEY (application_id, day, account_id, protocol))
        """,
        "CREATE INDEX federation_use_day_passed ON federation_use (day)",
        """
        CREATE TABLE federation_use_day (
            application_id TEXT NOT NULL REFERENCES federation_application (id), day TEXT NOT NULL,
            protocol TEXT NOT NULL, times INTEGER NOT NULL, persons INTEGER NOT NULL,
            PRIMARY KEY (application_id, day, protocol))
        """,
        """
        CREATE TABLE federation_use_failure (
            application_id TEXT NOT NULL REFERENCES federation_application (id), protocol TEXT NOT NULL,
            reason TEXT NOT NULL, times INTEGER NOT NULL, last_at INTEGER NOT NULL,
            PRIMARY KEY (application_id, protocol, reason))
        """,
    ]
}
