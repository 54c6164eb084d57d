enum RetentionSchema {
    static let statements = [
        """
        CREATE TABLE privacy_retention_run (
            id TEXT NOT NULL PRIMARY KEY, state TEXT NOT NULL, started_at INTEGER NOT NULL, started_by TEXT NOT NULL,
            confirmed_at INTEGER, confirmed_by TEXT NOT NULL, ended_at INTEGER,
            CHECK (state IN ('counting', 'counted', 'deleting', 'done')))
        """,
        """
        CREATE TABLE privacy_retention_line (
            run_id TEXT NOT NULL REFERENCES privacy_retention_run (id), kind TEXT NOT NULL, cutoff INTEGER NOT NULL,
            overdue INTEGER NOT NULL, deleted INTEGER NOT NULL, PRIMARY KEY (run_id, kind))
        """,
        """
        CREATE TABLE privacy_hold (
            id TEXT NOT NULL PRIMARY KEY, kind TEXT NOT NULL, person_id TEXT REFERENCES directory_person (id),
            reason TEXT NOT NULL, valid_from TEXT NOT NULL, valid_to TEXT, recorded_by TEXT NOT NULL,
            CHECK (valid_to >= valid_from))
        """,
    ]

    /// `month` is that of a count that began by itself, `2026-11`: there is one a month, however many servers there are.
    static let months = [
        "ALTER TABLE privacy_retention_run ADD COLUMN month TEXT",
        "CREATE UNIQUE INDEX privacy_retention_run_month ON privacy_retention_run (month) WHERE month IS NOT NULL",
    ]
}
