import Database
import Kernel

/// All SQL of notices. Whoever asks names the person: there is no way to another's.
package struct NoticeStore {
    let db: Connection
    package init(_ db: Connection) { self.db = db }

    /// A slice, the unread ones on top, of each the newest first. `after` is the last one seen.
    package func list(
        of person: ID<Person>, onlyUnread: Bool, after: (isUnread: Bool, at: Timestamp, id: ID<Notice>)?, limit: Int
    ) throws -> [Notice] {
        let unread: SQL = onlyUnread ? " AND n.unread = 1" : ""
        let rest: SQL =
            after.map { " AND (n.unread, n.at, n.id) < (\($0.isUnread), \($0.at), \($0.id))" } ?? ""
        return try db.rows(
            """
            SELECT \(Notice.columns) FROM platform_notice n WHERE n.person_id = \(person)\(unread)\(rest)
            ORDER BY n.unread DESC, n.at DESC, n.id DESC LIMIT \(limit)
            """, Notice.init)
    }

    package func count(of person: ID<Person>, onlyUnread: Bool) throws -> Int {
        let unread: SQL = onlyUnread ? " AND n.unread = 1" : ""
        return try db.value("SELECT COUNT(*) FROM platform_notice n WHERE n.person_id = \(person)\(unread)") ?? 0
    }

    /// How many of a person's are unread, up to `Notice.mostCounted`, inside a statement of another module: one look into
    /// an index. `person` is an expression of that statement.
    package static func unread(of person: SQL) -> SQL {
        """
        (SELECT COUNT(*) FROM (SELECT 1 FROM platform_notice u WHERE u.person_id = \(person) AND u.unread = 1
            LIMIT \(Notice.mostCounted)) AS few)
        """
    }

    /// Throws `DomainError.notFound` when it is somebody else's.
    package func find(_ id: ID<Notice>, of person: ID<Person>) throws -> Notice {
        let found = try db.first(
            "SELECT \(Notice.columns) FROM platform_notice n WHERE n.id = \(id) AND n.person_id = \(person)",
            Notice.init
        )
        guard let found else { throw DomainError.notFound }
        return found
    }

    /// Nothing happens to one that is read already.
    package func markRead(_ id: ID<Notice>, of person: ID<Person>, now: Timestamp) throws {
        try markRead("id = \(id) AND person_id = \(person)", now: now)
    }

    /// Those that came no later than the moment; what came while she read the page stays unread.
    package func markAllRead(of person: ID<Person>, until moment: Timestamp, now: Timestamp) throws {
        try markRead("person_id = \(person) AND at <= \(moment)", now: now)
    }

    private func markRead(_ condition: SQL, now: Timestamp) throws {
        try db.execute(
            """
            UPDATE platform_notice SET unread = 0, read_at = \(now), expires_at = \(now.adding(days: Notice.daysRead))
            WHERE \(condition) AND unread = 1
            """)
    }

    /// Once for each person and key, not to whoever does not want the kind.
    func add(_ draft: NoticeDraft, to people: [ID<Person>], now: Timestamp) throws {
        var seen = try draft.kind.isDuty ? [] : muting(draft.kind, among: people)
        for person in people where seen.insert(person).inserted {
            let id = ID<Notice>.new(), once = person.rawValue + " " + draft.key
            let isNew = try db.change(
                """
                INSERT INTO platform_notice (id, person_id, kind, text, path, at, unread, expires_at, once)
                VALUES (\(id), \(person), \(draft.kind.name), \(draft.text), \(draft.path), \(now), 1,
                    \(now.adding(days: Notice.daysUnread)), \(once))
                ON CONFLICT (once) DO NOTHING
                """)
            guard isNew == 1, draft.isReplacing else { continue }
            try db.execute(
                """
                DELETE FROM platform_notice WHERE person_id = \(person) AND unread = 1 AND kind = \(draft.kind.name)
                    AND path = \(draft.path) AND id <> \(id)
                """)
        }
    }

    private func muting(_ kind: NoticeKind, among people: [ID<Person>]) throws -> Set<ID<Person>> {
        guard !people.isEmpty else { return [] }
        return Set(
            try db.column(
                """
                SELECT m.person_id FROM platform_notice_mute m
                WHERE m.person_id IN \(in: people) AND m.kind = \(kind.name)
                """))
    }

    // What somebody does not want

    /// The names of the kinds.
    package func muted(by person: ID<Person>) throws -> Set<String> {
        Set(try db.column("SELECT m.kind FROM platform_notice_mute m WHERE m.person_id = \(person)"))
    }

    package func setMuted(_ kinds: Set<String>, by person: ID<Person>, now: Timestamp) throws {
        try db.execute("DELETE FROM platform_notice_mute WHERE person_id = \(person)")
        try db.insert(
            into: "platform_notice_mute (id, person_id, kind, at)",
            rows: kinds.sorted().map {
                [.text(Identifiers.next()), person.databaseValue, .text($0), now.databaseValue]
            })
    }

    // Ends

    /// Deletes at most so many of those whose time is over; returns how many.
    package func deleteExpired(at now: Timestamp, atMost limit: Int) throws -> Int {
        try db.change(
            """
            DELETE FROM platform_notice WHERE id IN (
                SELECT e.id FROM platform_notice e WHERE e.expires_at <= \(now) ORDER BY e.expires_at LIMIT \(limit))
            """)
    }

    /// Everything of a person; returns how many notices there were.
    package func deleteAll(of person: ID<Person>) throws -> Int {
        try db.execute("DELETE FROM platform_notice_mute WHERE person_id = \(person)")
        return try db.change("DELETE FROM platform_notice WHERE person_id = \(person)")
    }
}
