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

    /// Lists of people are in the order of their pinyin initials.
    static let names = ["CREATE INDEX directory_person_initials ON directory_person (initials, id)"]
}
