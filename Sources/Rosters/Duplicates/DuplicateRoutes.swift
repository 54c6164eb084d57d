import Database
import Directory
import Kernel
import Platform
import Web

/// The queue of what may be the same person, and its decisions.
struct DuplicateRoutes: Sendable {
    let database: Database
    let crypto: any CryptoProvider
    let personColumns: [PersonColumn]
    let mergeListeners: [any PersonMergeListener]

    func routes() -> Routes {
        let root = DuplicatePages.root, access = Access.can(.matchDecide)
        var routes = Routes(module: "rosters")
        routes.get(root, access: access, list)
        routes.post(root + "/search", access: access, search)
        routes.get(root + "/:id", access: access) { try await show($0) }
        routes.post(root + "/:id/same", access: access, same)
        routes.post(root + "/:id/different", access: access, different)
        routes.post(root + "/:id/undo", access: access, undo)
        return routes
    }

    @Sendable private func list(_ request: WebRequest) async throws -> WebResponse {
        let scope = try request.user.scope(of: .matchDecide), isOpen = request.query["state"] != "decided"
        let query = DuplicatePages.table.query(request.query)
        let (rows, total) = try await database.read { db in
            try DuplicateStore(db).list(within: scope, isOpen: isOpen, after: query.after?.id, limit: query.fetchLimit)
        }
        return .html(
            DuplicatePages.list(query.page(rows, total: total) { (nil, $0.id.rawValue) }, isOpen: isOpen, request))
    }

    @Sendable private func search(_ request: WebRequest) async throws -> WebResponse {
        let user = try request.user
        let job = try await database.write { db in
            try DuplicateSearch.queue(user.scope(of: .matchDecide), by: user, on: db)
        }
        return .redirect("/jobs/\(job)")
    }

    private func show(
        _ request: WebRequest, problems: [FieldProblem] = [], status: Int = 200
    ) async throws -> WebResponse {
        let scope = try request.user.scope(of: .matchDecide), today = Timestamp.now.day, crypto = crypto
        let id: ID<Duplicate> = try request.id("id")
        let model = try await database.read { db in
            try DuplicateComparison(try DuplicateStore(db).find(id, within: scope), on: today, db, crypto)
        }
        return .html(
            DuplicatePages.show(model, request.page, values: request.form, problems: problems), status: status)
    }

    @Sendable private func same(_ request: WebRequest) async throws -> WebResponse {
        do {
            let decision = try DuplicateForm(values: request.form).decision()
            return try await decide(request, "已记为同一人") { try $0.same($1, keeping: decision) }
        } catch DomainError.invalid(let problems) {
            return try await show(request, problems: problems, status: 422)
        }
    }

    @Sendable private func different(_ request: WebRequest) async throws -> WebResponse {
        try await decide(request, "已记为两个人，以后不再提示") { try $0.different($1) }
    }

    @Sendable private func undo(_ request: WebRequest) async throws -> WebResponse {
        do {
            return try await decide(request, "已撤销") { try $0.undo($1) }
        } catch DomainError.conflict(let reason) {
            let id: ID<Duplicate> = try request.id("id")
            return .redirect(DuplicatePages.path(id), flash: Flash(.warning, reason))
        }
    }

    private func decide(
        _ request: WebRequest, _ done: String,
        _ deed: @escaping @Sendable (DuplicateService, ID<Duplicate>) throws -> Void
    ) async throws -> WebResponse {
        let user = try request.user, crypto = crypto
        let id: ID<Duplicate> = try request.id("id")
        let actor = AuditActor(user, address: request.remoteAddress)
        try await database.write { db in
            let service = DuplicateService(
                db, crypto, by: actor, within: user.scope(of: .matchDecide), moving: personColumns,
                telling: mergeListeners)
            try deed(service, id)
        }
        return .redirect(DuplicatePages.path(id), flash: Flash(.done, done))
    }
}
