enum GradebookSchema {
    /// What other systems have entered: categories, line items, results and score scales. `owner_id` is the school of the
    /// class, of a category the topmost organisation of who entered it. What is taken back stays for those who follow
    /// changes.
    static let statements = [
        """
        CREATE TABLE exchange_grade_record (
            key TEXT NOT NULL PRIMARY KEY, kind TEXT NOT NULL, id TEXT NOT NULL, owner_id TEXT NOT NULL REFERENCES directory_organisation (id),
            class_key TEXT, line_item TEXT, category TEXT, student TEXT, sealed BLOB NOT NULL,
            is_deleted INTEGER NOT NULL, application TEXT NOT NULL, created_at INTEGER NOT NULL,
            changed_at INTEGER NOT NULL, CHECK (is_deleted IN (0, 1)), CHECK (key = kind || '/' || id),
            CHECK (kind IN ('categories', 'lineItems', 'results', 'scoreScales')))
        """,
        "CREATE INDEX exchange_grade_record_owner ON exchange_grade_record (owner_id, kind)",
        "CREATE INDEX exchange_grade_record_class ON exchange_grade_record (class_key, kind)",
        "CREATE INDEX exchange_grade_record_line_item ON exchange_grade_record (line_item)",
        "CREATE INDEX exchange_grade_record_changed ON exchange_grade_record (changed_at)",
    ]
}
