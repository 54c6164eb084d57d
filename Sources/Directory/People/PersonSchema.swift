enum PersonSchema {
    static let statements = [
        """
        CREATE TABLE directory_person (
            id TEXT NOT NULL PRIMARY KEY, name TEXT NOT NULL, initials TEXT NOT NULL, created_at INTEGER NOT NULL,
            CHECK (length(name) BETWEEN 1 AND 60))
        """,
        """
        CREATE TABLE directory_appointment (
            id TEXT NOT NULL PRIMARY KEY, person_id TEXT NOT NULL REFERENCES directory_person (id),
            organisation_id TEXT NOT NULL REFERENCES directory_organisation (id), post TEXT NOT NULL,
            valid_from TEXT NOT NULL, valid_to TEXT)
        """,
        "CREATE INDEX directory_appointment_person ON directory_appointment (person_id, valid_from)",
        "CREATE INDEX directory_appointment_organisation ON directory_appointment (organisation_id, valid_from)",
    ]

    /// When the import that entered the person was taken back: the row is a bare key then, kept until those who follow
    /// changes have heard.
    static let withdrawn = [
        "ALTER TABLE directory_person ADD COLUMN withdrawn_at INTEGER",
        "CREATE INDEX directory_person_withdrawn ON directory_person (withdrawn_at) WHERE withdrawn_at IS NOT NULL",
    ]

    /// Before somebody's key goes, every table is asked whether it names her.
    static let named = [
        "CREATE INDEX directory_roll_move_pupil_person ON directory_roll_move_pupil (person_id)",
        "CREATE INDEX directory_team_member_person ON directory_team_member (person_id)",
    ]

    /// Lists of people are in the order of their pinyin initials.
    static let names = ["CREATE INDEX directory_person_initials ON directory_person (initials, id)"]
}
