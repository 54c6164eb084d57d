import Database
import Directory
import Kernel

/// 推送: a pack that somebody sent to classes for days and lessons.
struct Push: Sendable, Equatable {
    let id: ID<Push>
    let node: ID<TextbookNode>
    let sender: ID<Person>
    let senderName: String
    /// At what the sender speaks: her class's school, or the place whose grade she sent it to.
    let organisation: OrganisationID
    let path: OrganisationPath
    /// `Grade.code` when it was sent to every class of a grade; empty for classes of her own.
    let grade: String
    /// Grows with each change.
    let revision: Int
    let sentAt: Timestamp
    let withdrawnAt: Timestamp?

    static let columns: SQL =
        """
        p.id, p.node_id, p.sender_id, ps.name, p.organisation_id, po.path, p.grade, p.revision, p.sent_at,
        p.withdrawn_at
        """
    static let source: SQL =
        """
        resources_push p JOIN directory_organisation po ON po.id = p.organisation_id
        JOIN directory_person ps ON ps.id = p.sender_id
        """

    init(_ row: borrowing Row) throws {
        (id, node, sender, senderName) = (try row.get(0), try row.get(1), try row.get(2), try row.get(3))
        (organisation, path, grade) = (try row.get(4), try row.get(5), try row.get(6))
        (revision, sentAt, withdrawnAt) = (try row.get(7), try row.get(8), try row.get(9))
    }

    /// Days ahead for which something is sent.
    static let furthest = 60

    /// Whether the user may change it: the sender as long as she may push there, and whoever reviews at its place.
    func mayBeChanged(by user: CurrentUser) -> Bool {
        guard user.may(.lessonPush, at: path) else { return false }
        return user.person == sender || user.may(.itemReview, at: path)
    }
}

/// A class on a day in a lesson: what a pack is for. Without a lesson it is for any lesson of the day.
struct PushTarget: Sendable, Hashable {
    let classGroup: ID<ClassGroup>
    let day: LocalDate
    /// 0 for any.
    let period: Int
}

/// 上课安排: one class that a pack was sent to, for a day and a lesson.
package struct Lesson: Sendable, Equatable {
    let id: ID<Lesson>
    let push: ID<Push>
    let node: ID<TextbookNode>
    let classGroup: ID<ClassGroup>
    let school: OrganisationID
    let day: LocalDate
    /// 0 for any lesson of the day.
    let period: Int
    let withdrawnAt: Timestamp?

    static let columns: SQL = "l.id, l.push_id, l.node_id, l.class_id, l.school_id, l.day, l.period, l.withdrawn_at"

    init(_ row: borrowing Row) throws {
        (id, push, node) = (try row.get(0), try row.get(1), try row.get(2))
        (classGroup, school, day) = (try row.get(3), try row.get(4), try row.get(5))
        (period, withdrawnAt) = (try row.get(6), try row.get(7))
    }

    var periodTitle: String { Lesson.title(ofPeriod: period) }
    static func title(ofPeriod period: Int) -> String { period == 0 ? "当天任一节" : "第\(period)节" }
}

enum PushSchema {
    /// A class has a lesson's pack once for a day and period. `last_day` is that of the latest of its lessons, by which it
    /// ends.
    static let statements = [
        """
        CREATE TABLE resources_push (
            id TEXT NOT NULL PRIMARY KEY, node_id TEXT NOT NULL REFERENCES resources_node (id),
            sender_id TEXT NOT NULL REFERENCES directory_person (id),
            organisation_id TEXT NOT NULL REFERENCES directory_organisation (id), grade TEXT NOT NULL,
            revision INTEGER NOT NULL, sent_at INTEGER NOT NULL, last_day TEXT NOT NULL, withdrawn_at INTEGER)
        """,
        "CREATE INDEX resources_push_sender ON resources_push (sender_id, id)",
        "CREATE INDEX resources_push_end ON resources_push (last_day, id)",
        """
        CREATE TABLE resources_push_entry (
            push_id TEXT NOT NULL REFERENCES resources_push (id), item_id TEXT NOT NULL REFERENCES resources_item (id),
            position INTEGER NOT NULL, PRIMARY KEY (push_id, item_id))
        """,
        """
        CREATE TABLE resources_lesson (
            id TEXT NOT NULL PRIMARY KEY, push_id TEXT NOT NULL REFERENCES resources_push (id),
            node_id TEXT NOT NULL REFERENCES resources_node (id),
            class_id TEXT NOT NULL REFERENCES directory_class_group (id),
            school_id TEXT NOT NULL REFERENCES directory_organisation (id), day TEXT NOT NULL, period INTEGER NOT NULL,
            withdrawn_at INTEGER, CHECK (period BETWEEN 0 AND 12))
        """,
        """
        CREATE UNIQUE INDEX resources_lesson_once ON resources_lesson (class_id, day, period, node_id)
        WHERE withdrawn_at IS NULL
        """,
        "CREATE INDEX resources_lesson_class ON resources_lesson (class_id, day, id)",
        "CREATE INDEX resources_lesson_school ON resources_lesson (school_id, day, id)",
        "CREATE INDEX resources_lesson_push ON resources_lesson (push_id, id)",
        "CREATE INDEX resources_lesson_node ON resources_lesson (node_id, day, class_id) WHERE withdrawn_at IS NULL",
    ]
}
