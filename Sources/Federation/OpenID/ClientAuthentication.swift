import Database
import Foundation
import Identity
import Kernel
import Platform
import Web

/// What an application sends to show that it is the one it says: `client_secret_basic`, `client_secret_post`, or only its
/// name where it can keep no secret.
struct ClientCredentials: Sendable, Equatable {
    let clientID: String
    let secret: String?
    let isBasic: Bool

    init(clientID: String, secret: String?, isBasic: Bool) {
        (self.clientID, self.secret, self.isBasic) = (clientID, secret, isBasic)
    }

    /// Throws when nothing, something broken or two ways at once were sent (RFC 6749, section 2.3).
    init(_ request: WebRequest) throws(OAuthError) {
        let form = request.form
        let inForm = form.sent("client_id")
        if let header = request.headers["authorization"] {
            guard let basic = ClientCredentials.basic(header) else {
                throw .invalidClient("authorization is malformed")
            }
            guard form.sent("client_secret") == nil else {
                throw .invalidRequest("two ways of authentication are used")
            }
            guard inForm == nil || inForm == basic.clientID else { throw .invalidRequest("two clients are named") }
            self = basic
        } else {
            guard let inForm else { throw .invalidClient("the client is not named") }
            self.init(clientID: inForm, secret: form.sent("client_secret"), isBasic: false)
        }
    }

    /// Name and secret are form-encoded before they are joined (RFC 6749, section 2.3.1).
    private static func basic(_ header: String) -> ClientCredentials? {
        guard header.utf8.count <= 1024, header.prefix(6).lowercased() == "basic ",
            let bytes = Data(base64Encoded: String(header.dropFirst(6)).filter { $0 != " " }).map(Array.init),
            let colon = bytes.firstIndex(of: 0x3A),
            let name = URLCoding.decode(bytes[..<colon], plusIsSpace: true), !name.isEmpty,
            let secret = URLCoding.decode(bytes[(colon + 1)...], plusIsSpace: true)
        else { return nil }
        return ClientCredentials(clientID: name, secret: secret.isEmpty ? nil : secret, isBasic: true)
    }
}

/// Tells which application is asking at a door for machines.
struct ClientAuthentication: Sendable {
    /// Failures from one address within ten minutes for which the application has to wait ten minutes.
    static let mostOfClient = 10
    /// The same for the address, whichever application it speaks for.
    static let mostOfAddress = 30

    let provider: OpenIDProvider

    private enum Finding: Sendable {
        case known(Application)
        case wrong(ApplicationID?)
        case wait(Int64)
    }

    /// - Parameter allowsPublic: whether one without a secret will do, when it can keep none.
    /// - Throws: `OAuthError`.
    func client(of request: WebRequest, allowsPublic: Bool = true) async throws -> Application {
        let credentials = try ClientCredentials(request)
        let keys = ClientAuthentication.throttleKeys(credentials.clientID, request.remoteAddress)
        let now = provider.now()
        let finding = try await provider.database.read { db -> Finding in
            if let seconds = try DoorThrottle(db).wait([keys.client, keys.address], at: now) { return .wait(seconds) }
            guard credentials.clientID.utf8.count <= 128,
                let found = try ApplicationStore(db).find(clientID: credentials.clientID)
            else { return .wrong(nil) }
            guard let secret = credentials.secret else {
                return found.isPublic && allowsPublic && found.speaks(.openID) ? .known(found) : .wrong(found.id)
            }
            let isRight = try ApplicationStore(db).isSecret(secret, of: found.id, at: now)
            return isRight && (found.speaks(.openID) || found.isMachine) ? .known(found) : .wrong(found.id)
        }
        switch finding {
        case .known(let application): return application
        case .wait(let seconds):
            throw OAuthError("invalid_client", "too many failures, wait \(seconds) seconds", status: 429)
        case .wrong(let application):
            try await note(application, keys, from: request.remoteAddress, at: now)
            throw OAuthError.invalidClient()
        }
    }

    private func note(
        _ application: ApplicationID?, _ keys: (client: String, address: String), from address: String,
        at now: Timestamp
    ) async throws {
        try await provider.database.write { db in
            let throttle = DoorThrottle(db)
            try throttle.fail(keys.client, limit: ClientAuthentication.mostOfClient, at: now)
            try throttle.fail(keys.address, limit: ClientAuthentication.mostOfAddress, at: now)
            guard let application, let found = try ApplicationStore(db).find(application) else { return }
            try ApplicationUse.failed(application, by: .openID, "应用密钥不正确", at: now, on: db)
            try AuditLog.record(
                "application.client_refused", application.rawValue,
                by: AuditActor(id: nil, name: found.name, address: address), at: found.ownerPath, found.name,
                succeeded: false, now: now, on: db)
        }
    }

    /// One application from one address: a stranger's guesses must not lock out the application itself.
    private static func throttleKeys(_ clientID: String, _ address: String) -> (client: String, address: String) {
        let both = Hex.encode(SHA256.hash(clientID + " " + address).prefix(16))
        return ("client:" + both, "client-address:" + address)
    }
}
