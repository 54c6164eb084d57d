enum SiteSchema {
    static let statements = [
        """
        CREATE TABLE resources_site (
            organisation_id TEXT NOT NULL PRIMARY KEY REFERENCES directory_organisation (id), name TEXT NOT NULL,
            introduction TEXT NOT NULL, opened_on TEXT, slots TEXT NOT NULL, state TEXT NOT NULL,
            revision INTEGER NOT NULL, changed_at INTEGER NOT NULL, changed_by TEXT NOT NULL,
            CHECK (state IN ('draft', 'published')))
        """
    ]

    static let news = [
        """
        CREATE TABLE resources_site_news (
            id TEXT NOT NULL PRIMARY KEY, organisation_id TEXT NOT NULL REFERENCES directory_organisation (id),
            title TEXT NOT NULL, body TEXT NOT NULL, valid_from TEXT NOT NULL, valid_to TEXT, state TEXT NOT NULL,
            revision INTEGER NOT NULL, changed_at INTEGER NOT NULL, changed_by TEXT NOT NULL,
            CHECK (state IN ('draft', 'published', 'withdrawn')))
        """,
        "CREATE INDEX resources_site_news_shown ON resources_site_news (organisation_id, state, valid_from, id)",
        "CREATE INDEX resources_site_news_all ON resources_site_news (organisation_id, valid_from, id)",
    ]
}
