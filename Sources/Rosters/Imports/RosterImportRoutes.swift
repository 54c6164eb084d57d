import Database
import Foundation
import Kernel
import Platform
import Web

/// Imports of rosters in the browser.
struct RosterImportRoutes: Sendable {
    let service: RosterImportService
    let workFolder: String

    private var database: Database { service.database }

    func routes() -> Routes {
        let root = RosterImportPages.root
        var routes = Routes(module: "rosters")
        routes.get(root, access: .can(.rosterView), list)
        routes.get(root + "/new", access: .can(.rosterImport), form)
        routes.upload(root, access: .can(.rosterImport), upload)
        routes.get(root + "/:id", access: .can(.rosterView), show)
        routes.get(root + "/:id/columns", access: .can(.rosterImport), columns)
        routes.post(root + "/:id/columns", access: .can(.rosterImport), correct)
        routes.post(root + "/:id/comparison", access: .can(.rosterImport), compare)
        routes.post(root + "/:id/acceptance", access: .can(.rosterImport), accept)
        routes.post(root + "/:id/discard", access: .can(.rosterImport), discard)
        routes.post(root + "/:id/undo", access: .can(.rosterImport), undo)
        routes.get(root + "/:id/refused", access: .can(.rosterImport), refused)
        return routes
    }

    private func write<T: Sendable>(_ body: @escaping @Sendable (RosterImportStore) throws -> T) async throws -> T {
        let crypto = service.crypto
        return try await database.write { try body(RosterImportStore($0, crypto)) }
    }

    private func read<T: Sendable>(_ body: @escaping @Sendable (RosterImportStore) throws -> T) async throws -> T {
        let crypto = service.crypto
        return try await database.read { try body(RosterImportStore($0, crypto)) }
    }

    @Sendable private func list(_ request: WebRequest) async throws -> WebResponse {
        let user = try request.user
        let scope = user.scope(of: .rosterView)
        let query = RosterImportPages.history.query(request.query)
        let (rows, total) = try await read {
            try $0.list(visibleTo: user, scope: scope, after: query.after?.id, limit: query.fetchLimit)
        }
        if let format = query.format {
            return try RosterImportPages.history.download(rows, as: format, with: request.exporter)
        }
        let page = query.page(rows, total: total) { (nil, $0.id.rawValue) }
        return .html(RosterImportPages.list(page, request, maySubmit: user.may(.rosterImport)))
    }

    @Sendable private func form(_ request: WebRequest) async throws -> WebResponse {
        .html(RosterImportPages.upload(request.page, RosterUploadForm(request)))
    }

    @Sendable private func upload(_ request: WebRequest) async throws -> WebResponse {
        let user = try request.user
        let form = RosterUploadForm(request)
        do {
            let content = try form.content(request.files, workFolder: workFolder)
            defer {
                // A left-over in the work folder goes when the server starts.
                if content.isTemporary { try? FileManager.default.removeItem(atPath: content.path) }
            }
            let scope = user.scope(of: .rosterImport)
            let id = try await service.start(
                RosterImportService.Upload(
                    path: content.path, name: content.name, size: content.size,
                    roster: RosterKind(rawValue: form.roster), day: try form.validFrom(), scope: scope,
                    actor: AuditActor(user, address: request.remoteAddress), account: user.account))
            let batch = try await service.find(id)
            if batch.state == .mapped { return .redirect(RosterImportPages.path(id) + "/columns") }
            let job = try await write { store in
                try RosterImportJobs.queueReading(
                    id, name: content.name, settled: false, by: user, at: scope.commonPlace, store)
            }
            return .redirect("/jobs/\(job)")
        } catch DomainError.invalid(let problems) {
            return .html(RosterImportPages.upload(request.page, form, problems: problems), status: 422)
        }
    }

    /// The batch as the user may see it.
    private func batch(_ request: WebRequest) async throws -> RosterBatch {
        let user = try request.user
        let id: ID<RosterBatch> = try request.id("id")
        let scope = user.scope(of: .rosterView)
        return try await read { try $0.find(id, visibleTo: user, scope: scope) }
    }

    /// The batch for a deed: its whole place must still lie where the user may write.
    private func ownBatch(_ request: WebRequest) async throws -> RosterBatch {
        let batch = try await batch(request)
        guard maySubmit(batch, try request.user) else { throw DomainError.notFound }
        // What another system sent is decided on at its own page, whose record knows the outcome.
        guard batch.origin == nil else { throw DomainError.conflict("这份名册来自数据交换，请在数据交换的页面处理。") }
        return batch
    }

    private func maySubmit(_ batch: RosterBatch, _ user: CurrentUser) -> Bool {
        batch.scope.roots.allSatisfy(user.scope(of: .rosterImport).contains)
    }

    @Sendable private func show(_ request: WebRequest) async throws -> WebResponse {
        let batch = try await batch(request)
        let mayDo = maySubmit(batch, try request.user)
        if batch.state == .mapped, mayDo, batch.origin == nil {
            return .redirect(RosterImportPages.path(batch.id) + "/columns")
        }
        let kind =
            request.query.text("kind").flatMap(RosterLineKind.init(rawValue:))
            ?? RosterImportRoutes.firstKind(of: batch)
        let table = RosterLinePages.table(kind)
        let query = table.query(request.query)
        let after = query.place
        let lines = try await read { store in
            guard batch.state.hasLines else { return [RosterLine]() }
            return try store.lines(of: batch.id, kind: kind, after: after, limit: query.fetchLimit)
        }
        if let format = query.format {
            return try table.download(
                lines, as: format, name: "\(batch.fileName)-\(kind.title)", with: request.exporter)
        }
        let page = query.page(lines, total: batch.counts[kind]) { (nil, String($0.number)) }
        return .html(RosterImportPages.show(batch, kind: kind, lines: page, request, maySubmit: mayDo))
    }

