import Foundation
import Kernel
import Testing
import Web

@testable import Identity

/// Calls the handlers of the module's routes as the web server would, for a person or a visitor.
struct IdentityPages: Sendable {
    let identity: IdentityModule
    let site: SiteInfo

    init(_ identity: IdentityModule) {
        self.identity = identity
        site = SiteInfo(name: "教育平台", owner: "", contact: "", registration: "", isDemo: false, assets: AssetManifest())
    }

    /// - Parameter token: of the session; `nil` for a visitor.
    func send(
        _ method: RouteMethod, _ address: String, token: String? = nil, _ form: [(name: String, value: String)] = []
    ) async throws -> WebResponse {
        let parts = address.split(separator: "?", maxSplits: 1)
        let path = String(parts[0])
        let query = parts.count > 1 ? try #require(URLCoding.parse(parts[1].utf8)) : FormValues()
        let (route, parameters) = try #require(find(method, path))
        let session = token == nil ? nil : try await identity.authenticate(token ?? "")
        let page = PageContext(
            path: path, user: session?.user, csrfToken: session?.csrfToken ?? "visitor", flash: nil,
            preferences: DisplayPreferences(), navigation: [], site: site)
        return try await route.handler(
            WebRequest(
                method: method, path: path, parameters: parameters, query: query, form: FormValues(form),
                headers: WebHeaders(["user-agent": "Mozilla/5.0 (Windows NT 6.1) Chrome/109.0"]),
                remoteAddress: "10.1.2.3", requestID: "test", session: session, page: page, exporter: NoExporter()))
    }

    private func find(_ method: RouteMethod, _ path: String) -> (Route, [String: String])? {
        let segments = path.split(separator: "/")
        let candidates = identity.routes().filter { $0.method == method }.compactMap {
            route -> (Route, [String: String])? in
            let pattern = route.path.split(separator: "/")
            guard pattern.count == segments.count else { return nil }
            var parameters: [String: String] = [:]
            for (part, segment) in zip(pattern, segments) {
                if part.hasPrefix(":") {
                    parameters[String(part.dropFirst())] = String(segment)
                } else if part != segment {
                    return nil
                }
            }
            return (route, parameters)
        }
        return candidates.min { $0.1.count < $1.1.count }
    }

    private struct NoExporter: TableExporter {
        func write(title: String, header: [String], rows: [[TableValue]], format: TableFormat) throws -> String {
            ([title] + header + rows.flatMap { $0.map(\.text) }).joined(separator: "|")
        }
    }
}

extension WebResponse {
    var text: String {
        switch body {
        case .bytes(let bytes): String(decoding: bytes, as: UTF8.self)
        case .file(let path, _): path
        case .events: ""
        }
    }

    var location: String? { headers.first { $0.name == "location" }?.value }

    func count(_ part: String) -> Int { text.components(separatedBy: part).count - 1 }
}
