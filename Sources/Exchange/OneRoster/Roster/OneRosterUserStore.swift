import Database
import Directory
import Kernel

/// Users: everybody who learns, works or has a child in the scope, now or, where what has ended is asked for, before.
struct OneRosterUserStore: OneRosterSource {
    let db: Connection
    let view: OneRosterView

    func keys(_ selection: OneRosterSelection) throws -> OneRosterKeys {
        var keys = OneRosterKeys()
        let reaches = OneRosterReach(view: view, selection: selection).reaches
        guard !reaches.isEmpty else { return keys }
        var having: [SQL] = []
        if !selection.includesEnded { having.append("MAX(r.holds) = 1") }
        if selection.changedSince != nil { having.append("MAX(r.hit) = 1") }
        let condition: SQL = having.isEmpty ? .empty : " HAVING \(SQL.joined(having, " AND "))"
        try db.each(
            """
            SELECT r.id FROM (\(SQL.joined(reaches, " UNION ALL "))) r GROUP BY r.id\(condition) ORDER BY r.id
            """
        ) { keys.append(try $0.text(0)) }
        return keys
    }

    func records(_ keys: [String]) throws -> [OneRosterRecord] {
        let roles = try roles(keys), agents = try agents(keys)
        let people = try people(keys)
        return keys.compactMap { key in
            guard let person = people[key], let roles = roles[key] else { return nil }
            return OneRosterUser(person: person, roles: roles, agents: agents[key] ?? [], view: view).record
        }
    }

    /// What a user's record is made of.
    struct Known: Sendable {
        let id: String
        let name: String
        let changedAt: Timestamp
        let isMerged: Bool
        let sex: String?
        let birthDate: LocalDate?
    }

    func people(_ keys: [String]) throws -> [String: Known] {
        var found: [String: Known] = [:]
        try db.each(
            """
            SELECT p.id, p.name, p.created_at, p.changed_at, p.merged_into, p.sex, p.birth_date
            FROM directory_person p WHERE p.id IN \(in: keys)
            """
        ) { row in
            let id = try row.text(0), created: Timestamp = try row.get(2), changed: Timestamp = try row.get(3)
            found[id] = Known(
                id: id, name: try row.text(1), changedAt: max(created, changed), isMerged: !row.isNull(4),
                sex: try row.get(5), birthDate: try row.get(6))
        }
        return found
    }

    /// Something a person is at an organisation, from a day on.
    struct Role: Sendable {
        enum Kind: Sendable { case pupil(Grade?), staff(post: String), teacher, guardian }
        let kind: Kind
        let organisation: OrganisationID
        let isSchool: Bool
        let from: LocalDate
        let until: LocalDate?
        let changedAt: Timestamp
    }

    func roles(_ keys: [String]) throws -> [String: [Role]] {
        var found: [String: [Role]] = [:]
        try addPupils(keys, to: &found)
        try addStaff(keys, to: &found)
        try addTeachers(keys, to: &found)
        try addGuardians(keys, to: &found)
        return found
    }

    private func addPupils(_ keys: [String], to found: inout [String: [Role]]) throws {
        try db.each(
            """
            SELECT e.person_id, e.school_id, e.valid_from, e.valid_to, e.recorded_at, e.changed_at, c.stage,
                COALESCE(e.entry_year, c.entry_year), c.years
            FROM directory_enrolment e JOIN directory_organisation o ON o.id = e.school_id
            JOIN directory_class_group c ON c.id = e.class_id
            WHERE e.person_id IN \(in: keys) AND e.valid_from <= \(view.today) AND \(SQL.within(view.scope, "o.path"))
            ORDER BY e.valid_from, e.id
            """
        ) { row in
            let recorded: Timestamp = try row.get(4), changed: Timestamp = try row.get(5)
            let year: Int = try row.get(7)
            let grade = Grade(
                try row.get(6), SchoolYear(containing: view.today).start - year + 1, years: try row.get(8))
            let role = Role(
                kind: .pupil(grade), organisation: try row.get(1), isSchool: true, from: try row.get(2),
                until: try row.get(3), changedAt: max(recorded, changed))
            found[try row.text(0), default: []].append(role)
        }
    }

