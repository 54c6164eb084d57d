import Database
import Directory
import Kernel
import Media
import Platform
import Web

/// The lists of resources, the page of one and what may be done to it. Pages are open to everybody and show what the
/// viewer may see.
struct ItemRoutes: Sendable {
    let database: Database
    let uploads: MediaUploads
    let office: ReviewOffice
    let address: SiteAddress

    func add(to routes: inout Routes) {
        let root = ItemPages.root, one = root + "/:id"
        routes.get(root, access: .public, library)
        routes.get(root + "/mine", access: .can(.itemWrite), own)
        routes.get(one, access: .public) { try await show($0) }
    }

    /// Rows of one file; more wait for a narrower question.
    private static let mostExported = 20_000

    struct Lines: Sendable {
        var rows: [ItemLine]
        let total: Int
        let isBounded: Bool
        /// Of the rows those that lack a consent. They keep their place, so that the list goes on behind them.
        var hidden: Set<ID<Item>> = []

        var shown: [ItemLine] { hidden.isEmpty ? rows : rows.filter { !hidden.contains($0.item.id) } }
    }

    /// - Parameter reader: who reads; what lacks a consent is hidden from her.
    func lines(
        _ filter: ItemStore.Filter, for reader: CurrentUser?, _ query: TableQuery
    ) async throws -> Lines {
        let consent = office.consent
        var lines = try await lines(filter, ResourceViewer(reader), query)
        let items = lines.rows.map(\.item)
        if items.contains(where: { !($0.content.pupilUses ?? []).isEmpty }) {
            lines.hidden = try await database.read(isLong: query.format != nil) {
                try OpenShelf(consent: consent, db: $0).hidden(items, from: reader)
            }
        }
        return lines
    }

    func lines(
        _ filter: ItemStore.Filter, _ viewer: ResourceViewer, _ query: TableQuery
    ) async throws -> Lines {
        let limit = query.format == nil ? query.fetchLimit : ItemRoutes.mostExported + 1
        // A file has many rows: such work has threads of its own.
        let lines = try await database.read(snapshot: !filter.text.isEmpty, isLong: query.format != nil) { db in
            let store = ItemStore(db)
            let slice = try store.list(filter, for: viewer, after: query.after?.id, limit: limit)
            var authors: [ID<Item>: [ItemAuthor]] = [:]
            for start in stride(from: 0, to: slice.rows.count, by: 500) {
                let some = slice.rows[start..<min(start + 500, slice.rows.count)].map(\.id)
                authors.merge(try store.authors(of: some)) { $1 }
            }
            let rows = slice.rows.map { ItemLine(item: $0, authors: authors[$0.id] ?? []) }
            return Lines(rows: rows, total: slice.total, isBounded: slice.isTotalBounded)
        }
        if query.format != nil, lines.rows.count > ItemRoutes.mostExported {
            throw DomainError.conflict("结果超过 \(ItemRoutes.mostExported) 条，请先筛选再导出。")
        }
        return lines
    }

    func slice(_ lines: Lines, _ query: TableQuery) -> Page<ItemLine> {
        let page = query.page(lines.rows, total: lines.total, isTotalBounded: lines.isBounded) {
            (nil, $0.item.id.rawValue)
        }
        guard !lines.hidden.isEmpty else { return page }
        let shown = page.items.filter { !lines.hidden.contains($0.item.id) }
        return Page(
            items: shown, total: lines.total - (page.items.count - shown.count), isTotalBounded: lines.isBounded,
            next: page.next)
    }

    @Sendable private func library(_ request: WebRequest) async throws -> WebResponse {
        let user = request.completeSession?.user, viewer = ResourceViewer(user)
        let table = ItemPages.library(isExportable: user != nil), query = table.query(request.query)
        if query.format != nil, user == nil { throw DomainError.forbidden("登录后可以导出。") }
        let filter = ItemRoutes.filter(request.query, viewer)
        let found = try await lines(filter, for: user, query)
        if let format = query.format { return try table.download(found.shown, as: format, with: request.exporter) }
        var node: NodePlace?
        if let id = filter.node { node = try await database.read { try TextbookStore($0).places(of: [id]).first } }
        return .html(ItemPages.library(slice(found, query), node: node, request))
    }

    /// What the list of the library is filtered by.
    static func filter(_ query: FormValues, _ viewer: ResourceViewer) -> ItemStore.Filter {
        var filter = ItemStore.Filter()
        filter.text = query.text("q") ?? ""
        filter.group = query.text("group").flatMap(ResourceGroup.init(rawValue:))
        filter.node = query.text("node").flatMap { ID<TextbookNode>(checking: $0) }
        switch query["place"] {
        case "school": filter.below = viewer.place
        case "county": filter.below = viewer.place.unit ?? .city
        default: break
        }
        return filter
    }

