import Database
import Foundation
import Kernel
import Platform
import Web

/// Imports of the facility register in the browser.
package struct ImportRoutes: Sendable {
    let service: ImportService

    package init(database: Database, files: FileStore) { service = ImportService(database: database, files: files) }

    package func routes() -> Routes {
        let root = ImportPages.root
        var routes = Routes(module: "connectivity")
        routes.get(root, access: .can(.importView), list)
        routes.get(root + "/new", access: .can(.importSubmit), form)
        routes.upload(root, access: .can(.importSubmit), upload)
        routes.get(root + "/:id", access: .can(.importView), show)
        routes.get(root + "/:id/columns", access: .can(.importSubmit), columns)
        routes.post(root + "/:id/columns", access: .can(.importSubmit), correct)
        routes.post(root + "/:id/comparison", access: .can(.importSubmit), compare)
        routes.post(root + "/:id/acceptance", access: .can(.importSubmit), accept)
        routes.post(root + "/:id/discard", access: .can(.importSubmit), discard)
        routes.post(root + "/:id/undo", access: .can(.importSubmit), undo)
        routes.get(root + "/:id/refused", access: .can(.importView), refused)
        return routes
    }

    @Sendable private func list(_ request: WebRequest) async throws -> WebResponse {
        let user = try request.user
        let scope = user.scope(of: .importView)
        let query = ImportPages.history.query(request.query)
        let (rows, total) = try await service.database.read { db in
            try ImportStore(db).list(visibleTo: user, scope: scope, after: query.after?.id, limit: query.fetchLimit)
        }
        if let format = query.format {
            return try ImportPages.history.download(rows, as: format, with: request.exporter)
        }
        let page = query.page(rows, total: total) { (nil, $0.id.rawValue) }
        return .html(ImportPages.list(page, request, maySubmit: user.may(.importSubmit)))
    }

    @Sendable private func form(_ request: WebRequest) async throws -> WebResponse {
        .html(ImportPages.upload(request.page, day: Timestamp.now.day.iso))
    }

    @Sendable private func upload(_ request: WebRequest) async throws -> WebResponse {
        let user = try request.user
        let day = request.form["statistics_on"] ?? ""
        do {
            guard let file = request.files.first(where: { $0.field == "file" && !($0.name.isEmpty && $0.size == 0) })
            else { throw DomainError.invalid("file", "请选择要上传的文件") }
            if file.size == 0 { throw DomainError.invalid("file", "文件是空的，请重新保存后再上传") }
            guard let date = LocalDate(iso: day) else { throw DomainError.invalid("statistics_on", "请填写统计日期") }
            let scope = user.scope(of: .importSubmit)
            let id = try await service.start(
                ImportService.Upload(
                    path: file.path, name: file.name, size: file.size, day: date, scope: scope,
                    actor: AuditActor(user, address: request.remoteAddress), account: user.account))
            let batch = try await service.find(id)
            if batch.state == .mapped { return .redirect(ImportPages.path(id) + "/columns") }
            let job = try await service.database.write { db in
                try ImportJobs.queueReading(
                    id, name: file.name, settled: false, by: user, at: scope.commonPlace, on: db)
            }
            return .redirect("/jobs/\(job)")
        } catch DomainError.invalid(let problems) {
            return .html(ImportPages.upload(request.page, day: day, problems: problems), status: 422)
        }
    }

    /// The batch as the user may see it.
    private func batch(_ request: WebRequest) async throws -> ImportBatch {
        let user = try request.user
        let id: ID<ImportBatch> = try request.id("id")
        let scope = user.scope(of: .importView)
        return try await service.database.read { try ImportStore($0).find(id, visibleTo: user, scope: scope) }
    }

    /// The batch for a deed: its whole place must still lie where the user may write.
    private func ownBatch(_ request: WebRequest) async throws -> ImportBatch {
        let batch = try await batch(request)
        let scope = try request.user.scope(of: .importSubmit)
        guard batch.scope.roots.allSatisfy(scope.contains) else { throw DomainError.notFound }
        return batch
    }

    private func maySubmit(_ batch: ImportBatch, _ user: CurrentUser) -> Bool {
        batch.scope.roots.allSatisfy(user.scope(of: .importSubmit).contains)
    }

    @Sendable private func show(_ request: WebRequest) async throws -> WebResponse {
        let batch = try await batch(request)
        if batch.state == .mapped, maySubmit(batch, try request.user) {
            return .redirect(ImportPages.path(batch.id) + "/columns")
        }
        let kind = request.query.text("kind").flatMap(ImportKind.init(rawValue:)) ?? ImportRoutes.firstKind(of: batch)
        let table = ImportPages.table(kind, batch)
        let query = table.query(request.query)
        let after = query.place
        let lines = try await service.database.read { db in
            guard batch.state.hasLines else { return [ImportLine]() }
            return try ImportStore(db).lines(of: batch.id, kinds: [kind], after: after, limit: query.fetchLimit)
        }
        if let format = query.format {
            return try table.download(
                lines, as: format, name: "\(batch.fileName)-\(kind.title)", with: request.exporter)
        }
        let page = query.page(lines, total: batch.counts[kind]) { (nil, String($0.number)) }
        return .html(
            ImportPages.show(
                batch, kind: kind, lines: page, request, maySubmit: maySubmit(batch, try request.user)))
    }

    /// What the reader comes for: changes, then new schools, then what was refused.
    private static func firstKind(of batch: ImportBatch) -> ImportKind {
        [.changed, .new, .refused].first { batch.counts[$0] > 0 } ?? .unchanged
    }

    @Sendable private func columns(_ request: WebRequest) async throws -> WebResponse {
        let batch = try await ownBatch(request)
        guard batch.state == .mapped || batch.state == .compared else {
            return .redirect(ImportPages.path(batch.id), flash: Flash(.warning, "这次导入\(batch.state.title)，不能再改列。"))
        }
        return .html(ImportPages.columns(batch, request.page))
    }

    @Sendable private func correct(_ request: WebRequest) async throws -> WebResponse {
        let batch = try await ownBatch(request)
        let user = try request.user
        var form = ImportForm(batch.layout)
        guard let layout = form.corrected(by: request.form) else {
            let page = ImportPages.columns(batch, request.page, values: request.form, problems: form.problems)
            return .html(page, status: 422)
        }
        let isRemembered = request.form.has("remember")
        let job = try await service.database.write { db in
            try ImportService.correct(batch, to: layout, remember: isRemembered, by: user.name, on: db)
            return try ImportJobs.queueReading(
                batch.id, name: batch.fileName, settled: true, by: user, at: batch.scopePath, on: db)
        }
        return .redirect("/jobs/\(job)")
    }

    @Sendable private func compare(_ request: WebRequest) async throws -> WebResponse {
        let batch = try await ownBatch(request)
        let user = try request.user
        let job = try await service.database.write { db in
            try ImportService.reopen(batch.id, on: db)
            return try ImportJobs.queueReading(
                batch.id, name: batch.fileName, settled: true, by: user, at: batch.scopePath, on: db)
        }
        return .redirect("/jobs/\(job)")
    }

    @Sendable private func accept(_ request: WebRequest) async throws -> WebResponse {
        let batch = try await ownBatch(request)
        let user = try request.user
        let agreed = request.form["digest"] ?? ""
        let job = try await service.database.write { db -> ID<Job>? in
            let store = ImportStore(db)
            // What was looked at must be what is written: another tab may have compared anew.
            guard try store.find(batch.id).digest == agreed,
                try store.move(batch.id, from: [.compared], to: .accepting)
            else { return nil }
            return try ImportJobs.queueAcceptance(
                batch.id, name: batch.fileName, by: user, at: batch.scopePath, on: db)
        }
        guard let job else {
            let words = "这次导入刚被处理过，没有再写入，请看现在的情况。"
            return .redirect(ImportPages.path(batch.id), flash: Flash(.warning, words))
        }
        return .redirect("/jobs/\(job)")
    }

    @Sendable private func discard(_ request: WebRequest) async throws -> WebResponse {
        let batch = try await ownBatch(request)
        try await service.discard(batch.id, by: AuditActor(try request.user, address: request.remoteAddress))
        return .redirect(ImportPages.root, flash: Flash(.done, "已放弃 \(batch.fileName)。"))
    }

    @Sendable private func undo(_ request: WebRequest) async throws -> WebResponse {
        let batch = try await ownBatch(request)
        let path = ImportPages.path(batch.id)
        do {
            try await service.undo(batch.id, by: AuditActor(try request.user, address: request.remoteAddress))
        } catch DomainError.conflict(let reason) {
            return .redirect(path, flash: Flash(.warning, reason))
        }
        return .redirect(path, flash: Flash(.done, "已撤销，登记恢复到导入之前。"))
    }

    @Sendable private func refused(_ request: WebRequest) async throws -> WebResponse {
        let batch = try await batch(request)
        let lines = try await service.database.read { db in
            try ImportStore(db).lines(of: batch.id, kinds: [.refused], limit: TableQuery.exportLimit)
        }
        guard !lines.isEmpty else { throw DomainError.notFound }
        let rows = RefusedRows(path: service.files.path(of: batch.sha256), layout: batch.layout, lines: lines)
        let target = NSTemporaryDirectory() + "refused-\(Identifiers.next()).xlsx"
        try await SheetRowFeed.onThread { try rows.write(to: target) }
        let name = (batch.fileName as NSString).deletingPathExtension
        return .download(
            path: target, name: "\(name)-退回.xlsx", contentType: TableFormat.xlsx.contentType, temporary: true)
    }
}
