import Contracts
import Database
import Kernel

/// The systems that were told people's data by the exchange.
package struct ExchangeReceivers: DataReceiverSource {
    let database: Database

    package init(database: Database) { self.database = database }

    package func receivers(
        within scope: DataScope, from start: Timestamp, until end: Timestamp
    ) async throws -> [DataReceiver] {
        try await database.read(isLong: true) { db in
            try db.rows(
                """
                SELECT r.system, COUNT(*) FROM exchange_run r
                WHERE \(SQL.within(scope, "r.organisation_path")) AND r.at >= \(start) AND r.at < \(end)
                    AND r.rows_told > 0 AND r.way IN ('provisioning', 'file_out')
                GROUP BY r.system ORDER BY r.system
                """
            ) { DataReceiver(try $0.get(0), "数据交换", times: try $0.get(1)) }
        }
    }
}
