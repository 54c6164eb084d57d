enum StaffTransferSchema {
    static let statements = [
        """
        CREATE TABLE school_affairs_staff_transfer (
            id TEXT NOT NULL PRIMARY KEY, person_id TEXT NOT NULL REFERENCES directory_person (id),
            from_id TEXT NOT NULL REFERENCES directory_organisation (id),
            to_id TEXT NOT NULL REFERENCES directory_organisation (id), post TEXT NOT NULL, kind TEXT NOT NULL,
            share INTEGER NOT NULL, effective_on TEXT NOT NULL, state TEXT NOT NULL, approver_path TEXT NOT NULL,
            offered_by TEXT NOT NULL, offered_by_name TEXT NOT NULL, created_at INTEGER NOT NULL,
            changed_at INTEGER NOT NULL, revision INTEGER NOT NULL,
            CHECK (state IN ('offered', 'accepted', 'done', 'refused', 'withdrawn')), CHECK (from_id <> to_id))
        """,
        """
        CREATE UNIQUE INDEX school_affairs_staff_transfer_open ON school_affairs_staff_transfer (person_id)
        WHERE state IN ('offered', 'accepted')
        """,
        "CREATE INDEX school_affairs_staff_transfer_from ON school_affairs_staff_transfer (from_id, id)",
        "CREATE INDEX school_affairs_staff_transfer_to ON school_affairs_staff_transfer (to_id, id)",
    ]

    /// The account that accepted it for the receiving school.
    static let accounts = ["ALTER TABLE school_affairs_staff_transfer ADD COLUMN accepted_by TEXT"]
}
