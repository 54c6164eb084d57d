enum ReviewSchema {
    /// A step carries where it stands in the tree and what it is about, so that every desk is one index range.
    static let statements =
        [
            """
            CREATE TABLE resources_review (
                id TEXT NOT NULL PRIMARY KEY, item_id TEXT NOT NULL REFERENCES resources_item (id),
                version INTEGER NOT NULL, digest TEXT NOT NULL, goal TEXT NOT NULL, state TEXT NOT NULL,
                submitted_at INTEGER NOT NULL, submitted_by TEXT NOT NULL, ended_at INTEGER,
                is_checked INTEGER NOT NULL, CHECK (goal IN ('school', 'county', 'city')),
                CHECK (state IN ('open', 'passed', 'returned', 'refused', 'withdrawn')))
            """,
            "CREATE UNIQUE INDEX resources_review_open ON resources_review (item_id) WHERE state = 'open'",
            "CREATE INDEX resources_review_item ON resources_review (item_id, id)",
            """
            CREATE TABLE resources_review_step (
                id TEXT NOT NULL PRIMARY KEY, review_id TEXT NOT NULL REFERENCES resources_review (id),
                item_id TEXT NOT NULL REFERENCES resources_item (id), version INTEGER NOT NULL, level TEXT NOT NULL,
                state TEXT NOT NULL, path TEXT NOT NULL, unit_path TEXT NOT NULL, area TEXT NOT NULL,
                opened_at INTEGER NOT NULL, due_on TEXT NOT NULL, claimed_by TEXT,
                claimed_name TEXT NOT NULL, claimed_at INTEGER,
                decided_at INTEGER, decided_by TEXT, decided_name TEXT NOT NULL, rank TEXT, reason TEXT NOT NULL,
                CHECK (level IN ('school', 'county', 'city')),
                CHECK (state IN ('open', 'passed', 'returned', 'refused', 'withdrawn', 'carried')))
            """,
            "CREATE UNIQUE INDEX resources_review_step_once ON resources_review_step (review_id, level)",
            "CREATE INDEX resources_review_step_item ON resources_review_step (item_id, id)",
        ] + desks
        + [
            """
            CREATE TABLE resources_item_pupil (
                id TEXT NOT NULL PRIMARY KEY, item_id TEXT NOT NULL REFERENCES resources_item (id),
                version INTEGER NOT NULL, person_id TEXT NOT NULL REFERENCES directory_person (id),
                position INTEGER NOT NULL)
            """,
            """
            CREATE TABLE resources_item_writer (
                id TEXT NOT NULL PRIMARY KEY, item_id TEXT NOT NULL REFERENCES resources_item (id),
                version INTEGER NOT NULL, person_id TEXT NOT NULL REFERENCES directory_person (id))
            """,
            "CREATE INDEX resources_item_writer_item ON resources_item_writer (item_id, version)",
            "CREATE INDEX resources_item_writer_person ON resources_item_writer (person_id)",
            """
            CREATE TABLE resources_takedown (
                id TEXT NOT NULL PRIMARY KEY, item_id TEXT NOT NULL REFERENCES resources_item (id), at INTEGER NOT NULL,
                level TEXT NOT NULL, cause TEXT NOT NULL, reason TEXT NOT NULL, by_account TEXT, by_name TEXT NOT NULL,
                ended_at INTEGER, ended_by TEXT NOT NULL, CHECK (level IN ('school', 'county', 'city')))
            """,
            "CREATE UNIQUE INDEX resources_takedown_open ON resources_takedown (item_id) WHERE ended_at IS NULL",
            "CREATE INDEX resources_takedown_item ON resources_takedown (item_id, at)",
            "CREATE INDEX resources_item_pupil_item ON resources_item_pupil (item_id, version, position)",
            "CREATE INDEX resources_item_pupil_person ON resources_item_pupil (person_id, item_id)",
        ]

    /// By city, unit and school, each in the order of its clock and once more by subject.
    private static let desks = [
        "CREATE INDEX resources_review_step_city ON resources_review_step (level, due_on, id) WHERE state = 'open'",
        """
        CREATE INDEX resources_review_step_unit ON resources_review_step (level, unit_path, due_on, id)
        WHERE state = 'open'
        """,
        "CREATE INDEX resources_review_step_path ON resources_review_step (level, path, due_on, id) WHERE state = 'open'",
        """
        CREATE INDEX resources_review_step_area ON resources_review_step (level, area, due_on, id) WHERE state = 'open'
        """,
    ]

    /// A desk narrowed to a subject, or without the subjects of others, is read from an index alone as well, and so is what
    /// somebody has claimed.
    static let narrowedDesks = [
        "DROP INDEX resources_review_step_city", "DROP INDEX resources_review_step_unit",
        "DROP INDEX resources_review_step_path",
        """
        CREATE INDEX resources_review_step_by_city ON resources_review_step (level, due_on, id, area)
        WHERE state = 'open'
        """,
        """
        CREATE INDEX resources_review_step_by_unit ON resources_review_step (level, unit_path, due_on, id, area)
        WHERE state = 'open'
        """,
        """
        CREATE INDEX resources_review_step_by_path ON resources_review_step (level, path, due_on, id, area)
        WHERE state = 'open'
        """,
        """
        CREATE INDEX resources_review_step_unit_area ON resources_review_step (level, unit_path, area, due_on, id)
        WHERE state = 'open'
        """,
        """
        CREATE INDEX resources_review_step_path_area ON resources_review_step (level, path, area, due_on, id)
        WHERE state = 'open'
        """,
        """
        CREATE INDEX resources_review_step_claimed ON resources_review_step (claimed_by, level, due_on, id)
        WHERE state = 'open' AND claimed_by IS NOT NULL
        """,
    ]
}

enum ReviewCheckSchema {
    /// Bands are 32-bit parts of a sketch by which like contents find each other; a trace belongs to a content, not to a
    /// resource.
    static let statements = [
        """
        CREATE TABLE resources_review_finding (
            id TEXT NOT NULL PRIMARY KEY, review_id TEXT NOT NULL REFERENCES resources_review (id), kind TEXT NOT NULL,
            grade TEXT NOT NULL, place TEXT NOT NULL, excerpt TEXT NOT NULL, sha256 TEXT NOT NULL,
            other_item_id TEXT REFERENCES resources_item (id), other_sha256 TEXT NOT NULL, percent INTEGER NOT NULL,
            CHECK (grade IN ('note', 'suspect', 'block')))
        """,
        "CREATE INDEX resources_review_finding_review ON resources_review_finding (review_id, id)",
        """
        CREATE TABLE resources_word_list (
            version INTEGER NOT NULL PRIMARY KEY, words TEXT NOT NULL, changed_at INTEGER NOT NULL,
            changed_by TEXT NOT NULL)
        """,
        """
        CREATE TABLE resources_trace (
            sha256 TEXT NOT NULL, kind TEXT NOT NULL, sketch BLOB NOT NULL, PRIMARY KEY (sha256, kind),
            CHECK (kind IN ('text', 'page', 'frame')))
        """,
        """
        CREATE TABLE resources_trace_band (
            kind TEXT NOT NULL, band INTEGER NOT NULL, value INTEGER NOT NULL, sha256 TEXT NOT NULL,
            PRIMARY KEY (kind, band, value, sha256))
        """,
        "CREATE INDEX resources_trace_band_content ON resources_trace_band (sha256)",
        "CREATE INDEX resources_item_file_file ON resources_item_file (file_id)",
        "CREATE INDEX resources_stored_content ON platform_file (sha256)",
    ]
}
