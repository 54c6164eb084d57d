import Database
import Kernel
import Platform

/// All SQL of appointments besides the lists of `PersonStore`. The questions name a person or a school that the caller
/// has found within a scope before.
package struct AppointmentStore {
    let db: Connection
    package init(_ db: Connection) { self.db = db }

    private static let tables: SQL =
        """
        directory_appointment a JOIN directory_person p ON p.id = a.person_id
        JOIN directory_organisation o ON o.id = a.organisation_id
        """

    /// Every appointment of the person, the latest first; those that never began are left out.
    package func history(of person: ID<Person>) throws -> [Appointment] {
        try db.rows(
            """
            SELECT \(Appointment.columns) FROM \(AppointmentStore.tables)
            WHERE a.person_id = \(person) AND (a.valid_to IS NULL OR a.valid_to > a.valid_from)
            ORDER BY a.valid_from DESC, a.id DESC
            """, Appointment.init)
    }

    /// The person's appointments at the school that have not ended on the day, those that begin later too.
    package func open(
        of person: ID<Person>, at school: OrganisationID, on day: LocalDate
    ) throws -> [Appointment] {
        try db.rows(
            """
            SELECT \(Appointment.columns) FROM \(AppointmentStore.tables)
            WHERE a.person_id = \(person) AND a.organisation_id = \(school)
                AND (a.valid_to IS NULL OR a.valid_to > \(day))
            ORDER BY a.valid_from, a.id
            """, Appointment.init)
    }

    /// Throws `DomainError.notFound` unless the person has the appointment at the school.
    package func find(
        _ id: ID<Appointment>, of person: ID<Person>, at school: OrganisationID
    ) throws -> Appointment {
        let found = try db.first(
            """
            SELECT \(Appointment.columns) FROM \(AppointmentStore.tables)
            WHERE a.id = \(id) AND a.person_id = \(person) AND a.organisation_id = \(school)
            """, Appointment.init)
        guard let found else { throw DomainError.notFound }
        return found
    }

    /// Whether the person works or has worked at the school.
    package func isKnown(_ person: ID<Person>, at school: OrganisationID) throws -> Bool {
        let found: Int? = try db.value(
            """
            SELECT 1 FROM directory_appointment
            WHERE person_id = \(person) AND organisation_id = \(school)
                AND (valid_to IS NULL OR valid_to > valid_from) LIMIT 1
            """)
        return found != nil
    }

    /// Who holds which posts at the school on the day, by the pinyin of their names; a person with two posts comes twice.
    package func staff(of school: OrganisationID, on day: LocalDate) throws -> [Appointment] {
        try db.rows(
            """
            SELECT \(Appointment.columns) FROM \(AppointmentStore.tables)
            WHERE a.organisation_id = \(school) AND a.valid_from <= \(day)
                AND (a.valid_to IS NULL OR a.valid_to > \(day))
            ORDER BY p.initials, p.name, p.id, a.valid_from, a.id
            """, Appointment.init)
    }

    func insert(
        _ draft: AppointmentDraft, of person: ID<Person>, at school: OrganisationID, now: Timestamp
    ) throws -> ID<Appointment> {
        let id = ID<Appointment>.new()
        try db.execute(
            """
            INSERT INTO directory_appointment (id, person_id, organisation_id, post, kind, share, valid_from, changed_at)
            VALUES (\(id), \(person), \(school), \(draft.post), \(draft.kind), \(draft.share), \(draft.from), \(now))
            """)
        return id
    }

    /// Ends an appointment that is open on the day; one that begins later has never been. Returns whether it was open.
    func end(_ id: ID<Appointment>, on day: LocalDate, _ reason: AppointmentEnd, now: Timestamp) throws -> Bool {
        try db.change(
            """
            UPDATE directory_appointment
            SET valid_to = CASE WHEN valid_from > \(day) THEN valid_from ELSE \(day) END, end_reason = \(reason),
                changed_at = \(now)
            WHERE id = \(id) AND (valid_to IS NULL OR valid_to > \(day))
            """) > 0
    }
}
