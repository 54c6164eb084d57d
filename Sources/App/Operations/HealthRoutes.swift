import Database
import Kernel
import Platform
import Web

/// For load balancers and monitoring: alive, ready, metrics.
struct HealthRoutes: Sendable {
    let database: Database
    let metrics: WebMetrics

    func add(to routes: inout Routes) {
        routes.get("/healthz", access: .public, { _ in HealthRoutes.plain("ok\n") })
        routes.get("/readyz", access: .public, ready)
        routes.get("/metrics", access: .public, tell)
    }

    private static func plain(_ text: String, status: Int = 200) -> WebResponse {
        WebResponse(
            status: status, headers: [("content-type", "text/plain; charset=utf-8")], body: .bytes(Array(text.utf8)))
    }

    /// Ready means that the database answers and can be written.
    @Sendable func ready(_ request: WebRequest) async throws -> WebResponse {
        do {
            let _: Int? = try await database.read { try $0.value("SELECT 1") }
            try await database.checkWritable()
            return HealthRoutes.plain("ready\n")
        } catch {
            return HealthRoutes.plain("not ready\n", status: 503)
        }
    }

    /// Prometheus text format. Only told to this machine: figures of the house are not for the street.
    @Sendable func tell(_ request: WebRequest) async throws -> WebResponse {
        let isLocal = request.remoteAddress == "127.0.0.1" || request.remoteAddress == "::1"
        // A reverse proxy on this machine also comes from the loopback address.
        guard isLocal, request.headers["x-forwarded-for"] == nil else { throw DomainError.notFound }
        let jobs = try await database.read { try JobStore($0).counts() }
        let waiting = database.waiting
        var text = metrics.text
        text +=
            "# HELP santong_database_waiting Transaction bodies waiting for a thread.\n# TYPE santong_database_waiting gauge\n"
        text +=
            "santong_database_waiting{kind=\"read\"} \(waiting.reads)\nsantong_database_waiting{kind=\"write\"} \(waiting.writes)\n"
        text += "# HELP santong_jobs Jobs by state.\n# TYPE santong_jobs gauge\n"
        for (state, count) in jobs { text += "santong_jobs{state=\"\(state.rawValue)\"} \(count)\n" }
        return WebResponse(
            headers: [("content-type", "text/plain; version=0.0.4; charset=utf-8")], body: .bytes(Array(text.utf8)))
    }
}
