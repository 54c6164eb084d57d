import App
import Federation
import Foundation
import Kernel
import Web

/// A consumer that takes all users of the city, page by page.
enum OneRosterMeasure {
    private static let pageSize = 1000

    static func run() async throws {
        try await Measure.withFreshPlatform { platform in
            let schools = try await IdentityMeasure.grow(to: 450, platform.database)
            try await Measure.timed("500,000 people entered") { try await SearchMeasure.enter(platform, schools) }
            var content = ApplicationContent()
            (content.name, content.contact, content.contactPhone) = ("排课系统", "陈主任", "0770-2820000")
            content.machineScopes = [MachineScope.roster.rawValue]
            let keys = try await platform.federation.applications.register(content, owner: nil, level: .city)
            let caller = RouteCaller(platform: platform)
            let token = try await token(keys, caller)
            for collection in ["users", "enrollments"] { try await walk(collection, caller, token) }
            try await follow(caller, token)
        }
    }

    private static func token(_ keys: ApplicationKeys, _ caller: RouteCaller) async throws -> String {
        let basic = Data("\(keys.clientID):\(keys.clientSecret ?? "")".utf8).base64EncodedString()
        let answer = try await caller.call(
            .post, "/openid/token", form: [("grant_type", "client_credentials")],
            headers: ["authorization": "Basic " + basic])
        guard case .bytes(let bytes) = answer.body,
            let body = try JSONSerialization.jsonObject(with: Data(bytes)) as? [String: Any],
            let token = body["access_token"] as? String
        else { throw DomainError.notFound }
        return token
    }

    private static func page(
        _ collection: String, _ query: String, _ caller: RouteCaller, _ token: String
    ) async throws -> (total: Int, bytes: Int) {
        let answer = try await caller.call(
            .get, "/ims/oneroster/rostering/v1p2/" + collection, query: query,
            headers: ["authorization": "Bearer " + token])
        guard answer.status == 200, case .bytes(let bytes) = answer.body,
            let total = answer.headers.first(where: { $0.name == "x-total-count" }).flatMap({ Int($0.value) })
        else { throw DomainError.notFound }
        return (total, bytes.count)
    }

    private static func walk(_ collection: String, _ caller: RouteCaller, _ token: String) async throws {
        var costs: [Double] = [], total = 1, bytes = 0
        let start = Measure.cpu
        while costs.count * pageSize < total {
            let begun = Measure.cpu
            let answer = try await page(
                collection, "limit=\(pageSize)&offset=\(costs.count * pageSize)", caller, token)
            (total, bytes) = (answer.total, bytes + answer.bytes)
            costs.append((Measure.cpu - begun) * 1000)
        }
        let rate = Double(total) / (Measure.cpu - start)
        func mean(_ part: ArraySlice<Double>) -> String {
            Measure.rounded(part.reduce(0, +) / Double(max(part.count, 1)))
        }
        let pages = costs.dropFirst().dropLast()
        print("\(collection): \(total) in \(costs.count) pages, \(bytes / 1_000_000) MB, \(Int(rate)) a second of CPU")
        print(
            "  first page \(Measure.rounded(costs[0])) ms CPU, the next ten \(mean(pages.prefix(10))), "
                + "in the middle \(mean(pages.dropFirst(pages.count / 2 - 5).prefix(10))), the last ten \(mean(pages.suffix(10)))"
        )
        print("  memory at most \(Int(Measure.peakMemory)) MB")
    }

    /// What a consumer pays who asks for the changes of a quiet hour.
    private static func follow(_ caller: RouteCaller, _ token: String) async throws {
        let since = Timestamp.now.adding(seconds: 3600).rfc3339
        let query = "filter=" + URLCoding.encode("dateLastModified>'\(since)'")
        try await Measure.timed("changes of a quiet hour") {
            print("  \(try await page("users", query, caller, token).total) changes")
        }
    }
}
