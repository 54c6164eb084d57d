import Database
import Kernel

/// All SQL of looks within the directory; the record is read by whoever reviews it.
package struct LookStore {
    let db: Connection
    package init(_ db: Connection) { self.db = db }

    /// The schools the person belongs to on the day: as a pupil, by a post, and as a guardian by her children.
    package func places(of person: ID<Person>, on day: LocalDate) throws -> [LookPlace] {
        func holds(_ alias: SQL) -> SQL {
            "\(alias).valid_from <= \(day) AND (\(alias).valid_to IS NULL OR \(alias).valid_to > \(day))"
        }
        return try db.rows(
            """
            SELECT o.id, o.name, o.path, e.class_id FROM directory_enrolment e
            JOIN directory_organisation o ON o.id = e.school_id WHERE e.person_id = \(person) AND \(holds("e"))
            UNION ALL
            SELECT o.id, o.name, o.path, NULL FROM directory_appointment a
            JOIN directory_organisation o ON o.id = a.organisation_id WHERE a.person_id = \(person) AND \(holds("a"))
            UNION ALL
            SELECT o.id, o.name, o.path, e.class_id FROM directory_guardianship g
            JOIN directory_enrolment e ON e.person_id = g.child_id AND \(holds("e"))
            JOIN directory_organisation o ON o.id = e.school_id WHERE g.guardian_id = \(person) AND g.state = 'confirmed' AND \(holds("g"))
            """
        ) { row in
            LookPlace(
                organisation: try row.get(0), name: try row.get(1), path: try row.get(2), classGroup: try row.get(3))
        }
    }

    /// Throws `DomainError.conflict` when the account has looked too often in the last hour.
    func checkLimit(of account: ID<Account>, now: Timestamp) throws {
        let start = now.adding(seconds: -3600)
        let lately: Int? = try db.value(
            """
            SELECT COUNT(*) FROM directory_look WHERE account_id = \(account) AND at >= \(start) AND kind = 'page'
            """)
        guard (lately ?? 0) < LookService.hourlyLimit else {
            throw DomainError.conflict("一小时内已经查看 \(LookService.hourlyLimit) 次。需要大批号码时，请按规定导出。")
        }
    }

    func insert(
        _ kind: Look.Kind, by looker: Looker, of subject: ID<Person>?, named name: String, people: Int,
        _ data: [String], _ reason: LookReason, at organisation: OrganisationID, _ now: Timestamp
    ) throws {
        try db.execute(
            """
            INSERT INTO directory_look (id, kind, at, account_id, looker_id, looker_name, looker_role, address,
                subject_id, subject_name, people, data, reason, note, organisation_id)
            VALUES (\(ID<Look>.new()), \(kind), \(now), \(looker.account), \(looker.person), \(looker.name),
                \(looker.role), \(looker.address), \(subject), \(name), \(people), \(data.joined(separator: " ")),
                \(reason.code), \(reason.note), \(organisation))
            """)
    }
}
