import Contracts
import Database
import Kernel

/// The systems that were told people's data by the exchange.
struct ExchangeReceivers: DataReceiverSource {
    let database: Database
    let reads: ReadTally

    func receivers(
        within scope: DataScope, from start: Timestamp, until end: Timestamp
    ) async throws -> [DataReceiver] {
        // What cannot be written now is counted the next time: reports are read while the disk is full, too.
        do { try await reads.keep(in: database, at: .now) } catch let error as CancellationError { throw error } catch {
        }
        return try await database.read(isLong: true) { db in
            let told = try db.rows(
                """
                SELECT r.system, COUNT(*) FROM exchange_run r
                WHERE \(SQL.within(scope, "r.organisation_path")) AND r.at >= \(start) AND r.at < \(end)
                    AND r.rows_told > 0 AND r.way IN ('provisioning', 'file_out')
                GROUP BY r.system ORDER BY r.system
                """
            ) { DataReceiver(try $0.get(0), "数据交换", times: try $0.get(1)) }
            return told + (try ReadStore(db).receivers(within: scope, from: start.day, until: end.day))
        }
    }
}
