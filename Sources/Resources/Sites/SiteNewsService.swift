import Database
import Directory
import Kernel
import Platform

/// The deeds on news, each one transaction with its audit entry.
struct SiteNewsService {
    let db: Connection
    let user: CurrentUser
    let actor: AuditActor
    let now: Timestamp
    private let store: SiteNewsStore

    init(_ db: Connection, by user: CurrentUser, address: String = "", now: Timestamp) {
        (self.db, self.user, self.now) = (db, user, now)
        (actor, store) = (AuditActor(user, address: address), SiteNewsStore(db))
    }

    /// A draft. Throws `DomainError.invalid` with the fields `title`, `body`, `from`, `until`.
    func create(_ content: SiteNewsContent, on code: String) throws -> ID<SiteNews> {
        let site = try SiteStore(db).managed(code, by: user)
        try check(content)
        let id = try store.insert(content, at: site.organisation, by: user.name, now: now)
        try record("site_news.created", id, content, site)
        return id
    }

    func change(_ id: ID<SiteNews>, on code: String, at revision: Int, _ content: SiteNewsContent) throws {
        let (site, news) = try managed(id, code)
        try check(content)
        try news.check(at: revision)
        try set(content, news.state, of: news)
        try record("site_news.changed", id, content, site)
    }

    /// - Parameter revision: what was looked at; `nil` for whoever has just written it.
    func publish(_ id: ID<SiteNews>, on code: String, at revision: Int? = nil) throws {
        let (site, news) = try managed(id, code)
        try news.check(at: revision)
        try news.checkMayBePublished()
        try check(news.content)
        try set(news.content, .published, of: news)
        try record("site_news.published", id, news.content, site)
    }

    func withdraw(_ id: ID<SiteNews>, on code: String) throws {
        let (site, news) = try managed(id, code)
        try news.checkMayBeWithdrawn()
        try set(news.content, .withdrawn, of: news)
        try record("site_news.withdrawn", id, news.content, site)
    }

    private func managed(_ id: ID<SiteNews>, _ code: String) throws -> (Site, SiteNews) {
        let site = try SiteStore(db).managed(code, by: user)
        return (site, try store.find(id, at: site.organisation))
    }

    private func check(_ content: SiteNewsContent) throws {
        try SiteWords(db).check(content.problems, [("title", content.title), ("body", content.body)])
    }

    private func set(_ content: SiteNewsContent, _ state: SiteNews.State, of news: SiteNews) throws {
        guard try store.set(content, state, of: news, by: user.name, now: now) else { throw news.late }
    }

    private func record(_ action: String, _ id: ID<SiteNews>, _ content: SiteNewsContent, _ site: Site) throws {
        try AuditLog.record(action, id.rawValue, by: actor, at: site.path, content.title, now: now, on: db)
    }
}