    @Sendable private func own(_ request: WebRequest) async throws -> WebResponse {
        let user = try request.user, query = ItemPages.own.query(request.query)
        var filter = ItemStore.Filter()
        (filter.author, filter.states) = (user.person, [])
        var found = try await lines(filter, ResourceViewer(user), query)
        let ids = found.rows.map(\.item.id)
        let (steps, remarks) = try await database.read(isLong: query.format != nil) { db in
            var steps: [ID<Item>: ReviewStep] = [:], remarks: [ID<Item>: String] = [:]
            for start in stride(from: 0, to: ids.count, by: 500) {
                let some = Array(ids[start..<min(start + 500, ids.count)])
                steps.merge(try ReviewStore(db).steps(of: some)) { $1 }
                remarks.merge(try ItemStore(db).remarks(of: some)) { $1 }
            }
            return (steps, remarks)
        }
        for index in found.rows.indices {
            let id = found.rows[index].item.id
            (found.rows[index].step, found.rows[index].remark) = (steps[id], remarks[id] ?? "")
        }
        if let format = query.format {
            return try ItemPages.own.download(found.rows, as: format, with: request.exporter)
        }
        let today = Timestamp.now.day
        let schools = user.grants.filter { $0.permissions.contains(.itemWrite) }.map(\.path)
        let wanted = try await database.read {
            try YearTaskStore($0).notices(of: schools.filter(ResourceViewer.isNarrow))
        }
        let notices: HTML = "\(each: wanted, { $0.html(on: today) })"
        return .html(ItemPages.own(slice(found, query), hasOriginals: found.total > 0, notices, request))
    }

    /// - Parameters:
    ///   - chosen: keys of uploads that a form came with.
    ///   - warning: something that concerns the whole page.
    func show(
        _ request: WebRequest, problems: [FieldProblem] = [], chosen: [String] = [], warning: String? = nil,
        status: Int = 200
    ) async throws -> WebResponse {
        let user = request.completeSession?.user, id: ID<Item> = try request.id("id")
        let values = request.form, door = ItemUploads(uploads: uploads), office = office
        let view = try await database.read(snapshot: true) { db in
            let view = try ItemRoutes.view(of: id, user, values, problems, office, db)
            let files = view.open == nil ? view.files : view.openFiles
            var choice: UploadChoice?
            if let user, view.rights.mayEdit { choice = try door.choice(for: user, chosen: chosen, on: db) }
            let media = try MediaProcessing.views(of: files.map(\.sha256), on: db)
            return (view, ItemFilePages.View(files: files, media: media, choice: choice))
        }
        let outside = view.0.outside(view.1, address)
        var answer = WebResponse.html(
            ItemShowPages.show(view.0, view.1, outside, warning: warning, request.page), status: status)
        answer.playsMedia = true
        return answer
    }

    private static func view(
        of id: ID<Item>, _ user: CurrentUser?, _ values: FormValues, _ problems: [FieldProblem],
        _ office: ReviewOffice, _ db: Connection
    ) throws -> ItemShowPages.View {
        let store = ItemStore(db), viewer = ResourceViewer(user), item = try store.find(id, for: viewer)
        let authors = try store.authors(of: id), versions = try store.versions(of: id)
        let isInside =
            user.map { user in
                authors.contains { $0.person == user.person } || user.may(.itemReview, at: item.path)
            } ?? false
        let gate = PupilGate(consent: office.consent, db: db)
        // A consent that was taken back counts from this request on.
        guard try isInside || gate.isOpen(item) else { throw DomainError.notFound }
        let open = isInside ? versions.first(where: \.isOpen) : nil
        let step = try ReviewStore(db).step(of: id), takedown = try TakedownStore(db).open(of: id)
        let writers = try ReviewStore(db).writers(of: id, version: step?.version ?? max(item.version, 1))
        let shown = step?.version ?? open?.number ?? item.version
        let pupils = isInside ? try ItemPupilStore(db).pupils(of: id, version: shown) : []
        let content = versions.first { $0.number == shown }?.content ?? item.content
        let files = try store.files(of: id), ancestors = try store.ancestors(of: item)
        let shelf = OpenShelf(consent: office.consent, db: db)
        let (all, count) = try store.adaptations(of: id, for: viewer), made = try shelf.shown(all)
        let names = try store.authors(of: (ancestors + made).map(\.id))
        func line(_ item: Item) -> ItemLine { ItemLine(item: item, authors: names[item.id] ?? []) }
        let reachable = try shelf.shown(ancestors.filter { (try? store.find($0.id, for: viewer)) != nil }).map(\.id)
        let nodes = (open?.content ?? item.content).nodes.map { ID<TextbookNode>($0) }
        return ItemShowPages.View(
            line: ItemLine(item: item, authors: authors),
            rights: ItemRights(
                item, open: versions.first(where: \.isOpen), authors: authors, step: step, writers: writers,
                takedown: takedown?.level, user), open: open,
            versions: isInside ? versions : [], files: files.filter { $0.belongs(to: max(item.version, 1)) },
            openFiles: files.filter { $0.belongs(to: open?.number ?? max(item.version, 1)) },
            places: try TextbookStore(db).places(of: nodes), ancestors: ancestors.map(line),
            reachable: Set(reachable), adaptations: made.map(line), adaptationCount: count,
            progress: isInside ? try ReviewProgress.of(item, user, db) : nil,
            mayAppeal: item.state == .takenDown && authors.contains { $0.person == user?.person },
            pupils: isInside ? PupilPages.facts(content, pupils, missing: try gate.missing(content, pupils)) : [],
            nextAuthors: try open.map { try NextAuthors(db).of(id, version: $0.number) } ?? [],
            history: isInside ? try AuditLog.of(subject: id.rawValue, limit: 30, on: db) : [],
            collections: try CollectionStore(db).holding(id), values: values, problems: problems)
    }
}
