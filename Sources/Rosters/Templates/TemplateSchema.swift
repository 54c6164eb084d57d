enum TemplateSchema {
    static let statements = [
        """
        CREATE TABLE rosters_template (
            id TEXT NOT NULL PRIMARY KEY, name TEXT NOT NULL, version INTEGER NOT NULL, subject TEXT NOT NULL,
            path TEXT NOT NULL, state TEXT NOT NULL, valid_from TEXT NOT NULL, content TEXT NOT NULL,
            file_name TEXT NOT NULL, created_at INTEGER NOT NULL, created_by TEXT NOT NULL,
            CHECK (state IN ('draft', 'active', 'withdrawn')))
        """,
        "CREATE UNIQUE INDEX rosters_template_version ON rosters_template (name, path, version)",
        """
        CREATE TABLE rosters_export (
            id TEXT NOT NULL PRIMARY KEY, template TEXT NOT NULL, place TEXT NOT NULL, path TEXT NOT NULL,
            day TEXT NOT NULL, rows INTEGER NOT NULL, is_full INTEGER NOT NULL, reason TEXT NOT NULL,
            exported_at INTEGER NOT NULL, exported_by TEXT NOT NULL, account_id TEXT NOT NULL)
        """,
        "CREATE INDEX rosters_export_path ON rosters_export (path, id)",
    ]
}
