/// What other platforms may harvest. A record is kept for good: what is no longer public is told as deleted.
enum PublicRecordSchema {
    static let statements = [
        """
        CREATE TABLE resources_public_record (
            item_id TEXT NOT NULL PRIMARY KEY, datestamp INTEGER NOT NULL, is_deleted INTEGER NOT NULL,
            digest TEXT NOT NULL, is_settled INTEGER NOT NULL)
        """,
        "CREATE INDEX resources_public_record_datestamp ON resources_public_record (datestamp, item_id)",
        """
        CREATE INDEX resources_public_record_unsettled ON resources_public_record (datestamp) WHERE is_settled = 0
        """,
        """
        CREATE TABLE resources_public_set (
            spec TEXT NOT NULL, item_id TEXT NOT NULL, PRIMARY KEY (spec, item_id))
        """,
        "CREATE INDEX resources_public_set_item ON resources_public_set (item_id)",
        "CREATE TABLE resources_public_set_name (spec TEXT NOT NULL PRIMARY KEY, name TEXT NOT NULL)",
        """
        CREATE TABLE resources_public_pending (
            item_id TEXT NOT NULL PRIMARY KEY, stamp TEXT NOT NULL, marked_at INTEGER NOT NULL)
        """,
        "CREATE INDEX resources_public_pending_marked ON resources_public_pending (marked_at, item_id)",
        """
        INSERT INTO resources_public_pending (item_id, stamp, marked_at)
        SELECT id, id, 0 FROM resources_item WHERE state = 'published' AND visibility = 'public'
        """,
    ]
}
