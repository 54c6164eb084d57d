enum ReceiverSchema {
    /// `state` of a delivery: `due` waits for its turn, `done` was taken, `failed` waits for a person.
    static let statements = [
        """
        CREATE TABLE exchange_receiver (
            id TEXT NOT NULL PRIMARY KEY, name TEXT NOT NULL, base_url TEXT NOT NULL, sealed_token BLOB NOT NULL,
            organisation_id TEXT NOT NULL REFERENCES directory_organisation (id), is_on INTEGER NOT NULL,
            feed_cursor INTEGER NOT NULL, rests_until INTEGER NOT NULL, failure TEXT NOT NULL,
            created_at INTEGER NOT NULL, created_by TEXT NOT NULL, revision INTEGER NOT NULL)
        """,
        """
        CREATE TABLE exchange_delivery (
            receiver_id TEXT NOT NULL REFERENCES exchange_receiver (id),
            person_id TEXT NOT NULL REFERENCES directory_person (id), remote_id TEXT, digest TEXT NOT NULL,
            is_active INTEGER NOT NULL, state TEXT NOT NULL, attempts INTEGER NOT NULL, due_at INTEGER NOT NULL,
            failure TEXT NOT NULL, changed_at INTEGER NOT NULL, PRIMARY KEY (receiver_id, person_id),
            CHECK (state IN ('due', 'done', 'failed')))
        """,
        "CREATE INDEX exchange_delivery_due ON exchange_delivery (receiver_id, state, due_at)",
        """
        CREATE TABLE exchange_difference (
            receiver_id TEXT NOT NULL REFERENCES exchange_receiver (id), remote_id TEXT NOT NULL, person_id TEXT,
            kind TEXT NOT NULL, detail TEXT NOT NULL, at INTEGER NOT NULL, PRIMARY KEY (receiver_id, remote_id, kind),
            CHECK (kind IN ('missing', 'extra', 'different')))
        """,
    ]

    /// Whether a person is known to another system is asked before her key goes.
    static let named = [
        "CREATE INDEX exchange_delivery_person ON exchange_delivery (person_id)",
        "CREATE INDEX exchange_difference_person ON exchange_difference (person_id)",
        "CREATE INDEX exchange_push_person ON exchange_push (person_id)",
        "CREATE INDEX exchange_raw_value_person ON exchange_raw_value (person_id)",
        "CREATE INDEX exchange_scim_user_named ON exchange_scim_user (person_id)",
        "CREATE INDEX exchange_bundle_row_former ON exchange_bundle_row (former_person_id)",
    ]
}
