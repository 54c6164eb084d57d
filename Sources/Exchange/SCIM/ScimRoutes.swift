import Contracts
import Database
import Directory
import Kernel
import Platform
import Web

/// SCIM 2.0 (RFC 7642 to 7644): staff registers of other systems write here and read here.
struct ScimRoutes: Sendable {
    let database: Database
    let crypto: any CryptoProvider
    let machines: any MachineAccess
    let gate: any AccountGate
    let listeners: StaffListeners
    let address: SiteAddress
    let reads: ReadTally
    let now: @Sendable () -> Timestamp

    static let path = "/scim/v2"
    static let bodyLimit = 4 << 20
    private var base: String { address.absolute(ScimRoutes.path) }

    func add(to routes: inout Routes) {
        addDiscovery(to: &routes)
        for type in ScimType.all {
            let path = ScimRoutes.path + type.endpoint
            routes.endpoint(.get, path) { await answered($0, .read) { try await list($0, $1, [type]) } }
            routes.endpoint(.post, path + "/.search", limit: ScimRoutes.bodyLimit) {
                await answered($0, .read) { try await search($0, $1, [type]) }
            }
            routes.endpoint(.post, path, limit: ScimRoutes.bodyLimit) {
                await answered($0, .write) { try await create($0, $1, type) }
            }
            routes.endpoint(.get, path + "/:id") { await answered($0, .read) { try await show($0, $1, type) } }
            for method in [RouteMethod.put, .patch] {
                routes.endpoint(method, path + "/:id", limit: ScimRoutes.bodyLimit) {
                    await answered($0, .write) { try await change($0, $1, type) }
                }
            }
            routes.endpoint(.delete, path + "/:id") { await answered($0, .write) { try await delete($0, $1, type) } }
        }
        routes.endpoint(.post, ScimRoutes.path + "/.search", limit: ScimRoutes.bodyLimit) {
            await answered($0, .read) { try await search($0, $1, ScimType.all) }
        }
    }

    enum Right: String { case read = "scim.read", write = "scim.write" }

    /// Asks who is calling and turns every refusal into the protocol's own answer.
    private func answered(
        _ request: WebRequest, _ right: Right,
        _ body: (WebRequest, ScimCaller) async throws -> WebResponse
    ) async -> WebResponse {
        do {
            guard let token = ScimRoutes.token(request), let machine = try await machines.caller(token: token) else {
                return ScimError(401, "A valid bearer token is needed.").response
                    .with(header: "www-authenticate", "Bearer realm=\"santong\"")
            }
            let isAllowed =
                machine.scopes.contains(right.rawValue)
                || right == .read && machine.scopes.contains(Right.write.rawValue)
            guard isAllowed else { throw ScimError(403, "The token lacks the scope \(right.rawValue).") }
            return try await body(request, ScimCaller(machine, from: request.remoteAddress, base: base))
        } catch let error as ScimError {
            return error.response
        } catch let error as DomainError {
            return ScimError(error).response
        } catch is JSONReader.Malformed {
            return ScimError(400, .invalidSyntax, "The body is no JSON.").response
        } catch DatabaseError.uniqueViolation {
            return ScimError(409, .uniqueness, "Somebody else took the name a moment ago.").response
        } catch {
            return ScimError(500, "The request failed; number \(request.requestID).").response
        }
    }

    private static func token(_ request: WebRequest) -> String? {
        guard let header = request.headers["authorization"], header.prefix(7).lowercased() == "bearer " else {
            return nil
        }
        return String(header.dropFirst(7))
    }

    private static func body(_ request: WebRequest) throws -> JSONValue {
        let type = (request.headers["content-type"] ?? "").lowercased()
        guard type.hasPrefix("application/scim+json") || type.hasPrefix("application/json") else {
            throw ScimError(415, "Send application/scim+json.")
        }
        return try JSONReader.read(request.body)
    }

    private func list(_ request: WebRequest, _ caller: ScimCaller, _ types: [ScimType]) async throws -> WebResponse {
        try await found(try ScimQuery(request.query), caller, types)
    }

    private func search(_ request: WebRequest, _ caller: ScimCaller, _ types: [ScimType]) async throws -> WebResponse {
        try await found(try ScimQuery(try ScimRoutes.body(request)), caller, types)
    }

    private func found(_ query: ScimQuery, _ caller: ScimCaller, _ types: [ScimType]) async throws -> WebResponse {
        let now = now(), crypto = crypto, gate = gate
        let slice = try await database.read { db in
            try ScimSearch(db: db, crypto: crypto, gate: gate, caller: caller, today: now.day).run(query, types)
        }
        note(slice.items.count, of: types, caller, now)
        return .scim(slice.response(query))
    }

    /// Staff and their groups are read here, no pupils.
    private func note(_ resources: Int, of types: [ScimType], _ caller: ScimCaller, _ now: Timestamp) {
        guard types.contains(where: { $0.name == ScimType.user.name }) else { return }
        reads.note(.staff, .scim, by: caller.machine, records: resources, pupils: [], at: now)
    }

    private func show(_ request: WebRequest, _ caller: ScimCaller, _ type: ScimType) async throws -> WebResponse {
        let id = try request.parameter("id"), selection = try ScimQuery(request.query).selection, now = now()
        let work = work(caller, now)
        let resource = try await database.read { try work.find(id, type, $0) }
        if let known = request.headers["if-none-match"], ScimConditions.matches(known, resource.version) {
            return WebResponse(status: 304, headers: [("etag", resource.version ?? "")])
        }
        note(1, of: [type], caller, now)
        return ScimRoutes.resource(resource, selection)
            .with(header: "content-location", resource["meta"]?["location"]?.text ?? "")
    }

