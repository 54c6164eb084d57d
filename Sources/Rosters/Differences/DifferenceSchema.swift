enum DifferenceSchema {
    /// `sealed` is the report; it tells names and data of people.
    static let statements = [
        """
        CREATE TABLE rosters_difference (
            id TEXT NOT NULL PRIMARY KEY, place TEXT NOT NULL, path TEXT NOT NULL, subject TEXT NOT NULL,
            file_name TEXT NOT NULL, compared_rows INTEGER NOT NULL, found INTEGER NOT NULL, sealed BLOB NOT NULL,
            created_at INTEGER NOT NULL, created_by TEXT NOT NULL)
        """,
        "CREATE INDEX rosters_difference_path ON rosters_difference (path, id)",
    ]
}
