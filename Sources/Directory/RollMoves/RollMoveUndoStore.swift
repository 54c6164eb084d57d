import Database
import Kernel

/// A move that was made.
struct MadeRollMove: Sendable {
    let id: ID<RollMove>
    let day: LocalDate
    let at: Timestamp
    let path: OrganisationPath
    let undoneAt: Timestamp?
}

/// The SQL that takes a move back. What it opened keeps its rows, with periods in which no day lies: who followed the
/// changes must hear of it.
struct RollMoveUndoStore {
    let db: Connection
    init(_ db: Connection) { self.db = db }

    /// Throws `DomainError.notFound` when there is none.
    func find(_ id: ID<RollMove>) throws -> MadeRollMove {
        let found = try db.first(
            "SELECT day, at, organisation_path, undone_at FROM directory_roll_move WHERE id = \(id)"
        ) { row in
            MadeRollMove(
                id: id, day: try row.get(0), at: try row.get(1), path: try row.get(2), undoneAt: try row.get(3))
        }
        guard let found else { throw DomainError.notFound }
        return found
    }

    /// Returns whether it was not taken back before.
    func note(_ id: ID<RollMove>, undoneAt now: Timestamp) throws -> Bool {
        try db.change(
            "UPDATE directory_roll_move SET undone_at = \(now) WHERE id = \(id) AND undone_at IS NULL") == 1
    }

    /// What has changed since and rests on the move, class by class.
    func obstacles(to move: MadeRollMove) throws -> [RollMoveObstacle] {
        let (id, at) = (move.id, move.at)
        let questions: [(String, SQL)] = [
            (
                "升级后学生又有变动",
                """
                SELECT m.class_id FROM directory_roll_move_pupil m JOIN directory_enrolment e ON e.id = m.enrolment_id
                WHERE m.move_id = \(id) AND e.changed_at <> \(at)
                """
            ),
            (
                "升级后学生又有变动",
                """
                SELECT m.target_id FROM directory_roll_move_pupil m JOIN directory_enrolment e ON e.id = m.next_id
                WHERE m.move_id = \(id) AND e.changed_at <> \(at)
                """
            ),
            (
                "离校的学生已编入其他班级",
                """
                SELECT m.class_id FROM directory_roll_move_pupil m
                JOIN directory_enrolment e ON e.person_id = m.person_id AND e.valid_to IS NULL
                WHERE m.move_id = \(id) AND e.id <> COALESCE(m.next_id, '')
                """
            ),
            (
                "升级后班级又有变动",
                """
                SELECT m.class_id FROM directory_roll_move_class m JOIN directory_class_group c ON c.id = m.class_id
                WHERE m.move_id = \(id) AND c.changed_at <> \(at)
                """
            ),
            (
                "新班级已添加学生",
                """
                SELECT m.class_id FROM directory_roll_move_class m
                JOIN directory_enrolment e ON e.class_id = m.class_id AND (e.valid_to IS NULL OR e.valid_to > e.valid_from)
                WHERE m.move_id = \(id) AND m.deed = 'opened' AND NOT EXISTS (
                    SELECT 1 FROM directory_roll_move_pupil p WHERE p.move_id = \(id) AND p.next_id = e.id)
                """
            ),
            (
                "升级后又安排了教师",
                """
                SELECT m.class_id FROM directory_roll_move_class m JOIN directory_class_post t ON t.class_id = m.class_id
                WHERE m.move_id = \(id) AND t.changed_at > \(at)
                """
            ),
            (
                "升级后又安排了教师",
                """
                SELECT m.class_id FROM directory_roll_move_post m JOIN directory_class_post t ON t.id = m.post_id
                WHERE m.move_id = \(id) AND t.changed_at <> \(at)
                """
            ),
            (
                "升级后又安排了教师",
                """
                SELECT m.class_id FROM directory_roll_move_post m JOIN directory_class_post t ON t.id = m.post_id
                JOIN directory_class_post n ON n.class_id = t.class_id AND n.kind = t.kind AND n.subject = t.subject
                    AND n.person_id = t.person_id AND n.valid_to IS NULL AND n.id <> t.id
                WHERE m.move_id = \(id) AND m.deed = 'ended'
                """
            ),
            (
                "班号已由新的班级使用",
                """
                SELECT m.class_id FROM directory_roll_move_class m JOIN directory_class_group c ON c.id = m.class_id
                JOIN directory_class_group d ON d.school_id = c.school_id AND d.stage = c.stage
                    AND d.entry_year = c.entry_year AND d.number = c.number AND d.closed_on IS NULL
                WHERE m.move_id = \(id) AND m.deed = 'closed' AND d.id NOT IN (
                    SELECT n.class_id FROM directory_roll_move_class n WHERE n.move_id = \(id) AND n.deed = 'opened')
                """
            ),
        ]
        var found: [ID<ClassGroup>: String] = [:]
        for (reason, question) in questions {
            for classGroup in try db.column(question, as: ID<ClassGroup>.self) where found[classGroup] == nil {
                found[classGroup] = reason
            }
        }
        return try found.sorted { $0.key < $1.key }.map { classGroup, reason in
            let school = try ClassGroupStore(db).find(classGroup, within: .everything).school
            return RollMoveObstacle(classGroup: classGroup, school: school, reason: reason)
        }
    }

    func undoPupils(_ id: ID<RollMove>, at now: Timestamp) throws {
        try db.execute(
            """
            UPDATE directory_enrolment SET valid_to = valid_from, reason = \(LeavingReason.undone), changed_at = \(now)
            WHERE id IN (SELECT m.next_id FROM directory_roll_move_pupil m WHERE m.move_id = \(id))
            """)
        try db.execute(
            """
            UPDATE directory_enrolment SET valid_to = NULL, reason = NULL, changed_at = \(now)
            WHERE id IN (SELECT m.enrolment_id FROM directory_roll_move_pupil m WHERE m.move_id = \(id))
            """)
    }

    func undoClasses(_ id: ID<RollMove>, at now: Timestamp) throws {
        try db.execute(
            """
            UPDATE directory_class_post SET valid_to = valid_from, changed_at = \(now)
            WHERE id IN (SELECT m.post_id FROM directory_roll_move_post m WHERE m.move_id = \(id) AND m.deed = 'given')
            """)
        try db.execute(
            """
            UPDATE directory_class_group SET closed_on = opened_on, revision = revision + 1, changed_at = \(now)
            WHERE id IN (SELECT m.class_id FROM directory_roll_move_class m WHERE m.move_id = \(id) AND m.deed = 'opened')
            """)
        try db.execute(
            """
            UPDATE directory_class_group SET closed_on = NULL, revision = revision + 1, changed_at = \(now)
            WHERE id IN (SELECT m.class_id FROM directory_roll_move_class m WHERE m.move_id = \(id) AND m.deed = 'closed')
            """)
        try db.execute(
            """
            UPDATE directory_class_post SET changed_at = \(now), valid_to = m.was_until
            FROM directory_roll_move_post m
            WHERE m.move_id = \(id) AND m.deed = 'ended' AND directory_class_post.id = m.post_id
            """)
    }
}
