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

    /// Reports of whole counties: made by a job from the kept file, their lines one by one. `is_lined` tells them from
    /// older ones, whose lines stand in `sealed`. The file goes with the end of the job.
    static let lines =
        [
            "is_lined INTEGER NOT NULL DEFAULT 0", "state TEXT NOT NULL DEFAULT 'done'",
            "message TEXT NOT NULL DEFAULT ''", "sha256 TEXT", "file_key BLOB", "job_id TEXT",
        ].map { "ALTER TABLE rosters_difference ADD COLUMN " + $0 } + [
            """
            CREATE TABLE rosters_difference_line (
                id TEXT NOT NULL PRIMARY KEY, difference_id TEXT NOT NULL REFERENCES rosters_difference (id),
                number INTEGER NOT NULL, kind TEXT NOT NULL, sealed BLOB NOT NULL)
            """,
            "CREATE UNIQUE INDEX rosters_difference_line_number ON rosters_difference_line (difference_id, number)",
            "CREATE INDEX rosters_difference_line_kind ON rosters_difference_line (difference_id, kind, number)",
        ]
}
