import Database
import Directory
import Kernel
import Platform
import Web

/// Feeds of what is new on a site, in a collection, of a school, and of news. They hold what is published and open to
/// everybody and shows no pupil, and never ask who reads.
struct FeedRoutes: Sendable {
    let database: Database
    let address: SiteAddress

    func add(to routes: inout Routes) {
        routes.get(SitePages.root + "/:code/feed.atom", access: .public, site)
        routes.get(SitePages.root + "/:code/news/feed.atom", access: .public, news)
        routes.get(CollectionPages.root + "/:id/feed.atom", access: .public, collection)
        routes.get("/schools/:id/resources/feed.atom", access: .public, school)
    }

    /// What a feed says of itself.
    private struct Head: Sendable {
        /// Within the tag of the site: `sites/450603`.
        let key: String
        let title: String
        let subtitle: String
        let author: String
        /// Paths of the feed and of its page.
        let path: String
        let page: String
        let changedAt: Timestamp
    }

    private struct Content: Sendable {
        let head: Head
        let entries: [AtomFeed.Entry]
        /// What the address of the next page asks for.
        let next: String?
    }

    @Sendable private func site(_ request: WebRequest) async throws -> WebResponse {
        let code = try request.parameter("code"), after = place(request)
        return try await answer(request) { db in
            let site = try SiteStore(db).find(code, for: nil)
            let head = Head(
                key: "sites/\(code)", title: site.name, subtitle: "\(site.organisationName)新公开的教学资源",
                author: site.organisationName, path: SitePages.feed(code), page: SitePages.path(code),
                changedAt: site.changedAt ?? Timestamp(milliseconds: 0))
            return try newest(in: site.path, head, after, db)
        }
    }

    @Sendable private func school(_ request: WebRequest) async throws -> WebResponse {
        let id: OrganisationID = try request.id("id"), after = place(request)
        return try await answer(request) { db in
            let school = try OrganisationStore(db).find(id, within: .everything)
            // A school that has opened nothing has no feed, as it has no page.
            guard school.kind.isSchool,
                let latest = try OpenItemStore(db).newest(in: school.path, limit: AtomFeed.length).items.first
            else { throw DomainError.notFound }
            let head = Head(
                key: "schools/\(id)", title: "\(school.name)教学资源", subtitle: "\(school.name)新公开的教学资源",
                author: school.name, path: SchoolResourcePages.feed(id), page: SchoolResourcePages.path(id),
                changedAt: latest.openedAt)
            let content = try newest(in: school.path, head, after, db)
            guard after != nil || !content.entries.isEmpty else { throw DomainError.notFound }
            return content
        }
    }

    private func newest(
        in path: OrganisationPath, _ head: Head, _ after: OpenItemStore.Place?, _ db: Connection
    ) throws -> Content {
        let slice = try OpenItemStore(db).newest(in: path, after: after, limit: AtomFeed.length)
        let entries = slice.items.filter(\.item.mayTravel).map(entry)
        return Content(head: head, entries: entries, next: slice.next.map(\.text))
    }

    @Sendable private func collection(_ request: WebRequest) async throws -> WebResponse {
        let id: ID<ItemCollection> = try request.id("id"), after = place(request)
        return try await answer(request) { db in
            let collection = try CollectionStore(db).find(id, for: nil), content = collection.content
            let head = Head(
                key: "collections/\(id)", title: content.title,
                subtitle: content.summary.isEmpty ? content.kind.title : content.summary,
                author: collection.organisationName, path: CollectionPages.feed(id), page: CollectionPages.path(id),
                changedAt: collection.changedAt)
            var items = try OpenItemStore(db).items(CollectionStore(db).keys(of: id)).filter(\.item.mayTravel)
            items.sort { ($1.openedAt, $1.item.id) < ($0.openedAt, $0.item.id) }
            if let after { items.removeAll { ($0.openedAt, $0.item.id) >= (after.openedAt, after.id) } }
            let shown = Array(items.prefix(AtomFeed.length))
            let last = items.count > shown.count ? shown.last : nil
            return Content(
                head: head, entries: shown.map(entry),
                next: last.map { OpenItemStore.Place($0.openedAt, $0.item.id).text })
        }
    }

    @Sendable private func news(_ request: WebRequest) async throws -> WebResponse {
        let code = try request.parameter("code"), today = Timestamp.now.day
        let after = request.query.text("after").flatMap { SiteNewsRoutes.place($0) }
        let authority = AtomFeed.authority(address), address = address
        return try await answer(request) { db in
            let site = try SiteStore(db).find(code, for: nil)
            let head = Head(
                key: "sites/\(code)/news", title: "\(site.name)通知动态", subtitle: "\(site.organisationName)的通知和动态",
                author: site.organisationName, path: SiteNewsPages.feed(code), page: SiteNewsPages.path(code),
                changedAt: site.changedAt ?? Timestamp(milliseconds: 0))
            let rows = try SiteNewsStore(db).shown(
                at: site.organisation, on: today, after: after, limit: AtomFeed.length + 1)
            let shown = Array(rows.prefix(AtomFeed.length))
            let entries = shown.map { news in
                AtomFeed.Entry(
                    id: AtomFeed.tag(authority, "news/\(news.id)"), title: news.content.title,
                    summary: news.content.body, link: address.absolute(SiteNewsPages.path(news.id, code)),
                    authors: [site.organisationName],
                    published: news.content.from.map { Timestamp(startOf: $0) } ?? news.changedAt,
                    updated: news.changedAt, categories: [], rights: "")
            }
            return Content(
                head: head, entries: entries,
                next: rows.count > shown.count ? shown.last.map { SiteNewsRoutes.place($0) } : nil)
        }
    }

    private func place(_ request: WebRequest) -> OpenItemStore.Place? {
        request.query.text("after").flatMap { OpenItemStore.Place($0) }
    }

    private func entry(_ open: OpenItem) -> AtomFeed.Entry {
        let item = open.item, content = item.content
        let authors = open.authors.map(\.name)
        return AtomFeed.Entry(
            id: AtomFeed.tag(AtomFeed.authority(address), "resources/\(item.id)"), title: content.title,
            summary: content.summary, link: address.absolute(ItemPages.path(item.id)),
            authors: authors.isEmpty ? [item.schoolName] : authors,
            published: min(item.publishedAt ?? open.openedAt, open.openedAt), updated: open.openedAt,
            categories: [(content.type, item.typeTitle)] + content.tags.map { ($0, $0) },
            rights: item.licence?.name ?? "")
    }

    private func answer(
        _ request: WebRequest, _ read: @escaping @Sendable (Connection) throws -> Content
    ) async throws -> WebResponse {
        let content = try await database.read(snapshot: true) { try read($0) }
        let head = content.head, first = address.absolute(head.path), asked = request.query.text("after")
        func page(_ after: String?) -> String { after.map { first + "?after=" + URLCoding.encode($0) } ?? first }
        let feed = AtomFeed(
            id: AtomFeed.tag(AtomFeed.authority(address), head.key), title: head.title, subtitle: head.subtitle,
            author: head.author, own: page(asked), first: first, next: content.next.map(page),
            page: address.absolute(head.page), changedAt: head.changedAt, entries: content.entries)
        return feed.answer(to: request)
    }
}
