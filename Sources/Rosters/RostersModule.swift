import Database
import Directory
import Kernel
import Platform
import Web

/// 花名册: rosters come in from the workbooks schools have, are matched with the people the city knows, and go out in the
/// layouts others ask for.
package struct RostersModule: Sendable {
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
