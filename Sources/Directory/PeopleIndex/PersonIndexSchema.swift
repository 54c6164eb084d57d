enum PersonIndexSchema {
    /// Made from the records of people, and made anew from them at any time. Numbers keep its millions of rows small.
    static let statements = [
        """
        CREATE TABLE directory_person_entry (
            number INTEGER NOT NULL PRIMARY KEY, person_id TEXT NOT NULL REFERENCES directory_person (id),
            school_id TEXT NOT NULL REFERENCES directory_organisation (id), school INTEGER NOT NULL,
            tie TEXT NOT NULL, name TEXT NOT NULL)
        """,
        "CREATE UNIQUE INDEX directory_person_entry_person ON directory_person_entry (person_id, school_id, tie)",
        """
        CREATE TABLE directory_school_number (
            number INTEGER NOT NULL PRIMARY KEY,
            school_id TEXT NOT NULL UNIQUE REFERENCES directory_organisation (id))
        """,
        // Up to where the changes of each table have been taken over.
        """
        CREATE TABLE directory_person_index_cursor (
            source TEXT NOT NULL PRIMARY KEY, changed_at INTEGER NOT NULL, id TEXT NOT NULL)
        """,
        "CREATE TABLE directory_person_term (term TEXT NOT NULL, school INTEGER NOT NULL, entry INTEGER NOT NULL)",
        "CREATE UNIQUE INDEX directory_person_term_city ON directory_person_term (term, entry, school)",
        "CREATE INDEX directory_person_term_school ON directory_person_term (school, term, entry)",
    ]
}
