enum EnrolmentSchema {
    static let statements = [
        """
        CREATE TABLE directory_enrolment (
            id TEXT NOT NULL PRIMARY KEY, person_id TEXT NOT NULL REFERENCES directory_person (id),
            school_id TEXT NOT NULL REFERENCES directory_organisation (id),
            class_id TEXT NOT NULL REFERENCES directory_class_group (id), valid_from TEXT NOT NULL, valid_to TEXT,
            reason TEXT, recorded_at INTEGER NOT NULL, recorded_by TEXT NOT NULL,
            CHECK (valid_to >= valid_from), CHECK ((valid_to IS NULL) = (reason IS NULL)))
        """,
        // A pupil stands on the roll of one school, in one class.
        "CREATE UNIQUE INDEX directory_enrolment_open ON directory_enrolment (person_id) WHERE valid_to IS NULL",
        "CREATE INDEX directory_enrolment_person ON directory_enrolment (person_id, valid_from)",
        "CREATE INDEX directory_enrolment_class ON directory_enrolment (class_id, valid_from)",
        "CREATE INDEX directory_enrolment_school ON directory_enrolment (school_id, valid_from)",
        """
        CREATE TABLE directory_guardianship (
            id TEXT NOT NULL PRIMARY KEY, guardian_id TEXT NOT NULL REFERENCES directory_person (id),
            child_id TEXT NOT NULL REFERENCES directory_person (id), valid_from TEXT NOT NULL, valid_to TEXT,
            recorded_at INTEGER NOT NULL, recorded_by TEXT NOT NULL,
            CHECK (guardian_id <> child_id), CHECK (valid_to >= valid_from))
        """,
        """
        CREATE UNIQUE INDEX directory_guardianship_open ON directory_guardianship (child_id, guardian_id)
        WHERE valid_to IS NULL
        """,
        "CREATE INDEX directory_guardianship_guardian ON directory_guardianship (guardian_id, child_id)",
    ]
}
