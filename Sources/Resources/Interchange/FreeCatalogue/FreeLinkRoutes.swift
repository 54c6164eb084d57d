import Database
import Kernel
import Platform
import Web

/// `/resources/free-links` and `/resources/link-sheets`: the city's catalogue of free public resources.
struct FreeLinkRoutes: Sendable {
    let database: Database
    let files: FileStore

    func add(to routes: inout Routes) {
        let root = FreeLinkPages.root, one = root + "/:id", access = Access.can(.externalEdit)
        routes.get(root, access: access, list)
        routes.get(root + "/new", access: access) { request in
            .html(FreeLinkPages.form(FreeLinkRoutes.empty, request.page))
        }
        routes.post(root, access: access, add)
        routes.post(root + "/checks", access: access, check)
        routes.get(one, access: access) { try await show($0) }
        routes.post(one, access: access, change)
        routes.post(one + "/removal", access: access, remove)
        let sheets = FreeLinkPages.sheets, sheet = sheets + "/:id"
        routes.get(sheets + "/new", access: access) { .html(FreeLinkPages.newSheet([], $0.page)) }
        routes.upload(sheets, access: access, limit: 16 << 20, send)
        routes.get(sheet, access: access, showSheet)
        routes.post(sheet + "/acceptance", access: access, accept)
        routes.post(sheet + "/discard", access: access, discard)
    }

    private static let empty = FreeLinkPages.View(
        entry: nil, values: FormValues([("audience", ExternalAudience.everybody.rawValue)]), problems: [], warning: nil)

    private func actor(_ request: WebRequest) throws -> AuditActor {
        AuditActor(try request.user, address: request.remoteAddress)
    }

    @Sendable private func list(_ request: WebRequest) async throws -> WebResponse {
        let query = FreeLinkPages.table.query(request.query), asked = request.query["state"] ?? ""
        let states =
            asked == "bad" ? [LinkState.gone, .failing, .timeout] : [LinkState(rawValue: asked)].compactMap { $0 }
        let (rows, total, counts) = try await database.read { db in
            let (rows, total) = try ExternalStore(db).own(states, after: query.after?.id, limit: query.fetchLimit)
            return (rows, total, try LinkCheckStore(db).counts())
        }
        if let format = query.format {
            return try FreeLinkPages.table.download(rows, as: format, with: request.exporter)
        }
        return .html(
            FreeLinkPages.list(query.page(rows, total: total) { (nil, $0.id.rawValue) }, counts: counts, request))
    }

    @Sendable private func add(_ request: WebRequest) async throws -> WebResponse {
        let actor = try actor(request), link = FreeLink(request.form)
        do {
            _ = try await database.write { try FreeLinkService($0, by: actor, now: .now).add(link) }
            return .redirect(FreeLinkPages.root, flash: Flash(.done, "已添加"))
        } catch DomainError.invalid(let problems) {
            let view = FreeLinkPages.View(entry: nil, values: request.form, problems: problems, warning: nil)
            return .html(FreeLinkPages.form(view, request.page), status: 422)
        }
    }

    @Sendable private func check(_ request: WebRequest) async throws -> WebResponse {
        let now = Timestamp.now
        try await database.write { db in
            try LinkCheckStore(db).setAllDue(now: now)
            try LinkCheckJob.tend(db, now: now)
        }
        return .redirect(FreeLinkPages.root, flash: Flash(.done, "已开始检查，过一会儿再看结果"))
    }

    private func show(
        _ request: WebRequest, typed: FormValues? = nil, problems: [FieldProblem] = [], warning: String? = nil,
        status: Int = 200
    ) async throws -> WebResponse {
        let id: ID<ExternalEntry> = try request.id("id")
        let view = try await database.read { db in
            let store = ExternalStore(db), entry = try store.own(id)
            let nodes = try TextbookStore(db).places(of: try store.nodes(of: [id])[id] ?? []).compactMap(\.node.code)
            var values = typed ?? FreeLink.values(entry, nodes: nodes)
            // Whoever was told that somebody was faster may save what she typed.
            if warning != nil { values = values.replacing("revision", with: String(entry.revision)) }
            return FreeLinkPages.View(entry: entry, values: values, problems: problems, warning: warning)
        }
        return .html(FreeLinkPages.form(view, request.page), status: status)
    }

