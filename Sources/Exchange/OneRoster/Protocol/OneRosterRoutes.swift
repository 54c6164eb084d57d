import Contracts
import Database
import Kernel
import Platform
import Web

/// The doors of OneRoster: rostering and gradebook of version 1.2, and version 1.1 for reading.
struct OneRosterRoutes: Sendable {
    let database: Database
    let crypto: any CryptoProvider
    let machines: any MachineAccess
    let address: SiteAddress
    let reads: ReadTally
    var now: @Sendable () -> Timestamp = { .now }
    let lists = OneRosterLists()
    let meter = OneRosterMeter()

    private var reader: OneRosterReader { OneRosterReader(database: database, crypto: crypto, lists: lists) }

    func add(to routes: inout Routes) {
        for endpoint in OneRosterEndpoint.rostering { add(endpoint, .v1p2, to: &routes) }
        for endpoint in OneRosterEndpoint.gradebook {
            add(endpoint, .v1p2, to: &routes)
            guard endpoint.isSingle else { continue }
            let path = OneRosterVersion.v1p2.gradebookBase + endpoint.path
            routes.endpoint(.put, path) { request in try await answered { try await put(request, endpoint) } }
            routes.endpoint(.delete, path) { request in try await answered { try await delete(request, endpoint) } }
        }
        for endpoint in OneRosterEndpoint.posts {
            routes.endpoint(.post, OneRosterVersion.v1p2.gradebookBase + endpoint.path, limit: 1 << 20) { request in
                try await answered { try await post(request, endpoint) }
            }
        }
        for endpoint in OneRosterEndpoint.old { add(endpoint, .v1p1, to: &routes) }
        for discovery in [OneRosterDiscovery.rostering, .gradebook, .old] {
            routes.endpoint(.get, discovery.base + discovery.path) { _ in
                .json(discovery.document(site: address.base)).with(header: "cache-control", "public, max-age=600")
            }
        }
    }

    private func add(_ endpoint: OneRosterEndpoint, _ version: OneRosterVersion, to routes: inout Routes) {
        let base = endpoint.collection.isGradebook ? version.gradebookBase : version.rosterBase
        routes.endpoint(.get, base + endpoint.path) { request in
            try await answered {
                let (caller, view) = try await enter(request, endpoint.scopes, version)
                return endpoint.isSingle
                    ? try await single(request, endpoint, caller, view)
                    : try await list(request, endpoint, caller, view)
            }
        }
    }

    /// Turns refusals into the standard's own answer, also when the platform cannot work just now.
    private func answered(_ door: () async throws -> WebResponse) async throws -> WebResponse {
        do {
            return try await door()
        } catch let fault as OneRosterFault {
            return fault.response
        } catch DomainError.notFound {
            return OneRosterFault.unknown.response
        } catch DomainError.unavailable, DomainError.uncertain {
            return OneRosterFault(503, "server_busy", "try again later").response.with(header: "retry-after", "10")
        }
    }

    /// Who is calling, and what she may see. Throws `OneRosterFault`.
    private func enter(
        _ request: WebRequest, _ scopes: [String], _ version: OneRosterVersion
    ) async throws -> (MachineCaller, OneRosterView) {
        guard let header = request.headers["authorization"], header.prefix(7).lowercased() == "bearer ",
            let caller = try await machines.caller(token: String(header.dropFirst(7)))
        else { throw OneRosterFault.unauthorised }
        let moment = now()
        guard meter.admits(caller.application, at: moment) else { throw OneRosterFault.busy }
        guard OneRosterEndpoint.addresses(scopes).contains(where: caller.scopes.contains) else {
            throw OneRosterFault.forbidden("the token does not have the scope \(scopes.joined(separator: " or "))")
        }
        let root = try await database.read { try OneRosterOrganisationStore.root(of: caller.organisations, on: $0) }
        guard let root else { throw OneRosterFault.forbidden("the client has no organisation") }
        let view = OneRosterView(
            scope: caller.organisations, root: root, version: version, now: moment, site: address.base)
        return (caller, view)
    }

    // MARK: Reading

    private func single(
        _ request: WebRequest, _ endpoint: OneRosterEndpoint, _ caller: MachineCaller, _ view: OneRosterView
    ) async throws -> WebResponse {
        let fields = try OneRosterQuestion(request.query, known: endpoint.collection.fields(view.version)).fields
        let found = try await reader.find(
            try request.parameter("id"), in: endpoint.collection, endpoint.selection, view)
        guard let found else { throw OneRosterFault.unknown }
        if let kind = ReadKind(endpoint.collection) { reads.note(kind, by: caller, [found], at: view.now) }
        return json(.object([OneRosterMember(endpoint.collection.singular, found.value(fields))]))
    }

