import Database
import Directory
import Kernel
import Platform
import Web

/// `/collections`: what curators put together, open to everybody once it is published, and the ways to fill it.
struct CollectionRoutes: Sendable {
    let database: Database
    let office: ReviewOffice
    let address: SiteAddress

    func add(to routes: inout Routes) {
        let site = SitePages.root + "/:code/collections", one = CollectionPages.root + "/:id"
        let edit = Access.can(.siteEdit)
        routes.get(site + "/new", access: edit) { try await new($0) }
        routes.post(site, access: edit, create)
        routes.get(one, access: .public, show)
        routes.get(one + "/edit", access: edit) { try await form($0) }
        routes.post(one, access: edit, change)
        routes.post(one + "/publication", access: edit, publish)
        routes.post(one + "/withdrawal", access: edit) { try await deed($0, "专题已撤下") { try $0.withdraw($1) } }
        routes.post(one + "/items", access: edit, add)
        routes.post(one + "/items/order", access: edit, move)
        routes.post(one + "/items/removal", access: edit, remove)
        routes.get(ItemPages.root + "/:id/collections", access: edit, choose)
    }

    @Sendable private func show(_ request: WebRequest) async throws -> WebResponse {
        let id: ID<ItemCollection> = try request.id("id"), user = request.completeSession?.user
        let consent = office.consent
        let (collection, lines) = try await database.read(snapshot: true) { db in
            let store = CollectionStore(db), collection = try store.find(id, for: user)
            let lines = try SiteFront.lines(store.items(of: id, for: ResourceViewer(user)), db)
            return (collection, try OpenShelf(consent: consent, db: db).shown(lines))
        }
        let content = collection.content, here = address.absolute(CollectionPages.path(id))
        let usual = "\(collection.organisationName)的\(content.kind.title)资源。"
        let meta = PageMeta(
            summary: content.summary.isEmpty ? usual : content.summary,
            address: here, feeds: [PageMeta.Feed(content.title, path: CollectionPages.feed(id))],
            isListed: collection.isShown,
            data: collection.isShown ? CollectionMarkup.documents(collection, lines, address) : [])
        let mayEdit = user?.may(.siteEdit, at: collection.path) ?? false
        let view = CollectionPages.View(collection: collection, lines: lines, mayEdit: mayEdit)
        return .html(CollectionPages.show(view, meta, request.page))
    }

    // Writing

    private func new(
        _ request: WebRequest, problems: [FieldProblem] = [], warning: String? = nil, status: Int = 200
    ) async throws -> WebResponse {
        let code = try request.parameter("code"), user = try request.user
        let site = try await database.read { try SiteStore($0).managed(code, by: user) }
        let form = CollectionFormPages.New(site: site, values: request.form, problems: problems, warning: warning)
        return .html(CollectionFormPages.new(form, request.page), status: status)
    }

    @Sendable private func create(_ request: WebRequest) async throws -> WebResponse {
        let code = try request.parameter("code"), user = try request.user, now = Timestamp.now
        let content = CollectionForm.content(request.form), address = request.remoteAddress
        let id: ID<ItemCollection>
        do {
            id = try await database.write { db in
                try CollectionService(db, by: user, address: address, now: now).create(content, on: code)
            }
        } catch DomainError.invalid(let problems) {
            return try await new(request, problems: problems, status: 422)
        } catch DomainError.conflict(let words) {
            return try await new(request, warning: words, status: 409)
        }
        return .redirect(CollectionPages.path(id) + "/edit", flash: Flash(.done, "专题已保存，现在收录资源"))
    }

    /// Resources that a search for more shows.
    private static let mostFound = 20

