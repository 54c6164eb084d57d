import Database
import Directory
import Identity
import Kernel
import Platform
import Synchronization
import TestKit
import Web

@testable import Federation

/// A clock that tests turn.
final class Clock: Sendable {
    private let moment = Mutex(Timestamp.now)
    var now: Timestamp { moment.withLock { $0 } }
    func advance(seconds: Int64) { moment.withLock { $0 = $0.adding(seconds: seconds) } }
}

/// Other systems: keeps what is sent and answers as the test says.
final class FakeNetwork: OutboundHTTP {
    typealias Answer = @Sendable (OutboundRequest) throws -> OutboundResponse
    private let state: Mutex<(sent: [OutboundRequest], answer: Answer)>

    init(_ answer: @escaping Answer = { _ in OutboundResponse(status: 200) }) { state = Mutex(([], answer)) }

    var sent: [OutboundRequest] { state.withLock { $0.sent } }
    func answer(_ answer: @escaping Answer) { state.withLock { $0.answer = answer } }

    func send(_ request: OutboundRequest) async throws -> OutboundResponse {
        let answer = state.withLock { state in
            state.sent.append(request)
            return state.answer
        }
        return try answer(request)
    }
}

/// A test city whose applications live on a network of the test and by its clock.
struct SingleSignOutCity: Sendable {
    let city: TestCity
    let clock = Clock()
    let network = FakeNetwork()
    let federation: FederationModule
    var database: Database { city.database }

    init(_ city: TestCity) {
        self.city = city
        let clock = clock
        federation = FederationModule(
            database: city.database, identity: city.platform.identity, crypto: city.platform.crypto,
            address: city.platform.address, outbound: network, now: { clock.now })
    }

    var cas: CASService {
        let clock = clock
        return CASService(database: database, sessions: city.platform.identity.sessions, now: { clock.now })
    }

    /// An active CAS application.
    func register(
        _ name: String = "图书馆", _ services: [String] = ["https://good.example/*"],
        scopes: [String] = ["profile", "edu"],
        logoutURL: String = ""
    ) async throws -> Application {
        var content = ApplicationContent()
        (content.name, content.contact, content.contactPhone) = (name, "陈主任", "0770-2820000")
        (content.protocols, content.services, content.scopes) = ([.cas], services, scopes)
        content.logoutURL = logoutURL
        let keys = try await federation.applications.register(content, owner: nil, level: .city)
        guard let known = try await database.read({ try ApplicationStore($0).find(clientID: keys.clientID) }) else {
            throw DomainError.notFound
        }
        return known
    }

    /// The member's session: what a browser would carry, and what the platform knows of it.
    func session(_ member: TestCity.Member) async throws -> (token: String, info: SessionInfo) {
        let token = try await city.platform.identity.startSession(login: member.rawValue)
        guard let info = try await city.platform.identity.authenticate(token) else { throw DomainError.notFound }
        return (token, info)
    }

    func visitor(_ info: SessionInfo, isFresh: Bool = false) -> CASService.Visitor {
        CASService.Visitor(
            account: info.user.account, lineage: info.lineage, signedInAt: info.signedInAt, isFresh: isFresh)
    }

    /// Ends the session as the platform's button does.
    func signOut(_ info: SessionInfo) async throws {
        try await city.platform.identity.sessions.end(
            info.id, of: info.user.account, action: "account.signed_out", by: AuditActor(info.user))
    }

    /// Hands over stored events and runs the errands that are due, until nothing is left to do now.
    func settle() async throws {
        _ = try await EventDelivery(database: database, receivers: federation.receivers).deliver(now: .now)
        let runner = JobRunner(database: database, handlers: federation.errands, logger: TestDatabase.logger)
        while try await runner.runOne() {}
    }

    /// The jobs that tell applications of sign-outs.
    func notices() async throws -> [Job] {
        try await database.read { try JobStore($0).list(within: .everything, after: nil, limit: 100) }
            .filter { $0.kind == SignOutDelivery.kind }
    }

    func audit(_ action: String) async throws -> [AuditEntry] {
        try await database.read { try AuditLog.list(within: .everything, action: action, limit: 50, on: $0) }
    }
}

func withSingleSignOut<T>(_ kind: TestDatabase, _ body: (SingleSignOutCity) async throws -> T) async throws -> T {
    try await withTestCity(kind) { city in try await body(SingleSignOutCity(city)) }
}
