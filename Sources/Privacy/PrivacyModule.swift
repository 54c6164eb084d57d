import Database
import Directory
import Kernel
import Platform
import Web

/// 个人信息保护: who looked at what, what is held about whom, consent, retention, and the rights of people.
package struct PrivacyModule: Sendable {
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