    private func list(
        _ request: WebRequest, _ endpoint: OneRosterEndpoint, _ caller: MachineCaller, _ view: OneRosterView
    ) async throws -> WebResponse {
        let question = try OneRosterQuestion(request.query, known: endpoint.collection.fields(view.version))
        for (name, key) in request.parameters {
            guard let parent = OneRosterEndpoint.parent(name) else { continue }
            guard try await reader.find(key, in: parent, OneRosterSelection(), view) != nil else {
                throw OneRosterFault.unknown
            }
        }
        if question.offset == 0 { try await note(request, endpoint, caller, view) }
        let page = try await reader.page(
            question, of: endpoint.collection, endpoint.selection(request.parameters), view, caller: caller.application)
        if let kind = ReadKind(endpoint.collection) { reads.note(kind, by: caller, page.records, at: view.now) }
        var out = Array("{\"\(endpoint.collection.rawValue)\":[".utf8)
        out.reserveCapacity(page.records.count * 900)
        for (index, record) in page.records.enumerated() {
            if index > 0 { out.append(0x2C) }
            record.value(question.fields).write(to: &out)
        }
        out.append(contentsOf: "]}".utf8)
        return WebResponse.json(out).with(header: "cache-control", "no-store")
            .with(header: "x-total-count", String(page.total))
            .with(header: "link", links(request, question, total: page.total))
    }

    /// A list of people that was handed over stands in the audit log once, however many pages it has.
    private func note(
        _ request: WebRequest, _ endpoint: OneRosterEndpoint, _ caller: MachineCaller, _ view: OneRosterView
    ) async throws {
        let personal: Set<OneRosterCollection> = [.users, .demographics, .enrollments, .results]
        guard personal.contains(endpoint.collection) else { return }
        try await database.write { db in
            try AuditLog.record(
                "exchange.oneroster_read", caller.application,
                by: AuditActor(id: nil, name: caller.name, address: request.remoteAddress),
                at: view.scope.roots.first ?? .city, endpoint.path, now: view.now, on: db)
        }
    }

    private func links(_ request: WebRequest, _ question: OneRosterQuestion, total: Int) -> String {
        func link(_ offset: Int, _ relation: String) -> String {
            let query = request.query.replacing("limit", with: String(question.limit))
                .replacing("offset", with: String(offset))
            return "<\(address.base)\(request.path)?\(query.encoded)>; rel=\"\(relation)\""
        }
        let last = total == 0 ? 0 : (total - 1) / question.limit * question.limit
        var links: [String] = []
        if question.offset + question.limit < total { links.append(link(question.offset + question.limit, "next")) }
        if question.offset > 0 { links.append(link(max(0, question.offset - question.limit), "prev")) }
        return (links + [link(0, "first"), link(last, "last")]).joined(separator: ", ")
    }

    private func json(_ value: OneRosterValue, status: Int = 200) -> WebResponse {
        WebResponse.json(value.bytes, status: status).with(header: "cache-control", "no-store")
    }

    // MARK: Writing

    private func put(_ request: WebRequest, _ endpoint: OneRosterEndpoint) async throws -> WebResponse {
        let (caller, view) = try await enter(request, ["gradebook.createput"], .v1p2)
        let id = try request.parameter("id"), collection = endpoint.collection
        let isNew = try await service(caller, view, request).put(request.body, as: id, in: collection)
        guard let record = try await reader.find(id, in: collection, OneRosterSelection(), view) else {
            throw OneRosterFault.unknown
        }
        return json(.object([OneRosterMember(collection.singular, record.value())]), status: isNew ? 201 : 200)
    }

    private func post(_ request: WebRequest, _ endpoint: OneRosterEndpoint) async throws -> WebResponse {
        let (caller, view) = try await enter(request, ["gradebook.createput"], .v1p2)
        let key = try request.parameter(endpoint.place)
        if let parent = OneRosterEndpoint.parent(endpoint.place),
            try await reader.find(key, in: parent, OneRosterSelection(), view) == nil
        {
            throw OneRosterFault.unknown
        }
        let pairs = try await service(caller, view, request).post(
            request.body, in: endpoint.collection, of: (endpoint.place, key))
        let values = pairs.map { pair -> OneRosterValue in
            .object([
                OneRosterMember("suppliedSourcedId", pair.supplied),
                OneRosterMember("allocatedSourcedId", pair.allocated),
            ])
        }
        return json(.object([OneRosterMember("sourcedIdPairs", .list(values))]), status: 201)
    }

    private func delete(_ request: WebRequest, _ endpoint: OneRosterEndpoint) async throws -> WebResponse {
        let (caller, view) = try await enter(request, ["gradebook.delete"], .v1p2)
        try await service(caller, view, request).delete(try request.parameter("id"), in: endpoint.collection)
        return WebResponse(status: 204, headers: [("cache-control", "no-store")])
    }

    private func service(_ caller: MachineCaller, _ view: OneRosterView, _ request: WebRequest) -> GradebookService {
        GradebookService(
            database: database, crypto: crypto, caller: caller, address: request.remoteAddress, view: view)
    }
}