    private func form(
        _ request: WebRequest, problems: [FieldProblem] = [], warning: String? = nil, status: Int = 200
    ) async throws -> WebResponse {
        let id: ID<ItemCollection> = try request.id("id"), user = try request.user
        let query = request.query.text("q") ?? "", typed = request.form
        let view = try await database.read(snapshot: !query.isEmpty) { db in
            let store = CollectionStore(db), collection = try store.managed(id, by: user)
            let viewer = ResourceViewer(user), items = try store.items(of: id, for: viewer)
            var found: [Item] = []
            if !query.isEmpty {
                var filter = ItemStore.Filter()
                filter.text = query
                found = try ItemStore(db).latest(filter, for: viewer, limit: CollectionRoutes.mostFound)
                    .filter { $0.mayBeCollected(at: collection.path) }
            }
            return CollectionFormPages.View(
                collection: collection, lines: try SiteFront.lines(items, db),
                hidden: try store.itemCount(of: id) - items.count, query: query,
                found: try SiteFront.lines(found, db),
                values: typed.has("title") ? typed : CollectionForm.values(collection.content), problems: problems,
                warning: warning)
        }
        return .html(CollectionFormPages.edit(view, request.page), status: status)
    }

    @Sendable private func change(_ request: WebRequest) async throws -> WebResponse {
        let content = CollectionForm.content(request.form), revision = Int(request.form["revision"] ?? "") ?? -1
        return try await write(request, "专题已保存", to: nil) { try $0.change($1, at: revision, content) }
    }

    @Sendable private func publish(_ request: WebRequest) async throws -> WebResponse {
        let revision = Int(request.form["revision"] ?? "") ?? -1
        return try await deed(request, "专题已发布") { try $0.publish($1, at: revision) }
    }

    private func deed(
        _ request: WebRequest, _ done: String,
        _ body: @escaping @Sendable (CollectionService, ID<ItemCollection>) throws -> Void
    ) async throws -> WebResponse {
        let id: ID<ItemCollection> = try request.id("id")
        return try await write(request, done, to: CollectionPages.path(id), body)
    }

    // Its resources

    @Sendable private func add(_ request: WebRequest) async throws -> WebResponse {
        let item = try CollectionRoutes.item(request)
        let back = request.form["back"] == "item" ? ItemPages.path(item) + "/collections" : nil
        return try await write(request, "已收录", to: back) { try $0.add(item, to: $1) }
    }

    @Sendable private func remove(_ request: WebRequest) async throws -> WebResponse {
        let item = try CollectionRoutes.item(request)
        return try await write(request, "已移出", to: nil) { try $0.remove(item, from: $1) }
    }

    @Sendable private func move(_ request: WebRequest) async throws -> WebResponse {
        let item = try CollectionRoutes.item(request), isUp = request.form["way"] == "up"
        return try await write(request, "次序已保存", to: nil) { try $0.move(item, isUp: isUp, in: $1) }
    }

    private static func item(_ request: WebRequest) throws -> ID<Item> {
        guard let item = ID<Item>(checking: request.form["item"] ?? "") else { throw DomainError.notFound }
        return item
    }

    /// - Parameter path: where it leads; `nil` for the desk of the collection, where a refusal is told as well.
    private func write(
        _ request: WebRequest, _ done: String, to path: String?,
        _ body: @escaping @Sendable (CollectionService, ID<ItemCollection>) throws -> Void
    ) async throws -> WebResponse {
        let id: ID<ItemCollection> = try request.id("id"), user = try request.user, now = Timestamp.now
        let address = request.remoteAddress
        do {
            try await database.write { try body(CollectionService($0, by: user, address: address, now: now), id) }
        } catch DomainError.invalid(let problems) {
            return try await form(request, problems: problems, status: 422)
        } catch DomainError.conflict(let words) {
            return try await form(request, warning: words, status: 409)
        }
        return .redirect(path ?? CollectionPages.path(id) + "/edit", flash: Flash(.done, done))
    }

    @Sendable private func choose(_ request: WebRequest) async throws -> WebResponse {
        let id: ID<Item> = try request.id("id"), user = try request.user
        let choice = try await database.read { db in
            let item = try ItemStore(db).find(id, for: ResourceViewer(user))
            guard item.state == .published else { throw DomainError.notFound }
            let store = CollectionStore(db), collections = try store.managed(by: user)
            return CollectionPages.Choice(
                item: item, collections: collections,
                holding: try store.holding(id, among: collections.map(\.id)))
        }
        return .html(CollectionPages.choose(choice, request.page))
    }
}
