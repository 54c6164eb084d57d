enum PlanSchema {
    /// An owner of `NULL` is the whole city. A draft lives until it is published or discarded; what is published is
    /// never changed, only followed by the next version.
    static let documents = [
        """
        CREATE TABLE plan_plan (
            id TEXT NOT NULL PRIMARY KEY, title TEXT NOT NULL, layer TEXT NOT NULL,
            organisation_id TEXT REFERENCES directory_organisation (id), period_from TEXT NOT NULL,
            period_to TEXT NOT NULL, state TEXT NOT NULL, created_at INTEGER NOT NULL, created_by TEXT NOT NULL,
            CHECK (layer IN ('国家', '自治区', '市', '县')), CHECK (state IN ('published', 'archived')),
            CHECK (period_from <= period_to))
        """,
        """
        CREATE TABLE plan_version (
            id TEXT NOT NULL PRIMARY KEY, plan_id TEXT NOT NULL REFERENCES plan_plan (id), number INTEGER NOT NULL,
            file_id TEXT NOT NULL REFERENCES platform_file (id), note TEXT NOT NULL, state TEXT NOT NULL,
            created_at INTEGER NOT NULL, created_by TEXT NOT NULL, UNIQUE (plan_id, number),
            CHECK (state IN ('current', 'superseded')))
        """,
        """
        CREATE TABLE plan_clause (
            id TEXT NOT NULL PRIMARY KEY, version_id TEXT NOT NULL REFERENCES plan_version (id),
            position INTEGER NOT NULL, path TEXT NOT NULL, number TEXT NOT NULL, token TEXT NOT NULL,
            level INTEGER NOT NULL, heading TEXT, text TEXT NOT NULL, is_preamble INTEGER NOT NULL,
            UNIQUE (version_id, path), UNIQUE (version_id, position), CHECK (is_preamble IN (0, 1)))
        """,
        """
        CREATE TABLE plan_draft (
            id TEXT NOT NULL PRIMARY KEY, plan_id TEXT REFERENCES plan_plan (id),
            organisation_id TEXT REFERENCES directory_organisation (id), title TEXT NOT NULL,
            file_id TEXT NOT NULL REFERENCES platform_file (id), content TEXT NOT NULL, revision INTEGER NOT NULL,
            created_at INTEGER NOT NULL, created_by TEXT NOT NULL, changed_at INTEGER NOT NULL,
            changed_by TEXT NOT NULL)
        """,
    ]

    /// `plan_target` holds a row for each change of a target: `version` counts them, and the row counts from
    /// `valid_from` up to the day before `valid_to`. A row whose two days are equal never counts. The last version
    /// with `valid_to` set means that the target has ended.
    static let targets = [
        """
        CREATE TABLE plan_target_set (
            id TEXT NOT NULL PRIMARY KEY, code TEXT UNIQUE, plan_id TEXT REFERENCES plan_plan (id),
            organisation_id TEXT REFERENCES directory_organisation (id), layer TEXT NOT NULL, title TEXT NOT NULL,
            edition TEXT NOT NULL, period_from TEXT NOT NULL, period_to TEXT NOT NULL, state TEXT NOT NULL,
            note TEXT NOT NULL, changed_at INTEGER NOT NULL, changed_by TEXT NOT NULL,
            CHECK (layer IN ('国家', '自治区', '市', '县')), CHECK (state IN ('draft', 'published', 'archived')),
            CHECK (period_from <= period_to))
        """,
        """
        CREATE TABLE plan_target (
            id TEXT NOT NULL PRIMARY KEY, set_id TEXT NOT NULL REFERENCES plan_target_set (id), code TEXT NOT NULL,
            version INTEGER NOT NULL, clause_path TEXT, position INTEGER NOT NULL, definition TEXT NOT NULL,
            valid_from TEXT NOT NULL, valid_to TEXT, changed_by TEXT NOT NULL, changed_at INTEGER NOT NULL,
            UNIQUE (set_id, code, version))
        """,
        "CREATE INDEX plan_target_valid ON plan_target (set_id, valid_from)",
        "CREATE INDEX plan_target_code ON plan_target (code)",
    ]

    static let snapshots = [
        """
        CREATE TABLE plan_snapshot (
            set_id TEXT NOT NULL, taken_on TEXT NOT NULL, organisation_id TEXT NOT NULL, target TEXT NOT NULL,
            reading TEXT NOT NULL, area_view TEXT NOT NULL, numerator REAL, denominator REAL, schools INTEGER NOT NULL,
            passing INTEGER NOT NULL, no_data INTEGER NOT NULL, status TEXT NOT NULL, frozen_at INTEGER,
            PRIMARY KEY (set_id, taken_on, organisation_id, target, reading, area_view))
        """,
        "CREATE INDEX plan_snapshot_course ON plan_snapshot (organisation_id, target, taken_on)",
    ]

    static let statements = documents + targets + snapshots
}
