import Database
import Directory
import Kernel
import Platform
import Web

/// 数据交换: rosters for other systems by OneRoster, SCIM, the city's own interface and files, in and out.
package struct ExchangeModule: Sendable {
    package static let migrations: [Migration] = []

    /// Where sealed values stand.
    package static let sealedColumns: [SealedColumn] = []

    private let database: Database
    private let crypto: any CryptoProvider

    package init(database: Database, crypto: any CryptoProvider) {
        (self.database, self.crypto) = (database, crypto)
    }

    package var jobs: [JobHandler] { [] }
    package var receivers: [EventReceiver] { [] }

    package func routes() -> [Route] { [] }
}