    private func create(_ request: WebRequest, _ caller: ScimCaller, _ type: ScimType) async throws -> WebResponse {
        let document = try ScimDocument(reading: ScimRoutes.body(request), as: type), now = now()
        let selection = try ScimQuery(request.query).selection, work = work(caller, now)
        let resource = try await database.write { try work.add(document, $0) }
        return ScimRoutes.resource(resource, selection, status: 201)
            .with(header: "location", resource["meta"]?["location"]?.text ?? "")
    }

    private func change(_ request: WebRequest, _ caller: ScimCaller, _ type: ScimType) async throws -> WebResponse {
        let id = try request.parameter("id"), body = try ScimRoutes.body(request), now = now()
        let selection = try ScimQuery(request.query).selection, work = work(caller, now)
        let expected = request.headers["if-match"]
        let change: @Sendable (ScimDocument) throws -> ScimDocument
        if request.method == .put {
            let document = try ScimDocument(reading: body, as: type)
            change = { _ in document }
        } else {
            let patch = try ScimPatch(body)
            change = { try patch.apply(to: $0) }
        }
        let resource = try await database.write { try work.change(id, type, expecting: expected, $0, change) }
        return ScimRoutes.resource(resource, selection)
    }

    private func delete(_ request: WebRequest, _ caller: ScimCaller, _ type: ScimType) async throws -> WebResponse {
        let id = try request.parameter("id"), now = now(), work = work(caller, now)
        let expected = request.headers["if-match"]
        try await database.write { try work.remove(id, type, expecting: expected, $0) }
        return WebResponse(status: 204)
    }

    private func work(_ caller: ScimCaller, _ now: Timestamp) -> ScimWork {
        ScimWork(crypto: crypto, gate: gate, listeners: listeners, caller: caller, now: now)
    }

    private static func resource(_ value: JSONValue, _ selection: ScimSelection, status: Int = 200) -> WebResponse {
        .scim(selection.apply(to: value), status: status).with(header: "etag", value.version ?? "")
    }
}

extension ScimRoutes {
    /// What the platform can do, for everybody to read.
    private func addDiscovery(to routes: inout Routes) {
        let path = ScimRoutes.path
        let doors: [(String, Route.Handler)] = [
            ("/ServiceProviderConfig", { _ in .scim(ScimProvider.configuration(base: base)) }),
            ("/Schemas", { _ in .scim(ScimProvider.list(ScimSchema.all.map { $0.json(base: base) })) }),
            ("/ResourceTypes", { _ in .scim(ScimProvider.list(ScimType.all.map { $0.json(base: base) })) }),
        ]
        for (name, handler) in doors {
            routes.endpoint(.get, path + name, handler)
            for method in [RouteMethod.post, .put, .patch, .delete] {
                routes.endpoint(method, path + name) { _ in
                    ScimError(405, "This resource is for reading.").response.with(header: "allow", "GET")
                }
            }
        }
        routes.endpoint(.get, path + "/Schemas/:id") { request in
            let id = try request.parameter("id")
            guard let schema = ScimSchema.all.first(where: { $0.id == id }) else { return ScimError.notFound.response }
            return .scim(schema.json(base: base))
        }
        routes.endpoint(.get, path + "/ResourceTypes/:id") { request in
            let id = try request.parameter("id")
            guard let type = ScimType.all.first(where: { $0.name == id }) else { return ScimError.notFound.response }
            return .scim(type.json(base: base))
        }
        for (method, name) in [(RouteMethod.get, "/Me"), (.post, "/Bulk")] {
            routes.endpoint(method, path + name) { request in
                await answered(request, .read) { _, _ in throw ScimError(501, "\(name) is not supported.") }
            }
        }
        routes.endpoint(.get, path + "/:other") { _ in ScimError.notFound.response }
    }
}

/// What describes the service itself.
enum ScimProvider {
    static func configuration(base: String) -> JSONValue {
        func supported(_ flag: Bool) -> JSONValue { .members([("supported", .flag(flag))]) }
        let token = JSONValue.members([
            ("type", .text("oauthbearertoken")), ("name", .text("OAuth 2.0 client credentials")),
            ("description", .text("Bearer token of a registered application with the scope scim.read or scim.write.")),
            ("specUri", .text("https://www.rfc-editor.org/info/rfc6750")), ("primary", .flag(true)),
        ])
        return .members([
            ("schemas", .texts(["urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig"])),
            ("patch", supported(true)),
            (
                "bulk",
                .members([("supported", .flag(false)), ("maxOperations", .integer(0)), ("maxPayloadSize", .integer(0))])
            ),
            (
                "filter",
                .members([("supported", .flag(true)), ("maxResults", .integer(Int64(ScimQuery.mostResults)))])
            ),
            ("changePassword", supported(false)), ("sort", supported(false)), ("etag", supported(true)),
            ("authenticationSchemes", .list([token])),
            (
                "meta",
                .members([
                    ("resourceType", .text("ServiceProviderConfig")),
                    ("location", .text(base + "/ServiceProviderConfig")),
                ])
            ),
        ])
    }

    static func list(_ items: [JSONValue]) -> JSONValue {
        .members([
            ("schemas", .texts(["urn:ietf:params:scim:api:messages:2.0:ListResponse"])),
            ("totalResults", .integer(Int64(items.count))), ("itemsPerPage", .integer(Int64(items.count))),
            ("startIndex", .integer(1)), ("Resources", .list(items)),
        ])
    }
}
