/// What each service says of itself: an OpenAPI document made from its doors, for consumers to find what there is.
struct OneRosterDiscovery: Sendable {
    let endpoints: [OneRosterEndpoint]
    let title: String
    let version: OneRosterVersion
    /// Below the site's address.
    let base: String
    /// Below the base, as the standard names the document.
    let path: String
    let isWritable: Bool

    static let rostering = OneRosterDiscovery(
        endpoints: OneRosterEndpoint.rostering, title: "OneRoster Rostering Service", version: .v1p2,
        base: OneRosterVersion.v1p2.rosterBase,
        path: "/discovery/onerosterv1p2rostersservice_openapi3_v1p0.json", isWritable: false)
    static let gradebook = OneRosterDiscovery(
        endpoints: OneRosterEndpoint.gradebook, title: "OneRoster Gradebook Service", version: .v1p2,
        base: OneRosterVersion.v1p2.gradebookBase,
        path: "/discovery/onerosterv1p2gradebookservice_openapi3_v1p0.json", isWritable: true)
    static let old = OneRosterDiscovery(
        endpoints: OneRosterEndpoint.old, title: "OneRoster 1.1, read only", version: .v1p1,
        base: OneRosterVersion.v1p1.rosterBase, path: "/discovery/imsoneroster_openapi3_v1p1.json", isWritable: false)

    func document(site: String) -> [UInt8] {
        var paths = endpoints.map { OneRosterMember(OneRosterDiscovery.template($0.path), .object(operations($0))) }
        for endpoint in posts where !endpoints.contains(where: { $0.path == endpoint.path }) {
            let post = OneRosterMember("post", operation("post", endpoint, ["gradebook.createput"]))
            paths.append(OneRosterMember(OneRosterDiscovery.template(endpoint.path), .object([post])))
        }
        let addresses = Set(
            endpoints.flatMap(\.scopes) + (isWritable ? ["gradebook.createput", "gradebook.delete"] : [])
        )
        .sorted().flatMap { OneRosterEndpoint.addresses([$0]) }.filter { $0.contains(version.rawValue) }
        let flow: OneRosterValue = .object([
            OneRosterMember("tokenUrl", site + "/openid/token"),
            OneRosterMember("scopes", .object(addresses.map { OneRosterMember($0, "") })),
        ])
        let scheme: OneRosterValue = .object([
            OneRosterMember("type", "oauth2"),
            OneRosterMember("flows", .object([OneRosterMember("clientCredentials", flow)])),
        ])
        return OneRosterValue.object([
            OneRosterMember("openapi", "3.0.1"),
            OneRosterMember("info", .object([OneRosterMember("title", title), OneRosterMember("version", "1.0")])),
            OneRosterMember("servers", .list([.object([OneRosterMember("url", site + base)])])),
            OneRosterMember("paths", .object(paths)),
            OneRosterMember(
                "components",
                .object([OneRosterMember("securitySchemes", .object([OneRosterMember("OAuth2CC", scheme)]))])),
        ]).bytes
    }

    private var posts: [OneRosterEndpoint] { isWritable ? OneRosterEndpoint.posts : [] }

    private func operations(_ endpoint: OneRosterEndpoint) -> [OneRosterMember] {
        var operations = [OneRosterMember("get", operation("get", endpoint, endpoint.scopes))]
        if isWritable && endpoint.isSingle {
            operations.append(OneRosterMember("put", operation("put", endpoint, ["gradebook.createput"])))
            operations.append(OneRosterMember("delete", operation("delete", endpoint, ["gradebook.delete"])))
        }
        if posts.contains(where: { $0.path == endpoint.path }) {
            operations.append(OneRosterMember("post", operation("post", endpoint, ["gradebook.createput"])))
        }
        return operations
    }

    private func operation(_ method: String, _ endpoint: OneRosterEndpoint, _ scopes: [String]) -> OneRosterValue {
        let words = endpoint.path.split(separator: "/").map { $0.drop { $0 == ":" } }.joined(separator: "_")
        var parameters = endpoint.path.split(separator: "/").filter { $0.hasPrefix(":") }.map { name in
            OneRosterDiscovery.parameter(String(name.dropFirst()), in: "path", "string")
        }
        if !endpoint.isSingle && method == "get" {
            parameters += ["limit", "offset"].map { OneRosterDiscovery.parameter($0, in: "query", "integer") }
            parameters += ["sort", "orderBy", "filter", "fields"].map {
                OneRosterDiscovery.parameter($0, in: "query", "string")
            }
        }
        let done = method == "get" ? "200" : method == "delete" ? "204" : "201"
        let addresses = OneRosterEndpoint.addresses(scopes).filter { $0.contains(version.rawValue) }
        let answers = [done, "400", "401", "403", "404", "422", "429"].map {
            OneRosterMember($0, .object([OneRosterMember("description", $0 == done ? "done" : "refused")]))
        }
        return .object([
            OneRosterMember("operationId", "\(method)_\(words)"), OneRosterMember("parameters", .list(parameters)),
            OneRosterMember("responses", .object(answers)),
            OneRosterMember("security", .list(addresses.map { .object([OneRosterMember("OAuth2CC", .texts([$0]))]) })),
        ])
    }

    private static func parameter(_ name: String, in place: String, _ type: String) -> OneRosterValue {
        // The description has no truth values of its own but this one; the answer to "required" is the place.
        .object([
            OneRosterMember("name", name), OneRosterMember("in", place),
            OneRosterMember("schema", .object([OneRosterMember("type", type)])),
        ])
    }

    private static func template(_ path: String) -> String {
        path.split(separator: "/").reduce("") { $0 + "/" + ($1.hasPrefix(":") ? "{\($1.dropFirst())}" : String($1)) }
    }
}
