enum StaffLeaveSchema {
    static let statements = [
        """
        CREATE TABLE school_affairs_leave (
            id TEXT NOT NULL PRIMARY KEY, person_id TEXT NOT NULL REFERENCES directory_person (id),
            organisation_id TEXT NOT NULL REFERENCES directory_organisation (id), kind TEXT NOT NULL,
            reason BLOB NOT NULL, valid_from TEXT NOT NULL, expected_on TEXT, valid_to TEXT,
            recorded_at INTEGER NOT NULL, recorded_by TEXT NOT NULL, CHECK (valid_to >= valid_from),
            CHECK (expected_on > valid_from))
        """,
        """
        CREATE UNIQUE INDEX school_affairs_leave_open ON school_affairs_leave (person_id, organisation_id)
        WHERE valid_to IS NULL
        """,
        "CREATE INDEX school_affairs_leave_of ON school_affairs_leave (organisation_id, valid_from)",
        """
        CREATE TABLE school_affairs_substitution (
            leave_id TEXT NOT NULL REFERENCES school_affairs_leave (id),
            class_id TEXT NOT NULL REFERENCES directory_class_group (id), kind TEXT NOT NULL, subject TEXT NOT NULL,
            substitute_id TEXT NOT NULL REFERENCES directory_person (id), PRIMARY KEY (leave_id, class_id, kind, subject))
        """,
    ]
}
