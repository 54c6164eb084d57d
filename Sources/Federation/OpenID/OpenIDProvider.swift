import Database
import Identity
import Kernel
import Platform
import Web

/// The OpenID Connect provider: what its doors share.
struct OpenIDProvider: Sendable {
    let database: Database
    let sessions: SessionService
    let crypto: any CryptoProvider
    let keys: SigningKeys
    let address: SiteAddress
    let now: @Sendable () -> Timestamp

    var issuer: String { address.base }

    /// What happens to its tokens when an application is suspended or retired.
    static let applicationEnd = ApplicationEnd { application, now, db in
        try AuthorizationStore(db).end(application: application, at: now)
    }

    /// An application with its registered addresses of a kind; `nil` for a `client_id` nobody has.
    func application(
        clientID: String?, _ kind: ApplicationAddressKind
    ) async throws -> (application: Application, addresses: [String])? {
        guard let clientID, clientID.utf8.count <= 128 else { return nil }
        return try await database.read { db in
            let store = ApplicationStore(db)
            guard let found = try store.find(clientID: clientID) else { return nil }
            return (found, try store.addresses(kind, of: found.id))
        }
    }
}
