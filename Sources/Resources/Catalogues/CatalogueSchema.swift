enum CatalogueSchema {
    /// A line keeps the node before and after as JSON, so that the import can be undone and the difference read later.
    static let statements = [
        """
        CREATE TABLE resources_catalogue (
            id TEXT NOT NULL PRIMARY KEY, year INTEGER NOT NULL, file_id TEXT NOT NULL REFERENCES platform_file (id),
            file_name TEXT NOT NULL, is_complete INTEGER NOT NULL, state TEXT NOT NULL, digest TEXT NOT NULL,
            counts TEXT NOT NULL, created_at INTEGER NOT NULL, created_by TEXT NOT NULL, decided_at INTEGER,
            decided_by TEXT NOT NULL)
        """,
        """
        CREATE TABLE resources_catalogue_line (
            catalogue_id TEXT NOT NULL REFERENCES resources_catalogue (id), number INTEGER NOT NULL,
            kind TEXT NOT NULL, place TEXT NOT NULL, title TEXT NOT NULL, words TEXT NOT NULL, content TEXT NOT NULL,
            PRIMARY KEY (catalogue_id, number))
        """,
        "CREATE INDEX resources_catalogue_line_kind ON resources_catalogue_line (catalogue_id, kind, number)",
    ]

    /// Which tree a change set was made with; older ones are made anew when they are accepted.
    static let trees = ["ALTER TABLE resources_catalogue ADD COLUMN tree INTEGER NOT NULL DEFAULT -1"]
}
