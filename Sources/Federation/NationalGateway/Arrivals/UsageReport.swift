import Database
import Directory
import Foundation
import Identity
import Kernel
import Platform

/// 应用用户登记: tells a counterpart that one of its people has used the platform, after the fact and with retries. Only
/// where the city has switched it on.
struct UsageReport: Sendable {
    let database: Database
    let crypto: any CryptoProvider
    let client: GatewayClient
    let flavours: GatewayFlavours

    static let kind = "federation.gateway.report"

    private struct Payload: Codable {
        let counterpart: String
        let account: String
        let systemCode: String
    }

    /// Part of the transaction that lets the person in. The job names the account only; who she is, is read when it runs.
    static func plan(
        _ person: ArrivedPerson, _ account: ID<Account>, _ counterpart: Counterpart, at now: Timestamp,
        on db: Connection
    ) throws {
        guard counterpart.reportsUse else { return }
        let payload = Payload(
            counterpart: counterpart.id.rawValue, account: account.rawValue, systemCode: person.systemCode)
        _ = try JobStore(db).add(
            kind: kind, title: "向\(counterpart.name)登记用户",
            payload: String(decoding: try JSONEncoder().encode(payload), as: UTF8.self), by: nil, due: now, now: now)
    }

    var handler: JobHandler {
        JobHandler(UsageReport.kind) { context in
            let payload = try JSONDecoder().decode(Payload.self, from: Data(context.job.payload.utf8))
            return try await send(payload, at: context.job.createdAt)
        }
    }

    private func send(_ payload: Payload, at time: Timestamp) async throws -> String {
        guard let account = ID<Account>(checking: payload.account),
            let id = ID<Counterpart>(checking: payload.counterpart)
        else { throw DomainError.notFound }
        let crypto = crypto
        let (counterpart, key, values) = try await database.read { db in
            let store = CounterpartStore(db, crypto)
            return (
                try store.find(id), try store.appKey(of: id), try UsageReport.values(account, on: time.day, db)
            )
        }
        guard counterpart.isActive, counterpart.reportsUse else { return "登记已关闭" }
        guard let flavour = flavours[counterpart.flavour], let steps = flavour.report else { return "对方不收登记" }
        var start = values
        start["sysCode"] = payload.systemCode
        try await client.run(
            steps, start, on: GatewayClient.Line(counterpart: counterpart, flavour: flavour, appKey: key))
        return "已登记"
    }

    private static func values(_ account: ID<Account>, on day: LocalDate, _ db: Connection) throws -> [String: String] {
        let now = Timestamp.now
        let person = GatewayPerson(try AccountStore(db).find(account, within: .everything, at: now), on: day)
        var values = [
            "userId": GatewayKey.text(account), "loginAccount": person.login, "name": person.name,
            "userIdentity": (person.identity ?? .office).rawValue, "orgId": "", "orgName": "",
            "provinceCode": GatewayOrganisation.province, "province": "广西壮族自治区", "cityCode": Divisions.city,
            "city": CodeLists.divisions.name(of: Divisions.city), "areaCode": "", "area": "",
        ]
        guard let id = person.organisation else { return values }
        let store = OrganisationStore(db), organisation = try store.find(id, within: .everything)
        let places = Dictionary(uniqueKeysWithValues: try store.places().map { ($0.path, $0) })
        let fields = GatewayOrganisation.fields(organisation, places)
        for name in ["orgId", "orgName", "areaCode", "area"] { values[name] = fields[name]?.plain ?? "" }
        return values
    }
}
