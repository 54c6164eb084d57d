import Database
import Kernel

/// All SQL of moves, over whole classes at a time: a city has 200,000 pupils.
struct RollMoveStore {
    let db: Connection
    init(_ db: Connection) { self.db = db }

    /// A row of this move has the key of an older one with the move's time in place of its own: unique, as the rest of a
    /// key is chance, and made without asking for each row. The digit behind the time, which holds the version of the
    /// UUID, says 8 (RFC 9562, section 5.8), so that a row of the same millisecond keeps its key to itself. Three digits
    /// of chance are the move's, so that two moves of one millisecond, as when the clock was set back, do not meet; the
    /// 57 bits of chance that are left of the row tell 200,000 rows apart.
    private static func key(_ move: ID<RollMove>, after column: SQL) -> SQL {
        let digits = Array(move.rawValue), time = String(digits[..<10]) + "g", own = String(digits[20..<23])
        return "\(time) || substr(\(column), 12, 9) || \(own) || substr(\(column), 24)"
    }

    func insert(_ id: ID<RollMove>, _ move: RollMove, by author: String, at now: Timestamp) throws {
        try db.execute(
            """
            INSERT INTO directory_roll_move (id, day, at, recorded_by, organisation_path)
            VALUES (\(id), \(move.day), \(now), \(author), \(move.path))
            """)
    }

    func open(_ openings: [RollMove.Opening], in id: ID<RollMove>, at now: Timestamp) throws {
        let classes = openings.map { opening -> [DatabaseValue] in
            let draft = opening.draft
            return [
                opening.id.databaseValue, opening.school.databaseValue, draft.stage.databaseValue,
                draft.entryYear.databaseValue, draft.secondEntryYear.databaseValue, draft.years.databaseValue,
                draft.number.databaseValue, draft.kind.databaseValue, draft.alias.databaseValue,
                draft.openedOn.databaseValue, now.databaseValue, 1.databaseValue, now.databaseValue,
            ]
        }
        try db.insert(
            into: """
                directory_class_group (id, school_id, stage, entry_year, second_entry_year, years, number, kind, alias,
                    opened_on, created_at, revision, changed_at)
                """, rows: classes)
        try note(openings.map(\.id), "opened", in: id)
    }

    private func note(_ classes: [ID<ClassGroup>], _ deed: String, in id: ID<RollMove>) throws {
        try db.insert(
            into: "directory_roll_move_class (move_id, class_id, deed)",
            rows: classes.map { [id.databaseValue, $0.databaseValue, deed.databaseValue] })
    }

    // MARK: Pupils

    private static let pupilColumns: SQL =
        """
        move_id, enrolment_id, person_id, school_id, class_id, changes_on, reason, target_id, target_school_id,
        target_entry_year, next_id
        """

    /// Returns whether the pupil still was in a class.
    func take(_ single: RollMove.Single, in id: ID<RollMove>, on day: LocalDate) throws -> Bool {
        let target = single.target
        return try db.change(
            """
            INSERT INTO directory_roll_move_pupil (\(RollMoveStore.pupilColumns))
            SELECT \(id), e.id, e.person_id, e.school_id, e.class_id,
                CASE WHEN e.valid_from > \(day) THEN e.valid_from ELSE \(day) END, \(single.reason), c.id, c.school_id,
                \(target?.entryYear), CASE WHEN c.id IS NULL THEN NULL ELSE \(RollMoveStore.key(id, after: "e.id")) END
            FROM directory_enrolment e LEFT JOIN directory_class_group c ON c.id = \(target?.classGroup)
            WHERE e.id = \(single.enrolment) AND e.valid_to IS NULL
            """) == 1
    }

