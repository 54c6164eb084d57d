enum DuplicateSchema {
    /// `subject` is the key of a person or, for a row of a workbook, `c` and a keyed hash of what the row told. `candidate`
    /// is the row as it may be shown: name, birth date and masked numbers.
    static let statements = [
        """
        CREATE TABLE rosters_duplicate (
            id TEXT NOT NULL PRIMARY KEY, subject TEXT NOT NULL, person_id TEXT, other_id TEXT NOT NULL,
            reason TEXT NOT NULL, batch TEXT NOT NULL, candidate TEXT NOT NULL, path TEXT NOT NULL, state TEXT NOT NULL,
            found_at INTEGER NOT NULL, decided_at INTEGER, decided_by TEXT, merge_id TEXT,
            CHECK (state IN ('open', 'same', 'different')), CHECK ((state = 'open') = (decided_at IS NULL)))
        """,
        "CREATE UNIQUE INDEX rosters_duplicate_subject ON rosters_duplicate (subject, other_id)",
        "CREATE INDEX rosters_duplicate_other ON rosters_duplicate (other_id)",
        "CREATE INDEX rosters_duplicate_path ON rosters_duplicate (state, path)",
    ]
}
