import Database
import Directory
import Kernel

/// Classes: each class group as a homeroom, and each subject taught in it as a scheduled class of its own.
struct OneRosterClassStore: OneRosterSource {
    let db: Connection
    let view: OneRosterView

    /// A class group, or one subject of it: `<class group>` or `<class group>-<subject>`.
    struct Key: Sendable, Hashable {
        let group: String
        let subject: String?

        init(_ group: String, _ subject: String?) { (self.group, self.subject) = (group, subject) }

        init(_ text: String) {
            let parts = text.split(separator: "-", maxSplits: 1)
            group = parts.first.map(String.init) ?? ""
            subject = parts.count > 1 ? String(parts[1]) : nil
        }

        var text: String { subject.map { group + "-" + $0 } ?? group }
    }

    func keys(_ selection: OneRosterSelection) throws -> OneRosterKeys {
        var conditions = [SQL.within(view.scope, "o.path"), "c.opened_on <= \(view.today)" as SQL]
        let only = selection.only.map(Key.init)
        if let only { conditions.append("c.id = \(only.group)") }
        if let school = selection.school { conditions.append("c.school_id = \(school)") }
        if !selection.includesEnded { conditions.append("(c.closed_on IS NULL OR c.closed_on > \(view.today))") }
        var open: SQL = .empty
        if !selection.includesEnded { open = " AND (t.valid_to IS NULL OR t.valid_to > \(view.today))" }
        let matching = SQL.joined(conditions, " AND ")
        var parts: [SQL] = []
        let (homerooms, scheduled) = try persons(selection)
        if only?.subject == nil {
            parts.append(
                """
                SELECT c.id AS key FROM directory_class_group c JOIN directory_organisation o ON o.id = c.school_id
                WHERE \(matching)\(homerooms)
                """)
        }
        if only == nil || only?.subject != nil {
            let subject: SQL = only?.subject.map { " AND t.subject = \($0)" } ?? .empty
            parts.append(
                """
                SELECT DISTINCT c.id || '-' || t.subject AS key FROM directory_class_post t
                JOIN directory_class_group c ON c.id = t.class_id
                JOIN directory_organisation o ON o.id = c.school_id
                WHERE t.kind = 'subject' AND t.valid_from <= \(view.today)\(open)\(subject)\(scheduled) AND \(matching)
                """)
        }
        var keys = OneRosterKeys()
        try db.each("SELECT k.key FROM (\(SQL.joined(parts, " UNION ALL "))) k ORDER BY k.key") { row in
            keys.append(try row.text(0))
        }
        return try narrowed(keys, selection)
    }

    /// Conditions that leave the classes of one person, for homerooms and for subjects.
    private func persons(_ selection: OneRosterSelection) throws -> (SQL, SQL) {
        guard let user = selection.user else { return (.empty, .empty) }
        let learns: SQL =
            """
            c.id IN (SELECT e.class_id FROM directory_enrolment e WHERE e.person_id = \(user)
                AND e.valid_from <= \(view.today) AND (e.valid_to IS NULL OR e.valid_to > \(view.today)))
            """
        let leads: SQL =
            """
            c.id IN (SELECT h.class_id FROM directory_class_post h WHERE h.person_id = \(user) AND h.kind = 'homeroom'
                AND h.valid_from <= \(view.today) AND (h.valid_to IS NULL OR h.valid_to > \(view.today)))
            """
        switch selection.role {
        case .student: return (" AND \(learns)", " AND \(learns)")
        case .teacher: return (" AND \(leads)", " AND t.person_id = \(user)")
        case nil: return (" AND (\(learns) OR \(leads))", " AND (\(learns) OR t.person_id = \(user))")
        }
    }

    /// The classes of a course or term, which follow from the day and so cannot be asked of the database.
    private func narrowed(_ keys: OneRosterKeys, _ selection: OneRosterSelection) throws -> OneRosterKeys {
        guard selection.course != nil || selection.term != nil else { return keys }
        var left: [String] = []
        for start in stride(from: 0, to: keys.count, by: 500) {
            for record in try records(keys.page(start, 500)) {
                let isOfCourse = selection.course.map { record.texts(at: ["course"]).contains($0) } ?? true
                let isOfTerm = selection.term.map { record.texts(at: ["terms"]).contains($0) } ?? true
                if isOfCourse && isOfTerm { left.append(record.id) }
            }
        }
        return OneRosterKeys(left)
    }

    /// When a subject came to a class, or left it.
    struct Teaching: Sendable {
        var isOpen = false
        var begun: Timestamp?
        var ended = Timestamp(milliseconds: 0)
        /// While it is taught the moment it began, afterwards the moment it ended.
        var changed: Timestamp { isOpen ? begun ?? ended : ended }
    }

    func records(_ keys: [String]) throws -> [OneRosterRecord] {
        let keys = keys.map(Key.init)
        let groups = try groups(Array(Set(keys.map(\.group))))
        let taught = try teaching(Array(Set(keys.filter { $0.subject != nil }.map(\.group))))
        return keys.compactMap { key in
            guard let group = groups[key.group] else { return nil }
            guard let subject = key.subject else {
                return OneRosterClass.homeroom(group.classGroup, group.changedAt, view)
            }
            guard let teaching = taught[key] else { return nil }
            return OneRosterClass.scheduled(subject, of: group.classGroup, group.changedAt, teaching, view)
        }
    }

    private func groups(_ ids: [String]) throws -> [String: (classGroup: ClassGroup, changedAt: Timestamp)] {
        let found = try ClassGroupStore(db).changes(of: ids.map(ID.init), within: view.scope)
        return Dictionary(found.map { ($0.classGroup.id.rawValue, $0) }, uniquingKeysWith: { first, _ in first })
    }

    /// Each subject of the classes with its life.
    func teaching(_ groups: [String]) throws -> [Key: Teaching] {
        var found: [Key: Teaching] = [:]
        try db.each(
            """
            SELECT t.class_id, t.subject, t.valid_from, t.valid_to, t.recorded_at, t.changed_at
            FROM directory_class_post t
            WHERE t.class_id IN \(in: groups) AND t.kind = 'subject' AND t.valid_from <= \(view.today)
            """
        ) { row in
            let from: LocalDate = try row.get(2), until: LocalDate? = try row.get(3)
            let recorded: Timestamp = try row.get(4), changed: Timestamp = try row.get(5)
            let isOpen = until.map { $0 > view.today } ?? true
            var teaching = found[Key(try row.text(0), try row.text(1))] ?? Teaching()
            if isOpen {
                let begun = recorded.orReached(from, by: view.today)
                teaching.begun = min(teaching.begun ?? begun, begun)
            } else {
                teaching.ended = max(teaching.ended, max(recorded, changed).orReached(until, by: view.today))
            }
            teaching.isOpen = teaching.isOpen || isOpen
            found[Key(try row.text(0), try row.text(1))] = teaching
        }
        return found
    }
}
