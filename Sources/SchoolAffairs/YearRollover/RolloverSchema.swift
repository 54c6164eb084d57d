enum RolloverSchema {
    /// `year` is the calendar year in which the new school year begins. Only what persons decided is kept; the rest
    /// follows from the classes.
    static let statements = [
        """
        CREATE TABLE school_affairs_rollover_run (
            id TEXT NOT NULL PRIMARY KEY, year INTEGER NOT NULL,
            organisation_id TEXT NOT NULL REFERENCES directory_organisation (id), includes_unconfirmed INTEGER NOT NULL,
            state TEXT NOT NULL, created_at INTEGER NOT NULL, created_by TEXT NOT NULL, account_id TEXT, job_id TEXT,
            done_at INTEGER, undone_at INTEGER, undone_by TEXT, schools INTEGER NOT NULL, classes INTEGER NOT NULL,
            promoted INTEGER NOT NULL, opened INTEGER NOT NULL, closed INTEGER NOT NULL, moved INTEGER NOT NULL,
            gone INTEGER NOT NULL, refusal TEXT, CHECK (state IN ('waiting', 'done', 'undone', 'refused')))
        """,
        """
        CREATE INDEX school_affairs_rollover_run_year ON school_affairs_rollover_run (year, id)
        """,
        """
        CREATE TABLE school_affairs_rollover_unit (
            year INTEGER NOT NULL, school_id TEXT NOT NULL REFERENCES directory_organisation (id),
            confirmed_at INTEGER, confirmed_by TEXT, run_id TEXT REFERENCES school_affairs_rollover_run (id),
            PRIMARY KEY (year, school_id))
        """,
        """
        CREATE TABLE school_affairs_rollover_move (
            run_id TEXT NOT NULL REFERENCES school_affairs_rollover_run (id), move_id TEXT NOT NULL,
            school_id TEXT NOT NULL REFERENCES directory_organisation (id), undone_at INTEGER,
            PRIMARY KEY (run_id, move_id))
        """,
        """
        CREATE TABLE school_affairs_rollover_part (
            year INTEGER NOT NULL, class_id TEXT NOT NULL REFERENCES directory_class_group (id),
            entry_year INTEGER NOT NULL, action TEXT NOT NULL, target_id TEXT, number INTEGER,
            keeps_posts INTEGER NOT NULL, recorded_at INTEGER NOT NULL, recorded_by TEXT NOT NULL,
            PRIMARY KEY (year, class_id, entry_year))
        """,
        """
        CREATE TABLE school_affairs_rollover_pupil (
            year INTEGER NOT NULL, enrolment_id TEXT NOT NULL REFERENCES directory_enrolment (id),
            action TEXT NOT NULL, number INTEGER NOT NULL, recorded_at INTEGER NOT NULL, recorded_by TEXT NOT NULL,
            PRIMARY KEY (year, enrolment_id))
        """,
        """
        CREATE TABLE school_affairs_rollover_intake (
            year INTEGER NOT NULL, school_id TEXT NOT NULL REFERENCES directory_organisation (id), stage TEXT NOT NULL,
            classes INTEGER NOT NULL, recorded_at INTEGER NOT NULL, recorded_by TEXT NOT NULL,
            PRIMARY KEY (year, school_id, stage))
        """,
    ]
}
