enum UploadSchema {
    static let statements = [
        """
        CREATE TABLE media_upload (
            id TEXT NOT NULL PRIMARY KEY, account_id TEXT NOT NULL, name TEXT NOT NULL, length INTEGER NOT NULL,
            received INTEGER NOT NULL, boot_id TEXT NOT NULL, state TEXT NOT NULL, remark TEXT NOT NULL,
            sha256 TEXT NOT NULL, media_type TEXT NOT NULL, created_at INTEGER NOT NULL, expires_at INTEGER NOT NULL,
            due_at INTEGER NOT NULL, attempts INTEGER NOT NULL, file_id TEXT,
            CHECK (state IN ('uploading', 'checking', 'quarantined', 'ready', 'refused', 'claimed')))
        """,
        "CREATE INDEX media_upload_account ON media_upload (account_id, id)",
        "CREATE INDEX media_upload_due ON media_upload (state, due_at)",
        "CREATE INDEX media_upload_expiry ON media_upload (expires_at)",
        "CREATE INDEX media_upload_content ON media_upload (sha256)",
    ]

    /// `media_released`: what accounts gave up and the store still holds. `media_sweeping`: contents that leave the store
    /// at this moment.
    static let sweeping = [
        """
        CREATE TABLE media_released (
            id TEXT NOT NULL PRIMARY KEY, account_id TEXT NOT NULL, bytes INTEGER NOT NULL, released_at INTEGER NOT NULL)
        """,
        "CREATE INDEX media_released_account ON media_released (account_id)",
        "CREATE TABLE media_sweeping (sha256 TEXT NOT NULL PRIMARY KEY, begun_at INTEGER NOT NULL)",
        "CREATE INDEX IF NOT EXISTS platform_file_content ON platform_file (sha256)",
    ]
}
