enum ClassGroupSchema {
    /// Periods are half-open: from the first day up to, not including, the day in the second column.
    static let statements = [
        """
        CREATE TABLE directory_class_group (
            id TEXT NOT NULL PRIMARY KEY, school_id TEXT NOT NULL REFERENCES directory_organisation (id),
            stage TEXT NOT NULL, entry_year INTEGER NOT NULL, years INTEGER NOT NULL, number INTEGER NOT NULL,
            kind TEXT, alias TEXT NOT NULL, opened_on TEXT NOT NULL, closed_on TEXT, created_at INTEGER NOT NULL,
            revision INTEGER NOT NULL,
            CHECK (stage IN ('1', '2', '3', '4', '6')), CHECK (number BETWEEN 1 AND 99),
            CHECK (years BETWEEN 1 AND 6), CHECK (closed_on >= opened_on))
        """,
        """
        CREATE UNIQUE INDEX directory_class_group_number
        ON directory_class_group (school_id, stage, entry_year, number) WHERE closed_on IS NULL
        """,
        """
        CREATE TABLE directory_class_post (
            id TEXT NOT NULL PRIMARY KEY, class_id TEXT NOT NULL REFERENCES directory_class_group (id),
            person_id TEXT NOT NULL REFERENCES directory_person (id), kind TEXT NOT NULL, subject TEXT NOT NULL,
            valid_from TEXT NOT NULL, valid_to TEXT, recorded_at INTEGER NOT NULL, recorded_by TEXT NOT NULL,
            CHECK (kind IN ('homeroom', 'subject')), CHECK ((kind = 'subject') = (subject <> '')),
            CHECK (valid_to >= valid_from))
        """,
        "CREATE INDEX directory_class_post_class ON directory_class_post (class_id, valid_from)",
        "CREATE INDEX directory_class_post_person ON directory_class_post (person_id, class_id)",
        // One class teacher at a time, and nobody twice for the same subject.
        """
        CREATE UNIQUE INDEX directory_class_post_homeroom ON directory_class_post (class_id)
        WHERE kind = 'homeroom' AND valid_to IS NULL
        """,
        """
        CREATE UNIQUE INDEX directory_class_post_subject ON directory_class_post (class_id, person_id, subject)
        WHERE kind = 'subject' AND valid_to IS NULL
        """,
    ]

    /// 复式班: the entry year of the other grade, and whose grade a pupil's is; without one she is of the class's first.
    static let twoGrades = [
        "ALTER TABLE directory_class_group ADD COLUMN second_entry_year INTEGER",
        "ALTER TABLE directory_enrolment ADD COLUMN entry_year INTEGER",
    ]
}
