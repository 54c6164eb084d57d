enum ConsentAnswerSchema {
    /// `giver_id` is empty for a guardian whom nobody has entered; of her paper, name and relation are in `signer_name` and
    /// `signer_relation`. `age` is that of a pupil who answered herself, in full years. `decided_at` is when it was said,
    /// `recorded_at` when it was entered. The address is sealed.
    static let statements = [
        """
        CREATE TABLE privacy_consent_answer (
            id TEXT NOT NULL PRIMARY KEY, child_id TEXT NOT NULL REFERENCES directory_person (id),
            giver_id TEXT REFERENCES directory_person (id), capacity TEXT NOT NULL, guardianship_id TEXT,
            purpose TEXT NOT NULL, version INTEGER NOT NULL, word TEXT NOT NULL, channel TEXT NOT NULL,
            decided_at INTEGER NOT NULL, recorded_at INTEGER NOT NULL, recorded_by TEXT NOT NULL,
            signer_name TEXT NOT NULL, signer_relation TEXT, age INTEGER, witness_id TEXT REFERENCES directory_person (id), address BLOB,
            FOREIGN KEY (purpose, version) REFERENCES privacy_consent_version (purpose, version),
            CHECK (capacity IN ('guardian', 'pupil')), CHECK (word IN ('yes', 'no', 'withdrawn')),
            CHECK (channel IN ('page', 'paper', 'request')), CHECK ((channel = 'paper') = (witness_id IS NOT NULL)))
        """,
        "CREATE INDEX privacy_consent_answer_child ON privacy_consent_answer (child_id, purpose, decided_at)",
        "CREATE INDEX privacy_consent_answer_witness ON privacy_consent_answer (witness_id)",
        "CREATE INDEX privacy_consent_answer_giver ON privacy_consent_answer (giver_id)",
        "CREATE INDEX privacy_consent_answer_purpose ON privacy_consent_answer (purpose, child_id, decided_at)",
    ]

    /// The figures follow what was entered since they were made.
    static let changes = ["CREATE INDEX privacy_consent_answer_recorded ON privacy_consent_answer (recorded_at)"]
}
