import Database
import Directory
import Kernel

/// Enrollments: each pupil in her homeroom and in every subject of it, and each teacher in what she leads and teaches.
/// A pupil's enrollment in a subject has the key `<enrolment>-<subject>`.
struct OneRosterEnrollmentStore: OneRosterSource {
    let db: Connection
    let view: OneRosterView

    func keys(_ selection: OneRosterSelection) throws -> OneRosterKeys {
        var parts: [SQL] = []
        let only = selection.only.map(OneRosterClassStore.Key.init)
        let asked = selection.classKey.map(OneRosterClassStore.Key.init)
        if selection.role != .teacher {
            if only?.subject == nil && asked?.subject == nil { parts.append(pupils(selection, only, asked)) }
            let isOne = only != nil && only?.subject == nil
            let isHomeroom = asked != nil && asked?.subject == nil
            if !isOne && !isHomeroom { parts.append(pupilsBySubject(selection, only, asked)) }
        }
        if selection.role != .student && only?.subject == nil { parts.append(teachers(selection, only, asked)) }
        var keys = OneRosterKeys()
        guard !parts.isEmpty else { return keys }
        try db.each("SELECT k.key FROM (\(SQL.joined(parts, " UNION ALL "))) k ORDER BY k.key") { row in
            keys.append(try row.text(0))
        }
        return keys
    }

    /// What holds for enrolments and posts alike.
    private func conditions(_ selection: OneRosterSelection, from: SQL, until: SQL, changed: SQL) -> [SQL] {
        var all = [SQL.within(view.scope, "o.path"), "\(from) <= \(view.today)" as SQL]
        if !selection.includesEnded { all.append("(\(until) IS NULL OR \(until) > \(view.today))") }
        if let since = selection.changedSince {
            all.append("(\(changed) >= \(since) OR \(from) >= \(since.day) OR \(until) >= \(since.day))")
        }
        if let school = selection.school { all.append("o.id = \(school)") }
        return all
    }

    private func pupils(
        _ selection: OneRosterSelection, _ only: OneRosterClassStore.Key?, _ asked: OneRosterClassStore.Key?
    ) -> SQL {
        var all = conditions(selection, from: "e.valid_from", until: "e.valid_to", changed: "e.changed_at")
        if let only { all.append("e.id = \(only.group)") }
        if let asked { all.append("e.class_id = \(asked.group)") }
        if let user = selection.user { all.append("e.person_id = \(user)") }
        return """
            SELECT e.id AS key FROM directory_enrolment e JOIN directory_organisation o ON o.id = e.school_id
            WHERE \(SQL.joined(all, " AND "))
            """
    }

    private func pupilsBySubject(
        _ selection: OneRosterSelection, _ only: OneRosterClassStore.Key?, _ asked: OneRosterClassStore.Key?
    ) -> SQL {
        let since: SQL = selection.changedSince.map { " OR s.changed >= \($0) OR s.reached >= \($0.day)" } ?? .empty
        var wide = selection
        wide.changedSince = nil
        var all = conditions(wide, from: "e.valid_from", until: "e.valid_to", changed: "e.changed_at")
        if let bound = selection.changedSince {
            all.append(
                "(e.changed_at >= \(bound) OR e.valid_from >= \(bound.day) OR e.valid_to >= \(bound.day)\(since))")
        }
        if let only { all.append("e.id = \(only.group)") }
        if let subject = only?.subject ?? asked?.subject { all.append("s.subject = \(subject)") }
        if let asked { all.append("e.class_id = \(asked.group)") }
        if let user = selection.user { all.append("e.person_id = \(user)") }
        let open: SQL = selection.includesEnded ? "" : " AND (t.valid_to IS NULL OR t.valid_to > \(view.today))"
        return """
            SELECT e.id || '-' || s.subject AS key FROM directory_enrolment e
            JOIN directory_organisation o ON o.id = e.school_id
            JOIN (SELECT t.class_id, t.subject, MAX(t.changed_at) AS changed,
                    MAX(COALESCE(t.valid_to, t.valid_from)) AS reached
                FROM directory_class_post t
                WHERE t.kind = 'subject' AND t.valid_from <= \(view.today)\(open)
                GROUP BY t.class_id, t.subject) s ON s.class_id = e.class_id
            WHERE \(SQL.joined(all, " AND "))
            """
    }

    private func teachers(
        _ selection: OneRosterSelection, _ only: OneRosterClassStore.Key?, _ asked: OneRosterClassStore.Key?
    ) -> SQL {
        var all = conditions(selection, from: "t.valid_from", until: "t.valid_to", changed: "t.changed_at")
        if let only { all.append("t.id = \(only.group)") }
        if let asked { all.append("t.class_id = \(asked.group) AND t.subject = \(asked.subject ?? "")") }
        if let user = selection.user { all.append("t.person_id = \(user)") }
        return """
            SELECT t.id AS key FROM directory_class_post t JOIN directory_class_group c ON c.id = t.class_id
            JOIN directory_organisation o ON o.id = c.school_id WHERE \(SQL.joined(all, " AND "))
            """
    }

