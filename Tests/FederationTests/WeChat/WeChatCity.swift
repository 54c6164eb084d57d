import Database
import Directory
import Identity
import Kernel
import Platform
import Synchronization
import TestKit
import Testing
import Web

@testable import Federation

/// WeChat: hands out codes for people and redeems each once.
final class FakeWeChat: OutboundHTTP {
    private struct State {
        var people: [String: WeChatIdentity] = [:]
        var redeemed: Set<String> = []
        var sent: [OutboundRequest] = []
        var failure: (@Sendable () throws -> OutboundResponse)?
    }
    private let state = Mutex(State())

    var sent: [OutboundRequest] { state.withLock { $0.sent } }

    /// What the person's WeChat brings back when she agrees.
    func code(for openID: String, unionID: String? = nil) -> String {
        let code = Identifiers.next()
        state.withLock { $0.people[code] = WeChatIdentity(openID: openID, unionID: unionID) }
        return code
    }

    /// Answers this instead, until told `nil`.
    func fail(_ failure: (@Sendable () throws -> OutboundResponse)?) { state.withLock { $0.failure = failure } }

    func send(_ request: OutboundRequest) async throws -> OutboundResponse {
        let query = request.url.split(separator: "?").last.flatMap { URLCoding.parse($0.utf8) } ?? FormValues()
        let failure = state.withLock { state in
            state.sent.append(request)
            return state.failure
        }
        if let failure { return try failure() }
        let text = state.withLock { state -> String in
            guard let code = query["code"], let person = state.people[code] else { return #"{"errcode":40029}"# }
            guard state.redeemed.insert(code).inserted else { return #"{"errcode":40163,"errmsg":"code been used"}"# }
            let union = person.unionID.map { #","unionid":"\#($0)""# } ?? ""
            return
                #"{"access_token":"a","expires_in":7200,"openid":"\#(person.openID)","scope":"snsapi_base"\#(union)}"#
        }
        return OutboundResponse(status: 200, body: Array(text.utf8))
    }
}

/// A test city with a 服务号, whose accounts have passwords.
struct WeChatCity: Sendable {
    static let password = "Tuo7luo!Boat"

    let city: TestCity
    let wechat: FakeWeChat
    var database: Database { city.database }
    var visitor: TestClient { TestClient(city.platform.pipeline) }

    func service(at clock: Clock? = nil) throws -> WeChatService {
        let settings = try #require(city.platform.configuration.wechat)
        return WeChatService(
            database: database, client: WeChatClient(settings: settings, outbound: wechat),
            crypto: city.platform.crypto, door: city.platform.identity.door, now: { clock?.now ?? .now })
    }

    @discardableResult
    func open(
        _ login: String, _ role: Role = .teacher, at code: String = TestCity.experimentalSchool,
        person: ID<Person>? = nil
    ) async throws -> ID<Account> {
        let hash = try await city.platform.hasher.hash(WeChatCity.password)
        let place = try await city.organisation(code)
        return try await database.write { db in
            let new = NewAccount(
                name: "某\(login)", login: login, role: role, organisation: place.id, from: Timestamp.now.day,
                person: person)
            return try AccountService(db, by: .system).create(new, passwordHash: hash, mustChange: false)
        }
    }

    func user(_ login: String) async throws -> CurrentUser {
        let token = try await city.platform.identity.startSession(login: login)
        return try #require(try await city.platform.identity.authenticate(token)).user
    }

    func bind(_ openID: String, to login: String, unionID: String? = nil) async throws {
        try await service().bind(WeChatIdentity(openID: openID, unionID: unionID), to: user(login), address: "")
    }

    /// Begins a way to WeChat and returns the state it carries.
    func start(_ browser: TestClient, _ query: String = "") async throws -> String {
        let answer = try await browser.get("/wechat/sign-in" + query)
        let address = try #require(answer.location)
        let state = try #require(address.split(separator: "&").last { $0.hasPrefix("state=") })
        return String(state.dropFirst(6).prefix { $0 != "#" })
    }

    /// The way to WeChat and back.
    func arrive(
        _ browser: TestClient, as openID: String, unionID: String? = nil, _ query: String = ""
    ) async throws -> TestAnswer {
        let state = try await start(browser, query)
        return try await browser.get(
            "/wechat/callback?code=\(wechat.code(for: openID, unionID: unionID))&state=\(state)")
    }

    func signIn(_ browser: TestClient, _ login: String, from page: String) async throws -> TestAnswer {
        try await browser.post(
            "/sign-in", from: page, [("login", login), ("password", WeChatCity.password), ("return", "/wechat/bind")])
    }

    func audit(_ action: String) async throws -> [AuditEntry] {
        try await database.read { try AuditLog.list(within: .everything, action: action, limit: 100, on: $0) }
    }
}

func withWeChat(_ kind: TestDatabase, _ body: (WeChatCity) async throws -> Void) async throws {
    let wechat = FakeWeChat()
    let settings = WeChatSettings(appID: "wx0123456789abcdef", appSecret: "f00dfeedf00dfeedf00dfeedf00dfeed")
    try await withTestCity(
        kind,
        configured: { configuration, options in
            configuration.wechat = settings
            options.outbound = wechat
        },
        { city in try await body(WeChatCity(city: city, wechat: wechat)) })
}
