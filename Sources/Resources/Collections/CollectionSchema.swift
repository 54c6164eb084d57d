enum CollectionSchema {
    static let statements = [
        """
        CREATE TABLE resources_collection (
            id TEXT NOT NULL PRIMARY KEY, organisation_id TEXT NOT NULL REFERENCES directory_organisation (id),
            kind TEXT NOT NULL, title TEXT NOT NULL, summary TEXT NOT NULL, state TEXT NOT NULL,
            revision INTEGER NOT NULL, changed_at INTEGER NOT NULL, changed_by TEXT NOT NULL,
            CHECK (kind IN ('local', 'topic', 'selection')), CHECK (state IN ('draft', 'published', 'withdrawn')))
        """,
        "CREATE INDEX resources_collection_place ON resources_collection (organisation_id, state, id)",
        """
        CREATE TABLE resources_collection_item (
            collection_id TEXT NOT NULL REFERENCES resources_collection (id),
            item_id TEXT NOT NULL REFERENCES resources_item (id), position INTEGER NOT NULL, added_at INTEGER NOT NULL,
            PRIMARY KEY (collection_id, item_id))
        """,
        """
        CREATE INDEX resources_collection_item_order ON resources_collection_item (collection_id, position, item_id)
        """,
        "CREATE INDEX resources_collection_item_item ON resources_collection_item (item_id, collection_id)",
    ]
}
