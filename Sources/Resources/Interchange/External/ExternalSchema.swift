/// Resources that lie elsewhere. An empty `source_id` stands for the city's own catalogue of free public resources.
enum ExternalSchema {
    static let statements = [
        """
        CREATE TABLE resources_external (
            id TEXT NOT NULL PRIMARY KEY, source_id TEXT NOT NULL, identifier TEXT NOT NULL, title TEXT NOT NULL,
            description TEXT NOT NULL, subjects TEXT NOT NULL, stage TEXT NOT NULL, subject TEXT NOT NULL,
            link TEXT NOT NULL, provider TEXT NOT NULL, licence TEXT NOT NULL, language TEXT NOT NULL,
            audience TEXT NOT NULL, digest TEXT NOT NULL, is_removed INTEGER NOT NULL, is_hidden INTEGER NOT NULL,
            seen_in TEXT NOT NULL, revision INTEGER NOT NULL, created_at INTEGER NOT NULL, changed_at INTEGER NOT NULL,
            changed_by TEXT NOT NULL, link_state TEXT NOT NULL, checked_at INTEGER, failures INTEGER NOT NULL,
            link_target TEXT NOT NULL, check_due INTEGER NOT NULL)
        """,
        "CREATE UNIQUE INDEX resources_external_identifier ON resources_external (source_id, identifier)",
        """
        CREATE INDEX resources_external_shown
        ON resources_external (is_removed, is_hidden, audience, id, source_id, stage, subject)
        """,
        "CREATE INDEX resources_external_seen ON resources_external (source_id, is_removed, seen_in, id)",
        "CREATE INDEX resources_external_due ON resources_external (source_id, is_removed, check_due)",
        """
        CREATE TABLE resources_external_term (
            term TEXT NOT NULL, entry_id TEXT NOT NULL REFERENCES resources_external (id), PRIMARY KEY (term, entry_id))
        """,
        "CREATE INDEX resources_external_term_entry ON resources_external_term (entry_id)",
        """
        CREATE TABLE resources_external_node (
            entry_id TEXT NOT NULL REFERENCES resources_external (id),
            node_id TEXT NOT NULL REFERENCES resources_node (id), PRIMARY KEY (entry_id, node_id))
        """,
        "CREATE INDEX resources_external_node_node ON resources_external_node (node_id, entry_id)",
    ]
}
