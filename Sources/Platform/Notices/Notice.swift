import Database
import Kernel

/// What a notice is about. Each context declares its own beside what sends them and lists them in its module, so that
/// people can say which they want; a kind keeps its name for ever, since stored notices carry it.
package struct NoticeKind: Sendable, Hashable, Codable {
    /// `resources.item.returned`
    package let name: String
    /// What people read, at most ten characters: 退回修改.
    package let title: String
    /// Whether it is told to whoever has a duty to act upon it, so that nobody can turn it off.
    package let isDuty: Bool

    package init(_ name: String, _ title: String, isDuty: Bool = false) {
        (self.name, self.title, self.isDuty) = (name, title, isDuty)
    }
}

/// A notice on its way: one line that says what happened, and where to see more. The path checks who may see it whenever
/// it is opened; the line must hold nothing that the receiver may not see.
package struct NoticeDraft: Sendable, Equatable, Codable {
    package let kind: NoticeKind
    /// One line of at most `longest` characters.
    package let text: String
    /// Where it leads, a path of the site.
    package let path: String
    /// Names what happened: told with the same key twice, it reaches a person once.
    package let key: String
    /// Whether it takes the place of an unread one of the same kind and path, so that of many there is one.
    package let isReplacing: Bool

    package static let longest = 160

    /// - Parameter text: longer ones are cut, line ends become spaces.
    /// - Precondition: the path begins with one `/`.
    package init(_ kind: NoticeKind, _ text: String, path: String, key: String, isReplacing: Bool = false) {
        precondition(path.hasPrefix("/") && !path.hasPrefix("//"), "a notice leads to a page of the site")
        let line = text.split(whereSeparator: \.isNewline).joined(separator: " ")
        self.text = line.count > NoticeDraft.longest ? line.prefix(NoticeDraft.longest - 1) + "…" : line
        (self.kind, self.path, self.key, self.isReplacing) = (kind, path, key, isReplacing)
    }
}

/// 消息: something that happened to somebody's work, told to her.
package struct Notice: Sendable, Equatable {
    package let id: ID<Notice>
    /// The name of its `NoticeKind`.
    package let kind: String
    package let text: String
    package let path: String
    package let at: Timestamp
    package let isUnread: Bool

    static let columns: SQL = "n.id, n.kind, n.text, n.path, n.at, n.unread"

    init(_ row: borrowing Row) throws {
        (id, kind, text, path) = (try row.get(0), try row.get(1), try row.get(2), try row.get(3))
        (at, isUnread) = (try row.get(4), try row.get(5))
    }

    /// Days that it is kept after it was read, and when it never was.
    package static let daysRead: Int64 = 90
    package static let daysUnread: Int64 = 365
    /// Unread ones beyond this number are not counted.
    package static let mostCounted = 100
}

enum NoticeSchema {
    /// `once` is the person it was first sent to and the key of what happened.
    static let statements = [
        """
        CREATE TABLE platform_notice (
            id TEXT NOT NULL PRIMARY KEY, person_id TEXT NOT NULL, kind TEXT NOT NULL, text TEXT NOT NULL,
            path TEXT NOT NULL, at INTEGER NOT NULL, unread INTEGER NOT NULL, read_at INTEGER,
            expires_at INTEGER NOT NULL, once TEXT NOT NULL UNIQUE,
            CHECK ((unread = 1 AND read_at IS NULL) OR (unread = 0 AND read_at IS NOT NULL)))
        """,
        "CREATE INDEX platform_notice_person ON platform_notice (person_id, unread, at, id)",
        "CREATE INDEX platform_notice_expiry ON platform_notice (expires_at)",
        // What somebody does not want to be told.
        """
        CREATE TABLE platform_notice_mute (
            id TEXT NOT NULL PRIMARY KEY, person_id TEXT NOT NULL, kind TEXT NOT NULL, at INTEGER NOT NULL)
        """,
        "CREATE INDEX platform_notice_mute_person ON platform_notice_mute (person_id, kind)",
    ]
}
