enum SearchSchema {
    /// A block is a stretch of places of resources, the better ones in the blocks with smaller numbers. A list says in
    /// which places of a block a term stands. What waits in `pending` has changed since.
    static let statements = [
        """
        CREATE TABLE resources_search_block (
            block INTEGER NOT NULL PRIMARY KEY, band INTEGER NOT NULL, used INTEGER NOT NULL,
            state TEXT NOT NULL, CHECK (state IN ('building', 'active', 'old')))
        """,
        """
        CREATE TABLE resources_search_list (
            block INTEGER NOT NULL, term TEXT NOT NULL, slots BLOB NOT NULL, PRIMARY KEY (block, term))
        """,
        """
        CREATE TABLE resources_search_entry (
            number INTEGER NOT NULL PRIMARY KEY, item_id TEXT NOT NULL, points INTEGER NOT NULL, fields TEXT NOT NULL)
        """,
        "CREATE INDEX resources_search_entry_item ON resources_search_entry (item_id)",
        """
        CREATE TABLE resources_search_pending (
            item_id TEXT NOT NULL PRIMARY KEY, stamp TEXT NOT NULL, marked_at INTEGER NOT NULL)
        """,
        "CREATE INDEX resources_search_pending_at ON resources_search_pending (marked_at, item_id)",
        """
        CREATE TABLE resources_search_state (
            id INTEGER NOT NULL PRIMARY KEY, next_block INTEGER NOT NULL, folded_at INTEGER NOT NULL,
            rebuild TEXT NOT NULL, rebuild_at INTEGER NOT NULL, followed_at INTEGER NOT NULL)
        """,
        """
        INSERT INTO resources_search_state (id, next_block, folded_at, rebuild, rebuild_at, followed_at)
        VALUES (1, 0, 0, '', 0, 0)
        """,
        "CREATE INDEX resources_node_changed ON resources_node (changed_at)",
    ]
}
