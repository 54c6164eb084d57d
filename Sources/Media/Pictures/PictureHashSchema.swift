enum PictureHashSchema {
    /// `hash_method` 0 says that the pictures of a content have yet to be hashed; the index holds only those, and a few that
    /// are being processed.
    static let statements = [
        """
        CREATE TABLE media_picture_hashes (
            source TEXT NOT NULL PRIMARY KEY, kind TEXT NOT NULL, spacing INTEGER NOT NULL, hashes BLOB NOT NULL,
            noted_at INTEGER NOT NULL, CHECK (kind IN ('page', 'frame')))
        """,
        "ALTER TABLE media_processing ADD COLUMN hash_method INTEGER NOT NULL DEFAULT 0",
        "UPDATE media_processing SET hash_method = 1 WHERE kind NOT IN ('document', 'video') OR state = 'failed'",
        "CREATE INDEX media_processing_unhashed ON media_processing (sha256) WHERE hash_method = 0",
    ]
}
