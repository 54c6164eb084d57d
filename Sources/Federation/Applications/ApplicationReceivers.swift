import Contracts
import Database
import Kernel

/// The applications that people entered on the platform's word, and so were told who they are.
package struct ApplicationReceivers: DataReceiverSource {
    let database: Database

    package init(database: Database) { self.database = database }

    /// Those of owners within the scope: who is told belongs to the owner of the application.
    package func receivers(
        within scope: DataScope, from start: Timestamp, until end: Timestamp
    ) async throws -> [DataReceiver] {
        try await database.read(isLong: true) { db in
            try db.rows(
                """
                SELECT a.name, SUM(u.times) FROM (
                    SELECT application_id, day, times FROM federation_use_day
                    UNION ALL SELECT application_id, day, times FROM federation_use) u
                JOIN federation_application a ON a.id = u.application_id
                JOIN directory_organisation o ON o.id = a.owner_id
                WHERE \(SQL.within(scope, "o.path")) AND u.day >= \(start.day) AND u.day < \(end.day)
                GROUP BY a.id, a.name ORDER BY a.name
                """
            ) { DataReceiver(try $0.get(0), "单点登录", times: try $0.get(1)) }
        }
    }
}
