import Database
import Directory
import Kernel

/// A front page with what its slots hold now.
struct SiteFront: Sendable {
    enum Block: Sendable {
        case news([SiteNews])
        case newest([ItemLine])
        case selected([ItemLine])
        case collection(ItemCollection, [ItemLine])
    }

    let site: Site
    let blocks: [Block]

    /// Lines of a block.
    static let linesOfBlock = 6
    static let newsOfBlock = 5
    /// So many are read for a line that is shown: some may be hidden by a consent that is missing.
    private static let reserve = 3

    /// Reads what the slots ask for. What is newest and most often chosen is that which everybody may see; of a collection
    /// everybody sees what she may.
    static func read(
        _ site: Site, for viewer: ResourceViewer, on day: LocalDate, consent: any PublicationConsent, _ db: Connection
    ) throws -> SiteFront {
        let open = OpenItemStore(db), shelf = OpenShelf(consent: consent, db: db), collections = CollectionStore(db)
        let asked = site.slots.compactMap { slot -> ID<ItemCollection>? in
            if case .collection(let id) = slot { id } else { nil }
        }
        let known = try collections.shown(asked)
        let blocks = try site.slots.compactMap { slot -> Block? in
            switch slot {
            case .news:
                return .news(
                    try SiteNewsStore(db).shown(at: site.organisation, on: day, limit: newsOfBlock))
            case .newest:
                let items = try open.newest(in: site.path, limit: linesOfBlock * reserve).items
                return .newest(Array(try shelf.shown(items).map(\.line).prefix(linesOfBlock)))
            case .selected:
                let ids = try SiteStore(db).selected(in: site.path, limit: linesOfBlock * reserve)
                return .selected(Array(try shelf.shown(open.items(ids)).map(\.line).prefix(linesOfBlock)))
            case .collection(let id):
                guard let collection = known[id], collection.organisation == site.organisation else { return nil }
                let items = try collections.items(of: id, for: viewer, limit: linesOfBlock * reserve)
                return .collection(collection, Array(try shelf.shown(lines(items, db)).prefix(linesOfBlock)))
            }
        }
        return SiteFront(site: site, blocks: blocks)
    }

    /// The resources with who made them.
    static func lines(_ items: [Item], _ db: Connection) throws -> [ItemLine] {
        let authors = try ItemStore(db).authors(of: items.map(\.id))
        return items.map { ItemLine(item: $0, authors: authors[$0.id] ?? []) }
    }
}
