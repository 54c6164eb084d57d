enum StudentChangeSchema {
    /// `sealed`: reason, proof, note and key data before and after.
    static let statements = [
        """
        CREATE TABLE school_affairs_change (
            id TEXT NOT NULL PRIMARY KEY, kind TEXT NOT NULL, state TEXT NOT NULL,
            person_id TEXT NOT NULL REFERENCES directory_person (id),
            school_id TEXT NOT NULL REFERENCES directory_organisation (id),
            unit_id TEXT NOT NULL REFERENCES directory_organisation (id),
            class_id TEXT NOT NULL REFERENCES directory_class_group (id), day TEXT NOT NULL,
            target_class_id TEXT REFERENCES directory_class_group (id), expected_return TEXT, sealed BLOB NOT NULL,
            applicant TEXT NOT NULL, applicant_name TEXT NOT NULL, applied_at INTEGER NOT NULL, due_on TEXT NOT NULL,
            decided_at INTEGER, revision INTEGER NOT NULL)
        """,
        // One thing at a time: a pupil cannot be suspended and skip a grade at once.
        """
        CREATE UNIQUE INDEX school_affairs_change_open ON school_affairs_change (person_id) WHERE state = 'waiting'
        """,
        "CREATE INDEX school_affairs_change_person ON school_affairs_change (person_id, id)",
        "CREATE INDEX school_affairs_change_school ON school_affairs_change (school_id, id)",
        "CREATE INDEX school_affairs_change_unit ON school_affairs_change (unit_id, state, id)",
    ]
}
