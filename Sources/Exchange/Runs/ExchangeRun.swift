import Contracts
import Database
import Kernel

/// 交换记录: one time that data went between the platform and another system, as the ledger keeps it.
struct ExchangeRun: Sendable {
    enum Way: String, Column, Sendable, CaseIterable {
        case push
        case provisioning
        case fileIn = "file_in"
        case fileOut = "file_out"

        var title: String {
            switch self {
            case .push: "对方推送"
            case .provisioning: "下发人员"
            case .fileIn: "文件接收"
            case .fileOut: "文件发出"
            }
        }
    }

    let id: String
    let way: Way
    let system: String
    let dataset: String
    let at: Timestamp
    let rows: Int
    let changed: Int
    let flagged: Int
    let refused: Int
    let note: String
}

enum ExchangeRunSchema {
    static let statements = [
        """
        CREATE TABLE exchange_run (
            id TEXT NOT NULL PRIMARY KEY, way TEXT NOT NULL, system TEXT NOT NULL, dataset TEXT NOT NULL,
            organisation_path TEXT NOT NULL, at INTEGER NOT NULL, rows_told INTEGER NOT NULL, changed INTEGER NOT NULL,
            flagged INTEGER NOT NULL, refused INTEGER NOT NULL, note TEXT NOT NULL)
        """,
        "CREATE INDEX exchange_run_at ON exchange_run (at, id)",
    ]
}

extension ExchangeRun {
    static func record(
        _ way: Way, _ dataset: FeedDataset, caller: MachineCaller, _ outcomes: [PushResult.Outcome], flagged: Int,
        now: Timestamp, on db: Connection
    ) throws {
        try ExchangeRunStore(db).insert(
            ExchangeRun(
                id: Identifiers.next(), way: way, system: caller.name, dataset: dataset.rawValue, at: now,
                rows: outcomes.count, changed: outcomes.filter { $0 == .applied }.count, flagged: flagged,
                refused: outcomes.filter { $0 == .refused || $0 == .unmatched || $0 == .stale }.count, note: ""),
            at: CityRoutes.place(of: caller))
    }
}