    @Sendable private func change(_ request: WebRequest) async throws -> WebResponse {
        let actor = try actor(request), id: ID<ExternalEntry> = try request.id("id"), link = FreeLink(request.form)
        let revision = Int(request.form["revision"] ?? "") ?? 0
        do {
            try await database.write { try FreeLinkService($0, by: actor, now: .now).change(id, at: revision, link) }
            return .redirect(FreeLinkPages.root, flash: Flash(.done, "已保存"))
        } catch DomainError.invalid(let problems) {
            return try await show(request, typed: request.form, problems: problems, status: 422)
        } catch DomainError.conflict(let words) {
            return try await show(request, typed: request.form, warning: words, status: 409)
        }
    }

    @Sendable private func remove(_ request: WebRequest) async throws -> WebResponse {
        let actor = try actor(request), id: ID<ExternalEntry> = try request.id("id")
        try await database.write { try FreeLinkService($0, by: actor, now: .now).remove(id) }
        return .redirect(FreeLinkPages.root, flash: Flash(.done, "已删除"))
    }

    // The workbook

    @Sendable private func send(_ request: WebRequest) async throws -> WebResponse {
        let actor = try actor(request), files = files, now = Timestamp.now, id = ID<LinkSheet>.new()
        do {
            guard let file = request.files.first(where: { $0.field == "file" && $0.size > 0 }) else {
                throw DomainError.invalid("file", "请选择要上传的表格")
            }
            let kept = try await SheetRowFeed.onThread {
                let sheet = try MetadataSheet<FreeLinkColumn>(path: file.path, limit: FreeLink.mostRows)
                if sheet.rows.isEmpty { throw DomainError.invalid("file", "表里没有数据行") }
                return try files.keep(fileAt: file.path)
            }
            try await database.write { db in
                let stored = try files.record(
                    sha256: kept.sha256, size: kept.size, name: file.name, by: actor.name, now: now, on: db)
                try LinkSheetStore(db).insert(id, file: stored, name: file.name, by: actor.name, now: now)
            }
            return .redirect(FreeLinkPages.path(id))
        } catch DomainError.invalid(let problems) {
            return .html(FreeLinkPages.newSheet(problems, request.page), status: 422)
        }
    }

    private func rows(of id: ID<LinkSheet>) async throws -> (LinkSheet, MetadataSheet<FreeLinkColumn>) {
        let files = files
        let (sheet, path) = try await database.read { db in
            let sheet = try LinkSheetStore(db).find(id)
            return (sheet, files.path(of: try files.find(sheet.file, on: db).sha256))
        }
        let rows = try await SheetRowFeed.onThread {
            try MetadataSheet<FreeLinkColumn>(path: path, limit: FreeLink.mostRows)
        }
        return (sheet, rows)
    }

    @Sendable private func showSheet(_ request: WebRequest) async throws -> WebResponse {
        let id: ID<LinkSheet> = try request.id("id"), query = FreeLinkPages.lines.query(request.query)
        let (sheet, rows) = try await rows(of: id)
        let plan = try await database.read(isLong: true) { try LinkSheetPlan(rows, $0) }
        if let format = query.format {
            return try FreeLinkPages.lines.download(plan.lines, as: format, with: request.exporter)
        }
        return .html(FreeLinkPages.sheet(sheet, plan, request))
    }

    @Sendable private func accept(_ request: WebRequest) async throws -> WebResponse {
        let actor = try actor(request), id: ID<LinkSheet> = try request.id("id")
        let (sheet, rows) = try await rows(of: id)
        do {
            let plan = try await database.read(isLong: true) { try LinkSheetPlan(rows, $0) }
            let parts = plan.parts
            for (index, part) in parts.enumerated() {
                try await database.write {
                    try FreeLinkService($0, by: actor, now: .now).accept(
                        sheet, part, isLast: index == parts.count - 1)
                }
            }
            return .redirect(FreeLinkPages.root, flash: Flash(.done, "已导入：\(plan.words)"))
        } catch DomainError.conflict(let words) {
            return .redirect(FreeLinkPages.path(id), flash: Flash(.warning, words))
        }
    }

    @Sendable private func discard(_ request: WebRequest) async throws -> WebResponse {
        let actor = try actor(request), id: ID<LinkSheet> = try request.id("id")
        let isDone = try await database.write { db in
            _ = try LinkSheetStore(db).find(id)
            return try LinkSheetStore(db).end(id, .discarded, by: actor.name, now: .now)
        }
        return .redirect(FreeLinkPages.root, flash: isDone ? Flash(.done, "已放弃") : Flash(.warning, "这份表刚被处理过。"))
    }
}
