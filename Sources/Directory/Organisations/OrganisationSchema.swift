enum OrganisationSchema {
    /// `directory_organisation` holds the state of today; `…_version` holds every state with the day it begins.
    static let statements = [
        """
        CREATE TABLE directory_organisation (
            id TEXT NOT NULL PRIMARY KEY, kind TEXT NOT NULL, code TEXT UNIQUE, name TEXT NOT NULL,
            initials TEXT NOT NULL, parent_id TEXT REFERENCES directory_organisation (id), path TEXT NOT NULL UNIQUE,
            next_child INTEGER NOT NULL, school_type TEXT, urban_rural TEXT, is_central INTEGER NOT NULL,
            area_override TEXT, area_override_reason TEXT NOT NULL, opened_on TEXT, closed_on TEXT,
            merged_into TEXT REFERENCES directory_organisation (id), created_at INTEGER NOT NULL,
            revision INTEGER NOT NULL,
            CHECK (kind IN ('city', 'municipal', 'county', 'town', 'school', 'teaching_point')),
            CHECK (length(name) BETWEEN 1 AND 80), CHECK (is_central IN (0, 1)),
            CHECK (area_override IN ('urban', 'rural')), CHECK (merged_into IS NULL OR closed_on IS NOT NULL))
        """,
        "CREATE INDEX directory_organisation_parent ON directory_organisation (parent_id, name)",
        // Two open units of one name below one parent could not be told apart.
        """
        CREATE UNIQUE INDEX directory_organisation_sibling ON directory_organisation (parent_id, name)
        WHERE closed_on IS NULL
        """,
        "CREATE INDEX directory_organisation_name ON directory_organisation (name, id)",
        "CREATE INDEX directory_organisation_kind ON directory_organisation (kind, path)",
        """
        CREATE TABLE directory_organisation_version (
            id TEXT NOT NULL PRIMARY KEY, organisation_id TEXT NOT NULL REFERENCES directory_organisation (id),
            valid_from TEXT NOT NULL, name TEXT NOT NULL, path TEXT NOT NULL, school_type TEXT, urban_rural TEXT,
            is_central INTEGER NOT NULL, area_override TEXT, area_override_reason TEXT NOT NULL,
            is_closed INTEGER NOT NULL, recorded_at INTEGER NOT NULL, recorded_by TEXT NOT NULL, source TEXT NOT NULL)
        """,
        "CREATE INDEX directory_organisation_version_of ON directory_organisation_version (organisation_id, valid_from, id)",
        "CREATE INDEX directory_organisation_version_path ON directory_organisation_version (path, valid_from, id)",
    ]
}
