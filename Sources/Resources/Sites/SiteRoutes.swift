import Database
import Directory
import Kernel
import Platform
import Web

/// `/sites`: the resource sites of the city and its counties, open to everybody once they are published.
struct SiteRoutes: Sendable {
    let database: Database
    let office: ReviewOffice
    let address: SiteAddress

    func add(to routes: inout Routes) {
        let one = SitePages.root + "/:code", edit = Access.can(.siteEdit)
        routes.get(SitePages.root, access: .public, list)
        routes.get(one, access: .public, front)
        routes.get(one + "/edit", access: edit) { try await form($0) }
        routes.post(one, access: edit, change)
        routes.post(one + "/publication", access: edit, publish)
        routes.post(one + "/closure", access: edit, close)
    }

    @Sendable private func list(_ request: WebRequest) async throws -> WebResponse {
        let user = request.completeSession?.user
        let (sites, counties) = try await database.read { db in
            (try SiteStore(db).list(for: user), try SiteStore(db).counties())
        }
        let meta = PageMeta(
            summary: "全市和各县(市、区)的数字教育资源网，免费使用公开的教学资源。", address: address.absolute(SitePages.root))
        return .html(SitePages.list(sites, counties, user, meta, request.page))
    }

    @Sendable private func front(_ request: WebRequest) async throws -> WebResponse {
        let code = try request.parameter("code"), user = request.completeSession?.user, today = Timestamp.now.day
        let consent = office.consent
        let (front, collections) = try await database.read(snapshot: true) { db in
            let site = try SiteStore(db).find(code, for: user)
            let front = try SiteFront.read(site, for: ResourceViewer(user), on: today, consent: consent, db)
            return (front, try CollectionStore(db).list(of: site.organisation, for: nil))
        }
        let site = front.site
        let meta = PageMeta(
            summary: site.introduction.isEmpty ? "\(site.organisationName)的公开教学资源。" : site.introduction,
            address: address.absolute(SitePages.path(site.code)),
            feeds: [
                PageMeta.Feed(site.name, path: SitePages.feed(site.code)),
                PageMeta.Feed("\(site.name)通知动态", path: SiteNewsPages.feed(site.code)),
            ], isListed: site.isPublished)
        let mayEdit = user?.may(.siteEdit, at: site.path) ?? false
        return .html(SitePages.front(front, collections, mayEdit: mayEdit, meta, request.page))
    }

    private func form(
        _ request: WebRequest, problems: [FieldProblem] = [], warning: String? = nil, status: Int = 200
    ) async throws -> WebResponse {
        let code = try request.parameter("code"), user = try request.user
        let (site, collections) = try await database.read { db in
            let site = try SiteStore(db).managed(code, by: user)
            return (site, try CollectionStore(db).list(of: site.organisation, for: user))
        }
        let isTyped = !request.form.pairs.isEmpty
        let view = SiteFormPages.View(
            site: site, collections: collections, values: isTyped ? request.form : SiteForm.values(site),
            problems: problems, warning: warning)
        return .html(SiteFormPages.edit(view, request.page), status: status)
    }

    @Sendable private func change(_ request: WebRequest) async throws -> WebResponse {
        let code = try request.parameter("code"), user = try request.user, now = Timestamp.now
        let form = SiteForm(request.form), revision = Int(request.form["revision"] ?? "") ?? -1
        let address = request.remoteAddress
        do {
            try await database.write { db in
                _ = try SiteStore(db).managed(code, by: user)
                if !form.problems.isEmpty { throw DomainError.invalid(form.problems) }
                try SiteService(db, by: user, address: address, now: now).change(code, at: revision, form.content)
            }
        } catch DomainError.invalid(let problems) {
            return try await self.form(request, problems: form.placed(problems), status: 422)
        } catch DomainError.conflict(let words) {
            return try await self.form(request, warning: words, status: 409)
        }
        return .redirect(SitePages.path(code), flash: Flash(.done, "网站已保存"))
    }

    @Sendable private func publish(_ request: WebRequest) async throws -> WebResponse {
        let revision = Int(request.form["revision"] ?? "") ?? -1
        return try await deed(request, "网站已开通") { try $0.publish($1, at: revision) }
    }

    @Sendable private func close(_ request: WebRequest) async throws -> WebResponse {
        try await deed(request, "网站已关闭") { try $0.close($1) }
    }

    private func deed(
        _ request: WebRequest, _ done: String, _ body: @escaping @Sendable (SiteService, String) throws -> Void
    ) async throws -> WebResponse {
        let code = try request.parameter("code"), user = try request.user, now = Timestamp.now
        let address = request.remoteAddress
        try await database.write { try body(SiteService($0, by: user, address: address, now: now), code) }
        return .redirect(SitePages.path(code), flash: Flash(.done, done))
    }
}
