import Database
import Directory
import Kernel

/// The ways in which people belong to the scope, one statement for each: `id` of the person, whether it `holds` today,
/// and whether it may be a `hit` of what has changed.
struct OneRosterReach {
    let view: OneRosterView
    let selection: OneRosterSelection

    private var asked: OneRosterClassStore.Key? { selection.classKey.map(OneRosterClassStore.Key.init) }

    var reaches: [SQL] {
        switch selection.role {
        case .student: return [pupils]
        case .teacher: return asked == nil ? [staff, teachers] : [teachers]
        case nil:
            if asked != nil { return [pupils, teachers] }
            var all = [pupils, staff, teachers, guardians]
            if selection.changedSince != nil { all.append(children) }
            return all
        }
    }

    private func columns(_ person: SQL, from: SQL, until: SQL, changed: [SQL]) -> SQL {
        let holds: SQL =
            """
            CASE WHEN (\(until) IS NULL OR \(until) > \(view.today)) AND p.merged_into IS NULL THEN 1 ELSE 0 END AS holds
            """
        guard let since = selection.changedSince else { return "\(person) AS id, \(holds), 1 AS hit" }
        let later = (changed + ["p.changed_at", "p.created_at"]).map { "\($0) >= \(since)" as SQL }
        let reached: [SQL] = ["\(from) >= \(since.day)", "\(until) >= \(since.day)"]
        return """
            \(person) AS id, \(holds),
            CASE WHEN \(SQL.joined(later + reached, " OR ")) THEN 1 ELSE 0 END AS hit
            """
    }

    private func conditions(_ person: SQL, from: SQL, _ more: [SQL] = []) -> SQL {
        var all = [SQL.within(view.scope, "o.path"), "\(from) <= \(view.today)" as SQL] + more
        if let only = selection.only ?? selection.user { all.append("\(person) = \(only)") }
        if let school = selection.school { all.append("o.id = \(school)") }
        return SQL.joined(all, " AND ")
    }

    private var pupils: SQL {
        let places: [SQL] = asked.map { ["e.class_id = \($0.group)"] } ?? []
        return """
            SELECT \(columns("e.person_id", from: "e.valid_from", until: "e.valid_to", changed: ["e.changed_at"]))
            FROM directory_enrolment e JOIN directory_organisation o ON o.id = e.school_id
            JOIN directory_person p ON p.id = e.person_id
            WHERE \(conditions("e.person_id", from: "e.valid_from", places))
            """
    }

    private var staff: SQL {
        let posts: [SQL] =
            selection.role == .teacher ? ["(a.post LIKE '1%' OR a.post LIKE '2%' OR a.post IN ('34', '49'))"] : []
        return """
            SELECT \(columns("a.person_id", from: "a.valid_from", until: "a.valid_to", changed: ["a.changed_at"]))
            FROM directory_appointment a JOIN directory_organisation o ON o.id = a.organisation_id
            JOIN directory_person p ON p.id = a.person_id
            WHERE \(conditions("a.person_id", from: "a.valid_from", posts))
            """
    }

    private var teachers: SQL {
        let places: [SQL] =
            asked.map { ["t.class_id = \($0.group)", "t.subject = \($0.subject ?? "")"] } ?? []
        return """
            SELECT \(columns("t.person_id", from: "t.valid_from", until: "t.valid_to", changed: ["t.changed_at"]))
            FROM directory_class_post t JOIN directory_class_group c ON c.id = t.class_id
            JOIN directory_organisation o ON o.id = c.school_id JOIN directory_person p ON p.id = t.person_id
            WHERE \(conditions("t.person_id", from: "t.valid_from", places))
            """
    }

    private var guardians: SQL {
        let overlap: [SQL] = [
            "g.state = 'confirmed'", "e.valid_from <= \(view.today)",
            "(g.valid_to IS NULL OR g.valid_to > e.valid_from)",
            "(e.valid_to IS NULL OR e.valid_to > g.valid_from)",
        ]
        let ended: SQL =
            "CASE WHEN e.valid_to IS NOT NULL AND (g.valid_to IS NULL OR e.valid_to < g.valid_to) THEN e.valid_to ELSE g.valid_to END"
        let adult = Majority.day(ofBirth: "c.birth_date")
        let until: SQL =
            "CASE WHEN c.birth_date IS NOT NULL AND (\(ended) IS NULL OR \(adult) < \(ended)) THEN \(adult) ELSE \(ended) END"
        return """
            SELECT \(columns("g.guardian_id", from: "g.valid_from", until: until, changed: ["g.changed_at", "e.changed_at"]))
            FROM directory_guardianship g JOIN directory_enrolment e ON e.person_id = g.child_id
            JOIN directory_organisation o ON o.id = e.school_id JOIN directory_person p ON p.id = g.guardian_id
            JOIN directory_person c ON c.id = g.child_id
            WHERE \(conditions("g.guardian_id", from: "g.valid_from", overlap))
            """
    }

    /// Pupils whose guardians have changed: the record of a pupil names them.
    private var children: SQL {
        """
        SELECT \(columns("g.child_id", from: "g.valid_from", until: "e.valid_to", changed: ["g.changed_at"]))
        FROM directory_guardianship g JOIN directory_enrolment e ON e.person_id = g.child_id
        JOIN directory_organisation o ON o.id = e.school_id JOIN directory_person p ON p.id = g.child_id
        WHERE \(conditions("g.child_id", from: "g.valid_from", ["e.valid_from <= \(view.today)"]))
        """
    }
}
