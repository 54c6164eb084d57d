import Contracts
import Database
import Kernel
import Platform

/// Issues tokens to applications that call by themselves (OAuth 2.0 client credentials, RFC 6749, section 4.4), and tells
/// who holds one.
struct MachineTokens: MachineAccess {
    let database: Database
    let crypto: any CryptoProvider
    let now: @Sendable () -> Timestamp

    /// Seconds for which a token is good.
    static let life: Int64 = 3600

    /// What the application gets.
    struct Issue: Sendable {
        let token: String
        let scopes: [String]
    }

    /// What happens to the tokens when an application is suspended, retired or may do less than before.
    static let applicationEnd = ApplicationEnd { application, _, db in
        try MachineTokenStore(db).delete(allOf: application)
    }

    /// - Parameter asked: scopes of OAuth 2.0; `nil` = all that the application has. Those it has not are left out.
    /// - Throws: `OAuthError` when nothing is left.
    func issue(to application: Application, asked: [String]?, from address: String) async throws -> Issue {
        guard application.isMachine else {
            throw OAuthError("unauthorized_client", "the client was registered without machine scopes")
        }
        let mine = application.machineAddresses
        let scopes = asked.map { asked in mine.filter(asked.contains) } ?? mine
        guard !scopes.isEmpty else { throw OAuthError("invalid_scope", "none of the scopes was granted") }
        let now = now(), text = MachineTokens.prefix + SecureRandom.token()
        let token = MachineToken(
            application: application.id, scopes: scopes, createdAt: now,
            expiresAt: now.adding(seconds: MachineTokens.life))
        let words = MachineScope.allCases.filter { scope in !Set(scope.addresses).isDisjoint(with: scopes) }
            .map(\.title)
        try await database.write { db in
            try MachineTokenStore(db).insert(SHA256.hash(text), token)
            try AuditLog.record(
                "application.machine_token", application.id.rawValue,
                by: AuditActor(id: nil, name: application.name, address: address), at: application.ownerPath,
                "\(application.name)，\(words.joined(separator: "、"))", now: now, on: db)
        }
        return Issue(token: text, scopes: scopes)
    }

    /// A token that is good now, of whichever application.
    func find(_ text: String) async throws -> MachineToken? {
        guard let hash = MachineTokens.hash(text) else { return nil }
        let now = now()
        return try await database.read { try MachineTokenStore($0).find(hash, at: now) }
    }

    /// Takes a token of the application's own away; says nothing of others (RFC 7009, section 2.2).
    func revoke(_ text: String, for application: Application) async throws {
        guard let hash = MachineTokens.hash(text) else { return }
        try await database.write { try MachineTokenStore($0).delete(hash, of: application.id) }
    }

    // MARK: Who is calling

    func caller(token: String) async throws -> MachineCaller? {
        guard let hash = MachineTokens.hash(token) else { return nil }
        let now = now()
        return try await database.read { db in
            guard let found = try MachineTokenStore(db).find(hash, at: now),
                let application = try ApplicationStore(db).find(found.application), application.isMachine
            else { return nil }
            return MachineTokens.caller(application, Set(found.scopes).intersection(application.machineAddresses))
        }
    }

    func signer(clientID: String) async throws -> (caller: MachineCaller, secrets: [String])? {
        guard clientID.utf8.count <= 128 else { return nil }
        let now = now(), crypto = crypto
        return try await database.read { db in
            let store = ApplicationStore(db)
            guard let application = try store.find(clientID: clientID), application.isMachine else { return nil }
            let signed = MachineScope.allCases.filter { $0.isSigned && application.machineScopes.contains($0) }
            let secrets = try store.appKeys(of: application.id, at: now, crypto)
            guard !signed.isEmpty, !secrets.isEmpty else { return nil }
            return (MachineTokens.caller(application, Set(signed.flatMap(\.addresses))), secrets)
        }
    }

    private static func caller(_ application: Application, _ scopes: Set<String>) -> MachineCaller {
        MachineCaller(
            application: application.id.rawValue, clientID: application.clientID, name: application.name,
            purpose: application.summary, scopes: scopes, organisations: DataScope([application.ownerPath]))
    }

    /// The beginning tells people and scanners what they found, and keeps these apart from the tokens of people.
    private static let prefix = "stm_"

    /// `nil` when the text cannot be a token, so that no query is asked for it.
    private static func hash(_ text: String) -> [UInt8]? {
        text.hasPrefix(prefix) && text.utf8.count <= 64 ? SHA256.hash(text) : nil
    }
}
