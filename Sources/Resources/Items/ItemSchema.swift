enum ItemSchema {
    /// `content` is JSON; what lists ask for stands in columns beside it. A version in review is to get the steps of
    /// its review beside it.
    static let statements = [
        """
        CREATE TABLE resources_item (
            id TEXT NOT NULL PRIMARY KEY, school_id TEXT NOT NULL REFERENCES directory_organisation (id),
            state TEXT NOT NULL, revision INTEGER NOT NULL, version INTEGER NOT NULL, content TEXT NOT NULL,
            title TEXT NOT NULL, words TEXT NOT NULL, type TEXT NOT NULL, type_group TEXT NOT NULL,
            visibility TEXT NOT NULL, origin TEXT NOT NULL, for_pupils INTEGER NOT NULL,
            adapted_from TEXT REFERENCES resources_item (id), created_at INTEGER NOT NULL, changed_at INTEGER NOT NULL,
            changed_by TEXT NOT NULL, published_at INTEGER, reason TEXT NOT NULL,
            CHECK (state IN ('draft', 'pending', 'published', 'taken_down')),
            CHECK (visibility IN ('school', 'county', 'city', 'public')))
        """,
        "CREATE INDEX resources_item_school ON resources_item (school_id, state, id)",
        "CREATE INDEX resources_item_state ON resources_item (state, visibility, id)",
        "CREATE INDEX resources_item_adapted ON resources_item (adapted_from)",
        """
        CREATE TABLE resources_item_version (
            item_id TEXT NOT NULL REFERENCES resources_item (id), number INTEGER NOT NULL, state TEXT NOT NULL,
            content TEXT NOT NULL, changed_at INTEGER NOT NULL, changed_by TEXT NOT NULL, submitted_at INTEGER,
            submitted_by TEXT, decided_at INTEGER, decided_by TEXT NOT NULL, remark TEXT NOT NULL,
            PRIMARY KEY (item_id, number), CHECK (state IN ('draft', 'pending', 'published', 'superseded')))
        """,
        """
        CREATE UNIQUE INDEX resources_item_version_open ON resources_item_version (item_id)
        WHERE state IN ('draft', 'pending')
        """,
        "CREATE INDEX resources_item_version_pending ON resources_item_version (state, item_id)",
        """
        CREATE TABLE resources_item_node (
            item_id TEXT NOT NULL REFERENCES resources_item (id),
            node_id TEXT NOT NULL REFERENCES resources_node (id), PRIMARY KEY (item_id, node_id))
        """,
        "CREATE INDEX resources_item_node_node ON resources_item_node (node_id, item_id)",
        """
        CREATE TABLE resources_item_author (
            id TEXT NOT NULL PRIMARY KEY, item_id TEXT NOT NULL REFERENCES resources_item (id),
            person_id TEXT NOT NULL REFERENCES directory_person (id), position INTEGER NOT NULL)
        """,
        "CREATE INDEX resources_item_author_item ON resources_item_author (item_id, position)",
        "CREATE INDEX resources_item_author_person ON resources_item_author (person_id, item_id)",
        """
        CREATE TABLE resources_item_file (
            id TEXT NOT NULL PRIMARY KEY, item_id TEXT NOT NULL REFERENCES resources_item (id),
            file_id TEXT NOT NULL REFERENCES platform_file (id), name TEXT NOT NULL, since INTEGER NOT NULL,
            until INTEGER)
        """,
        "CREATE INDEX resources_item_file_item ON resources_item_file (item_id, id)",
    ]

    /// What a list of a million resources is read along: each index holds all that decides about a row.
    static let lists = [
        "DROP INDEX resources_item_state", "DROP INDEX resources_item_school",
        """
        CREATE INDEX resources_item_shown
        ON resources_item (state, visibility, id, school_id, type_group, for_pupils)
        """,
        """
        CREATE INDEX resources_item_own
        ON resources_item (school_id, state, id, visibility, type_group, for_pupils)
        """,
    ]

    /// Whoever names a resource is asked when it goes.
    static let named = [
        "CREATE INDEX resources_push_entry_item ON resources_push_entry (item_id)",
        "CREATE INDEX resources_opening_item ON resources_opening (item_id)",
        """
        CREATE INDEX resources_review_finding_other
        ON resources_review_finding (other_item_id) WHERE other_item_id IS NOT NULL
        """,
    ]
}
