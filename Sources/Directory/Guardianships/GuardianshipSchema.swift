enum GuardianshipSchema {
    /// What makes a guardian relation more than a pair. What stood there before had been told by schools, and so counts
    /// as confirmed.
    static let statements = [
        "ALTER TABLE directory_guardianship ADD COLUMN relation TEXT",
        "ALTER TABLE directory_guardianship ADD COLUMN ordinal INTEGER CHECK (ordinal IN (1, 2))",
        """
        ALTER TABLE directory_guardianship ADD COLUMN state TEXT NOT NULL DEFAULT 'confirmed'
        CHECK (state IN ('pending', 'confirmed', 'refused'))
        """,
        """
        ALTER TABLE directory_guardianship ADD COLUMN origin TEXT NOT NULL DEFAULT 'school'
        CHECK (origin IN ('roster', 'school', 'declared'))
        """,
        "ALTER TABLE directory_guardianship ADD COLUMN decided_at INTEGER",
        "ALTER TABLE directory_guardianship ADD COLUMN decided_by TEXT",
        "ALTER TABLE directory_guardianship ADD COLUMN reason TEXT",
        "ALTER TABLE directory_guardianship ADD COLUMN ended_by TEXT",
        "UPDATE directory_guardianship SET decided_at = recorded_at, decided_by = recorded_by",
        // The relations of a child that have ended are asked for too.
        "CREATE INDEX directory_guardianship_child ON directory_guardianship (child_id, guardian_id)",
        // That somebody has declared a child, not which one: so often in a day, whether or not there is such a child.
        """
        CREATE TABLE directory_guardian_claim (
            id TEXT NOT NULL PRIMARY KEY, person_id TEXT NOT NULL REFERENCES directory_person (id), at INTEGER NOT NULL)
        """,
        "CREATE INDEX directory_guardian_claim_person ON directory_guardian_claim (person_id, at)",
    ]

    /// What waits for schools is little beside all relations, and each school's page asks for its part.
    static let waiting = [
        """
        CREATE INDEX directory_guardianship_pending ON directory_guardianship (child_id)
        WHERE state = 'pending' AND valid_to IS NULL
        """
    ]
}
