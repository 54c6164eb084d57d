import Database
import Directory
import Kernel
import Platform

/// Applications from the command line: the operator needs no role and no approval.
package struct OperatorApplications: Sendable {
    let database: Database
    let crypto: any CryptoProvider
    let ends: [ApplicationEnd]
    let now: @Sendable () -> Timestamp

    /// Enters an active application and returns its keys, which are nowhere kept to be shown again.
    /// - Parameter owner: the organisation's code; `nil` = the city.
    /// - Throws: `DomainError.invalid` for whatever the rules refuse.
    package func register(
        _ content: ApplicationContent, owner: String?, level: ApplicationLevel, by actor: AuditActor = .system
    ) async throws -> ApplicationKeys {
        let now = now()
        return try await database.write { db in
            let store = OrganisationStore(db)
            let place = try owner.map { try store.find(code: $0, within: .everything) } ?? store.city()
            guard let place else { throw DomainError.invalid("owner", "没有这个单位") }
            return try service(db, actor, now).register(content, owner: place, level: level).keys
        }
    }

    /// All of them, newest first.
    package func all() async throws -> [ApplicationRecord] {
        try await database.read { db in
            try ApplicationRegistryStore(db).list(within: .everything, .init(), after: nil, limit: 100_000).rows
        }
    }

    /// Throws `DomainError.notFound` without such an application.
    package func suspend(clientID: String, reason: String) async throws {
        try await perform(clientID) { try $0.suspend($1, reason: reason) }
    }

    package func resume(clientID: String) async throws { try await perform(clientID) { try $0.resume($1) } }

    /// New keys; the old ones hold for the days of overlap.
    package func rotate(clientID: String) async throws -> ApplicationKeys {
        try await perform(clientID) { service, known in
            try service.issueKeys(known, known.application.secretKinds, "application.keys_rotated")
        }
    }

    private func perform<T: Sendable>(
        _ clientID: String, _ deed: @escaping @Sendable (ApplicationService, ApplicationRecord) throws -> T
    ) async throws -> T {
        let now = now()
        return try await database.write { db in
            guard let found = try ApplicationStore(db).find(clientID: clientID) else { throw DomainError.notFound }
            let known = try ApplicationRegistryStore(db).find(found.id, within: .everything)
            return try deed(service(db, .system, now), known)
        }
    }

    private func service(_ db: Connection, _ actor: AuditActor, _ now: Timestamp) -> ApplicationService {
        ApplicationService(db, by: actor, crypto: crypto, ends: ends, now: now)
    }
}
