enum RightsRequestSchema {
    /// Text and answer may tell anything of a person, so they are sealed.
    static let statements = [
        """
        CREATE TABLE privacy_request (
            id TEXT NOT NULL PRIMARY KEY, kind TEXT NOT NULL, person_id TEXT NOT NULL REFERENCES directory_person (id),
            applicant_id TEXT NOT NULL REFERENCES directory_person (id),
            organisation_id TEXT NOT NULL REFERENCES directory_organisation (id), text BLOB NOT NULL,
            asked_at INTEGER NOT NULL, due_on TEXT NOT NULL, state TEXT NOT NULL, answer BLOB, answered_by TEXT NOT NULL,
            answered_at INTEGER, CHECK (state IN ('open', 'done', 'refused')),
            CHECK ((state = 'open') = (answered_at IS NULL)))
        """,
        "CREATE INDEX privacy_request_organisation ON privacy_request (organisation_id, state, due_on)",
        "CREATE INDEX privacy_request_applicant ON privacy_request (applicant_id, person_id)",
        """
        CREATE TABLE privacy_erasure (
            id TEXT NOT NULL PRIMARY KEY, request_id TEXT NOT NULL, person_id TEXT NOT NULL, what TEXT NOT NULL,
            at INTEGER NOT NULL, by_name TEXT NOT NULL)
        """,
    ]

    /// Whether a person is named is asked before her key goes.
    static let named = [
        "CREATE INDEX privacy_request_person ON privacy_request (person_id)",
        "CREATE INDEX privacy_hold_person ON privacy_hold (person_id)",
    ]
}
