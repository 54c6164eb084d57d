import Database
import Directory
import Kernel
import Platform

/// All SQL of the statistics: a few statements over all schools of a scope, whatever their number.
struct RollStatisticsStore {
    let db: Connection
    let crypto: any CryptoProvider

    init(_ db: Connection, _ crypto: any CryptoProvider) { (self.db, self.crypto) = (db, crypto) }

    /// The figures of the schools that lie in the scope today, as of the day.
    func figures(within scope: DataScope, on day: LocalDate) throws -> RollFigures {
        RollFigures(
            classes: try classes(within: scope, on: day), boarders: try boarders(within: scope, on: day),
            staff: try staff(within: scope, on: day),
            teams: try StaffTeamStore(db).members(within: scope, on: day), on: day)
    }

    private static func schools(_ scope: DataScope, _ column: SQL) -> SQL {
        if scope.roots.first?.text.isEmpty == true { return "(1 = 1)" }
        return "\(column) IN (SELECT o.id FROM directory_organisation o WHERE \(SQL.within(scope, "o.path")))"
    }

    private func classes(within scope: DataScope, on day: LocalDate) throws -> [CountedClass] {
        var classes: [CountedClass] = []
        try db.each(
            """
            SELECT c.id, c.school_id, c.stage, c.entry_year, c.years, COALESCE(n.entry_year, c.entry_year), n.pupils,
                n.boys, n.girls
            FROM (
                SELECT e.class_id AS class_id, e.entry_year AS entry_year, COUNT(*) AS pupils,
                    SUM(CASE WHEN p.sex = '1' THEN 1 ELSE 0 END) AS boys,
                    SUM(CASE WHEN p.sex = '2' THEN 1 ELSE 0 END) AS girls
                FROM directory_enrolment e JOIN directory_person p ON p.id = e.person_id
                WHERE \(RollStatisticsStore.schools(scope, "e.school_id")) AND e.valid_from <= \(day)
                    AND (e.valid_to IS NULL OR e.valid_to > \(day))
                GROUP BY e.school_id, e.class_id, e.entry_year) n
            JOIN directory_class_group c ON c.id = n.class_id ORDER BY c.id
            """
        ) { row in
            let part = CountedClass.Part(
                entryYear: try row.get(5), pupils: try row.get(6), boys: try row.get(7), girls: try row.get(8))
            let id: ID<ClassGroup> = try row.get(0)
            if classes.last?.id == id {
                classes[classes.count - 1].parts.append(part)
            } else {
                classes.append(
                    CountedClass(
                        id: id, school: try row.get(1), stage: try row.get(2), entryYear: try row.get(3),
                        years: try row.get(4), parts: [part]))
            }
        }
        return classes
    }

    private func boarders(within scope: DataScope, on day: LocalDate) throws -> [OrganisationID: Int] {
        var counts: [OrganisationID: Int] = [:]
        try db.each(
            """
            SELECT e.school_id, COUNT(*) FROM directory_enrolment e
            JOIN directory_person_facts f ON f.person_id = e.person_id AND f.valid_from <= \(day)
                AND (f.valid_to IS NULL OR f.valid_to > \(day))
            WHERE \(RollStatisticsStore.schools(scope, "e.school_id")) AND e.valid_from <= \(day)
                AND (e.valid_to IS NULL OR e.valid_to > \(day))
                AND \(PersonFactStore.holds(RollStatisticsStore.boarding, in: "attendance"))
            GROUP BY e.school_id
            """
        ) { counts[try $0.get(0)] = try $0.get(1) }
        return counts
    }

    /// 住校
    private static let boarding = "2"

    /// Everybody once at her own school, with her first post there.
    private func staff(within scope: DataScope, on day: LocalDate) throws -> [CountedStaffMember] {
        var members: [CountedStaffMember] = [], places: [String: Int] = [:]
        try db.each(
            """
            SELECT a.person_id, a.organisation_id, MIN(a.post) FROM directory_appointment a
            WHERE \(RollStatisticsStore.schools(scope, "a.organisation_id")) AND a.kind IN ('established', 'contract')
                AND a.valid_from <= \(day) AND (a.valid_to IS NULL OR a.valid_to > \(day))
            GROUP BY a.person_id, a.organisation_id
            """
        ) { row in
            let member = CountedStaffMember(person: try row.get(0), school: try row.get(1), post: try row.get(2))
            places[member.person.rawValue + member.school.rawValue] = members.count
            members.append(member)
        }
        let teachers = members.filter { $0.group == .teaching }.map(\.person)
        let facts = try PersonFactStore(db, crypto).plain(["title", "education"], of: teachers, on: day)
        for index in members.indices {
            guard let known = facts[members[index].person] else { continue }
            (members[index].title, members[index].education) = (known["title"] ?? "", known["education"] ?? "")
        }
        try db.each(
            """
            SELECT DISTINCT t.person_id, c.school_id, t.subject FROM directory_class_post t
            JOIN directory_class_group c ON c.id = t.class_id
            WHERE t.kind = 'subject' AND \(RollStatisticsStore.schools(scope, "c.school_id"))
                AND t.valid_from <= \(day) AND (t.valid_to IS NULL OR t.valid_to > \(day))
            """
        ) { row in
            guard let place = places[try row.text(0) + row.text(1)] else { return }
            members[place].subjects.insert(try row.get(2))
        }
        return members
    }
}
