enum LookSchema {
    /// The record outlives accounts and people: it refers to the place only.
    static let statements = [
        """
        CREATE TABLE directory_look (
            id TEXT NOT NULL PRIMARY KEY, kind TEXT NOT NULL, at INTEGER NOT NULL, account_id TEXT, looker_id TEXT,
            looker_name TEXT NOT NULL, looker_role TEXT NOT NULL, address TEXT NOT NULL, subject_id TEXT,
            subject_name TEXT NOT NULL, people INTEGER NOT NULL, data TEXT NOT NULL, reason TEXT NOT NULL,
            note TEXT NOT NULL, organisation_id TEXT NOT NULL REFERENCES directory_organisation (id),
            CHECK (kind IN ('page', 'export')), CHECK ((kind = 'page') = (subject_id IS NOT NULL)))
        """,
        "CREATE INDEX directory_look_organisation ON directory_look (organisation_id, id)",
        "CREATE INDEX directory_look_subject ON directory_look (subject_id, id)",
        "CREATE INDEX directory_look_account ON directory_look (account_id, at)",
        "CREATE INDEX directory_look_at ON directory_look (at)",
    ]
}