    /// What the reader comes for: changes, then new people, then what needs a look.
    private static func firstKind(of batch: RosterBatch) -> RosterLineKind {
        [.changed, .new, .doubtful, .refused].first { batch.counts[$0] > 0 } ?? .unchanged
    }

    @Sendable private func columns(_ request: WebRequest) async throws -> WebResponse {
        let batch = try await ownBatch(request)
        guard batch.state == .mapped || batch.state == .compared else {
            return .redirect(
                RosterImportPages.path(batch.id), flash: Flash(.warning, "这次导入\(batch.state.title)，不能再改列。"))
        }
        return .html(RosterColumnPages.page(batch, request.page))
    }

    @Sendable private func correct(_ request: WebRequest) async throws -> WebResponse {
        let batch = try await ownBatch(request)
        let user = try request.user
        var form = RosterColumnForm(batch.layout)
        guard let layout = form.corrected(by: request.form) else {
            let page = RosterColumnPages.page(batch, request.page, values: request.form, problems: form.problems)
            return .html(page, status: 422)
        }
        let isRemembered = request.form.has("remember")
        let job = try await write { store in
            try RosterImportService.correct(batch, to: layout, remember: isRemembered, by: user.name, store)
            return try RosterImportJobs.queueReading(
                batch.id, name: batch.fileName, settled: true, by: user, at: batch.scopePath, store)
        }
        return .redirect("/jobs/\(job)")
    }

    @Sendable private func compare(_ request: WebRequest) async throws -> WebResponse {
        let batch = try await ownBatch(request)
        let user = try request.user
        let job = try await write { store in
            try RosterImportService.reopen(batch.id, store)
            return try RosterImportJobs.queueReading(
                batch.id, name: batch.fileName, settled: true, by: user, at: batch.scopePath, store)
        }
        return .redirect("/jobs/\(job)")
    }

    @Sendable private func accept(_ request: WebRequest) async throws -> WebResponse {
        let batch = try await ownBatch(request)
        let user = try request.user
        let agreed = request.form["digest"] ?? ""
        let job = try await write { store -> ID<Job>? in
            // What was looked at must be what is written: another tab may have compared anew.
            guard try store.find(batch.id).digest == agreed,
                try store.move(batch.id, from: [.compared], to: .accepting)
            else { return nil }
            return try RosterImportJobs.queueAcceptance(batch, by: user, store)
        }
        guard let job else {
            let words = "这次导入刚被处理过，没有再写入，请看现在的情况。"
            return .redirect(RosterImportPages.path(batch.id), flash: Flash(.warning, words))
        }
        return .redirect("/jobs/\(job)")
    }

    @Sendable private func discard(_ request: WebRequest) async throws -> WebResponse {
        let batch = try await ownBatch(request)
        try await service.discard(batch.id, by: AuditActor(try request.user, address: request.remoteAddress))
        return .redirect(RosterImportPages.root, flash: Flash(.done, "已放弃 \(batch.fileName)。"))
    }

    @Sendable private func undo(_ request: WebRequest) async throws -> WebResponse {
        let batch = try await ownBatch(request)
        let path = RosterImportPages.path(batch.id)
        do {
            let outcome = try await service.undo(
                batch.id, by: AuditActor(try request.user, address: request.remoteAddress))
            return .redirect(path, flash: Flash(.done, "已撤销，花名册恢复到导入之前。\(outcome.words)"))
        } catch DomainError.conflict(let reason) {
            return .redirect(path, flash: Flash(.warning, reason))
        }
    }

    @Sendable private func refused(_ request: WebRequest) async throws -> WebResponse {
        let batch = try await batch(request)
        guard maySubmit(batch, try request.user) else { throw DomainError.notFound }
        let user = try request.user
        let lines = try await read { try $0.faulty(of: batch.id, limit: TableQuery.exportLimit) }
        guard !lines.isEmpty else {
            return .redirect(RosterImportPages.path(batch.id), flash: Flash(.warning, "这次导入没有退回的行。"))
        }
        let target = NSTemporaryDirectory() + "refused-\(Identifiers.next()).xlsx"
        try await service.withFile(of: batch) { path in
            let rows = RefusedRows(path: path, layout: batch.layout, lines: lines)
            try await SheetRowFeed.onThread { try rows.write(to: target) }
        }
        // The sender's own cells, numbers in full among them, leave the platform.
        try await database.write { db in
            try AuditLog.record(
                "roster.refused_downloaded", batch.id.rawValue,
                by: AuditActor(user, address: request.remoteAddress), at: batch.scopePath,
                "\(batch.fileName)，\(lines.count) 行", on: db)
        }
        let name = (batch.fileName as NSString).deletingPathExtension
        return .download(
            path: target, name: "\(name)-退回.xlsx", contentType: TableFormat.xlsx.contentType, temporary: true)
    }
}

extension RefusedRows {
    /// The rows of a batch of which something is not taken.
    init(path: String, layout: RosterLayout, lines: [RosterLine]) {
        let sheets = layout.sheets.map { sheet in
            let mine = lines.filter { $0.sheetIndex == sheet.sheet }.map { ($0.row, $0.content.problems) }
            return RefusedRows.Sheet(
                index: sheet.sheet, name: sheet.name, lastHeaderRow: sheet.lastHeaderRow,
                problems: Dictionary(mine) { first, _ in first })
        }
        self.init(path: path, sheets: sheets)
    }
}

extension Permission {
    /// See imports of rosters and their change sets.
    package static let rosterView: Permission = "rosters.roster.view"
    /// Upload, accept and undo.
    package static let rosterImport: Permission = "rosters.roster.import"
}
