enum PersonMergeSchema {
    /// `record` says what was moved, so that it can go back: keys, days and names of fields, no personal datum.
    static let statements = [
        """
        CREATE TABLE directory_merge (
            id TEXT NOT NULL PRIMARY KEY, from_id TEXT NOT NULL REFERENCES directory_person (id),
            into_id TEXT NOT NULL REFERENCES directory_person (id), merged_at INTEGER NOT NULL,
            merged_by TEXT NOT NULL, record TEXT NOT NULL, undone_at INTEGER, undone_by TEXT,
            CHECK (from_id <> into_id), CHECK ((undone_at IS NULL) = (undone_by IS NULL)))
        """,
        "CREATE INDEX directory_merge_from ON directory_merge (from_id, merged_at)",
        "CREATE INDEX directory_merge_into ON directory_merge (into_id, merged_at)",
        "CREATE INDEX directory_person_merged ON directory_person (merged_into) WHERE merged_into IS NOT NULL",
        "CREATE INDEX directory_person_name ON directory_person (name, birth_date)",
    ]
}
