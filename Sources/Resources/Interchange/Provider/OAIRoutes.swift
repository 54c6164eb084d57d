import Kernel
import Web

/// `/oai`: the catalogue of public resources for other platforms. Open to everybody; nothing is done by a session.
struct OAIRoutes: Sendable {
    let provider: OAIProvider
    var gate = OAIGate()

    func add(to routes: inout Routes) {
        routes.endpoint(.get, OAIProvider.path) { try await answer($0, $0.query) }
        routes.endpoint(.post, OAIProvider.path, limit: 16 << 10) { request in
            // By POST all arguments stand in the body (protocol 3.1.1.2).
            try await answer(request, request.form)
        }
    }

    private func answer(_ request: WebRequest, _ values: FormValues) async throws -> WebResponse {
        if let seconds = gate.enter(request.remoteAddress, now: provider.now()) {
            return WebResponse(
                status: 503,
                headers: [("content-type", "text/plain; charset=utf-8"), ("retry-after", String(seconds))],
                body: .bytes(Array("Come again in \(seconds) seconds.\n".utf8)))
        }
        defer { gate.leave() }
        let bytes = try await provider.answer(values.pairs)
        return WebResponse(headers: [("content-type", "text/xml; charset=utf-8")], body: .bytes(bytes))
    }
}
