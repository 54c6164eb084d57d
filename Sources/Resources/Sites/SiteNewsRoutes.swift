import Database
import Directory
import Kernel
import Platform
import Web

/// `/sites/:code/news`: news of a site, and the desk of whoever fills it.
struct SiteNewsRoutes: Sendable {
    let database: Database
    let address: SiteAddress

    func add(to routes: inout Routes) {
        let root = SitePages.root + "/:code/news", one = root + "/:id", edit = Access.can(.siteEdit)
        routes.get(root, access: .public, list)
        routes.get(root + "/desk", access: edit, desk)
        routes.get(root + "/new", access: edit) { try await form(nil, $0) }
        routes.post(root, access: edit, create)
        routes.get(one, access: .public, show)
        routes.get(one + "/edit", access: edit) { try await form($0.id("id"), $0) }
        routes.post(one, access: edit, change)
        routes.post(one + "/publication", access: edit, publish)
        routes.post(one + "/withdrawal", access: edit) { try await deed($0, "通知已撤下") { try $0.withdraw($1, on: $2) } }
    }

    /// Pieces on a page of the public list.
    private static let length = 20

    @Sendable private func list(_ request: WebRequest) async throws -> WebResponse {
        let code = try request.parameter("code"), user = request.completeSession?.user, today = Timestamp.now.day
        let after = request.query.text("after").flatMap { SiteNewsRoutes.place($0) }
        let (site, news) = try await database.read { db in
            let site = try SiteStore(db).find(code, for: user)
            let news = try SiteNewsStore(db).shown(
                at: site.organisation, on: today, after: after, limit: SiteNewsRoutes.length + 1)
            return (site, news)
        }
        let shown = Array(news.prefix(SiteNewsRoutes.length))
        let next = news.count > shown.count ? shown.last.map { SiteNewsRoutes.place($0) } : nil
        let meta = PageMeta(
            summary: "\(site.name)的通知和动态。", address: address.absolute(SiteNewsPages.path(code)),
            feeds: [PageMeta.Feed("\(site.name)通知动态", path: SiteNewsPages.feed(code))], isListed: site.isPublished)
        return .html(SiteNewsPages.list(site, shown, next: next, meta, request.page))
    }

    /// As it stands in an address: `2015-09-30_01j…`.
    static func place(_ news: SiteNews) -> String { "\(news.content.from?.iso ?? "")_\(news.id)" }

    static func place(_ text: String) -> (from: String, id: String)? {
        let parts = text.split(separator: "_")
        guard parts.count == 2, let day = LocalDate(iso: parts[0]), let id = ID<SiteNews>(checking: parts[1]) else {
            return nil
        }
        return (day.iso, id.rawValue)
    }

    @Sendable private func show(_ request: WebRequest) async throws -> WebResponse {
        let code = try request.parameter("code"), id: ID<SiteNews> = try request.id("id")
        let user = request.completeSession?.user, today = Timestamp.now.day
        let (site, news) = try await database.read { db in
            let site = try SiteStore(db).find(code, for: user)
            return (site, try SiteNewsStore(db).find(id, at: site.organisation))
        }
        let mayEdit = user?.may(.siteEdit, at: site.path) ?? false
        guard mayEdit || news.isShown(on: today) else { throw DomainError.notFound }
        let meta = PageMeta(
            summary: news.content.body, address: address.absolute(SiteNewsPages.path(id, code)), kind: .article,
            isListed: site.isPublished && news.isShown(on: today))
        return .html(SiteNewsPages.show(site, news, on: today, mayEdit: mayEdit, meta, request.page))
    }

    // The desk

