import App
import Kernel
import Web

/// Calls the handlers of routes as the pipeline would, the session looked up for every call.
struct RouteCaller: Sendable {
    let platform: CityPlatform

    /// - Parameters:
    ///   - token: of a signed-in person.
    ///   - session: hers, when it is not to be looked up.
    @discardableResult
    func call(
        _ method: RouteMethod, _ pattern: String, _ parameters: [String: String] = [:], query: String = "",
        form: [(name: String, value: String)] = [], headers: [String: String] = [:], token: String? = nil,
        session known: SessionInfo? = nil, address: String = "127.0.0.1"
    ) async throws -> WebResponse {
        guard let route = platform.routes.first(where: { $0.method == method && $0.path == pattern }) else {
            throw DomainError.notFound
        }
        var session = known
        if let token { session = try await platform.identity.authenticate(token) }
        let site = SiteInfo(name: "", owner: "", contact: "", registration: "", isDemo: false, assets: AssetManifest())
        let page = PageContext(
            path: pattern, user: session?.user, csrfToken: "", flash: nil, preferences: DisplayPreferences(),
            navigation: [], site: site)
        return try await route.handler(
            WebRequest(
                method: method, path: pattern, parameters: parameters,
                query: URLCoding.parse(query.utf8) ?? FormValues(),
                form: FormValues(form), headers: WebHeaders(headers.merging(["user-agent": "measure"]) { $1 }),
                remoteAddress: address,
                requestID: "", session: session, page: page, exporter: NoTables()))
    }

    private struct NoTables: TableExporter {
        func write(title: String, header: [String], rows: [[TableValue]], format: TableFormat) throws -> String {
            throw DomainError.notFound
        }
    }
}

extension RouteCaller {
    /// Asks for a page so often and prints how long that took.
    func time(_ name: String, _ path: String, query: String, token: String, times: Int = 60) async throws {
        var durations = Durations()
        for _ in 0..<times {
            let start = ContinuousClock.now
            try await call(.get, path, query: query, token: token)
            durations.add(ContinuousClock.now - start)
        }
        durations.tell(name)
    }
}

/// How long things took, in milliseconds.
struct Durations {
    private var all: [Double] = []
    var count: Int { all.count }

    mutating func add(_ duration: Duration) { all.append(duration / .milliseconds(1)) }
    mutating func add(_ others: Durations) { all += others.all }

    func tell(_ name: String) {
        print("\(name): median \(Measure.rounded(percentile(0.5))) ms, p95 \(Measure.rounded(percentile(0.95))) ms")
    }

    /// 0.95 for the 95th percentile; 0 without any.
    func percentile(_ share: Double) -> Double {
        let sorted = all.sorted()
        return sorted.isEmpty ? 0 : sorted[min(Int(Double(sorted.count) * share), sorted.count - 1)]
    }
}
