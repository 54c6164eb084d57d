enum PersonIdentifierSchema {
    /// Only `lookup`, a keyed hash, and `sealed`, the encrypted number, say anything of the number.
    static let statements = [
        """
        CREATE TABLE directory_person_identifier (
            id TEXT NOT NULL PRIMARY KEY, person_id TEXT NOT NULL REFERENCES directory_person (id),
            kind TEXT NOT NULL, document_type TEXT NOT NULL, lookup BLOB NOT NULL, sealed BLOB NOT NULL,
            recorded_at INTEGER NOT NULL, recorded_by TEXT NOT NULL,
            CHECK (kind IN ('phone', 'student_number', 'citizen_number', 'document', 'staff_number')),
            CHECK ((kind = 'document') = (document_type <> '')))
        """,
        """
        CREATE UNIQUE INDEX directory_person_identifier_lookup
        ON directory_person_identifier (lookup, kind, document_type)
        """,
        "CREATE UNIQUE INDEX directory_person_identifier_person ON directory_person_identifier (person_id, kind)",
    ]
}
