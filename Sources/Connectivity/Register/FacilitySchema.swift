enum FacilitySchema {
    /// One row per told value. The value of a field on a day is the one that is neither superseded nor undone and has
    /// the latest `valid_from` not after the day.
    static let statements = [
        """
        CREATE TABLE connectivity_value (
            id TEXT NOT NULL PRIMARY KEY, organisation_id TEXT NOT NULL REFERENCES directory_organisation (id),
            field TEXT NOT NULL, value REAL NOT NULL, valid_from TEXT NOT NULL, source TEXT NOT NULL,
            batch_id TEXT, place TEXT NOT NULL, note TEXT NOT NULL, recorded_at INTEGER NOT NULL,
            recorded_by TEXT NOT NULL, superseded_by TEXT, undone_at INTEGER)
        """,
        // Everything a look-up of values in force needs, so that it does not touch the table.
        """
        CREATE INDEX connectivity_value_current ON connectivity_value (organisation_id, field, valid_from, id, value)
        WHERE superseded_by IS NULL AND undone_at IS NULL
        """,
        "CREATE INDEX connectivity_value_of ON connectivity_value (organisation_id, field, id)",
        "CREATE INDEX connectivity_value_batch ON connectivity_value (batch_id)",
        "CREATE INDEX connectivity_value_superseded ON connectivity_value (superseded_by) WHERE superseded_by IS NOT NULL",
        // Grows with each change, also with an undo, so that caches know.
        "CREATE TABLE connectivity_revision (id INTEGER NOT NULL PRIMARY KEY, number INTEGER NOT NULL)",
        "INSERT INTO connectivity_revision (id, number) VALUES (1, 0)",
    ]
}
