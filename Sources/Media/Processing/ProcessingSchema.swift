enum ProcessingSchema {
    /// A content is processed once, whoever refers to it; `shown` is the version whose results readers get.
    static let statements = [
        """
        CREATE TABLE media_processing (
            sha256 TEXT NOT NULL PRIMARY KEY, kind TEXT NOT NULL, ending TEXT NOT NULL, version INTEGER NOT NULL,
            shown INTEGER NOT NULL, state TEXT NOT NULL, remark TEXT NOT NULL, facts TEXT NOT NULL, job_id TEXT,
            requested_at INTEGER NOT NULL, ended_at INTEGER,
            CHECK (state IN ('waiting', 'missing', 'done', 'failed')))
        """,
        "CREATE INDEX media_processing_state ON media_processing (state, version)",
        """
        CREATE TABLE media_derived (
            source TEXT NOT NULL REFERENCES media_processing (sha256), version INTEGER NOT NULL, name TEXT NOT NULL,
            step TEXT NOT NULL, position INTEGER NOT NULL, file_id TEXT NOT NULL REFERENCES platform_file (id),
            media_type TEXT NOT NULL, width INTEGER NOT NULL, height INTEGER NOT NULL,
            PRIMARY KEY (source, version, name))
        """,
        "CREATE INDEX media_derived_file ON media_derived (file_id)",
        "CREATE TABLE media_text (source TEXT NOT NULL PRIMARY KEY, body TEXT NOT NULL, noted_at INTEGER NOT NULL)",
        // Contents are looked up by their hash whenever something is swept.
        "CREATE INDEX platform_file_content ON platform_file (sha256)",
    ]

    /// Pictures of phones could not be read before; they are tried as soon as the program for them is there.
    static let phonePictures = [
        """
        UPDATE media_processing SET state = 'missing', remark = '未安装 libheif-examples'
        WHERE kind = 'image' AND state = 'failed' AND ending IN ('heic', 'heif')
        """
    ]

    /// The hashes of contents have an index of the resources under another name; one is enough.
    static let oneIndex = ["DROP INDEX IF EXISTS platform_file_content"]
}
