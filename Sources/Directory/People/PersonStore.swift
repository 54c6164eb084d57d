import Database
import Kernel
import Platform

/// All SQL of people and their appointments.
package struct PersonStore {
    let db: Connection
    package init(_ db: Connection) { self.db = db }

    /// Enters a person. Throws `DomainError.invalid` for field `name` unless the name has 1 to 60 characters.
    package func insert(name: String, at now: Timestamp) throws -> ID<Person> {
        guard !name.isEmpty else { throw DomainError.invalid("name", "填写姓名") }
        guard name.unicodeScalars.count <= 60 else { throw DomainError.invalid("name", "姓名不能超过 60 个字") }
        let id = ID<Person>.new()
        try db.execute(
            """
            INSERT INTO directory_person (id, name, initials, created_at, changed_at)
            VALUES (\(id), \(name), \(Pinyin.initials(of: name, as: .person)), \(now), \(now))
            """)
        return id
    }

    /// Enters many people at once, under ids that the caller has made. Their names have 1 to 60 characters.
    package func insert(_ people: [NewPerson], at now: Timestamp) throws {
        try db.insert(
            into: "directory_person (id, name, initials, sex, birth_date, created_at, changed_at)",
            rows: people.map { person in
                [
                    person.id.databaseValue, .text(person.name),
                    .text(Pinyin.initials(of: person.name, as: .person)), person.sex.databaseValue,
                    person.birthDate.databaseValue, now.databaseValue, now.databaseValue,
                ]
            })
    }

    /// Records who holds which post where, in the establishment and with full work. Nobody is told; where rights follow
    /// from the post, `AppointmentService` gives it.
    /// - Parameters:
    ///   - post: 岗位职业码, GB/T 33782-2017.
    ///   - end: the first day on which the post is no longer held; `nil` while open.
    package func appoint(
        _ person: ID<Person>, at organisation: OrganisationID, post: String, from start: LocalDate,
        until end: LocalDate? = nil, at now: Timestamp = .now
    ) throws {
        try db.execute(
            """
            INSERT INTO directory_appointment (id, person_id, organisation_id, post, valid_from, valid_to, changed_at)
            VALUES (\(Identifiers.next()), \(person), \(organisation), \(post), \(start), \(end), \(now))
            """)
    }

    /// Ends the person's open posts at the organisation; those that begin later have never been. Returns how many.
    @discardableResult
    package func endAppointments(
        of person: ID<Person>, at organisation: OrganisationID, on day: LocalDate, _ reason: AppointmentEnd = .other,
        now: Timestamp = .now
    ) throws -> Int {
        try db.change(
            """
            UPDATE directory_appointment
            SET valid_to = CASE WHEN valid_from > \(day) THEN valid_from ELSE \(day) END, end_reason = \(reason),
                changed_at = \(now)
            WHERE person_id = \(person) AND organisation_id = \(organisation)
                AND (valid_to IS NULL OR valid_to > \(day))
            """)
    }

    /// For callers that came to the person by way of a record within their scope. Throws `DomainError.notFound` when there
    /// is no such person.
    package func find(_ id: ID<Person>) throws -> PersonRecord {
        let found = try db.first(
            "SELECT \(PersonRecord.columns) FROM directory_person p WHERE p.id = \(id)", PersonRecord.init)
        guard let found else { throw DomainError.notFound }
        return found
    }

    /// The same for many; whoever does not exist is missing.
    func find(_ people: [ID<Person>]) throws -> [ID<Person>: PersonRecord] {
        var found: [ID<Person>: PersonRecord] = [:]
        for start in stride(from: 0, to: people.count, by: 512) {
            let chunk = Array(people[start..<min(start + 512, people.count)])
            try db.each("SELECT \(PersonRecord.columns) FROM directory_person p WHERE p.id IN \(in: chunk)") { row in
                let record = try PersonRecord(row)
                found[record.id] = record
            }
        }
        return found
    }

    /// Who holds a post at the organisation on the day, by the pinyin of their names; each once.
    package func staff(of organisation: OrganisationID, on day: LocalDate) throws -> [StaffMember] {
        var seen: Set<ID<Person>> = []
        return try db.rows(
            """
            SELECT \(PersonRecord.columns), a.post, a.valid_from FROM directory_appointment a
            JOIN directory_person p ON p.id = a.person_id
            WHERE a.organisation_id = \(organisation) AND a.valid_from <= \(day)
                AND (a.valid_to IS NULL OR a.valid_to > \(day))
            ORDER BY p.initials, p.name, p.id, a.valid_from
            """
        ) { row in
            StaffMember(person: try PersonRecord(row), post: try row.get(3), from: try row.get(4))
        }.filter { seen.insert($0.person.id).inserted }
    }

    /// All posts of the person at organisations of the scope, the latest first.
    func appointments(of person: ID<Person>, within scope: DataScope) throws -> [PersonModel.Post] {
        try db.rows(
            """
            SELECT o.name, a.post, a.valid_from, a.valid_to FROM directory_appointment a
            JOIN directory_organisation o ON o.id = a.organisation_id
            WHERE a.person_id = \(person) AND \(SQL.within(scope, "o.path")) ORDER BY a.valid_from DESC, a.id DESC
            """
        ) { row in
            PersonModel.Post(
                school: try row.get(0), post: try row.get(1), from: try row.get(2), until: try row.get(3))
        }
    }

    /// Whether the person holds a post at the organisation on the day.
    package func holdsPost(_ person: ID<Person>, at organisation: OrganisationID, on day: LocalDate) throws -> Bool {
        let found: Int? = try db.value(
            """
            SELECT 1 FROM directory_appointment WHERE person_id = \(person) AND organisation_id = \(organisation)
                AND valid_from <= \(day) AND (valid_to IS NULL OR valid_to > \(day)) LIMIT 1
            """)
        return found != nil
    }
}
