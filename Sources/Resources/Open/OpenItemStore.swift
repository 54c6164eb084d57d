import Database
import Directory
import Kernel

/// All SQL of resources that are open to everybody.
struct OpenItemStore {
    let db: Connection
    init(_ db: Connection) { self.db = db }

    /// Where a slice goes on: after the one opened then with this id.
    struct Place: Sendable, Equatable {
        let openedAt: Timestamp
        let id: ID<Item>

        /// As it stands in an address: `1766000000000-01j…`.
        var text: String { "\(openedAt.milliseconds)-\(id)" }

        init(_ openedAt: Timestamp, _ id: ID<Item>) { (self.openedAt, self.id) = (openedAt, id) }

        /// `nil` for whatever cannot be one.
        init?(_ text: String) {
            let parts = text.split(separator: "-", maxSplits: 1)
            guard parts.count == 2, parts[0].utf8.count <= 15, let time = Int64(parts[0]),
                let id = ID<Item>(checking: parts[1])
            else { return nil }
            self.init(Timestamp(milliseconds: time), id)
        }
    }

    /// A slice, and where the following one begins; `nil` at the end.
    struct Slice: Sendable {
        let items: [OpenItem]
        let next: Place?
    }

    private static let open: SQL = "i.state = 'published' AND i.visibility = 'public'"
    /// The same as expressions: they do not tempt SQLite to begin at another index and to sort.
    private static let openInOrder: SQL =
        "i.opened_at IS NOT NULL AND (i.state || '') = 'published' AND (i.visibility || '') = 'public'"

    /// What was made in the place, the latest opened first. The city is read along the index of all; a county and a school
    /// along those of their schools, so that a place with little costs little.
    func newest(in place: OrganisationPath, after: Place? = nil, limit: Int) throws -> Slice {
        var places = try place == .city ? keys("1 = 1", after, limit + 1) : keys(below: place, after, limit + 1)
        let hasMore = places.count > limit
        if hasMore { places.removeLast() }
        return Slice(items: try items(places.map(\.id)), next: hasMore ? places.last : nil)
    }

    /// Schools that are asked in one statement.
    private static let schoolsAtOnce = 100

    private func keys(below place: OrganisationPath, _ after: Place?, _ limit: Int) throws -> [Place] {
        let schools: [OrganisationID] = try db.column(
            """
            SELECT o.id FROM directory_organisation o
            WHERE o.kind IN ('school', 'teaching_point') AND \(SQL.within(DataScope([place]), "o.path")) ORDER BY o.path
            """)
        var found: [Place] = []
        for start in stride(from: 0, to: schools.count, by: OpenItemStore.schoolsAtOnce) {
            let some = schools[start..<min(start + OpenItemStore.schoolsAtOnce, schools.count)]
            let parts = some.map { "SELECT * FROM (\(slice("i.school_id = \($0)", after, limit))) p" as SQL }
            found += try db.rows(SQL.joined(parts, " UNION ALL "), OpenItemStore.place)
        }
        found.sort { ($1.openedAt, $1.id) < ($0.openedAt, $0.id) }
        return Array(found.prefix(limit))
    }

    private func keys(_ condition: SQL, _ after: Place?, _ limit: Int) throws -> [Place] {
        try db.rows(slice(condition, after, limit), OpenItemStore.place)
    }

    private func slice(_ condition: SQL, _ after: Place?, _ limit: Int) -> SQL {
        let rest: SQL = after.map { " AND (i.opened_at, i.id) < (\($0.openedAt), \($0.id))" } ?? ""
        return """
            SELECT i.id, i.opened_at FROM resources_item i WHERE \(condition) AND \(OpenItemStore.openInOrder)\(rest)
            ORDER BY i.opened_at DESC, i.id DESC LIMIT \(limit)
            """
    }

    private static func place(_ row: borrowing Row) throws -> Place { Place(try row.get(1), try row.get(0)) }

    /// Those of the resources that are open, in the order asked for.
    func items(_ ids: [ID<Item>]) throws -> [OpenItem] {
        guard !ids.isEmpty else { return [] }
        var found: [ID<Item>: (item: Item, openedAt: Timestamp?)] = [:]
        try db.each(
            """
            SELECT \(Item.columns), i.opened_at FROM \(Item.source)
            WHERE i.id IN \(in: ids) AND \(OpenItemStore.open)
            """
        ) { row in
            let item = try Item(row)
            if item.isOpen { found[item.id] = (item, try row.get(Item.columnCount)) }
        }
        let authors = try ItemStore(db).authors(of: Array(found.keys))
        return ids.compactMap { id in
            found[id].map { one in
                OpenItem(
                    item: one.item, authors: authors[id] ?? [],
                    openedAt: one.openedAt ?? one.item.publishedAt ?? one.item.createdAt)
            }
        }
    }

    /// One that is open, whoever asks; `nil` for any other.
    func find(_ id: ID<Item>) throws -> OpenItem? { try items([id]).first }

    /// A line of a map of the site.
    struct Leaf: Sendable {
        let id: ID<Item>
        let openedAt: Timestamp?
    }

    private static let mapped: SQL =
        "i.travels = 1 AND (i.state || '') = 'published' AND (i.visibility || '') = 'public'"

    /// The first key of each part of the map but the first, so that each has about `length` resources. Reads the whole index
    /// of the map: asked for once an hour, see `Sitemap`.
    func bounds(every length: Int) throws -> [ID<Item>] {
        try db.column(
            """
            SELECT n.id FROM (
                SELECT i.id AS id, ROW_NUMBER() OVER (ORDER BY i.id) AS place FROM resources_item i
                WHERE \(OpenItemStore.mapped)) n
            WHERE n.place > 1 AND n.place % \(length) = 1 ORDER BY n.id
            """)
    }

    /// The open resources from one key to before the other that may leave the site.
    func leaves(from: ID<Item>?, to: ID<Item>?, limit: Int) throws -> [Leaf] {
        var parts = [OpenItemStore.mapped]
        if let from { parts.append("i.id >= \(from)") }
        if let to { parts.append("i.id < \(to)") }
        return try db.rows(
            """
            SELECT i.id, i.opened_at FROM resources_item i WHERE \(SQL.joined(parts, " AND "))
            ORDER BY i.id LIMIT \(limit)
            """
        ) { Leaf(id: try $0.get(0), openedAt: try $0.get(1)) }
    }
}

/// What stands in lists: without what shows pupils who have not, or no longer, agreed. It is asked in the request that reads
/// the list, so a consent that was taken back counts at once and not when the resource is taken down.
struct OpenShelf {
    private let gate: PupilGate

    init(consent: any PublicationConsent, db: Connection) { gate = PupilGate(consent: consent, db: db) }

    func shown(_ items: [OpenItem]) throws -> [OpenItem] { try items.filter { try gate.isOpen($0.item) } }
    func shown(_ lines: [ItemLine]) throws -> [ItemLine] { try lines.filter { try gate.isOpen($0.item) } }
    func shown(_ items: [Item]) throws -> [Item] { try items.filter { try gate.isOpen($0) } }

    /// Those published ones that the viewer is not shown. Who reviews at the place knows what is hidden and why.
    func hidden(_ items: [Item], from user: CurrentUser?) throws -> Set<ID<Item>> {
        var hidden: Set<ID<Item>> = []
        for item in items where item.state == .published && !(user?.may(.itemReview, at: item.path) ?? false) {
            if try !gate.isOpen(item) { hidden.insert(item.id) }
        }
        return hidden
    }
}
