import Database
import Kernel

/// Periods that both records have: one of the two ends where the other begins, so that nobody is twice in a class.
extension PersonMergeStore {
    /// Ends what the survivor would have twice. Where both are in a class, the choice says whose holds.
    func cutDoubles(
        of person: ID<Person>, _ survivor: ID<Person>, takesEnrolment: Bool, _ now: Timestamp
    ) throws -> [MergeRecord.Cut] {
        var cuts = try cutEnrolment(
            of: takesEnrolment ? survivor : person, beside: takesEnrolment ? person : survivor, now)
        let appointments = try pairs(
            """
            SELECT a.id, a.valid_from, b.valid_from FROM directory_appointment a JOIN directory_appointment b
                ON b.organisation_id = a.organisation_id AND b.post = a.post
            WHERE a.person_id = \(person) AND b.person_id = \(survivor) AND a.valid_to IS NULL AND b.valid_to IS NULL
            """)
        let posts = try pairs(
            """
            SELECT a.id, a.valid_from, b.valid_from FROM directory_class_post a JOIN directory_class_post b
                ON b.class_id = a.class_id AND b.kind = a.kind AND b.subject = a.subject
            WHERE a.person_id = \(person) AND b.person_id = \(survivor) AND a.valid_to IS NULL AND b.valid_to IS NULL
            """)
        // What the school stands by goes on, whichever record it was told of.
        let double: SQL = "CASE WHEN a.state = 'confirmed' AND b.state <> 'confirmed' THEN b.id ELSE a.id END"
        let children = try pairs(
            """
            SELECT \(double), a.valid_from, b.valid_from FROM directory_guardianship a JOIN directory_guardianship b
                ON b.child_id = a.child_id
            WHERE a.guardian_id = \(person) AND b.guardian_id = \(survivor) AND a.valid_to IS NULL
                AND b.valid_to IS NULL
            """)
        let parents = try pairs(
            """
            SELECT \(double), a.valid_from, b.valid_from FROM directory_guardianship a JOIN directory_guardianship b
                ON b.guardian_id = a.guardian_id
            WHERE a.child_id = \(person) AND b.child_id = \(survivor) AND a.valid_to IS NULL AND b.valid_to IS NULL
            """)
        for (table, found) in [
            (MergeRecord.CutTable.appointment, appointments), (.post, posts), (.guardianship, children + parents),
        ] {
            for pair in found { cuts.append(try cut(table, pair.id, at: max(pair.from, pair.other), now)) }
        }
        return cuts
    }

    /// The enrolment of the one that does not hold ends where the other's begins; begun later, it has never been.
    private func cutEnrolment(
        of loser: ID<Person>, beside holder: ID<Person>, _ now: Timestamp
    ) throws -> [MergeRecord.Cut] {
        let found = try db.rows(
            """
            SELECT a.id, a.valid_from, b.valid_from, CASE WHEN a.school_id = b.school_id THEN '29' ELSE '21' END
            FROM directory_enrolment a JOIN directory_enrolment b ON b.person_id = \(holder) AND b.valid_to IS NULL
            WHERE a.person_id = \(loser) AND a.valid_to IS NULL
            """
        ) { row -> (String, String, String, String) in (try row.get(0), try row.get(1), try row.get(2), try row.get(3))
        }
        return try found.map { id, from, other, reason in
            let end = max(from, other)
            try db.execute(
                """
                UPDATE directory_enrolment SET valid_to = \(end), reason = \(reason), changed_at = \(now)
                WHERE id = \(id)
                """)
            return .init(table: .enrolment, id: id, until: nil, reason: nil, set: end)
        }
    }

    private func pairs(_ sql: SQL) throws -> [(id: String, from: String, other: String)] {
        try db.rows(sql) { (try $0.get(0), try $0.get(1), try $0.get(2)) }
    }

    private func cut(
        _ table: MergeRecord.CutTable, _ id: String, at end: String, _ now: Timestamp
    ) throws -> MergeRecord.Cut {
        try db.execute("UPDATE \(table.sql) SET valid_to = \(end), changed_at = \(now) WHERE id = \(id)")
        return .init(table: table, id: id, until: nil, reason: nil, set: end)
    }

    /// Opens a period again that a merge ended.
    func restore(_ cut: MergeRecord.Cut, _ now: Timestamp) throws {
        let reason: SQL = cut.table == .enrolment ? ", reason = \(cut.reason)" : ""
        do {
            let count = try db.change(
                """
                UPDATE \(cut.table.sql) SET valid_to = \(cut.until)\(reason), changed_at = \(now)
                WHERE id = \(cut.id) AND valid_to = \(cut.set)
                """)
            if count != 1 { throw PersonMergeStore.changed }
        } catch DatabaseError.uniqueViolation {
            throw PersonMergeStore.changed
        }
    }

    // Places

    /// Where the person is a pupil, on the staff or a guardian of a pupil on the day or later.
    package func places(of person: ID<Person>, on day: LocalDate) throws -> [OrganisationPath] {
        try db.column(
            """
            SELECT o.path FROM directory_organisation o WHERE o.id IN (
                SELECT e.school_id FROM directory_enrolment e
                WHERE e.person_id = \(person) AND (e.valid_to IS NULL OR e.valid_to > \(day))
                UNION SELECT a.organisation_id FROM directory_appointment a
                WHERE a.person_id = \(person) AND (a.valid_to IS NULL OR a.valid_to > \(day))
                UNION SELECT e.school_id FROM directory_enrolment e JOIN directory_guardianship g ON g.child_id = e.person_id
                WHERE g.guardian_id = \(person) AND g.state = 'confirmed' AND (g.valid_to IS NULL OR g.valid_to > \(day))
                    AND (e.valid_to IS NULL OR e.valid_to > \(day)))
            ORDER BY o.path
            """)
    }

    /// The school the person was last a pupil of or on the staff of; the city when there is none.
    func lastPlaces(of person: ID<Person>) throws -> [OrganisationPath] {
        let last: OrganisationPath? = try db.value(
            """
            SELECT o.path FROM directory_organisation o JOIN (
                SELECT e.school_id AS place, e.valid_from AS day FROM directory_enrolment e WHERE e.person_id = \(person)
                UNION ALL SELECT a.organisation_id, a.valid_from FROM directory_appointment a
                WHERE a.person_id = \(person)) last ON last.place = o.id
            ORDER BY last.day DESC LIMIT 1
            """)
        return [last ?? .city]
    }
}
