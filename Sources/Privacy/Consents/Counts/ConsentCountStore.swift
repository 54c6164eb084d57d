import Database
import Directory
import Kernel

/// SQL that counts many pupils at a time: the rule of `ConsentRule` in one grouped statement. A test holds the two against
/// each other.
struct ConsentCountStore {
    let db: Connection
    let day: LocalDate

    /// What pupils are counted by.
    enum Unit: Sendable {
        case school, classGroup

        fileprivate var column: SQL { self == .school ? "e.school_id" : "e.class_id" }
    }

    init(_ db: Connection, on day: LocalDate) { (self.db, self.day) = (db, day) }

    /// The pupils on the rolls of the day, by the id of school or class.
    ///
    /// - Parameter place: a condition on `directory_organisation o`, the school.
    func populations(_ place: SQL, by unit: Unit) throws -> [String: ConsentPopulation] {
        let own = ConsentAge.latestBirth(of: ConsentAge.ownDecision, on: day)
        let grown = Majority.latestBirth(ofAgeOn: day)
        var found: [String: ConsentPopulation] = [:]
        try db.each(
            """
            SELECT \(unit.column), COUNT(*), SUM(CASE WHEN p.birth_date <= \(own) THEN 0 ELSE 1 END),
                SUM(CASE WHEN p.birth_date <= \(own) AND p.birth_date > \(grown) THEN 1 ELSE 0 END),
                SUM(CASE WHEN p.birth_date <= \(own) THEN 0 WHEN EXISTS (
                    SELECT 1 FROM directory_guardianship g WHERE g.child_id = e.person_id AND \(holding("g")))
                    THEN 0 ELSE 1 END)
            FROM directory_organisation o CROSS JOIN directory_enrolment e CROSS JOIN directory_person p
            WHERE \(enrolled(place)) GROUP BY \(unit.column)
            """
        ) { row in
            found[try row.get(0)] = ConsentPopulation(
                pupils: try row.get(1), children: try row.get(2), youths: try row.get(3),
                withoutGuardian: try row.get(4))
        }
        return found
    }

    /// How pupils stand about whom something was said, by the id of school or class and by the code of the purpose.
    ///
    /// - Parameter place: see `populations`.
    func standings(
        for purposes: [ConsentPurpose], _ place: SQL, by unit: Unit
    ) throws -> [String: [String: [ConsentStanding: Int]]] {
        guard !purposes.isEmpty else { return [:] }
        var found: [String: [String: [ConsentStanding: Int]]] = [:]
        // Of the voices of a pupil the heaviest decides.
        try db.each(
            """
            SELECT s.place, s.purpose, s.weight, COUNT(*) FROM (
                SELECT w.place, w.purpose, MAX(w.weight) AS weight FROM (
                    SELECT e.id AS enrolment, \(unit.column) AS place, a.purpose AS purpose, CASE
                        WHEN NOT (\(isVoice)) THEN 0 WHEN a.word <> 'yes' THEN 3
                        WHEN a.version = \(version(purposes)) THEN 2 ELSE 1 END AS weight
                    FROM directory_organisation o CROSS JOIN directory_enrolment e CROSS JOIN directory_person p
                        CROSS JOIN privacy_consent_answer a
                    WHERE \(enrolled(place)) AND a.child_id = e.person_id AND a.purpose IN \(in: purposes.map(\.code))
                        AND a.decided_at < \(end)) w
                GROUP BY w.enrolment, w.place, w.purpose) s
            GROUP BY s.place, s.purpose, s.weight
            """
        ) { row in
            let weight: Int = try row.get(2)
            let standing: ConsentStanding = weight == 3 ? .refused : weight == 2 ? .allowed : .askAgain
            found[try row.get(0), default: [:]][try row.get(1), default: [:]][standing, default: 0] += try row.get(3)
        }
        return found
    }

    /// The schools of pupils about whom something was entered since the moment that may change how they stand.
    func schoolsChanged(since moment: Timestamp) throws -> [OrganisationID] {
        try db.column(
            """
            SELECT DISTINCT e.school_id FROM directory_enrolment e WHERE e.person_id IN (
                SELECT a.child_id FROM privacy_consent_answer a WHERE a.recorded_at >= \(moment)
                UNION SELECT g.child_id FROM directory_guardianship g WHERE g.changed_at >= \(moment)
                UNION SELECT p.id FROM directory_person p WHERE p.changed_at >= \(moment)
                UNION SELECT f.person_id FROM directory_enrolment f WHERE f.changed_at >= \(moment))
            """)
    }

    private var end: Timestamp { Timestamp(startOf: day.adding(days: 1)) }

    /// CROSS JOIN keeps the order of the tables: from the schools to their pupils.
    private func enrolled(_ place: SQL) -> SQL {
        """
        \(place) AND e.school_id = o.id AND p.id = e.person_id
        AND e.valid_from <= \(day) AND (e.valid_to IS NULL OR e.valid_to > \(day))
        """
    }

    private func holding(_ relation: SQL) -> SQL {
        """
        \(relation).state = 'confirmed' AND \(relation).valid_from <= \(day)
        AND (\(relation).valid_to IS NULL OR \(relation).valid_to > \(day))
        """
    }

    /// The version in force of the purpose of an answer `a`.
    private func version(_ purposes: [ConsentPurpose]) -> SQL {
        let cases = purposes.map { "WHEN \($0.code) THEN CAST(\($0.version.number) AS INTEGER)" as SQL }
        return "CASE a.purpose \(SQL.joined(cases, " ")) END"
    }

    /// Whether the answer `a` about the person `p` is the last word of somebody who may speak on the day.
    private var isVoice: SQL {
        let own = ConsentAge.latestBirth(of: ConsentAge.ownDecision, on: day)
        return """
            a.capacity = CASE WHEN p.birth_date <= \(own) THEN 'pupil' ELSE 'guardian' END
            AND (a.capacity = 'pupil' OR a.giver_id IS NULL OR (\(isGuardians("a"))))
            AND NOT EXISTS (SELECT 1 FROM privacy_consent_answer b
                WHERE b.child_id = a.child_id AND b.purpose = a.purpose AND b.capacity = a.capacity
                    AND b.decided_at >= a.decided_at AND b.decided_at < \(end)
                    AND (b.decided_at > a.decided_at OR b.id > a.id)
                    AND (a.capacity = 'pupil' OR (b.giver_id = a.giver_id AND NOT (\(isOver("b"))))
                        OR (a.giver_id IS NULL AND ((b.giver_id IS NULL AND b.signer_name = a.signer_name)
                            OR (\(isGuardians("b")))))))
            """
    }

    private func isOver(_ answer: SQL) -> SQL { ConsentAnswerStore.isOver(answer, on: day) }

    /// Whether the answer was given by name by somebody who is a guardian on the day, by a relation that stands.
    private func isGuardians(_ answer: SQL) -> SQL {
        """
        EXISTS (SELECT 1 FROM directory_guardianship h WHERE h.child_id = \(answer).child_id
            AND h.guardian_id = \(answer).giver_id AND \(holding("h"))) AND NOT (\(isOver(answer)))
        """
    }
}
