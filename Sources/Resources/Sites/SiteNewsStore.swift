import Database
import Directory
import Kernel

/// All SQL of news.
struct SiteNewsStore {
    let db: Connection
    init(_ db: Connection) { self.db = db }

    /// What is shown on the day, the latest first. `after` is first day and id of the last one seen.
    func shown(
        at organisation: OrganisationID, on day: LocalDate, after: (from: String, id: String)? = nil, limit: Int
    ) throws -> [SiteNews] {
        let rest: SQL = after.map { " AND (n.valid_from, n.id) < (\($0.from), \($0.id))" } ?? ""
        return try db.rows(
            """
            SELECT \(SiteNews.columns) FROM resources_site_news n
            WHERE n.organisation_id = \(organisation) AND n.state = 'published' AND n.valid_from <= \(day)
                AND (n.valid_to IS NULL OR n.valid_to >= \(day))\(rest)
            ORDER BY n.valid_from DESC, n.id DESC LIMIT \(limit)
            """, SiteNews.init)
    }

    /// Everything, for whoever fills the site.
    func all(at organisation: OrganisationID, after: (from: String, id: String)?, limit: Int) throws -> [SiteNews] {
        let rest: SQL = after.map { " AND (n.valid_from, n.id) < (\($0.from), \($0.id))" } ?? ""
        return try db.rows(
            """
            SELECT \(SiteNews.columns) FROM resources_site_news n WHERE n.organisation_id = \(organisation)\(rest)
            ORDER BY n.valid_from DESC, n.id DESC LIMIT \(limit)
            """, SiteNews.init)
    }

    func count(at organisation: OrganisationID) throws -> Int {
        try db.value(
            "SELECT COUNT(*) FROM resources_site_news n WHERE n.organisation_id = \(organisation)", as: Int.self) ?? 0
    }

    /// Throws `DomainError.notFound` for one of another place.
    func find(_ id: ID<SiteNews>, at organisation: OrganisationID) throws -> SiteNews {
        let found = try db.first(
            """
            SELECT \(SiteNews.columns) FROM resources_site_news n
            WHERE n.id = \(id) AND n.organisation_id = \(organisation)
            """, SiteNews.init)
        guard let found else { throw DomainError.notFound }
        return found
    }

    func insert(
        _ content: SiteNewsContent, at organisation: OrganisationID, by name: String, now: Timestamp
    ) throws -> ID<SiteNews> {
        let id = ID<SiteNews>.new()
        try db.execute(
            """
            INSERT INTO resources_site_news (id, organisation_id, title, body, valid_from, valid_to, state, revision,
                changed_at, changed_by)
            VALUES (\(id), \(organisation), \(content.title), \(content.body), \(content.from), \(content.until),
                'draft', 1, \(now), \(name))
            """)
        return id
    }

    /// Changes it when nobody was faster.
    func set(
        _ content: SiteNewsContent, _ state: SiteNews.State, of news: SiteNews, by name: String, now: Timestamp
    ) throws -> Bool {
        try db.change(
            """
            UPDATE resources_site_news SET title = \(content.title), body = \(content.body),
                valid_from = \(content.from), valid_to = \(content.until), state = \(state), revision = revision + 1,
                changed_at = \(now), changed_by = \(name)
            WHERE id = \(news.id) AND revision = \(news.revision)
            """) > 0
    }
}
