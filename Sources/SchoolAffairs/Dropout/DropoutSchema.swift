enum DropoutSchema {
    /// `sealed`: the kind of absence.
    static let statements = [
        """
        CREATE TABLE school_affairs_absence (
            id TEXT NOT NULL PRIMARY KEY, person_id TEXT NOT NULL REFERENCES directory_person (id),
            class_id TEXT NOT NULL REFERENCES directory_class_group (id), day TEXT NOT NULL,
            is_excused INTEGER NOT NULL, sealed BLOB NOT NULL, recorded_at INTEGER NOT NULL, recorded_by TEXT NOT NULL)
        """,
        "CREATE UNIQUE INDEX school_affairs_absence_person ON school_affairs_absence (person_id, day)",
        "CREATE INDEX school_affairs_absence_class ON school_affairs_absence (class_id, day)",
        """
        CREATE TABLE school_affairs_dropout_alarm (
            id TEXT NOT NULL PRIMARY KEY, person_id TEXT NOT NULL REFERENCES directory_person (id),
            school_id TEXT NOT NULL REFERENCES directory_organisation (id),
            class_id TEXT NOT NULL REFERENCES directory_class_group (id), raised_on TEXT NOT NULL, since TEXT NOT NULL,
            days INTEGER NOT NULL, closed_on TEXT, outcome TEXT, CHECK ((closed_on IS NULL) = (outcome IS NULL)))
        """,
        """
        CREATE UNIQUE INDEX school_affairs_dropout_alarm_open ON school_affairs_dropout_alarm (person_id)
        WHERE closed_on IS NULL
        """,
        "CREATE INDEX school_affairs_dropout_alarm_school ON school_affairs_dropout_alarm (school_id, id)",
    ]
}
