enum AppointmentSchema {
    /// How somebody holds a post and why it ended; the three teams; and what lets pupils be counted without their rows.
    static let statements = [
        "ALTER TABLE directory_appointment ADD COLUMN kind TEXT NOT NULL DEFAULT 'established'",
        "ALTER TABLE directory_appointment ADD COLUMN share INTEGER NOT NULL DEFAULT 100",
        "ALTER TABLE directory_appointment ADD COLUMN end_reason TEXT",
        """
        CREATE TABLE directory_team_member (
            id TEXT NOT NULL PRIMARY KEY, person_id TEXT NOT NULL REFERENCES directory_person (id),
            organisation_id TEXT NOT NULL REFERENCES directory_organisation (id), team TEXT NOT NULL,
            valid_from TEXT NOT NULL, valid_to TEXT, recorded_at INTEGER NOT NULL, recorded_by TEXT NOT NULL,
            CHECK (team IN ('management', 'technical', 'teaching')), CHECK (valid_to >= valid_from))
        """,
        """
        CREATE UNIQUE INDEX directory_team_member_open ON directory_team_member (person_id, organisation_id, team)
        WHERE valid_to IS NULL
        """,
        "CREATE INDEX directory_team_member_of ON directory_team_member (organisation_id, valid_from)",
        """
        CREATE INDEX directory_enrolment_count
        ON directory_enrolment (school_id, class_id, entry_year, valid_from, valid_to, person_id)
        """,
    ]
}
