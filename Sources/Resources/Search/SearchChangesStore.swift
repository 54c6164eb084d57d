import Database
import Kernel

/// What the index must follow besides the resources themselves: names of people and schools, titles of lessons.
struct SearchChangesStore {
    let db: Connection
    init(_ db: Connection) { self.db = db }

    /// Up to when these changes were followed.
    func followed() throws -> Timestamp {
        try db.value("SELECT followed_at FROM resources_search_state WHERE id = 1") ?? Timestamp(milliseconds: 0)
    }

    func setFollowed(_ moment: Timestamp) throws {
        try db.execute("UPDATE resources_search_state SET followed_at = \(moment) WHERE id = 1")
    }

    /// The published resources that they touch.
    func changed(after since: Timestamp, until horizon: Timestamp) throws -> [ID<Item>] {
        let people: [ID<Item>] = try db.column(
            """
            SELECT w.item_id FROM directory_person p JOIN resources_item_author w ON w.person_id = p.id
            JOIN resources_item i ON i.id = w.item_id
            WHERE p.changed_at > \(since) AND p.changed_at <= \(horizon) AND i.state = 'published'
            """)
        let schools: [ID<Item>] = try db.column(
            """
            SELECT i.id FROM directory_organisation_version v JOIN resources_item i ON i.school_id = v.organisation_id
            WHERE v.recorded_at > \(since) AND v.recorded_at <= \(horizon) AND i.state = 'published'
            """)
        let lessons: [ID<Item>] = try db.column(
            """
            SELECT i.id FROM resources_node n JOIN resources_item_node x ON x.node_id = n.id
            JOIN resources_item i ON i.id = x.item_id
            WHERE n.changed_at > \(since) AND n.changed_at <= \(horizon) AND i.state = 'published'
            """)
        return people + schools + lessons
    }
}
