import Database
import Directory
import Kernel
import Platform
import Web

struct DifferenceRoutes: Sendable {
    let service: DifferenceService
    private var database: Database { service.database }
    private var crypto: any CryptoProvider { service.crypto }

    func routes() -> Routes {
        let root = DifferencePages.root, access = Access.can(.exportRun)
        var routes = Routes(module: "rosters")
        routes.get(root, access: access, list)
        routes.get(root + "/new", access: access) { try await form($0) }
        routes.upload(root, access: access, compare)
        routes.get(root + "/:id", access: access, show)
        return routes
    }

    @Sendable private func list(_ request: WebRequest) async throws -> WebResponse {
        let scope = try request.user.scope(of: .exportRun), crypto = crypto
        let query = DifferencePages.history.query(request.query)
        let (rows, total) = try await database.read { db in
            try DifferenceStore(db, crypto).list(within: scope, after: query.after?.id, limit: query.fetchLimit)
        }
        return .html(DifferencePages.list(query.page(rows, total: total) { (nil, $0.id.rawValue) }, request))
    }

    private func form(_ request: WebRequest, problems: [FieldProblem] = []) async throws -> WebResponse {
        let scope = try request.user.scope(of: .exportRun)
        let places = try await database.read { try OrganisationStore($0).all(within: scope) }
        return .html(
            DifferencePages.new(places, request.page, values: request.form, problems: problems),
            status: problems.isEmpty ? 200 : 422)
    }

    @Sendable private func compare(_ request: WebRequest) async throws -> WebResponse {
        let user = try request.user, actor = AuditActor(user, address: request.remoteAddress)
        do {
            guard let file = request.files.first(where: { $0.field == "file" && $0.size > 0 }) else {
                throw DomainError.invalid("file", "请选择要上传的文件")
            }
            guard let place = OrganisationID(checking: request.form["place"] ?? "") else {
                throw DomainError.invalid("place", "选择单位")
            }
            let (_, job) = try await service.start(
                DifferenceService.Upload(
                    path: file.path, name: file.name, place: place,
                    subject: request.form["subject"] == "staff" ? .staff : .pupils), for: user, by: actor)
            return .redirect("/jobs/\(job)")
        } catch DomainError.invalid(let problems) {
            return try await form(request, problems: problems)
        }
    }

    @Sendable private func show(_ request: WebRequest) async throws -> WebResponse {
        let scope = try request.user.scope(of: .exportRun), crypto = crypto
        let id: ID<Difference> = try request.id("id")
        let kind = request.query.text("kind").flatMap(DifferenceReport.Kind.init(rawValue:))
        let query = DifferencePages.table.query(request.query), after = query.place
        let (difference, counts, lines) = try await database.read { db in
            let store = DifferenceStore(db, crypto), difference = try store.find(id, within: scope)
            return (
                difference, try store.counts(of: difference),
                try store.lines(of: difference, kind, after: after, limit: query.fetchLimit)
            )
        }
        if let format = query.format {
            // Names and numbers leave: who took them is on record before they do.
            let actor = AuditActor(try request.user, address: request.remoteAddress)
            try await database.write { db in
                try AuditLog.record(
                    "roster.difference_taken", id.rawValue, by: actor, at: difference.path,
                    "\(difference.fileName)，\(lines.count) 行", on: db)
            }
            return try DifferencePages.table.download(
                lines.map(\.line), as: format, name: "差异报告-\(difference.place)", with: request.exporter)
        }
        let total = kind.map { counts[$0] ?? 0 } ?? counts.values.reduce(0, +)
        let slice = query.page(lines, total: total) { (nil, String($0.number)) }
        let page = Page(items: slice.items.map(\.line), total: slice.total, next: slice.next)
        return .html(DifferencePages.show(difference, counts, page, request))
    }
}
