enum RosterCompletionSchema {
    /// Rows are only added. The state of a school on a day is the row with the latest `valid_from` not after the day; of two
    /// for one day, the later.
    static let statements = [
        """
        CREATE TABLE connectivity_roster_completion (
            id TEXT NOT NULL PRIMARY KEY, organisation_id TEXT NOT NULL REFERENCES directory_organisation (id),
            valid_from TEXT NOT NULL, is_complete INTEGER NOT NULL, origin TEXT NOT NULL, note TEXT NOT NULL,
            recorded_at INTEGER NOT NULL, recorded_by TEXT NOT NULL, CHECK (origin IN ('person', 'platform', 'demo')))
        """,
        """
        CREATE INDEX connectivity_roster_completion_of
        ON connectivity_roster_completion (organisation_id, valid_from, id)
        """,
    ]

    /// What schools were counted by before: a roster with as many pupils as the register tells, or of a school of which it
    /// tells nothing, has stood for the school from its first pupil on, and goes on to.
    static let present = [
        """
        INSERT INTO connectivity_roster_completion (id, organisation_id, valid_from, is_complete, origin, note,
            recorded_at, recorded_by)
        SELECT e.school_id, e.school_id, MIN(e.valid_from), 1, 'platform', '此前已以花名册为准', MAX(e.recorded_at), '平台'
        FROM directory_enrolment e WHERE e.valid_to IS NULL OR e.valid_to > e.valid_from
        GROUP BY e.school_id
        HAVING SUM(CASE WHEN e.valid_to IS NULL THEN 1 ELSE 0 END) > 0
            AND SUM(CASE WHEN e.valid_to IS NULL THEN 1 ELSE 0 END) >= COALESCE((
                SELECT v.value FROM connectivity_value v
                WHERE v.organisation_id = e.school_id AND v.field = 'students' AND v.superseded_by IS NULL
                    AND v.undone_at IS NULL ORDER BY v.valid_from DESC, v.id DESC LIMIT 1), 0)
        """
    ]
}
