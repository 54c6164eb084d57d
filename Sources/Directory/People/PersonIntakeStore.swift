import Database
import Kernel

/// All SQL of taking back what one import told of people. What it wrote is found by its people and by its moment, which
/// every row of that transaction carries as `recorded_at`, `created_at` or `changed_at`.
package struct PersonIntakeStore {
    private let db: Connection
    private let people: [ID<Person>]
    private let at: Timestamp

    /// - Parameters:
    ///   - people: whom the import entered or changed.
    ///   - at: when it was written.
    package init(_ db: Connection, of people: [ID<Person>], at: Timestamp) {
        (self.db, self.people, self.at) = (db, people, at)
    }

    private func eachChunk(_ body: ([ID<Person>]) throws -> Void) throws {
        for start in stride(from: 0, to: people.count, by: 512) {
            try body(Array(people[start..<min(start + 512, people.count)]))
        }
    }

    /// The classes the import made.
    private func classes() throws -> [ID<ClassGroup>] {
        var found: Set<ID<ClassGroup>> = []
        try eachChunk { chunk in
            found.formUnion(
                try db.column(
                    """
                    SELECT DISTINCT c.id FROM directory_class_group c JOIN directory_enrolment e ON e.class_id = c.id
                    WHERE c.created_at = \(at) AND e.recorded_at = \(at) AND e.person_id IN \(in: chunk)
                    """))
        }
        return found.sorted()
    }

    /// What happened later to somebody of the import, in Chinese; `nil` when nothing did.
    package func later() throws -> String? {
        let questions: [(table: SQL, column: SQL, moment: SQL, words: String)] = [
            ("directory_enrolment", "person_id", "changed_at", "的班级或学籍在导入之后又有变动。"),
            ("directory_person_facts", "person_id", "recorded_at", "的信息在导入之后又有变更。"),
            ("directory_person_identifier", "person_id", "recorded_at", "的号码在导入之后又有变更。"),
            ("directory_appointment", "person_id", "changed_at", "的任职在导入之后又有变动。"),
            ("directory_guardianship", "child_id", "changed_at", "的家长在导入之后又有变动。"),
            ("directory_person", "id", "changed_at", "在导入之后又有变更。"),
        ]
        for question in questions {
            var person: ID<Person>?
            try eachChunk { chunk in
                guard person == nil else { return }
                person = try db.value(
                    """
                    SELECT x.\(question.column) FROM \(question.table) x
                    WHERE x.\(question.moment) > \(at) AND x.\(question.column) IN \(in: chunk) LIMIT 1
                    """)
            }
            if let person { return "“\(try PersonStore(db).find(person).name)”\(question.words)" }
        }
        return try laterInClasses()
    }

    private func laterInClasses() throws -> String? {
        let classes = try classes()
        if classes.isEmpty { return nil }
        let teacher: ID<Person>? = try db.value(
            "SELECT person_id FROM directory_class_post WHERE class_id IN \(in: classes) LIMIT 1")
        if let teacher { return "“\(try PersonStore(db).find(teacher).name)”已担任导入时新建班级的班主任或任课教师。" }
        let pupil: ID<Person>? = try db.value(
            """
            SELECT person_id FROM directory_enrolment
            WHERE class_id IN \(in: classes) AND recorded_at > \(at) AND valid_to IS NULL LIMIT 1
            """)
        return try pupil.map { "“\(try PersonStore(db).find($0).name)”已编入导入时新建的班级。" }
    }

    /// Takes everything back but what a changed person was before; see `reopenFacts` and `project`.
    package func takeBack(now: Timestamp) throws {
        let classes = try classes()
        try eachChunk { chunk in
            try endGuardianships(chunk, now)
            try endPlaces(chunk, now)
            try db.execute(
                "DELETE FROM directory_person_identifier WHERE recorded_at = \(at) AND person_id IN \(in: chunk)")
            try db.execute(
                "DELETE FROM directory_person_facts WHERE recorded_at = \(at) AND person_id IN \(in: chunk)")
        }
        // With nobody in them they have never been.
        guard !classes.isEmpty else { return }
        try db.execute(
            """
            UPDATE directory_class_group SET closed_on = opened_on, revision = revision + 1, changed_at = \(now)
            WHERE id IN \(in: classes) AND closed_on IS NULL AND NOT EXISTS (
                SELECT 1 FROM directory_enrolment e WHERE e.class_id = directory_class_group.id AND e.valid_to IS NULL)
            """)
    }

    /// The parents whom the import entered.
    package func newGuardians() throws -> [ID<Person>] {
        var found: Set<ID<Person>> = []
        try eachChunk { chunk in
            found.formUnion(
                try db.column(
                    """
                    SELECT DISTINCT p.id FROM directory_guardianship g JOIN directory_person p ON p.id = g.guardian_id
                    WHERE g.recorded_at = \(at) AND p.created_at = \(at) AND g.child_id IN \(in: chunk)
                    """))
        }
        return found.sorted()
    }

    /// The parents the import told of are none any more; those it entered lose their numbers, unless they have other
    /// children by now.
    private func endGuardianships(_ chunk: [ID<Person>], _ now: Timestamp) throws {
        try db.execute(
            """
            UPDATE directory_guardianship SET valid_to = valid_from, changed_at = \(now)
            WHERE recorded_at = \(at) AND valid_to IS NULL AND child_id IN \(in: chunk)
            """)
        try db.execute(
            """
            DELETE FROM directory_person_identifier WHERE recorded_at = \(at) AND person_id IN (
                SELECT p.id FROM directory_guardianship g JOIN directory_person p ON p.id = g.guardian_id
                WHERE g.recorded_at = \(at) AND g.child_id IN \(in: chunk) AND p.created_at = \(at)
                    AND NOT EXISTS (SELECT 1 FROM directory_guardianship h
                        WHERE h.guardian_id = p.id AND h.valid_to IS NULL))
            """)
    }

    /// Classes and posts the import gave have never been; those it ended go on.
    private func endPlaces(_ chunk: [ID<Person>], _ now: Timestamp) throws {
        try db.execute(
            """
            UPDATE directory_enrolment SET valid_to = valid_from, reason = \(LeavingReason.other), changed_at = \(now)
            WHERE recorded_at = \(at) AND valid_to IS NULL AND person_id IN \(in: chunk)
            """)
        try db.execute(
            """
            UPDATE directory_enrolment SET valid_to = NULL, reason = NULL, changed_at = \(now)
            WHERE recorded_at < \(at) AND changed_at = \(at) AND reason = \(LeavingReason.classChange)
                AND person_id IN \(in: chunk)
            """)
        let ended = try db.column(
            """
            SELECT id FROM directory_appointment
            WHERE changed_at = \(at) AND valid_to IS NOT NULL AND person_id IN \(in: chunk)
            """, as: String.self)
        try db.execute(
            """
            UPDATE directory_appointment SET valid_to = valid_from, changed_at = \(now)
            WHERE changed_at = \(at) AND valid_to IS NULL AND person_id IN \(in: chunk)
            """)
        for id in ended {
            try db.execute(
                "UPDATE directory_appointment SET valid_to = NULL, changed_at = \(now) WHERE id = \(id)")
        }
    }

    /// The version of the facts before the import is the latest again.
    package func reopenFacts() throws {
        try eachChunk { chunk in
            try db.execute(
                """
                UPDATE directory_person_facts SET valid_to = NULL WHERE id IN (
                    SELECT MAX(f.id) FROM directory_person_facts f WHERE f.person_id IN \(in: chunk)
                    GROUP BY f.person_id)
                """)
        }
    }

    /// What is shown of a person follows from her facts again.
    package func project(_ person: ID<Person>, _ facts: PersonFacts?) throws {
        try db.execute(
            """
            UPDATE directory_person SET sex = \(facts?["sex"]), birth_date = \(facts?["birthDate"]) WHERE id = \(person)
            """)
    }

    /// Lets whoever follows changes see that the people changed.
    package func touch(now: Timestamp) throws {
        try eachChunk { chunk in
            try db.execute("UPDATE directory_person SET changed_at = \(now) WHERE id IN \(in: chunk)")
        }
    }
}