    @Sendable private func desk(_ request: WebRequest) async throws -> WebResponse {
        let code = try request.parameter("code"), user = try request.user, today = Timestamp.now.day
        let site = try await database.read { try SiteStore($0).managed(code, by: user) }
        let table = SiteNewsPages.table(site, on: today), query = table.query(request.query)
        let after = query.after.flatMap { cursor in cursor.value.map { (from: $0, id: cursor.id) } }
        let (rows, total) = try await database.read { db in
            let store = SiteNewsStore(db)
            return (
                try store.all(at: site.organisation, after: after, limit: query.fetchLimit),
                try store.count(at: site.organisation)
            )
        }
        if let format = query.format { return try table.download(rows, as: format, with: request.exporter) }
        let slice = query.page(rows, total: total) { ($0.content.from?.iso, $0.id.rawValue) }
        return .html(SiteNewsPages.deskPage(site, slice, table, request))
    }

    private func form(
        _ id: ID<SiteNews>?, _ request: WebRequest, problems: [FieldProblem] = [], warning: String? = nil,
        status: Int = 200
    ) async throws -> WebResponse {
        let code = try request.parameter("code"), user = try request.user, today = Timestamp.now.day
        let (site, news) = try await database.read { db in
            let site = try SiteStore(db).managed(code, by: user)
            return (site, try id.map { try SiteNewsStore(db).find($0, at: site.organisation) })
        }
        let isTyped = !request.form.pairs.isEmpty
        let new = SiteNewsContent(title: "", body: "", from: today, until: nil)
        let form = SiteNewsPages.Form(
            site: site, news: news,
            values: isTyped ? request.form : SiteNewsForm.values(news?.content ?? new), problems: problems,
            warning: warning)
        return .html(SiteNewsPages.form(form, request.page), status: status)
    }

    @Sendable private func create(_ request: WebRequest) async throws -> WebResponse {
        let code = try request.parameter("code"), form = SiteNewsForm(request.form)
        return try await save(nil, form, request) { service in
            let id = try service.create(form.content, on: code)
            return SiteNewsPages.path(id, code)
        }
    }

    @Sendable private func change(_ request: WebRequest) async throws -> WebResponse {
        let code = try request.parameter("code"), id: ID<SiteNews> = try request.id("id")
        let form = SiteNewsForm(request.form), revision = Int(request.form["revision"] ?? "") ?? -1
        return try await save(id, form, request) { service in
            try service.change(id, on: code, at: revision, form.content)
            return SiteNewsPages.path(id, code)
        }
    }

    private func save(
        _ id: ID<SiteNews>?, _ form: SiteNewsForm, _ request: WebRequest,
        _ body: @escaping @Sendable (SiteNewsService) throws -> String
    ) async throws -> WebResponse {
        let code = try request.parameter("code"), user = try request.user, now = Timestamp.now
        let address = request.remoteAddress
        let path: String
        do {
            path = try await database.write { db in
                _ = try SiteStore(db).managed(code, by: user)
                if !form.problems.isEmpty { throw DomainError.invalid(form.problems) }
                return try body(SiteNewsService(db, by: user, address: address, now: now))
            }
        } catch DomainError.invalid(let problems) {
            return try await self.form(id, request, problems: problems, status: 422)
        } catch DomainError.conflict(let words) {
            return try await self.form(id, request, warning: words, status: 409)
        }
        return .redirect(path, flash: Flash(.done, "通知已保存"))
    }

    @Sendable private func publish(_ request: WebRequest) async throws -> WebResponse {
        let revision = Int(request.form["revision"] ?? "") ?? -1
        return try await deed(request, "通知已发布") { try $0.publish($1, on: $2, at: revision) }
    }

    private func deed(
        _ request: WebRequest, _ done: String,
        _ body: @escaping @Sendable (SiteNewsService, ID<SiteNews>, String) throws -> Void
    ) async throws -> WebResponse {
        let code = try request.parameter("code"), id: ID<SiteNews> = try request.id("id")
        let user = try request.user, now = Timestamp.now, address = request.remoteAddress
        try await database.write { try body(SiteNewsService($0, by: user, address: address, now: now), id, code) }
        return .redirect(SiteNewsPages.path(id, code), flash: Flash(.done, done))
    }
}
