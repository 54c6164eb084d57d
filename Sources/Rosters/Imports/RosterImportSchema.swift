enum RosterImportSchema {
    /// A batch is one uploaded roster. Its file is encrypted under `file_key`; its rows keep their meaning sealed, plain
    /// only what lists show: name and place.
    static let statements = [
        """
        CREATE TABLE rosters_import (
            id TEXT NOT NULL PRIMARY KEY, file_id TEXT NOT NULL, sha256 TEXT NOT NULL, file_key BLOB NOT NULL,
            file_name TEXT NOT NULL, valid_from TEXT NOT NULL, state TEXT NOT NULL, scope_path TEXT NOT NULL,
            scope_roots TEXT NOT NULL, layout TEXT NOT NULL, base_revision TEXT NOT NULL, digest TEXT NOT NULL,
            count_new INTEGER NOT NULL, count_changed INTEGER NOT NULL, count_unchanged INTEGER NOT NULL,
            count_doubtful INTEGER NOT NULL, count_refused INTEGER NOT NULL, count_cells INTEGER NOT NULL,
            count_classes INTEGER NOT NULL, created_at INTEGER NOT NULL, created_by TEXT NOT NULL, account_id TEXT,
            accepted_at INTEGER, accepted_by TEXT, undone_at INTEGER, undone_by TEXT, message TEXT NOT NULL,
            job_id TEXT,
            CHECK (state IN ('reading', 'mapped', 'compared', 'accepting', 'accepted', 'undone', 'failed',
                'discarded')))
        """,
        "CREATE INDEX rosters_import_scope ON rosters_import (scope_path, id)",
        """
        CREATE TABLE rosters_import_row (
            id TEXT NOT NULL PRIMARY KEY, batch_id TEXT NOT NULL REFERENCES rosters_import (id),
            number INTEGER NOT NULL, sheet TEXT NOT NULL, sheet_index INTEGER NOT NULL, row_number INTEGER NOT NULL,
            kind TEXT NOT NULL, person_id TEXT, name TEXT NOT NULL, place TEXT NOT NULL, problems INTEGER NOT NULL,
            sealed BLOB NOT NULL,
            CHECK (kind IN ('new', 'changed', 'unchanged', 'doubtful', 'refused')))
        """,
        "CREATE UNIQUE INDEX rosters_import_row_kind ON rosters_import_row (batch_id, kind, number)",
        "CREATE INDEX rosters_import_row_person ON rosters_import_row (person_id)",
        // Each sender's corrections of column recognition; the city's hold for everybody below.
        """
        CREATE TABLE rosters_header (
            scope_path TEXT NOT NULL, header TEXT NOT NULL, target TEXT NOT NULL, changed_at INTEGER NOT NULL,
            changed_by TEXT NOT NULL, PRIMARY KEY (scope_path, header))
        """,
    ]

    /// Where people decide about a batch that another system sent, and for whose data that system answers; empty for what
    /// a person sent.
    static let origins = [
        "ALTER TABLE rosters_import ADD COLUMN origin TEXT NOT NULL DEFAULT ''",
        "ALTER TABLE rosters_import ADD COLUMN owners TEXT NOT NULL DEFAULT ''",
    ]

    /// Whether the file can still be opened: it ends with a batch that is over, before the batch itself does.
    static let files = [
        "ALTER TABLE rosters_import ADD COLUMN has_file INTEGER NOT NULL DEFAULT 1",
        "UPDATE rosters_import SET has_file = 0 WHERE state IN ('discarded', 'undone', 'failed')",
    ]
}
