enum TransferSchema {
    /// `sealed`: number, name, former school and note as the parent told them; `lookup`: a keyed hash of the number.
    static let statements = [
        """
        CREATE TABLE school_affairs_transfer (
            id TEXT NOT NULL PRIMARY KEY, state TEXT NOT NULL,
            receiver_id TEXT NOT NULL REFERENCES directory_organisation (id),
            receiver_unit_id TEXT NOT NULL REFERENCES directory_organisation (id), stage TEXT NOT NULL,
            entry_year INTEGER NOT NULL, class_id TEXT REFERENCES directory_class_group (id), lookup BLOB NOT NULL,
            sealed BLOB NOT NULL, person_id TEXT REFERENCES directory_person (id),
            sender_id TEXT REFERENCES directory_organisation (id),
            sender_unit_id TEXT REFERENCES directory_organisation (id), applicant TEXT NOT NULL,
            applicant_name TEXT NOT NULL, applied_at INTEGER NOT NULL, due_on TEXT NOT NULL,
            has_reached_sender INTEGER NOT NULL, changed_at INTEGER NOT NULL, revision INTEGER NOT NULL)
        """,
        """
        CREATE UNIQUE INDEX school_affairs_transfer_open ON school_affairs_transfer (receiver_id, lookup)
        WHERE state IN ('receiving_school', 'receiving_unit', 'sending_school', 'sending_unit')
        """,
        "CREATE INDEX school_affairs_transfer_receiver ON school_affairs_transfer (receiver_id, id)",
        "CREATE INDEX school_affairs_transfer_sender ON school_affairs_transfer (sender_id, id)",
        "CREATE INDEX school_affairs_transfer_state ON school_affairs_transfer (state, id)",
        "CREATE INDEX school_affairs_transfer_person ON school_affairs_transfer (person_id, id)",
    ]
}
