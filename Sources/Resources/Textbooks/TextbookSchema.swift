enum TextbookSchema {
    static let statements = [
        """
        CREATE TABLE resources_textbook (
            id TEXT NOT NULL PRIMARY KEY, stage TEXT NOT NULL, subject TEXT NOT NULL, edition TEXT NOT NULL,
            grade TEXT NOT NULL, volume TEXT NOT NULL, choice_key TEXT NOT NULL, sort_key TEXT NOT NULL UNIQUE,
            is_removed INTEGER NOT NULL, changed_at INTEGER NOT NULL)
        """,
        """
        CREATE TABLE resources_node (
            id TEXT NOT NULL PRIMARY KEY, textbook_id TEXT NOT NULL REFERENCES resources_textbook (id),
            parent_id TEXT REFERENCES resources_node (id), kind TEXT NOT NULL, code TEXT, title TEXT NOT NULL,
            position INTEGER NOT NULL, is_removed INTEGER NOT NULL, changed_at INTEGER NOT NULL,
            CHECK (kind IN ('unit', 'lesson')))
        """,
        "CREATE INDEX resources_node_textbook ON resources_node (textbook_id, position)",
        "CREATE INDEX resources_node_code ON resources_node (code)",
        "CREATE INDEX resources_node_parent ON resources_node (parent_id)",
    ]

    /// Every page with a filter by stage, subject and edition asks which there are.
    static let keys = [
        "CREATE INDEX resources_textbook_keys ON resources_textbook (is_removed, stage, subject, edition)"
    ]
}
