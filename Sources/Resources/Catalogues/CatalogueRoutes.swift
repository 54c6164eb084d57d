import Database
import Directory
import Kernel
import Platform
import Web

/// `/textbooks/catalogues`: the city's imports of the yearly catalogue.
struct CatalogueRoutes: Sendable {
    let database: Database
    let files: FileStore
    private var service: CatalogueService { CatalogueService(database: database, files: files) }

    func add(to routes: inout Routes) {
        let root = CataloguePages.root, one = root + "/:id", access = Access.can(.catalogueEdit)
        routes.get(root, access: access, list)
        routes.get(root + "/new", access: access) { form($0) }
        routes.upload(root, access: access, upload)
        routes.get(one, access: access, show)
        routes.post(one + "/acceptance", access: access, accept)
        routes.post(one + "/discard", access: access) { request in
            let id: ID<Catalogue> = try request.id("id")
            try await service.discard(id, by: actor(request))
            return .redirect(CataloguePages.root, flash: Flash(.done, "已放弃"))
        }
        routes.post(one + "/undo", access: access) { request in
            let id: ID<Catalogue> = try request.id("id")
            try await service.undo(id, by: actor(request))
            return .redirect(CataloguePages.path(id), flash: Flash(.done, "已撤销，目录恢复到接受之前"))
        }
    }

    private func actor(_ request: WebRequest) throws -> AuditActor {
        AuditActor(try request.user, address: request.remoteAddress)
    }

    @Sendable private func list(_ request: WebRequest) async throws -> WebResponse {
        let query = CataloguePages.history.query(request.query)
        let (rows, total) = try await database.read {
            try CatalogueStore($0).list(after: query.after?.id, limit: query.fetchLimit)
        }
        if let format = query.format {
            return try CataloguePages.history.download(rows, as: format, with: request.exporter)
        }
        return .html(CataloguePages.list(query.page(rows, total: total) { (nil, $0.id.rawValue) }, request))
    }

    private func form(_ request: WebRequest, problems: [FieldProblem] = []) -> WebResponse {
        .html(
            CataloguePages.upload(
                request.page, values: request.form, today: Timestamp.now.day, problems: problems),
            status: problems.isEmpty ? 200 : 422)
    }

    @Sendable private func upload(_ request: WebRequest) async throws -> WebResponse {
        do {
            guard let file = request.files.first(where: { $0.field == "file" && $0.size > 0 }) else {
                throw DomainError.invalid("file", "请选择要上传的文件")
            }
            guard let year = Int(request.form["year"] ?? ""), (2000...2100).contains(year) else {
                throw DomainError.invalid("year", "选择学年")
            }
            let upload = CatalogueService.Upload(
                path: file.path, name: file.name, year: year, isComplete: request.form.has("complete"))
            let id = try await service.start(upload, by: actor(request))
            return .redirect(CataloguePages.path(id))
        } catch DomainError.invalid(let problems) {
            return form(request, problems: problems)
        }
    }

    @Sendable private func show(_ request: WebRequest) async throws -> WebResponse {
        let id: ID<Catalogue> = try request.id("id"), query = CataloguePages.lines.query(request.query)
        let asked = request.query.text("kind").flatMap(CatalogueLine.Kind.init(rawValue:))
        let after = query.place
        let (catalogue, kind, rows, isLatest) = try await database.read { db in
            let store = CatalogueStore(db), catalogue = try store.find(id)
            let first = CatalogueLine.Kind.allCases.first { catalogue.counts[$0] > 0 }
            let kind = asked ?? first ?? .new
            let rows = try store.lines(of: id, kind: kind, after: after, limit: query.fetchLimit)
            return (catalogue, kind, rows, try store.latestAccepted()?.id == id)
        }
        if let format = query.format {
            return try CataloguePages.lines.download(
                rows.map(\.line), as: format, name: "目录变化-\(kind.title)", with: request.exporter)
        }
        let slice = query.page(rows, total: catalogue.counts[kind]) { (nil, String($0.number)) }
        return .html(CataloguePages.show(catalogue, kind: kind, slice.map(\.line), isLatest: isLatest, request))
    }

    @Sendable private func accept(_ request: WebRequest) async throws -> WebResponse {
        let id: ID<Catalogue> = try request.id("id")
        let isDone = try await service.accept(id, digest: request.form["digest"] ?? "", by: actor(request))
        let flash = isDone ? Flash(.done, "已接受，教材目录已更新") : Flash(.warning, "目录有了新的变化，请再看一遍")
        return .redirect(CataloguePages.path(id), flash: flash)
    }
}
