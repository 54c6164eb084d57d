import Database
import Kernel
import Platform

/// What happened to an application on its way, as its timeline tells it.
package enum CaseAction: String, Column, Sendable {
    case applied, passed, refused, withdrawn, resubmitted, matched, done, noted

    package var title: String {
        switch self {
        case .applied: "提交"
        case .passed: "通过"
        case .refused: "退回"
        case .withdrawn: "撤回"
        case .resubmitted: "重新提交"
        case .matched: "找到转出学校"
        case .done: "办结"
        case .noted: "记录"
        }
    }
}

/// One entry of the timeline of an application or an alarm.
package struct CaseStep: Sendable, Equatable {
    package let action: CaseAction
    /// Whose turn it was: 转入校核, 县核; empty where there is only one.
    package let place: String
    package let actorName: String
    package let at: Timestamp
    package let note: String
}

/// All SQL of timelines. The caller has found the application within its scope before.
struct CaseStepStore {
    let db: Connection
    let crypto: any CryptoProvider

    func add(
        _ action: CaseAction, to subject: String, place: String = "", note: String = "", by actor: AuditActor,
        at now: Timestamp
    ) throws {
        let id = Identifiers.next()
        try db.execute(
            """
            INSERT INTO school_affairs_case_step (id, case_id, action, place, actor_id, actor_name, at, sealed)
            VALUES (\(id), \(subject), \(action), \(place), \(actor.id), \(actor.name), \(now),
                \(crypto.seal(note, context: CaseStepStore.context(id))))
            """)
    }

    /// Whether the actor's account has passed a step of the case at one of the places.
    func hasPassed(_ actor: AuditActor, in subject: String, at places: [String]) throws -> Bool {
        guard let account = actor.id else { return false }
        let found: Int? = try db.value(
            """
            SELECT 1 FROM school_affairs_case_step
            WHERE case_id = \(subject) AND actor_id = \(account) AND place IN \(in: places)
                AND action = 'passed' LIMIT 1
            """)
        return found != nil
    }

    /// The earliest first.
    func steps(of subject: String) throws -> [CaseStep] {
        try db.rows(
            """
            SELECT id, action, place, actor_name, at, sealed FROM school_affairs_case_step
            WHERE case_id = \(subject) ORDER BY id
            """
        ) { row in
            let id: String = try row.get(0)
            return CaseStep(
                action: try row.get(1), place: try row.get(2), actorName: try row.get(3), at: try row.get(4),
                note: try crypto.openText(row.get(5), context: CaseStepStore.context(id)))
        }
    }

    private static func context(_ id: String) -> String { "school_affairs_case_step.sealed/\(id)" }
}

enum CaseSchema {
    /// What people write on a case may tell of illness or family: `sealed`.
    static let statements = [
        """
        CREATE TABLE school_affairs_case_step (
            id TEXT NOT NULL PRIMARY KEY, case_id TEXT NOT NULL, action TEXT NOT NULL, place TEXT NOT NULL,
            actor_name TEXT NOT NULL, at INTEGER NOT NULL, sealed BLOB NOT NULL)
        """,
        "CREATE INDEX school_affairs_case_step_case ON school_affairs_case_step (case_id, id)",
    ]

    /// The account that took the step; of older steps it is not known.
    static let accounts = ["ALTER TABLE school_affairs_case_step ADD COLUMN actor_id TEXT"]

    /// Whether a person is named is asked before her key goes.
    static let named = [
        "CREATE INDEX school_affairs_admission_person ON school_affairs_admission (person_id)",
        "CREATE INDEX school_affairs_dropout_alarm_person ON school_affairs_dropout_alarm (person_id)",
        "CREATE INDEX school_affairs_leave_person ON school_affairs_leave (person_id)",
        "CREATE INDEX school_affairs_staff_transfer_person ON school_affairs_staff_transfer (person_id)",
        "CREATE INDEX school_affairs_substitution_person ON school_affairs_substitution (substitute_id)",
    ]
}

extension Permission {
    /// Enter and apply for what happens to the pupils of one's schools.
    package static let changeApply: Permission = "affairs.change.apply"
    /// Check and decide on it for the county.
    package static let changeApprove: Permission = "affairs.change.approve"
}
