import Database
import Directory
import Kernel

/// All SQL of alarms seen from an import that is taken back: which of them a person has acted on.
struct DropoutTraceStore {
    let db: Connection

    /// An alarm that only the platform has written.
    struct Trace {
        let id: ID<DropoutAlarm>
        let path: OrganisationPath
        let raisedOn: LocalDate
    }

    private static let isAttended: SQL =
        """
        (d.closed_on IS NOT NULL OR EXISTS (SELECT 1 FROM school_affairs_case_step s
            WHERE s.case_id = d.id AND s.place <> \(DropoutAlarm.raised)))
        """

    func unattended(of people: [ID<Person>]) throws -> [Trace] {
        try db.rows(
            """
            SELECT d.id, o.path, d.raised_on FROM school_affairs_dropout_alarm d
            JOIN directory_organisation o ON o.id = d.school_id
            WHERE d.person_id IN \(in: people) AND NOT \(DropoutTraceStore.isAttended) ORDER BY d.id
            """
        ) { Trace(id: try $0.get(0), path: try $0.get(1), raisedOn: try $0.get(2)) }
    }

    /// With their timelines.
    func remove(_ alarms: [ID<DropoutAlarm>]) throws {
        try db.execute("DELETE FROM school_affairs_case_step WHERE case_id IN \(in: alarms)")
        try db.execute("DELETE FROM school_affairs_dropout_alarm WHERE id IN \(in: alarms)")
    }

    /// One of the people with an alarm on which somebody has acted, and the day of the latest; `nil` without.
    func attended(of people: [ID<Person>]) throws -> (name: String, raisedOn: LocalDate)? {
        try db.first(
            """
            SELECT p.name, d.raised_on FROM school_affairs_dropout_alarm d JOIN directory_person p ON p.id = d.person_id
            WHERE d.person_id IN \(in: people) AND \(DropoutTraceStore.isAttended)
            ORDER BY p.name, d.raised_on DESC LIMIT 1
            """
        ) { (try $0.get(0), try $0.get(1)) }
    }
}
