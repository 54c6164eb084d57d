import Kernel
import TestKit
import Web

@testable import Plan

/// Somebody whom one county lets edit its targets, whatever the roles of the house say; calls the routes as the
/// pipeline would.
struct CountyEditor: Sendable {
    let city: TestCity
    let user: CurrentUser
    let county: OrganisationID

    init(_ city: TestCity, county code: String) async throws {
        let county = try await city.organisation(code), known = try await city.user(.chen)
        let grant = EffectiveGrant(
            role: "county_editor", organisation: county.id, path: county.path, permissions: [.planView, .targetEdit])
        user = CurrentUser(account: known.account, person: known.person, name: "陈主任", grants: [grant])
        (self.city, self.county) = (city, county.id)
    }

    /// - Parameter pattern: the route's path as declared.
    func send(
        _ method: RouteMethod, _ pattern: String, _ parameters: [String: String] = [:],
        _ form: [(String, String)] = []
    ) async throws -> WebResponse {
        guard let route = city.platform.plan.routes().first(where: { $0.method == method && $0.path == pattern }) else {
            throw DomainError.notFound
        }
        let session = SessionInfo(id: "test", user: user, csrfToken: "token", mustChangePassword: false)
        let site = SiteInfo(
            name: "样例平台", owner: "", contact: "", registration: "", isDemo: false, assets: AssetManifest())
        let page = PageContext(
            path: pattern, user: user, csrfToken: "token", flash: nil, preferences: DisplayPreferences(),
            navigation: [], site: site)
        return try await route.handler(
            WebRequest(
                method: method, path: pattern, parameters: parameters,
                form: FormValues(form.map { (name: $0.0, value: $0.1) }), headers: WebHeaders(),
                remoteAddress: "127.0.0.1", requestID: "test", session: session, page: page, exporter: NoExporter()))
    }
}

private struct NoExporter: TableExporter {
    func write(title: String, header: [String], rows: [[TableValue]], format: TableFormat) throws -> String {
        throw DomainError.unavailable("没有导出")
    }
}
