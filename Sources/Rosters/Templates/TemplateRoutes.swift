import Database
import Directory
import Foundation
import Kernel
import Platform
import Web

struct TemplateRoutes: Sendable {
    let database: Database

    func routes() -> Routes {
        let root = TemplatePages.root, access = Access.can(.templateEdit)
        var routes = Routes(module: "rosters")
        routes.get(root, access: access, list)
        routes.get(root + "/new", access: access) { try await form($0) }
        routes.get(root + "/shipped", access: access, shipped)
        routes.upload(root, access: access, upload)
        routes.get(root + "/:id", access: access) { try await show($0) }
        routes.get(root + "/:id/content", access: access, content)
        routes.post(root + "/:id/columns", access: access, change)
        routes.post(root + "/:id/activation", access: access) { try await move($0, "模板已启用") { try $0.activate($1) } }
        routes.post(root + "/:id/withdrawal", access: access) { try await move($0, "模板已停用") { try $0.withdraw($1) } }
        return routes
    }

    @Sendable private func list(_ request: WebRequest) async throws -> WebResponse {
        let scope = try request.user.scope(of: .templateEdit)
        let stored = try await database.read { try TemplateStore($0).list(within: scope) }
        return .html(TemplatePages.list(stored, request))
    }

    private func form(_ request: WebRequest, problems: [FieldProblem] = []) async throws -> WebResponse {
        let scope = try request.user.scope(of: .templateEdit)
        let stored = try await database.read { try TemplateStore($0).list(within: scope) }
        let names = Set(stored.map(\.content.name) + ShippedTemplates.all.map(\.name)).sorted()
        let values = request.method == .get ? FormValues([("valid_from", Timestamp.now.day.iso)]) : request.form
        return .html(
            TemplatePages.new(names: names, request.page, values: values, problems: problems),
            status: problems.isEmpty ? 200 : 422)
    }

    @Sendable private func shipped(_ request: WebRequest) async throws -> WebResponse {
        guard let name = request.query.text("name") else { return .redirect(TemplatePages.root) }
        guard let template = ShippedTemplates.named(name) else { throw DomainError.notFound }
        return TemplateRoutes.download(template)
    }

    private static func download(_ template: ExportTemplate) -> WebResponse {
        .download(Array(template.json.utf8), name: template.name + ".json", contentType: "application/json")
    }

    @Sendable private func upload(_ request: WebRequest) async throws -> WebResponse {
        let user = try request.user, scope = user.scope(of: .templateEdit)
        let actor = AuditActor(user, address: request.remoteAddress)
        do {
            let asked = try TemplateForm(values: request.form).upload()
            guard let file = request.files.first(where: { $0.field == "file" && $0.size > 0 }) else {
                throw DomainError.invalid("file", "请选择要上传的文件")
            }
            let kept = try await database.read { db in
                try TemplateStore(db).list(within: scope).first { $0.content.name == asked.name }?.content
            }
            let template = try TemplateRoutes.read(file, asked, kept ?? ShippedTemplates.named(asked.name))
            let id = try await database.write { db in
                try TemplateService(db, by: actor, within: scope).load(
                    template, from: asked.validFrom, fileName: file.name)
            }
            return .redirect(TemplatePages.path(id), flash: Flash(.done, "已读入，请核对各列后启用"))
        } catch DomainError.invalid(let problems) {
            return try await form(request, problems: problems)
        }
    }

    private static func read(
        _ file: UploadedFile, _ asked: TemplateUpload, _ kept: ExportTemplate?
    ) throws -> ExportTemplate {
        if file.name.lowercased().hasSuffix(".json") {
            guard file.size <= 1 << 20, let data = FileManager.default.contents(atPath: file.path) else {
                throw DomainError.invalid("file", "模板文件不能超过 1 MB")
            }
            var template = try ExportTemplate.decode(Array(data))
            template.name = asked.name
            return template
        }
        do {
            return try TemplateRecognition.template(of: file.path, name: asked.name, subject: asked.subject, kept: kept)
        } catch let error as SheetError {
            throw DomainError.invalid("file", error.message)
        }
    }

    private func show(_ request: WebRequest, problems: [FieldProblem] = []) async throws -> WebResponse {
        let template = try await template(request)
        return .html(
            TemplatePages.show(template, request.page, values: request.form, problems: problems),
            status: problems.isEmpty ? 200 : 422)
    }

    private func template(_ request: WebRequest) async throws -> StoredTemplate {
        let scope = try request.user.scope(of: .templateEdit)
        let id: ID<StoredTemplate> = try request.id("id")
        return try await database.read { try TemplateStore($0).find(id, within: scope) }
    }

    @Sendable private func content(_ request: WebRequest) async throws -> WebResponse {
        TemplateRoutes.download(try await template(request).content)
    }

    @Sendable private func change(_ request: WebRequest) async throws -> WebResponse {
        let template = try await template(request), user = try request.user
        let actor = AuditActor(user, address: request.remoteAddress)
        do {
            let columns = try TemplateForm(values: request.form).columns(of: template.content)
            try await database.write { db in
                try TemplateService(db, by: actor, within: user.scope(of: .templateEdit)).change(
                    template.id, columns: columns)
            }
            return .redirect(TemplatePages.path(template.id), flash: Flash(.done, "各列已保存"))
        } catch DomainError.invalid(let problems) {
            return try await show(request, problems: problems)
        }
    }

    private func move(
        _ request: WebRequest, _ done: String,
        _ deed: @escaping @Sendable (TemplateService, ID<StoredTemplate>) throws -> Void
    ) async throws -> WebResponse {
        let user = try request.user
        let id: ID<StoredTemplate> = try request.id("id")
        let actor = AuditActor(user, address: request.remoteAddress)
        try await database.write { db in
            try deed(TemplateService(db, by: actor, within: user.scope(of: .templateEdit)), id)
        }
        return .redirect(TemplatePages.path(id), flash: Flash(.done, done))
    }
}
