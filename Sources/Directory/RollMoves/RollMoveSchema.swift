enum RollMoveSchema {
    /// What each move did, so that it can be taken back row by row.
    static let statements = [
        """
        CREATE TABLE directory_roll_move (
            id TEXT NOT NULL PRIMARY KEY, day TEXT NOT NULL, at INTEGER NOT NULL, recorded_by TEXT NOT NULL,
            organisation_path TEXT NOT NULL, undone_at INTEGER)
        """,
        """
        CREATE TABLE directory_roll_move_class (
            move_id TEXT NOT NULL REFERENCES directory_roll_move (id), class_id TEXT NOT NULL, deed TEXT NOT NULL,
            PRIMARY KEY (move_id, class_id), CHECK (deed IN ('opened', 'closed')))
        """,
        """
        CREATE TABLE directory_roll_move_part (
            move_id TEXT NOT NULL REFERENCES directory_roll_move (id), class_id TEXT NOT NULL,
            entry_year INTEGER NOT NULL, reason TEXT NOT NULL, target_id TEXT, target_entry_year INTEGER,
            PRIMARY KEY (move_id, class_id, entry_year))
        """,
        """
        CREATE TABLE directory_roll_move_pupil (
            move_id TEXT NOT NULL REFERENCES directory_roll_move (id), enrolment_id TEXT NOT NULL,
            person_id TEXT NOT NULL, school_id TEXT NOT NULL, class_id TEXT NOT NULL, changes_on TEXT NOT NULL,
            reason TEXT NOT NULL, target_id TEXT, target_school_id TEXT, target_entry_year INTEGER, next_id TEXT,
            PRIMARY KEY (move_id, enrolment_id), CHECK ((target_id IS NULL) = (next_id IS NULL)))
        """,
        """
        CREATE TABLE directory_roll_move_post (
            move_id TEXT NOT NULL REFERENCES directory_roll_move (id), post_id TEXT NOT NULL, class_id TEXT NOT NULL,
            deed TEXT NOT NULL, was_until TEXT, PRIMARY KEY (move_id, post_id), CHECK (deed IN ('given', 'ended')))
        """,
    ]
}
