import Database
import Directory
import Kernel
import Platform

/// A whole city's rollover without pages, as the operator and measurements run it.
package struct YearRollover: Sendable {
    /// What a run did.
    package struct Done: Sendable {
        package let id: String
        package let opened: Int
        package let closed: Int
        package let left: Int
    }

    private let database: Database
    private let listeners: [any LeavingListener]
    private let now: @Sendable () -> Timestamp

    package init(
        database: Database, listeners: [any LeavingListener], now: @escaping @Sendable () -> Timestamp = { .now }
    ) {
        (self.database, self.listeners, self.now) = (database, listeners, now)
    }

    /// The preview of every school with all that is doubtful, summed up.
    package func preview(_ year: SchoolYear) async throws -> (classes: Int, pupils: Int, graduates: Int) {
        let overview = try await database.read { try RolloverOverview(year, within: .everything, $0) }
        let totals = overview.totals(of: nil)
        return (totals.classes, totals.pupils, totals.graduates)
    }

    /// Runs all schools of the place, confirmed or not, as one transaction. Throws what starting and running throw.
    package func run(_ year: SchoolYear, at place: Organisation) async throws -> Done {
        let (time, listeners) = (now(), listeners)
        let caller = CurrentUser(account: .new(), person: .new(), name: AuditActor.system.name, grants: [])
        let id = try await database.write { db in
            let id = ID<RolloverRun>.new()
            try RolloverRunStore(db).insert(
                id, year, at: place.id, includingUnconfirmed: true, by: caller, now: time)
            return id
        }
        let figures = try await database.write { db in
            try RolloverRunService(db, by: .system, now: time, telling: listeners).run(id)
        }
        return Done(id: id.rawValue, opened: figures.opened, closed: figures.closed, left: figures.left)
    }

    /// Takes a run back as one transaction.
    package func undo(_ run: String) async throws {
        let (time, listeners) = (now().adding(seconds: 1), listeners)
        guard let id = ID<RolloverRun>(checking: run) else { throw DomainError.notFound }
        _ = try await database.write { db in
            try RolloverRunService(db, by: .system, now: time, telling: listeners).undo(id, skipping: false)
        }
    }
}
