enum GatewaySchema {
    /// Both roles of the gateway. Tokens, tickets and signatures are kept as SHA-256; a session's key is no secret, since
    /// it is worth nothing without a token of the same application. A ticket with an empty application was made by one
    /// application (`issued_by`) for another.
    static let statements = provider + counterparts

    private static let provider = [
        """
        CREATE TABLE federation_gateway_token (
            hash BLOB NOT NULL PRIMARY KEY, application_id TEXT NOT NULL REFERENCES federation_application (id),
            expires_at INTEGER NOT NULL)
        """,
        "CREATE INDEX federation_gateway_token_expiry ON federation_gateway_token (expires_at)",
        "CREATE TABLE federation_gateway_signature (hash BLOB NOT NULL PRIMARY KEY, seen_at INTEGER NOT NULL)",
        "CREATE INDEX federation_gateway_signature_seen ON federation_gateway_signature (seen_at)",
        """
        CREATE TABLE federation_gateway_ticket (
            hash BLOB NOT NULL PRIMARY KEY, application_id TEXT NOT NULL, issued_by TEXT NOT NULL,
            account_id TEXT NOT NULL, lineage TEXT NOT NULL, expires_at INTEGER NOT NULL)
        """,
        "CREATE INDEX federation_gateway_ticket_expiry ON federation_gateway_ticket (expires_at)",
        """
        CREATE TABLE federation_gateway_session (
            id TEXT NOT NULL PRIMARY KEY, application_id TEXT NOT NULL REFERENCES federation_application (id),
            account_id TEXT NOT NULL, lineage TEXT NOT NULL, created_at INTEGER NOT NULL, expires_at INTEGER NOT NULL)
        """,
        "CREATE INDEX federation_gateway_session_account ON federation_gateway_session (application_id, account_id)",
        "CREATE INDEX federation_gateway_session_lineage ON federation_gateway_session (lineage)",
        "CREATE INDEX federation_gateway_session_expiry ON federation_gateway_session (expires_at)",
        """
        CREATE TABLE federation_gateway_access (
            hash BLOB NOT NULL PRIMARY KEY, application_id TEXT NOT NULL REFERENCES federation_application (id),
            expires_at INTEGER NOT NULL)
        """,
    ]

    /// A counterpart's key for a person is kept sealed, and as a look-up key by which it is found.
    private static let counterparts = [
        """
        CREATE TABLE federation_counterpart (
            id TEXT NOT NULL PRIMARY KEY, name TEXT NOT NULL, base_url TEXT NOT NULL, flavour TEXT NOT NULL,
            app_id TEXT NOT NULL, app_key BLOB NOT NULL, key_hint TEXT NOT NULL, system_code TEXT NOT NULL,
            level TEXT NOT NULL, links_exactly INTEGER NOT NULL, reports_use INTEGER NOT NULL, is_active INTEGER NOT NULL,
            changed_at INTEGER NOT NULL, changed_by TEXT NOT NULL, revision INTEGER NOT NULL,
            CHECK (links_exactly IN (0, 1)), CHECK (reports_use IN (0, 1)), CHECK (is_active IN (0, 1)))
        """,
        """
        CREATE TABLE federation_counterpart_link (
            id TEXT NOT NULL PRIMARY KEY, counterpart_id TEXT NOT NULL REFERENCES federation_counterpart (id),
            lookup BLOB NOT NULL, person BLOB NOT NULL, account_id TEXT NOT NULL, linked_at INTEGER NOT NULL,
            way TEXT NOT NULL, UNIQUE (counterpart_id, lookup), UNIQUE (counterpart_id, account_id),
            CHECK (way IN ('confirmed', 'exact')))
        """,
        "CREATE INDEX federation_counterpart_link_account ON federation_counterpart_link (account_id)",
        """
        CREATE TABLE federation_arrival (
            hash BLOB NOT NULL PRIMARY KEY, counterpart_id TEXT NOT NULL REFERENCES federation_counterpart (id),
            person BLOB NOT NULL, expires_at INTEGER NOT NULL)
        """,
    ]
}
