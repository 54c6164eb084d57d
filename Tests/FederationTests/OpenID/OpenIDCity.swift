import Database
import Foundation
import Identity
import Kernel
import Platform
import TestKit
import Testing
import Web

@testable import Federation

/// An application of a test with what it knows of itself.
struct OpenIDClient: Sendable {
    let id: String
    let secret: String?
    var redirect = "https://app.example/cb"
    /// PKCE verifier of 43 characters.
    var verifier: String? = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"
    let application: Application

    /// Parameters of a plain request, in order; `changes` replaces or, with `nil`, removes one.
    func question(_ changes: [String: String?] = [:]) -> String {
        var pairs: [(name: String, value: String)] = [
            ("client_id", id), ("redirect_uri", redirect), ("response_type", "code"), ("scope", "openid profile edu"),
            ("state", "状态&x=1"), ("nonce", "n-0S6_WzA2Mj"),
        ]
        if let verifier {
            pairs += [
                ("code_challenge", Base64URL.encode(SHA256.hash(verifier))), ("code_challenge_method", "S256"),
            ]
        }
        var values = FormValues(pairs)
        for (name, value) in changes.sorted(by: { $0.key < $1.key }) { values = values.replacing(name, with: value) }
        return "/openid/authorize?" + values.encoded
    }
}

/// A test city with applications that speak OpenID Connect.
struct OpenIDCity: Sendable {
    let city: TestCity
    let clock = Clock()
    var database: Database { city.database }
    var machine: TestClient { TestClient(city.platform.pipeline) }

    /// The provider by the test's clock.
    var provider: OpenIDProvider {
        let clock = clock
        return OpenIDProvider(
            database: database, sessions: city.platform.identity.sessions, crypto: city.platform.crypto,
            keys: city.platform.federation.signingKeys, address: city.platform.address, now: { clock.now })
    }

    func register(
        _ name: String = "图书馆", scopes: [String] = ["profile", "edu", "offline_access"], isPublic: Bool = false,
        asksConsent: Bool = false, logoutURL: String = ""
    ) async throws -> OpenIDClient {
        var content = ApplicationContent()
        (content.name, content.contact, content.contactPhone) = (name, "陈主任", "0770-2820000")
        (content.protocols, content.scopes, content.isPublic) = ([.openID], scopes, isPublic)
        (content.redirects, content.asksConsent, content.logoutURL) = (
            ["https://app.example/cb"], asksConsent, logoutURL
        )
        content.afterLogout = ["https://app.example/bye?from=platform"]
        let keys = try await city.platform.federation.applications.register(content, owner: nil, level: .city)
        let known = try await database.read { try ApplicationStore($0).find(clientID: keys.clientID) }
        return OpenIDClient(id: keys.clientID, secret: keys.clientSecret, application: try #require(known))
    }

    /// The code that the browser is sent back with.
    func code(_ browser: TestClient, _ client: OpenIDClient, _ changes: [String: String?] = [:]) async throws -> String
    {
        let answer = try await browser.get(client.question(changes))
        #expect(answer.status == 303, "\(answer.text.suffix(400))")
        return try #require(try OpenIDCity.query(answer.location)["code"])
    }

    static func query(_ location: String?) throws -> [String: String] {
        let text = try #require(location)
        let mark = try #require(text.utf8.firstIndex(of: 0x3F))
        let values = try #require(URLCoding.parse(text.utf8[text.utf8.index(after: mark)...]))
        return Dictionary(uniqueKeysWithValues: values.pairs.map { ($0.name, $0.value) })
    }

    func post(
        _ path: String, _ form: [(String, String)], basic: (String, String)? = nil, headers: [String: String] = [:]
    ) async throws -> TestAnswer {
        var headers = headers
        headers["content-type"] = "application/x-www-form-urlencoded"
        if let basic {
            let joined = URLCoding.encode(basic.0) + ":" + URLCoding.encode(basic.1)
            headers["authorization"] = "Basic " + Data(joined.utf8).base64EncodedString()
        }
        let body = FormValues(form.map { (name: $0.0, value: $0.1) }).encoded
        return try await machine.send(.post, path, headers, Array(body.utf8))
    }

    /// The exchange as the client should do it.
    func exchange(_ code: String, _ client: OpenIDClient, _ more: [(String, String)] = []) async throws -> TestAnswer {
        var form = [("grant_type", "authorization_code"), ("code", code), ("redirect_uri", client.redirect)] + more
        if let verifier = client.verifier { form.append(("code_verifier", verifier)) }
        if client.secret == nil { form.append(("client_id", client.id)) }
        return try await post("/openid/token", form, basic: client.secret.map { (client.id, $0) })
    }

    func refresh(_ token: String, _ client: OpenIDClient, _ more: [(String, String)] = []) async throws -> TestAnswer {
        try await post(
            "/openid/token", [("grant_type", "refresh_token"), ("refresh_token", token)] + more,
            basic: client.secret.map { (client.id, $0) })
    }

    func userInfo(_ token: String) async throws -> TestAnswer {
        try await machine.get("/openid/userinfo", headers: ["authorization": "Bearer " + token])
    }

    /// Members of a JSON object; numbers and flags as text.
    static func json(_ bytes: [UInt8]) throws -> [String: Any] {
        try #require(try JSONSerialization.jsonObject(with: Data(bytes)) as? [String: Any])
    }

    /// Claims of a token whose signature was checked.
    func claims(_ token: String) async throws -> [String: Any] {
        let read = try #require(JWS.read(token))
        let key = try #require(try await city.platform.federation.signingKeys.find(read.keyID))
        return try OpenIDCity.json(try #require(JWS.payload(of: read, signedBy: key)))
    }

    func audit(_ action: String) async throws -> [AuditEntry] {
        try await database.read { try AuditLog.list(within: .everything, action: action, limit: 50, on: $0) }
    }
}

extension TestAnswer {
    var json: [String: Any] { get throws { try OpenIDCity.json(bytes) } }
    func member(_ name: String) throws -> String { try #require(try json[name] as? String) }
}

func withOpenID<T>(_ kind: TestDatabase, _ body: (OpenIDCity) async throws -> T) async throws -> T {
    try await withTestCity(kind) { city in try await body(OpenIDCity(city: city)) }
}
