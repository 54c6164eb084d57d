import Database
import Directory
import Kernel
import Platform
import Web

/// `/schools/:id/resources`: what a school's teachers have published, as far as the viewer may see it. A school that has
/// opened nothing to everybody has no page for those outside.
struct SchoolResourceRoutes: Sendable {
    let database: Database
    let items: ItemRoutes
    let address: SiteAddress

    func add(to routes: inout Routes) {
        routes.get("/schools/:id/resources", access: .public, show)
    }

    @Sendable private func show(_ request: WebRequest) async throws -> WebResponse {
        let id: OrganisationID = try request.id("id"), user = request.completeSession?.user
        let school = try await database.read { try OrganisationStore($0).find(id, within: .everything) }
        guard school.kind.isSchool else { throw DomainError.notFound }
        let table = ItemPages.library(isExportable: user != nil), query = table.query(request.query)
        if query.format != nil, user == nil { throw DomainError.forbidden("登录后可以导出。") }
        var filter = ItemStore.Filter()
        filter.below = school.path
        let viewer = ResourceViewer(user), found = try await items.lines(filter, for: user, query)
        let isInside = viewer.places.contains { $0.contains(school.path) }, shown = found.shown
        let isOpen = try await database.read { db in
            try OpenItemStore(db).newest(in: school.path, limit: AtomFeed.length).items.contains(
                where: \.item.mayTravel)
        }
        guard isInside || !shown.isEmpty || query.after != nil else { throw DomainError.notFound }
        if let format = query.format { return try table.download(shown, as: format, with: request.exporter) }
        let meta = PageMeta(
            summary: "\(school.name)的公开教学资源。", address: address.absolute(SchoolResourcePages.path(id)),
            feeds: isOpen ? [PageMeta.Feed("\(school.name)教学资源", path: SchoolResourcePages.feed(id))] : [],
            isListed: isOpen)
        return .html(
            SchoolResourcePages.show(school, items.slice(found, query), table, isOpen: isOpen, meta, request))
    }
}

/// The page of a school's resources.
enum SchoolResourcePages {
    static func path(_ id: OrganisationID) -> String { "/schools/\(id)/resources" }
    static func feed(_ id: OrganisationID) -> String { path(id) + "/feed.atom" }

    static func show(
        _ school: Organisation, _ slice: Page<ItemLine>, _ table: DataTable<ItemLine>, isOpen: Bool, _ meta: PageMeta,
        _ request: WebRequest
    ) -> HTML {
        let title = "\(school.name)教学资源"
        let content: HTML = #"""
            \#(UI.heading(title, note: "本校教师发布的资源"))
            \#(UI.card(nil, table.html(slice, path: path(school.id), query: request.query)))
            \#(if: isOpen, #"<p><a href="\#(url: feed(school.id))" type="application/atom+xml">订阅本校新公开的资源</a></p>"#)
            """#
        return UI.layout(
            title, request.page, breadcrumbs: [Crumb("资源网站", SitePages.root), Crumb(title)], wide: true, meta: meta,
            content)
    }
}
