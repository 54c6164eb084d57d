enum ImportSchema {
    /// A batch is one uploaded workbook; its rows keep what was read, what it means and what is wrong with it.
    static let statements = [
        """
        CREATE TABLE connectivity_import (
            id TEXT NOT NULL PRIMARY KEY, file_id TEXT NOT NULL, sha256 TEXT NOT NULL, file_name TEXT NOT NULL,
            statistics_on TEXT NOT NULL, state TEXT NOT NULL, scope_path TEXT NOT NULL, scope_roots TEXT NOT NULL,
            mapping TEXT NOT NULL, base_revision TEXT NOT NULL, digest TEXT NOT NULL,
            count_new INTEGER NOT NULL, count_changed INTEGER NOT NULL, count_unchanged INTEGER NOT NULL,
            count_refused INTEGER NOT NULL, created_at INTEGER NOT NULL, created_by TEXT NOT NULL, account_id TEXT,
            accepted_at INTEGER, accepted_by TEXT, undone_at INTEGER, undone_by TEXT, message TEXT NOT NULL,
            job_id TEXT,
            CHECK (state IN ('reading', 'mapped', 'compared', 'accepting', 'accepted', 'undone', 'failed',
                'discarded')))
        """,
        "CREATE INDEX connectivity_import_scope ON connectivity_import (scope_path, id)",
        """
        CREATE TABLE connectivity_import_row (
            batch_id TEXT NOT NULL REFERENCES connectivity_import (id), number INTEGER NOT NULL, sheet TEXT NOT NULL,
            sheet_index INTEGER NOT NULL, row_number INTEGER NOT NULL, kind TEXT NOT NULL, organisation_id TEXT,
            school_code TEXT, school_name TEXT NOT NULL, payload TEXT NOT NULL, problems TEXT NOT NULL,
            PRIMARY KEY (batch_id, number),
            CHECK (kind IN ('new', 'changed', 'unchanged', 'refused')))
        """,
        "CREATE INDEX connectivity_import_row_kind ON connectivity_import_row (batch_id, kind, number)",
        // What a batch did to the tree: `previous` is empty for an organisation it made, otherwise the profile before.
        """
        CREATE TABLE connectivity_import_organisation (
            batch_id TEXT NOT NULL REFERENCES connectivity_import (id), organisation_id TEXT NOT NULL,
            previous TEXT NOT NULL, PRIMARY KEY (batch_id, organisation_id))
        """,
        // Each sender's corrections of column recognition; the city's hold for everybody below.
        """
        CREATE TABLE connectivity_header (
            scope_path TEXT NOT NULL, header TEXT NOT NULL, target TEXT NOT NULL, changed_at INTEGER NOT NULL,
            changed_by TEXT NOT NULL, PRIMARY KEY (scope_path, header))
        """,
    ]
}
