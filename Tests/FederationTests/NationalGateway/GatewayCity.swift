import App
import Database
import Demo
import Foundation
import Identity
import Kernel
import Platform
import TestKit
import Web

@testable import Federation

/// An application that was written for the gateway, as it talks to the city in a test.
struct GatewayApplication: Sendable {
    let application: Application
    let key: String
    var id: String { application.clientID }

    /// What it sends for a token.
    func signed(at time: String, lowerCase: Bool = false) -> [String: GatewayValue] {
        let text = GatewaySignature.text(appID: id, appKey: key, time: time)
        return [
            "appId": .text(id), "timeStamp": .text(time), "keyInfo": .text(lowerCase ? text.lowercased() : text),
            "sysCode": "450600",
        ]
    }
}

/// A test city whose other systems are a stand-in of the national platform.
struct GatewayCity: Sendable {
    let city: TestCity
    let clock = Clock()
    let national: NationalPlatform
    let platform: CityPlatform
    var database: Database { city.database }

    init(_ city: TestCity, _ national: NationalPlatform) throws {
        (self.city, self.national) = (city, national)
        var options = CityPlatform.Options()
        options.passwordCost = .minimal
        options.outbound = national
        platform = try CityPlatform(
            city.platform.configuration, database: city.database, options: options, logger: TestDatabase.logger)
    }

    /// The rules by the test's clock, without HTTP.
    var service: GatewayService {
        let clock = clock
        return GatewayService(
            database: database, crypto: platform.crypto, sessions: platform.identity.sessions,
            address: platform.address, meter: RequestMeter(), now: { clock.now })
    }

    func client(_ member: TestCity.Member) async throws -> TestClient {
        guard member != .visitor else { return TestClient(platform.pipeline) }
        return TestClient(platform.pipeline, session: try await platform.identity.startSession(login: member.rawValue))
    }

    func session(_ member: TestCity.Member) async throws -> SessionInfo {
        let token = try await platform.identity.startSession(login: member.rawValue)
        guard let info = try await platform.identity.authenticate(token) else { throw DomainError.notFound }
        return info
    }

    /// An active application of the gateway.
    func register(
        _ name: String = "校本资源", scopes: [String] = ["profile", "edu"], owner: String? = nil,
        level: ApplicationLevel = .city, launch: String = "https://app.example/enter", logoutURL: String = ""
    ) async throws -> GatewayApplication {
        var content = ApplicationContent()
        (content.name, content.contact, content.contactPhone) = (name, "陈主任", "0770-2820000")
        (content.protocols, content.scopes, content.launchURL) = ([.gateway], scopes, launch)
        (content.audience, content.logoutURL) = (["teacher"], logoutURL)
        let keys = try await platform.federation.applications.register(content, owner: owner, level: level)
        guard let known = try await database.read({ try ApplicationStore($0).find(clientID: keys.clientID) }),
            let key = keys.appKey
        else { throw DomainError.notFound }
        return GatewayApplication(application: known, key: key)
    }

    /// A ticket as the launcher makes it.
    func ticket(for application: GatewayApplication, _ session: SessionInfo) async throws -> String {
        let service = service
        return try await database.write { db in
            try service.ticket(
                for: application.application, session.user.account, lineage: session.lineage, on: db)
        }
    }

    /// A platform of the settings' kind among the city's counterparts.
    @discardableResult
    func addCounterpart(
        flavour: String = "v2", systemCode: String = "450000", linksExactly: Bool = false, reportsUse: Bool = false
    ) async throws -> Counterpart {
        let settings = national.settings, crypto = platform.crypto
        var form = CounterpartForm()
        (form.name, form.baseURL, form.flavour) = ("自治区平台", "https://gateway.example", flavour)
        (form.appID, form.appKey, form.systemCode) = (settings.appID, settings.appKey, systemCode)
        (form.linksExactly, form.reportsUse) = (linksExactly, reportsUse)
        let sent = form
        let content = try sent.checked(.shipped, isNew: true)
        return try await database.write { db in
            let store = CounterpartStore(db, crypto)
            return try store.find(try store.insert(content, key: sent.appKey, by: .system, at: .now))
        }
    }

    func link(_ key: String, _ name: String, with member: TestCity.Member, at counterpart: Counterpart) async throws {
        let crypto = platform.crypto, account = try await city.user(member).account
        try await database.write { db in
            try CounterpartStore(db, crypto).link(
                ArrivedPerson(key: key, name: name), at: counterpart, with: account, .confirmed, at: .now)
        }
    }

    func audit(_ action: String) async throws -> [AuditEntry] {
        try await database.read { try AuditLog.list(within: .everything, action: action, limit: 50, on: $0) }
    }

    func settle() async throws {
        _ = try await EventDelivery(database: database, receivers: platform.federation.receivers).deliver(now: .now)
        let runner = JobRunner(database: database, handlers: platform.federation.errands, logger: TestDatabase.logger)
        while try await runner.runOne() {}
    }
}

func withGateway<T>(
    _ kind: TestDatabase, _ settings: NationalPlatform.Settings = GatewayCity.settings(),
    _ body: (GatewayCity) async throws -> T
) async throws -> T {
    try await withTestCity(kind) { city in
        let gateway = try GatewayCity(city, NationalPlatform(settings))
        let result: Result<T, any Error>
        do { result = .success(try await body(gateway)) } catch { result = .failure(error) }
        await gateway.platform.hasher.shutdown()
        return try result.get()
    }
}

extension GatewayCity {
    /// 王老师 has an account in the test city, the other person there has none.
    static let wang = NationalPlatform.Person(
        key: "5a4c03e34292483d8c03e34292d83d02", name: "wang(示例)", login: "GX0002", identity: "1",
        school: "防城港市实验小学(示例)", studentNumber: "")
    static let stranger = NationalPlatform.Person(
        key: "5a4c03e34292483d8c03e34292d83d05", name: "韦春桃", login: "GX0005", identity: "1", school: "外地中学(示例)")

    static func settings(
        _ flavour: NationalPlatform.Flavour = .v2, _ envelope: NationalPlatform.Envelope = .data
    ) -> NationalPlatform.Settings {
        var settings = NationalPlatform.Settings()
        (settings.flavour, settings.envelope, settings.people) = (flavour, envelope, [wang, stranger])
        settings.portal = ""
        return settings
    }
}

/// One call of an application by HTTP.
extension TestClient {
    func call(
        _ path: String, _ fields: [String: GatewayValue], type: String = "application/json"
    ) async throws -> GatewayValue {
        let body = Array(GatewayValue.object(fields).json.utf8)
        let answer = try await send(.post, path, ["content-type": type], body)
        guard answer.status == 200, let value = GatewayValue.parse(answer.bytes) else { throw DomainError.notFound }
        return value
    }

    func ask(_ path: String) async throws -> GatewayValue {
        let answer = try await get(path)
        guard answer.status == 200, let value = GatewayValue.parse(answer.bytes) else { throw DomainError.notFound }
        return value
    }

    func token(_ application: GatewayApplication) async throws -> String {
        let time = String(Timestamp.now.milliseconds)
        let answer = try await call("/apigateway/getAccessToken", application.signed(at: time))
        return answer.value(at: "data.accessToken")?.plain ?? ""
    }
}

extension GatewayValue {
    var code: String { self["retCode"]?.plain ?? "" }
}
