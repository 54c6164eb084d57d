enum ScimDatabaseSchema {
    /// What other systems tell of people and groups beyond what the directory keeps. `sealed` is the resource as it was
    /// sent. Names are unique for the system that gave them, whatever their case.
    static let statements = [
        """
        CREATE TABLE exchange_scim_user (
            id TEXT NOT NULL PRIMARY KEY, application TEXT NOT NULL,
            person_id TEXT NOT NULL REFERENCES directory_person (id),
            organisation_id TEXT NOT NULL REFERENCES directory_organisation (id), user_key TEXT NOT NULL,
            external_id TEXT, is_source INTEGER NOT NULL, is_active INTEGER NOT NULL, written_name TEXT NOT NULL,
            sealed BLOB NOT NULL, created_at INTEGER NOT NULL, changed_at INTEGER NOT NULL)
        """,
        "CREATE UNIQUE INDEX exchange_scim_user_person ON exchange_scim_user (application, person_id)",
        "CREATE UNIQUE INDEX exchange_scim_user_name ON exchange_scim_user (application, user_key)",
        "CREATE INDEX exchange_scim_user_external ON exchange_scim_user (application, external_id)",
        """
        CREATE TABLE exchange_scim_group (
            id TEXT NOT NULL PRIMARY KEY, application TEXT NOT NULL, name TEXT NOT NULL, external_id TEXT,
            created_at INTEGER NOT NULL, changed_at INTEGER NOT NULL)
        """,
        "CREATE INDEX exchange_scim_group_application ON exchange_scim_group (application, id)",
        """
        CREATE TABLE exchange_scim_member (
            group_id TEXT NOT NULL REFERENCES exchange_scim_group (id), member_id TEXT NOT NULL, kind TEXT NOT NULL,
            PRIMARY KEY (group_id, member_id), CHECK (kind IN ('User', 'Group')))
        """,
        "CREATE INDEX exchange_scim_member_member ON exchange_scim_member (member_id, group_id)",
    ]
}