    // MARK: Records

    /// An enrolment or a post, as both are told.
    private struct Bond {
        let person: String
        let classGroup: String
        let school: OrganisationID
        let subject: String?
        /// Leads the class; `nil` for pupils.
        let isLeading: Bool?
        let from: LocalDate
        let until: LocalDate?
        let changedAt: Timestamp
    }

    func records(_ keys: [String]) throws -> [OneRosterRecord] {
        let keys = keys.map(OneRosterClassStore.Key.init), ids = Array(Set(keys.map(\.group)))
        let enrolments = try enrolments(ids), posts = try posts(ids)
        let groups = Set(keys.compactMap { $0.subject == nil ? nil : enrolments[$0.group]?.classGroup })
        let taught = try OneRosterClassStore(db: db, view: view).teaching(Array(groups))
        return keys.compactMap { key in
            if let post = posts[key.group] {
                let place = OneRosterClassStore.Key(post.classGroup, post.subject)
                return record(key.text, post, in: place, isOpen: true, changed: post.changedAt)
            }
            guard let enrolment = enrolments[key.group] else { return nil }
            let place = OneRosterClassStore.Key(enrolment.classGroup, key.subject)
            guard key.subject != nil else {
                return record(key.text, enrolment, in: place, isOpen: true, changed: enrolment.changedAt)
            }
            guard let teaching = taught[place] else { return nil }
            return record(
                key.text, enrolment, in: place, isOpen: teaching.isOpen,
                changed: max(enrolment.changedAt, teaching.changed))
        }
    }

    private func enrolments(_ ids: [String]) throws -> [String: Bond] {
        var found: [String: Bond] = [:]
        try db.each(
            """
            SELECT e.id, e.person_id, e.class_id, e.school_id, e.valid_from, e.valid_to, e.recorded_at, e.changed_at
            FROM directory_enrolment e JOIN directory_organisation o ON o.id = e.school_id
            WHERE e.id IN \(in: ids) AND \(SQL.within(view.scope, "o.path"))
            """
        ) { row in
            let recorded: Timestamp = try row.get(6), changed: Timestamp = try row.get(7)
            found[try row.text(0)] = Bond(
                person: try row.text(1), classGroup: try row.text(2), school: try row.get(3), subject: nil,
                isLeading: nil, from: try row.get(4), until: try row.get(5), changedAt: max(recorded, changed))
        }
        return found
    }

    private func posts(_ ids: [String]) throws -> [String: Bond] {
        var found: [String: Bond] = [:]
        try db.each(
            """
            SELECT t.id, t.person_id, t.class_id, c.school_id, t.subject, t.valid_from, t.valid_to, t.recorded_at,
                t.changed_at
            FROM directory_class_post t JOIN directory_class_group c ON c.id = t.class_id
            JOIN directory_organisation o ON o.id = c.school_id
            WHERE t.id IN \(in: ids) AND \(SQL.within(view.scope, "o.path"))
            """
        ) { row in
            let subject = try row.text(4)
            let recorded: Timestamp = try row.get(7), changed: Timestamp = try row.get(8)
            found[try row.text(0)] = Bond(
                person: try row.text(1), classGroup: try row.text(2), school: try row.get(3),
                subject: subject.isEmpty ? nil : subject, isLeading: subject.isEmpty, from: try row.get(5),
                until: try row.get(6), changedAt: max(recorded, changed))
        }
        return found
    }

    private func record(
        _ key: String, _ bond: Bond, in place: OneRosterClassStore.Key, isOpen: Bool, changed: Timestamp
    ) -> OneRosterRecord {
        var members = [
            OneRosterMember("user", view.reference("user", .users, bond.person)),
            OneRosterMember("class", view.reference("class", .classes, place.text)),
            OneRosterMember("school", view.organisation(bond.school)),
            OneRosterMember("role", bond.isLeading == nil ? "student" : "teacher"),
        ]
        if let isLeading = bond.isLeading { members.append(OneRosterMember("primary", .flag(isLeading))) }
        members.append(OneRosterMember("beginDate", bond.from.iso))
        if let until = bond.until { members.append(OneRosterMember("endDate", until.iso)) }
        let holds = bond.until.map { $0 > view.today } ?? true
        return OneRosterRecord(
            key, isActive: holds && isOpen,
            modified: changed.orReached(bond.from, by: view.today).orReached(bond.until, by: view.today), members)
    }
}