    private func addStaff(_ keys: [String], to found: inout [String: [Role]]) throws {
        try db.each(
            """
            SELECT a.person_id, a.organisation_id, a.valid_from, a.valid_to, a.changed_at, a.post, o.kind
            FROM directory_appointment a JOIN directory_organisation o ON o.id = a.organisation_id
            WHERE a.person_id IN \(in: keys) AND a.valid_from <= \(view.today) AND \(SQL.within(view.scope, "o.path"))
            ORDER BY a.valid_from, a.id
            """
        ) { row in
            let kind: OrganisationKind = try row.get(6)
            let role = Role(
                kind: .staff(post: try row.text(5)), organisation: try row.get(1), isSchool: kind.isSchool,
                from: try row.get(2), until: try row.get(3), changedAt: try row.get(4))
            found[try row.text(0), default: []].append(role)
        }
    }

    private func addTeachers(_ keys: [String], to found: inout [String: [Role]]) throws {
        try db.each(
            """
            SELECT t.person_id, c.school_id, t.valid_from, t.valid_to, t.recorded_at, t.changed_at
            FROM directory_class_post t JOIN directory_class_group c ON c.id = t.class_id
            JOIN directory_organisation o ON o.id = c.school_id
            WHERE t.person_id IN \(in: keys) AND t.valid_from <= \(view.today) AND \(SQL.within(view.scope, "o.path"))
            ORDER BY t.valid_from, t.id
            """
        ) { row in
            let recorded: Timestamp = try row.get(4), changed: Timestamp = try row.get(5)
            let role = Role(
                kind: .teacher, organisation: try row.get(1), isSchool: true, from: try row.get(2),
                until: try row.get(3), changedAt: max(recorded, changed))
            found[try row.text(0), default: []].append(role)
        }
    }

    /// A guardian belongs to the schools of her children, as long as they do.
    private func addGuardians(_ keys: [String], to found: inout [String: [Role]]) throws {
        try db.each(
            """
            SELECT g.guardian_id, e.school_id, g.valid_from, g.valid_to, e.valid_from, e.valid_to, g.recorded_at,
                g.changed_at, e.changed_at, c.birth_date
            FROM directory_guardianship g JOIN directory_enrolment e ON e.person_id = g.child_id
            JOIN directory_person c ON c.id = g.child_id
            JOIN directory_organisation o ON o.id = e.school_id
            WHERE g.guardian_id IN \(in: keys) AND g.state = 'confirmed' AND g.valid_from <= \(view.today) AND e.valid_from <= \(view.today)
                AND \(SQL.within(view.scope, "o.path"))
            ORDER BY e.valid_from, g.id
            """
        ) { row in
            let begun: LocalDate = try row.get(2), came: LocalDate = try row.get(4)
            let ended: LocalDate? = try row.get(3), left: LocalDate? = try row.get(5)
            let times: [Timestamp] = [try row.get(6), try row.get(7), try row.get(8)]
            let adult = OneRosterUserStore.majority(try row.get(9))
            let from = max(begun, came), until = [ended, left, adult].compactMap { $0 }.min()
            // She was a guardian before the child came, after it left, or of somebody of age.
            if let until, until <= from { return }
            let role = Role(
                kind: .guardian, organisation: try row.get(1), isSchool: true, from: from, until: until,
                changedAt: times.max() ?? times[0])
            found[try row.text(0), default: []].append(role)
        }
    }

    /// From when on somebody born on the day has no guardians; `nil` when the day is not known.
    private static func majority(_ birth: String?) -> LocalDate? {
        birth.flatMap { LocalDate(iso: $0) }.map { Majority.day(ofBirth: $0) }
    }

    /// A guardian of a pupil.
    struct Agent: Sendable {
        let id: String
        let from: LocalDate
        let until: LocalDate?
        let changedAt: Timestamp
    }

    private func agents(_ keys: [String]) throws -> [String: [Agent]] {
        var found: [String: [Agent]] = [:]
        try db.each(
            """
            SELECT g.child_id, g.guardian_id, g.valid_from, g.valid_to, g.recorded_at, g.changed_at, c.birth_date
            FROM directory_guardianship g JOIN directory_person c ON c.id = g.child_id
            WHERE g.child_id IN \(in: keys) AND g.state = 'confirmed' AND g.valid_from <= \(view.today)
            ORDER BY COALESCE(g.ordinal, 3), g.id
            """
        ) { row in
            let recorded: Timestamp = try row.get(4), changed: Timestamp = try row.get(5)
            let ends: [LocalDate?] = [try row.get(3), OneRosterUserStore.majority(try row.get(6))]
            let agent = Agent(
                id: try row.text(1), from: try row.get(2), until: ends.compactMap { $0 }.min(),
                changedAt: max(recorded, changed))
            found[try row.text(0), default: []].append(agent)
        }
        return found
    }
}
