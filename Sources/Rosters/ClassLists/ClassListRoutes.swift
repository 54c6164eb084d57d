import Database
import Directory
import Kernel
import Platform
import Web

/// `/rosters/class-lists`: lists of classes, from the upload to the way back.
struct ClassListRoutes: Sendable {
    let service: ClassListService
    private var database: Database { service.database }

    func routes() -> Routes {
        let root = ClassListPages.root
        var routes = Routes(module: "rosters")
        routes.get(root, access: .can(.rosterView), list)
        routes.get(root + "/new", access: .can(.rosterImport)) { .html(ClassListPages.upload($0.page, problems: [])) }
        routes.upload(root, access: .can(.rosterImport), upload)
        routes.get(root + "/:id", access: .can(.rosterView), show)
        routes.post(root + "/:id/acceptance", access: .can(.rosterImport)) { request in
            try await decide(request, done: "已新建班级") { try await service.accept($0, for: $1, by: $2) }
        }
        routes.post(root + "/:id/discard", access: .can(.rosterImport)) { request in
            try await decide(request, done: "已放弃") { try await service.discard($0, for: $1, by: $2) }
        }
        routes.post(root + "/:id/undo", access: .can(.rosterImport)) { request in
            try await decide(request, done: "已撤销") { try await service.undo($0, for: $1, by: $2) }
        }
        return routes
    }

    @Sendable private func list(_ request: WebRequest) async throws -> WebResponse {
        let user = try request.user, scope = user.scope(of: .rosterView)
        let query = ClassListPages.history.query(request.query)
        let (rows, total) = try await database.read {
            try ClassListStore($0).list(within: scope, after: query.after?.id, limit: query.fetchLimit)
        }
        let page = query.page(rows, total: total) { (nil, $0.id.rawValue) }
        return .html(ClassListPages.list(page, request, maySubmit: user.may(.rosterImport)))
    }

    @Sendable private func upload(_ request: WebRequest) async throws -> WebResponse {
        let user = try request.user, actor = AuditActor(user, address: request.remoteAddress)
        do {
            guard let file = request.files.first(where: { $0.field == "file" && $0.size > 0 }) else {
                throw DomainError.invalid("file", "请选择要上传的文件")
            }
            let id = try await service.start(file.path, name: file.name, for: user, by: actor)
            return .redirect(ClassListPages.path(id))
        } catch DomainError.invalid(let problems) {
            return .html(ClassListPages.upload(request.page, problems: problems), status: 422)
        }
    }

    @Sendable private func show(_ request: WebRequest) async throws -> WebResponse {
        let user = try request.user, scope = user.scope(of: .rosterView), id: ID<ClassList> = try request.id("id")
        let kind = request.query.text("kind").flatMap(ClassListLine.Kind.init(rawValue:))
        let query = ClassListPages.lines.query(request.query), after = query.place
        let (list, lines) = try await database.read { db in
            let store = ClassListStore(db)
            return (
                try store.find(id, within: scope), try store.lines(of: id, kind, after: after, limit: query.fetchLimit)
            )
        }
        if let format = query.format {
            return try ClassListPages.lines.download(
                lines, as: format, name: "班级名单-\(list.fileName)", with: request.exporter)
        }
        let total = kind.map { list.counts[$0] ?? 0 } ?? list.counts.values.reduce(0, +)
        let page = query.page(lines, total: total) { (nil, String($0.row)) }
        let maySubmit = list.scope.roots.allSatisfy(user.scope(of: .rosterImport).contains)
        return .html(ClassListPages.show(list, page, request, maySubmit: maySubmit))
    }

    private func decide(
        _ request: WebRequest, done: String, _ deed: (ID<ClassList>, CurrentUser, AuditActor) async throws -> Void
    ) async throws -> WebResponse {
        let user = try request.user, id: ID<ClassList> = try request.id("id")
        do {
            try await deed(id, user, AuditActor(user, address: request.remoteAddress))
        } catch DomainError.conflict(let reason) {
            return .redirect(ClassListPages.path(id), flash: Flash(.warning, reason))
        }
        return .redirect(ClassListPages.path(id), flash: Flash(.done, done))
    }
}
