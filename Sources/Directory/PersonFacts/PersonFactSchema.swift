enum PersonFactSchema {
    /// `sex` and `birth_date` are the present values of the facts, for questions over many people. `changed_at` grows
    /// with every change of a record, its end included, so that others can follow.
    static let statements =
        [
            "ALTER TABLE directory_person ADD COLUMN sex TEXT",
            "ALTER TABLE directory_person ADD COLUMN birth_date TEXT",
            "ALTER TABLE directory_person ADD COLUMN merged_into TEXT REFERENCES directory_person (id)",
            """
            CREATE TABLE directory_person_facts (
                id TEXT NOT NULL PRIMARY KEY, person_id TEXT NOT NULL REFERENCES directory_person (id),
                plain TEXT NOT NULL, sealed BLOB NOT NULL, sources TEXT NOT NULL, valid_from TEXT NOT NULL, valid_to TEXT,
                recorded_at INTEGER NOT NULL, recorded_by TEXT NOT NULL, CHECK (valid_to >= valid_from))
            """,
            "CREATE UNIQUE INDEX directory_person_facts_open ON directory_person_facts (person_id) WHERE valid_to IS NULL",
            "CREATE INDEX directory_person_facts_person ON directory_person_facts (person_id, valid_from)",
        ] + changes

    private static let changes = [
        "person", "appointment", "class_group", "class_post", "enrolment", "guardianship",
    ].flatMap { table in
        [
            "ALTER TABLE directory_\(table) ADD COLUMN changed_at INTEGER NOT NULL DEFAULT 0",
            "CREATE INDEX directory_\(table)_changed ON directory_\(table) (changed_at, id)",
        ]
    }
}
