import Database
import Directory
import Kernel

/// All SQL of resource sites.
struct SiteStore {
    let db: Connection
    init(_ db: Connection) { self.db = db }

    /// The sites that the viewer may see, the city's first: what is published, and those she fills.
    func list(for user: CurrentUser?) throws -> [Site] {
        try db.rows(
            """
            SELECT \(Site.columns) FROM \(Site.source)
            WHERE \(Site.places) AND (s.state = 'published' OR \(SiteStore.managed(by: user))) ORDER BY o.path
            """, Site.init)
    }

    /// Throws `DomainError.notFound` for a code that has no site, and for a site that is not published and not hers to
    /// fill.
    func find(_ code: String, for user: CurrentUser?) throws -> Site {
        let found = try db.first(
            """
            SELECT \(Site.columns) FROM \(Site.source)
            WHERE o.code = \(code) AND \(Site.places)
                AND (s.state = 'published' OR \(SiteStore.managed(by: user)))
            """, Site.init)
        guard let found else { throw DomainError.notFound }
        return found
    }

    /// One that she fills; throws `DomainError.notFound` for any other.
    func managed(_ code: String, by user: CurrentUser) throws -> Site {
        let site = try find(code, for: user)
        guard user.may(.siteEdit, at: site.path) else { throw DomainError.notFound }
        return site
    }

    /// The site of a place, whoever asks; `nil` where there can be none.
    func look(at organisation: OrganisationID) throws -> Site? {
        try db.first(
            "SELECT \(Site.columns) FROM \(Site.source) WHERE o.id = \(organisation) AND \(Site.places)", Site.init)
    }

    private static func managed(by user: CurrentUser?) -> SQL {
        SQL.within(user?.scope(of: .siteEdit) ?? .nothing, "o.path")
    }

    /// Saves when nobody was faster.
    func save(_ content: SiteContent, of site: Site, by name: String, now: Timestamp) throws -> Bool {
        if site.revision == 0 {
            return try db.change(
                """
                INSERT INTO resources_site (organisation_id, name, introduction, opened_on, slots, state, revision,
                    changed_at, changed_by)
                VALUES (\(site.organisation), \(content.name), \(content.introduction), \(content.openedOn),
                    \(SiteSlot.text(content.slots)), 'draft', 1, \(now), \(name))
                ON CONFLICT (organisation_id) DO NOTHING
                """) > 0
        }
        return try db.change(
            """
            UPDATE resources_site SET name = \(content.name), introduction = \(content.introduction),
                opened_on = \(content.openedOn), slots = \(SiteSlot.text(content.slots)), revision = revision + 1,
                changed_at = \(now), changed_by = \(name)
            WHERE organisation_id = \(site.organisation) AND revision = \(site.revision)
            """) > 0
    }

    func set(_ state: Site.State, of site: Site, openedOn: LocalDate?, by name: String, now: Timestamp) throws -> Bool {
        try db.change(
            """
            UPDATE resources_site SET state = \(state), opened_on = \(openedOn), revision = revision + 1,
                changed_at = \(now), changed_by = \(name)
            WHERE organisation_id = \(site.organisation) AND revision = \(site.revision)
            """) > 0
    }

    /// The open resources that most collections of sites hold, of those made in the place. `CROSS JOIN` keeps SQLite, which
    /// has no statistics, from beginning at the resources.
    func selected(in place: OrganisationPath, limit: Int) throws -> [ID<Item>] {
        let made: SQL = place == .city ? "1 = 1" : ResourceViewer.madeWithin(DataScope([place]))
        return try db.column(
            """
            SELECT e.item_id FROM resources_site s CROSS JOIN resources_collection c
            CROSS JOIN resources_collection_item e CROSS JOIN resources_item i
            WHERE s.state = 'published' AND c.organisation_id = s.organisation_id AND c.state = 'published' AND e.collection_id = c.id AND i.id = e.item_id AND i.state = 'published'
                AND i.visibility = 'public' AND \(made)
            GROUP BY e.item_id ORDER BY COUNT(*) DESC, e.item_id DESC LIMIT \(limit)
            """)
    }

    /// A county and the day since which its site is there with something of its own: a published collection that shows
    /// everybody a resource of the county's own schools. `nil` for a county without.
    struct County: Sendable {
        let id: OrganisationID
        let liveSince: LocalDate?
    }

    func counties() throws -> [County] {
        let known: [(OrganisationID, OrganisationPath, Site.State?, LocalDate?)] = try db.rows(
            """
            SELECT o.id, o.path, s.state, s.opened_on FROM directory_organisation o
            LEFT JOIN resources_site s ON s.organisation_id = o.id
            WHERE o.kind = 'county' AND o.closed_on IS NULL ORDER BY o.path
            """
        ) { (try $0.get(0), try $0.get(1), try $0.get(2), try $0.get(3)) }
        return try known.map { id, path, state, day in
            County(id: id, liveSince: try state == .published && showsOwn(id, path) ? day : nil)
        }
    }

    private func showsOwn(_ county: OrganisationID, _ path: OrganisationPath) throws -> Bool {
        try db.value(
            """
            SELECT 1 FROM resources_collection c CROSS JOIN resources_collection_item e
            CROSS JOIN resources_item i CROSS JOIN directory_organisation m
            WHERE c.organisation_id = \(county) AND c.state = 'published' AND e.collection_id = c.id
                AND i.id = e.item_id AND m.id = i.school_id AND i.state = 'published' AND i.visibility = 'public' AND \(SQL.within(DataScope([path]), "m.path")) LIMIT 1
            """, as: Int.self) != nil
    }
}
