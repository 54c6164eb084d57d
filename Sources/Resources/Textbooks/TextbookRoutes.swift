import Database
import Directory
import Kernel
import Web

/// The textbook tree, which is open to everybody; what hangs on it is shown as far as the viewer may see it.
struct TextbookRoutes: Sendable {
    let database: Database
    let consent: any PublicationConsent

    /// Resources of one kind on the page of a lesson; all others are a link away.
    private static let shelfLength = 6

    func add(to routes: inout Routes) {
        routes.get(TextbookPages.root, access: .public, list)
        routes.get(TextbookPages.root + "/:id", access: .public, show)
        routes.get("/textbook-nodes/:id", access: .public, node)
    }

    /// The filter of an address.
    static func filter(_ query: FormValues) -> TextbookStore.Filter {
        let names = ["stage", "subject", "edition", "grade"]
        return TextbookStore.Filter(
            Dictionary(uniqueKeysWithValues: names.compactMap { name in query.text(name).map { (name, $0) } }))
    }

    @Sendable private func list(_ request: WebRequest) async throws -> WebResponse {
        let query = TextbookPages.table.query(request.query), filter = TextbookRoutes.filter(request.query)
        let places = request.completeSession?.user.grants.map(\.path) ?? []
        let after = query.after.flatMap { cursor in cursor.value.map { (value: $0, id: cursor.id) } }
        let year = SchoolYear(containing: Timestamp.now.day)
        let (lines, total, keys) = try await database.read { db in
            let store = TextbookStore(db), chosen = try EditionChoiceStore(db).chosen(at: places, in: year)
            let (rows, total) = try store.list(
                filter, chosenFirst: chosen, after: after, limit: query.fetchLimit)
            let lines = rows.map {
                TextbookPages.Line(line: $0, isChosen: chosen.contains($0.textbook.key.choiceKey))
            }
            return (lines, total, try store.keys())
        }
        if let format = query.format {
            return try TextbookPages.table.download(lines, as: format, with: request.exporter)
        }
        let slice = query.page(lines, total: total) { ($0.line.order, $0.line.textbook.id.rawValue) }
        return .html(TextbookPages.list(slice, keys: keys, request))
    }

    @Sendable private func show(_ request: WebRequest) async throws -> WebResponse {
        let id: ID<Textbook> = try request.id("id"), viewer = ResourceViewer(request.completeSession?.user)
        let (textbook, nodes, counts) = try await database.read { db in
            let store = TextbookStore(db), textbook = try store.find(id)
            return (textbook, try store.nodes(of: id), try ItemStore(db).counts(in: id, for: viewer))
        }
        return .html(TextbookPages.show(textbook, nodes, counts: counts, request.page))
    }

    @Sendable private func node(_ request: WebRequest) async throws -> WebResponse {
        let id: ID<TextbookNode> = try request.id("id"), user = request.completeSession?.user
        let viewer = ResourceViewer(user), consent = consent
        let today = Timestamp.now.day
        let (place, shelves, lessons, calls) = try await database.read { db in
            let place = try TextbookStore(db).place(of: id), store = ItemStore(db)
            let shelves = try store.shelves(of: id, for: viewer, atMost: TextbookRoutes.shelfLength)
            let all = shelves.flatMap(\.rows), authors = try store.authors(of: all.map(\.id))
            let hidden = try OpenShelf(consent: consent, db: db).hidden(all, from: user)
            let lessons = try TextbookStore(db).nodes(of: place.textbook.id).filter {
                $0.parent == id && !$0.isRemoved
            }
            return (
                place,
                shelves.map { shelf in
                    let rows = shelf.rows.filter { !hidden.contains($0.id) }
                    return TextbookPages.Shelf(
                        group: shelf.group,
                        rows: rows.map { ItemLine(item: $0, authors: authors[$0.id] ?? []) },
                        total: shelf.total - (shelf.rows.count - rows.count), isWhole: shelf.isWhole)
                }, lessons, user == nil ? [] : try CallStore(db).open(for: id, on: today, for: viewer)
            )
        }
        return .html(
            TextbookPages.node(
                place, shelves, lessons: lessons, calls: calls, mayWrite: user?.may(.itemWrite) ?? false,
                mayPush: user?.may(.lessonPush) ?? false, request.page))
    }
}
