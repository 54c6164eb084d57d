import Database
import Identity
import Kernel
import Platform
import Web

/// One sign-in for every application of the city: the registry of applications, and the protocols by which they let
/// people in on the platform's word or the platform on theirs. Sits above `Identity`, which knows nothing of it.
package struct FederationModule: Sendable {
    package static let migrations: [Migration] = [
        Migration("federation/0001-applications", ApplicationSchema.statements)
    ]

    let database: Database
    let identity: IdentityModule
    let crypto: any CryptoProvider
    let address: SiteAddress
    let now: @Sendable () -> Timestamp

    /// - Parameter address: issuer and base of every address told to others.
    package init(
        database: Database, identity: IdentityModule, crypto: any CryptoProvider, address: SiteAddress,
        now: @escaping @Sendable () -> Timestamp = { .now }
    ) {
        (self.database, self.identity, self.crypto) = (database, identity, crypto)
        (self.address, self.now) = (address, now)
    }

    package func routes() -> [Route] { [] }
    package var jobs: [JobHandler] { [] }
    package var receivers: [EventReceiver] { [] }
}
