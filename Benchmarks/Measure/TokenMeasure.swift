import App
import Database
import Federation
import Foundation
import Identity
import Kernel
import Platform
import Web

/// What tokens and userinfo cost beside one signature by the same kind of key.
struct TokenMeasure {
    private static let times = 400
    private static let redirect = "http://localhost/cb"

    let platform: CityPlatform
    let session: SessionInfo
    let keys: ApplicationKeys

    static func run() async throws {
        try await Measure.withFreshPlatform { platform in
            _ = try await platform.identity.accounts.createByOperator(name: "王老师", login: "wang", role: "city_leader")
            let token = try await platform.identity.startSession(login: "wang")
            guard let begun = try await platform.identity.authenticate(token) else { throw DomainError.notFound }
            // As if the one-time password had been changed.
            let session = SessionInfo(
                id: begun.id, user: begun.user, csrfToken: begun.csrfToken, mustChangePassword: false,
                lineage: begun.lineage, signedInAt: begun.signedInAt)
            var content = ApplicationContent()
            (content.name, content.contact, content.contactPhone) = ("图书馆", "陈主任", "0770-2820000")
            (content.protocols, content.scopes, content.redirects) = ([.openID], ["profile", "edu"], [redirect])
            let keys = try await platform.federation.applications.register(content, owner: nil, level: .city)
            try await TokenMeasure(platform: platform, session: session, keys: keys).measure()
        }
    }

    private func measure() async throws {
        let key = RSAKey.generate(), message = Array(repeating: UInt8(65), count: 500)
        let bare = try await cost { for _ in 0..<TokenMeasure.times { _ = key.sign(message) } }
        var codes: [String] = []
        for _ in 0..<TokenMeasure.times { codes.append(try await code()) }
        let basic = "Basic " + Data("\(keys.clientID):\(keys.clientSecret ?? "")".utf8).base64EncodedString()
        // The first question makes the key of the installation.
        _ = try await call(.get, "/openid/jwks")
        var tokens: [String] = []
        // Many at a time, as when a school begins its day: they share commits.
        let issue = try await cost {
            tokens = try await withThrowingTaskGroup(of: String.self) { group in
                for code in codes {
                    group.addTask {
                        let form = [
                            (name: "grant_type", value: "authorization_code"), ("code", code),
                            ("redirect_uri", TokenMeasure.redirect),
                        ]
                        let answer = try await call(
                            .post, "/openid/token", form: FormValues(form), headers: ["authorization": basic])
                        return try text("access_token", answer)
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
        }
        let userInfo = try await cost {
            for token in tokens {
                _ = try text(
                    "sub", try await call(.get, "/openid/userinfo", headers: ["authorization": "Bearer " + token]))
            }
        }
        for (name, value) in [("bare signature", bare), ("token issue", issue), ("userinfo", userInfo)] {
            print("\(name): \(Measure.rounded(value)) ms CPU, \(Measure.rounded(value / bare)) × bare")
        }
    }

    /// CPU milliseconds of one of `times`.
    private func cost(_ body: () async throws -> Void) async throws -> Double {
        let start = Measure.cpu
        try await body()
        return (Measure.cpu - start) * 1000 / Double(TokenMeasure.times)
    }

    private func code() async throws -> String {
        let question = [
            (name: "client_id", value: keys.clientID), ("redirect_uri", TokenMeasure.redirect),
            ("response_type", "code"), ("scope", "openid profile edu"),
        ]
        let answer = try await call(.get, "/openid/authorize", query: FormValues(question), session: session)
        let location = answer.headers.first { $0.name == "location" }?.value ?? ""
        let values = URLCoding.parse(location.utf8.drop { $0 != 0x3F }.dropFirst())
        guard let code = values?.raw("code") else { throw DomainError.notFound }
        return code
    }

    private func text(_ name: String, _ answer: WebResponse) throws -> String {
        guard case .bytes(let bytes) = answer.body,
            let object = try JSONSerialization.jsonObject(with: Data(bytes)) as? [String: Any],
            let text = object[name] as? String
        else { throw DomainError.notFound }
        return text
    }

    private func call(
        _ method: RouteMethod, _ path: String, query: FormValues = FormValues(), form: FormValues = FormValues(),
        headers: [String: String] = [:], session: SessionInfo? = nil
    ) async throws -> WebResponse {
        try await RouteCaller(platform: platform).call(
            method, path, query: query.encoded, form: form.pairs, headers: headers, session: session)
    }
}