    /// The pupils of whole grades, save those who were taken singly.
    func take(_ parts: [RollMove.Part], in id: ID<RollMove>, on day: LocalDate) throws {
        try db.insert(
            into: "directory_roll_move_part (move_id, class_id, entry_year, reason, target_id, target_entry_year)",
            rows: parts.map { part in
                [
                    id.databaseValue, part.classGroup.databaseValue, part.entryYear.databaseValue,
                    part.reason.databaseValue, (part.target?.classGroup).databaseValue,
                    (part.target?.entryYear).databaseValue,
                ]
            })
        try db.execute(
            """
            INSERT INTO directory_roll_move_pupil (\(RollMoveStore.pupilColumns))
            SELECT \(id), e.id, e.person_id, e.school_id, e.class_id,
                CASE WHEN e.valid_from > \(day) THEN e.valid_from ELSE \(day) END, m.reason, t.id, t.school_id,
                m.target_entry_year, CASE WHEN t.id IS NULL THEN NULL ELSE \(RollMoveStore.key(id, after: "e.id")) END
            FROM directory_roll_move_part m
            JOIN directory_class_group c ON c.id = m.class_id
            JOIN directory_enrolment e ON e.class_id = m.class_id AND COALESCE(e.entry_year, c.entry_year) = m.entry_year
            LEFT JOIN directory_class_group t ON t.id = m.target_id
            WHERE m.move_id = \(id) AND e.valid_to IS NULL AND NOT EXISTS (
                SELECT 1 FROM directory_roll_move_pupil s WHERE s.move_id = \(id) AND s.enrolment_id = e.id)
            """)
    }

    /// Ends the enrolments that were taken and begins those that follow.
    func movePupils(in id: ID<RollMove>, by author: String, at now: Timestamp) throws {
        try db.execute(
            """
            UPDATE directory_enrolment SET changed_at = \(now), valid_to = m.changes_on, reason = m.reason
            FROM directory_roll_move_pupil m
            WHERE m.move_id = \(id) AND directory_enrolment.id = m.enrolment_id
            """)
        try db.execute(
            """
            INSERT INTO directory_enrolment (id, person_id, school_id, class_id, entry_year, valid_from, recorded_at,
                recorded_by, changed_at)
            SELECT m.next_id, m.person_id, m.target_school_id, m.target_id, m.target_entry_year, m.changes_on, \(now),
                \(author), \(now)
            FROM directory_roll_move_pupil m WHERE m.move_id = \(id) AND m.next_id IS NOT NULL
            """)
    }

    // MARK: Duties and classes

    /// Lets the teachers of a class go on in the new one, those who work at its school.
    func givePosts(
        _ openings: [RollMove.Opening], in id: ID<RollMove>, on day: LocalDate, by author: String, at now: Timestamp
    )
        throws
    {
        for opening in openings {
            guard let old = opening.postsFrom else { continue }
            // Two grades that come together bring their teachers each; only one class is asked, so nobody stands twice.
            try db.execute(
                """
                INSERT INTO directory_class_post (id, class_id, person_id, kind, subject, valid_from, recorded_at,
                    recorded_by, changed_at)
                SELECT \(RollMoveStore.key(id, after: "t.id")), \(opening.id), t.person_id, t.kind, t.subject, \(day),
                    \(now), \(author), \(now)
                FROM directory_class_post t
                WHERE t.class_id = \(old) AND t.valid_from <= \(day) AND t.valid_to IS NULL AND EXISTS (
                    SELECT 1 FROM directory_appointment a WHERE a.person_id = t.person_id
                        AND a.organisation_id = \(opening.school) AND a.valid_from <= \(day)
                        AND (a.valid_to IS NULL OR a.valid_to > \(day)))
                """)
            try db.execute(
                """
                INSERT INTO directory_roll_move_post (move_id, post_id, class_id, deed)
                SELECT \(id), t.id, t.class_id, 'given' FROM directory_class_post t WHERE t.class_id = \(opening.id)
                """)
        }
    }

