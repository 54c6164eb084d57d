import Database
import Directory
import Kernel
import Platform
import Web

/// 学籍与人事: what happens to pupils and staff on their way through school, with its confirmations and clocks.
package struct SchoolAffairsModule: Sendable {
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
