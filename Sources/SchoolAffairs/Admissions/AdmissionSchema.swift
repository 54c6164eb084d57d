enum AdmissionSchema {
    /// `closed_at` is when she was put into a class or did not come; an open one is 待分班.
    static let statements = [
        """
        CREATE TABLE school_affairs_admission (
            id TEXT NOT NULL PRIMARY KEY, person_id TEXT NOT NULL REFERENCES directory_person (id),
            school_id TEXT NOT NULL REFERENCES directory_organisation (id), stage TEXT NOT NULL,
            entry_year INTEGER NOT NULL, admitted_on TEXT NOT NULL, source TEXT NOT NULL,
            class_id TEXT REFERENCES directory_class_group (id), closed_at INTEGER, recorded_at INTEGER NOT NULL,
            recorded_by TEXT NOT NULL)
        """,
        "CREATE UNIQUE INDEX school_affairs_admission_open ON school_affairs_admission (person_id) WHERE closed_at IS NULL",
        "CREATE INDEX school_affairs_admission_school ON school_affairs_admission (school_id, closed_at)",
    ]
}