    func close(_ classes: [ID<ClassGroup>], in id: ID<RollMove>, on day: LocalDate, at now: Timestamp) throws {
        try note(classes, "closed", in: id)
        for chunk in classes.chunks {
            try db.execute(
                """
                UPDATE directory_class_group SET revision = revision + 1, changed_at = \(now),
                    closed_on = CASE WHEN opened_on > \(day) THEN opened_on ELSE \(day) END
                WHERE id IN \(in: chunk) AND closed_on IS NULL
                """)
        }
    }

    func endPosts(
        of classes: [ID<ClassGroup>], onlySubjects: Bool, in id: ID<RollMove>, on day: LocalDate, at now: Timestamp
    ) throws {
        let kind: SQL = onlySubjects ? " AND t.kind = 'subject'" : .empty
        for chunk in classes.chunks {
            try db.execute(
                """
                INSERT INTO directory_roll_move_post (move_id, post_id, class_id, deed, was_until)
                SELECT \(id), t.id, t.class_id, 'ended', t.valid_to FROM directory_class_post t
                WHERE t.class_id IN \(in: chunk) AND (t.valid_to IS NULL OR t.valid_to > \(day))\(kind)
                """)
        }
        try db.execute(
            """
            UPDATE directory_class_post SET changed_at = \(now),
                valid_to = CASE WHEN valid_from > \(day) THEN valid_from ELSE \(day) END
            WHERE id IN (SELECT m.post_id FROM directory_roll_move_post m WHERE m.move_id = \(id) AND m.deed = 'ended')
                AND (valid_to IS NULL OR valid_to > \(day))
            """)
    }

    /// The classes that were to end and still have pupils.
    func leftOver(in id: ID<RollMove>) throws -> [ClassGroup] {
        try db.rows(
            """
            SELECT \(ClassGroup.columns) FROM directory_roll_move_class m
            JOIN directory_class_group c ON c.id = m.class_id JOIN directory_organisation o ON o.id = c.school_id
            WHERE m.move_id = \(id) AND m.deed = 'closed' AND EXISTS (
                SELECT 1 FROM directory_enrolment e WHERE e.class_id = c.id AND e.valid_to IS NULL)
            """, ClassGroup.init)
    }

    /// Who left which school, those who went on at another included.
    func leavers(in id: ID<RollMove>) throws -> [OrganisationID: [ID<Person>]] {
        var leavers: [OrganisationID: [ID<Person>]] = [:]
        try db.each(
            """
            SELECT m.school_id, m.person_id FROM directory_roll_move_pupil m
            WHERE m.move_id = \(id) AND (m.target_school_id IS NULL OR m.target_school_id <> m.school_id)
            """
        ) { leavers[try $0.get(0), default: []].append(try $0.get(1)) }
        return leavers
    }

    /// Who came to which school from another.
    func arrivals(in id: ID<RollMove>) throws -> [OrganisationID: [ID<Person>]] {
        var arrivals: [OrganisationID: [ID<Person>]] = [:]
        try db.each(
            """
            SELECT m.target_school_id, m.person_id FROM directory_roll_move_pupil m
            WHERE m.move_id = \(id) AND m.target_school_id IS NOT NULL AND m.target_school_id <> m.school_id
            """
        ) { arrivals[try $0.get(0), default: []].append(try $0.get(1)) }
        return arrivals
    }

    func counts(in id: ID<RollMove>) throws -> (moved: Int, left: Int) {
        try db.first(
            """
            SELECT COUNT(*), COUNT(next_id) FROM directory_roll_move_pupil WHERE move_id = \(id)
            """
        ) { row in
            let (all, moved): (Int, Int) = (try row.get(0), try row.get(1))
            return (moved, all - moved)
        } ?? (0, 0)
    }
}

extension Array {
    /// As many at a time as a statement takes.
    fileprivate var chunks: [[Element]] {
        stride(from: 0, to: count, by: 512).map { Array(self[$0..<Swift.min($0 + 512, count)]) }
    }
}
