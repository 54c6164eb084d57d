import Database
import Kernel

/// How much an application is used: sign-ins and persons by day, and what went wrong. The protocols note both.
package enum ApplicationUse {
    /// Part of the transaction that lets the person in.
    package static func note(
        _ application: ApplicationID, account: ID<Account>, by way: SignOnProtocol, at now: Timestamp,
        on db: Connection
    ) throws {
        try db.execute(
            """
            INSERT INTO federation_use (application_id, day, account_id, protocol, times)
            VALUES (\(application), \(now.day), \(account), \(way), 1)
            ON CONFLICT (application_id, day, account_id, protocol) DO UPDATE SET times = federation_use.times + 1
            """)
    }

    /// Notes a refusal for the people who take care of the application. The reason is a fixed Chinese sentence, so that
    /// nothing a caller sent can end up in it; equal ones are counted.
    package static func failed(
        _ application: ApplicationID, by way: SignOnProtocol, _ reason: StaticString, at now: Timestamp,
        on db: Connection
    ) throws {
        try db.execute(
            """
            INSERT INTO federation_use_failure (application_id, protocol, reason, times, last_at)
            VALUES (\(application), \(way), \(reason.description), 1, \(now))
            ON CONFLICT (application_id, protocol, reason) DO UPDATE
            SET times = federation_use_failure.times + 1, last_at = excluded.last_at
            """)
    }

    /// Turns the persons of days before `day` into sums.
    static func fold(before day: LocalDate, on db: Connection) throws {
        try db.execute(
            """
            INSERT INTO federation_use_day (application_id, day, protocol, times, persons)
            SELECT application_id, day, protocol, SUM(times), COUNT(*) FROM federation_use WHERE day < \(day)
            GROUP BY application_id, day, protocol
            ON CONFLICT (application_id, day, protocol) DO UPDATE
            SET times = federation_use_day.times + excluded.times,
                persons = federation_use_day.persons + excluded.persons
            """)
        try db.execute("DELETE FROM federation_use WHERE day < \(day)")
    }
}

/// A day of an application, by one protocol.
struct ApplicationUseDay: Sendable, Equatable {
    let day: LocalDate
    let way: SignOnProtocol
    let times: Int
    let persons: Int
}

/// A kind of refusal and when it came last.
struct ApplicationFailure: Sendable {
    let way: SignOnProtocol
    let reason: String
    let times: Int
    let lastAt: Timestamp
}

/// All reading SQL of the use of applications.
struct ApplicationUseStore {
    let db: Connection
    init(_ db: Connection) { self.db = db }

    /// Newest day first.
    func days(of id: ApplicationID, from first: LocalDate) throws -> [ApplicationUseDay] {
        try db.rows(
            """
            SELECT d.day, d.protocol, SUM(d.times), SUM(d.persons) FROM (
                SELECT day, protocol, times, persons FROM federation_use_day
                WHERE application_id = \(id) AND day >= \(first)
                UNION ALL
                SELECT day, protocol, SUM(times) AS times, COUNT(*) AS persons FROM federation_use
                WHERE application_id = \(id) AND day >= \(first) GROUP BY day, protocol) d
            GROUP BY d.day, d.protocol ORDER BY d.day DESC, d.protocol
            """
        ) {
            ApplicationUseDay(day: try $0.get(0), way: try $0.get(1), times: try $0.get(2), persons: try $0.get(3))
        }
    }

    /// The last ones first.
    func failures(of id: ApplicationID, limit: Int) throws -> [ApplicationFailure] {
        try db.rows(
            """
            SELECT protocol, reason, times, last_at FROM federation_use_failure WHERE application_id = \(id)
            ORDER BY last_at DESC, reason LIMIT \(limit)
            """
        ) {
            ApplicationFailure(
                way: try $0.get(0), reason: try $0.get(1), times: try $0.get(2), lastAt: try $0.get(3))
        }
    }
}
