import Database
import Directory
import Kernel
import Platform

/// All SQL of alarms. Every list names the viewer's scope; what lies outside does not exist.
package struct DropoutAlarmStore {
    let db: Connection
    let crypto: any CryptoProvider

    package init(_ db: Connection, _ crypto: any CryptoProvider) { (self.db, self.crypto) = (db, crypto) }

    private static let tables: SQL =
        """
        school_affairs_dropout_alarm d JOIN directory_person p ON p.id = d.person_id
        JOIN directory_organisation o ON o.id = d.school_id
        """

    /// Throws `DomainError.notFound` when there is none in the scope.
    package func find(_ id: ID<DropoutAlarm>, within scope: DataScope) throws -> DropoutAlarm {
        let found = try db.first(
            """
            SELECT \(DropoutAlarm.columns) FROM \(DropoutAlarmStore.tables)
            WHERE d.id = \(id) AND \(SQL.within(scope, "o.path"))
            """, DropoutAlarm.init)
        guard let found else { throw DomainError.notFound }
        return found
    }

    /// Open or closed ones, the latest first, continued after `after`.
    package func list(
        within scope: DataScope, isOpen: Bool, after: String? = nil, limit: Int
    ) throws -> (rows: [DropoutAlarm], total: Int) {
        let state: SQL = isOpen ? "d.closed_on IS NULL" : "d.closed_on IS NOT NULL"
        let condition: SQL = "\(state) AND \(SQL.within(scope, "o.path"))"
        let rest: SQL = after.map { " AND d.id < \($0)" } ?? .empty
        let rows = try db.rows(
            """
            SELECT \(DropoutAlarm.columns) FROM \(DropoutAlarmStore.tables)
            WHERE \(condition)\(rest) ORDER BY d.id DESC LIMIT \(limit)
            """, DropoutAlarm.init)
        let total: Int? = try db.value("SELECT COUNT(*) FROM \(DropoutAlarmStore.tables) WHERE \(condition)")
        return (rows, total ?? 0)
    }

    /// The open one of a pupil; `nil` without.
    package func open(of person: ID<Person>) throws -> DropoutAlarm? {
        try db.first(
            """
            SELECT \(DropoutAlarm.columns) FROM \(DropoutAlarmStore.tables)
            WHERE d.person_id = \(person) AND d.closed_on IS NULL
            """, DropoutAlarm.init)
    }

    func insert(
        _ id: ID<DropoutAlarm>, of person: ID<Person>, in classGroup: ClassGroup, since: LocalDate, days: Int,
        on day: LocalDate
    ) throws {
        try db.execute(
            """
            INSERT INTO school_affairs_dropout_alarm (id, person_id, school_id, class_id, raised_on, since, days)
            VALUES (\(id), \(person), \(classGroup.school), \(classGroup.id), \(day), \(since), \(days))
            """)
    }

    func extend(_ id: ID<DropoutAlarm>, since: LocalDate, days: Int) throws {
        try db.execute(
            "UPDATE school_affairs_dropout_alarm SET since = \(since), days = \(days) WHERE id = \(id)")
    }

    /// The conditional update is the lock. Returns whether it was open.
    func close(_ id: ID<DropoutAlarm>, _ outcome: DropoutOutcome, on day: LocalDate) throws -> Bool {
        try db.change(
            """
            UPDATE school_affairs_dropout_alarm SET closed_on = \(day), outcome = \(outcome)
            WHERE id = \(id) AND closed_on IS NULL
            """) == 1
    }
}
