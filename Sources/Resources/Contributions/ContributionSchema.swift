enum ContributionSchema {
    /// The board is read along its index alone, school by school; `is_counted` follows the state of the resources, so that
    /// what was taken down does not count while it is down.
    static let statements = [
        """
        CREATE TABLE resources_contribution (
            item_id TEXT NOT NULL REFERENCES resources_item (id), kind TEXT NOT NULL, by_item_id TEXT NOT NULL,
            school_id TEXT NOT NULL REFERENCES directory_organisation (id), area TEXT NOT NULL,
            type_group TEXT NOT NULL, at INTEGER NOT NULL, is_counted INTEGER NOT NULL,
            PRIMARY KEY (item_id, kind, by_item_id), CHECK (kind IN ('published', 'county', 'city', 'adapted')))
        """,
        """
        CREATE INDEX resources_contribution_board
        ON resources_contribution (school_id, is_counted, at, kind, area, type_group, item_id)
        """,
        "CREATE INDEX resources_contribution_by ON resources_contribution (by_item_id)",
        """
        INSERT INTO resources_contribution (item_id, kind, by_item_id, school_id, area, type_group, at, is_counted)
        SELECT i.id, 'published', '', i.school_id,
            COALESCE((SELECT MIN(t.stage || '-' || t.subject) FROM resources_item_node x
                JOIN resources_node n ON n.id = x.node_id JOIN resources_textbook t ON t.id = n.textbook_id
                WHERE x.item_id = i.id), ''),
            i.type_group,
            COALESCE((SELECT MIN(v.decided_at) FROM resources_item_version v
                WHERE v.item_id = i.id AND v.state IN ('published', 'superseded')), i.published_at, i.created_at),
            CASE WHEN i.state = 'published' THEN 1 ELSE 0 END
        FROM resources_item i WHERE i.version > 0
        """,
        passed("county", "('county', 'city', 'public')"), passed("city", "('city', 'public')"),
        """
        INSERT INTO resources_contribution (item_id, kind, by_item_id, school_id, area, type_group, at, is_counted)
        SELECT p.item_id, 'adapted', i.id, p.school_id, p.area, p.type_group, c.at,
            CASE WHEN p.is_counted = 1 AND c.is_counted = 1 THEN 1 ELSE 0 END
        FROM resources_item i JOIN resources_contribution c ON c.item_id = i.id AND c.kind = 'published'
        JOIN resources_contribution p ON p.item_id = i.adapted_from AND p.kind = 'published'
        WHERE NOT EXISTS (
            SELECT 1 FROM resources_item_author a JOIN resources_item_author b ON b.person_id = a.person_id
            WHERE a.item_id = i.id AND b.item_id = i.adapted_from)
        """,
    ]

    /// What reached a level before contributions were written down.
    private static func passed(_ level: String, _ reaches: String) -> String {
        """
        INSERT INTO resources_contribution (item_id, kind, by_item_id, school_id, area, type_group, at, is_counted)
        SELECT p.item_id, '\(level)', '', p.school_id, p.area, p.type_group,
            COALESCE((SELECT MIN(s.decided_at) FROM resources_review_step s
                WHERE s.item_id = p.item_id AND s.level = '\(level)' AND s.state = 'passed'), p.at), p.is_counted
        FROM resources_contribution p JOIN resources_item i ON i.id = p.item_id
        WHERE p.kind = 'published' AND i.visibility IN \(reaches)
        """
    }

    /// Who does not want to be named on the board.
    static let naming = [
        """
        CREATE TABLE resources_unnamed (
            id TEXT NOT NULL PRIMARY KEY, person_id TEXT NOT NULL REFERENCES directory_person (id),
            since INTEGER NOT NULL)
        """,
        "CREATE INDEX resources_unnamed_person ON resources_unnamed (person_id)",
    ]
}
