import Database
import Directory
import Kernel
import Platform
import Web

/// Finding resources, and the searches somebody keeps. The search is open to everybody and finds what the viewer may see.
struct SearchRoutes: Sendable {
    let database: Database
    let consent: any PublicationConsent

    func add(to routes: inout Routes) {
        routes.get(SearchPages.root, access: .public) { try await search($0) }
        routes.get(SearchPages.saved, access: .signedIn, saved)
        routes.post(SearchPages.saved, access: .signedIn, save)
        routes.post(SearchPages.saved + "/:id/removal", access: .signedIn, remove)
    }

    private func search(
        _ request: WebRequest, problems: [FieldProblem] = [], status: Int = 200
    ) async throws -> WebResponse {
        // A form that failed sends what it was asked about in a field of its own.
        let asked = request.form.text("address").map(SearchForm.values) ?? request.query
        let form = SearchForm(asked), user = request.completeSession?.user, consent = consent
        let format = problems.isEmpty ? TableFormat(query: request.query) : nil
        let name = request.form["name"]
        let view = try await database.read(snapshot: true) { db in
            try SearchRoutes.view(form, user, consent, isWhole: format != nil, name: name, problems, db)
        }
        if let format {
            return try ItemPages.library(isExportable: true).download(
                view.hits.map(\.line), as: format, name: "找到的资源", with: request.exporter)
        }
        return .html(SearchPages.search(view, request.page), status: status)
    }

    private static func view(
        _ form: SearchForm, _ user: CurrentUser?, _ consent: any PublicationConsent, isWhole: Bool, name: String?,
        _ problems: [FieldProblem], _ db: Connection
    ) throws -> SearchPages.View {
        let school = try form.school(db), viewer = ResourceViewer(user)
        var answer =
            form.isEmpty
            ? SearchAnswer() : try ItemSearch(db).find(form.request(viewer, school: school), for: viewer)
        let start = isWhole ? 0 : (form.page - 1) * SearchForm.pageLength
        let some = answer.hits.dropFirst(start).prefix(isWhole ? ItemSearch.most : SearchForm.pageLength)
        let store = ItemStore(db)
        var items = try store.published(some.map(\.item), for: viewer)
        let hidden = try OpenShelf(consent: consent, db: db).hidden(Array(items.values), from: user)
        items = items.filter { !hidden.contains($0.key) }
        answer.hits.removeAll { hidden.contains($0.item) }
        answer.total -= hidden.count
        let authors = try store.authors(of: Array(items.keys))
        let places = try store.places(of: Array(items.keys))
        let hits = some.compactMap { hit in
            items[hit.item].map { item in
                SearchPages.Hit(
                    line: ItemLine(item: item, authors: authors[item.id] ?? []), places: places[item.id] ?? [],
                    match: hit.match)
            }
        }
        let external = try SearchRoutes.external(form, viewer, isWhole: isWhole, db)
        return SearchPages.View(
            form: form, answer: answer, hits: hits, external: external.rows, externalTotal: external.total,
            isExternalExact: external.isExact,
            school: school, keys: try TextbookStore(db).keys(),
            values: FormValues([("name", name ?? form.suggestedName)]), problems: problems)
    }

    /// What other platforms have for the same words, beside the first page.
    private static func external(
        _ form: SearchForm, _ viewer: ResourceViewer, isWhole: Bool, _ db: Connection
    ) throws -> (rows: [ExternalEntry], total: Int, isExact: Bool) {
        guard !form.text.isEmpty, form.page == 1, !isWhole else { return ([], 0, true) }
        var filter = ExternalStore.Filter()
        filter.text = form.text
        return try ExternalStore(db).list(filter, for: viewer, after: nil, limit: 5)
    }

    @Sendable private func saved(_ request: WebRequest) async throws -> WebResponse {
        let person = try request.user.person
        let list = try await database.read { try SavedSearchStore($0).list(of: person) }
        return .html(SearchPages.saved(list, request.page))
    }

    @Sendable private func save(_ request: WebRequest) async throws -> WebResponse {
        let user = try request.user, now = Timestamp.now
        let form = SearchForm(SearchForm.values(request.form["address"] ?? ""))
        let name = ChineseText.normalised(request.form["name"] ?? "")
        do {
            try await database.write { try SavedSearchService($0, by: user, now: now).save(name, form.address) }
        } catch DomainError.invalid(let problems) {
            return try await search(request, problems: problems, status: 422)
        }
        return .redirect(SearchPages.saved, flash: Flash(.done, "已保存"))
    }

    @Sendable private func remove(_ request: WebRequest) async throws -> WebResponse {
        let id: ID<SavedSearch> = try request.id("id"), user = try request.user
        try await database.write { try SavedSearchService($0, by: user, now: .now).remove(id) }
        return .redirect(SearchPages.saved, flash: Flash(.done, "已删除"))
    }
}

extension SearchForm {
    /// The values of the part of an address behind the question mark.
    static func values(_ address: String) -> FormValues { URLCoding.parse(Array(address.utf8)[...]) ?? FormValues() }
}

extension ItemStore {
    /// Of the resources those that are published and that the viewer may see, as the records say now.
    func published(_ ids: [ID<Item>], for viewer: ResourceViewer) throws -> [ID<Item>: Item] {
        let rows = try db.rows(
            """
            SELECT \(Item.columns) FROM \(Item.source)
            WHERE i.id IN \(in: ids) AND i.state = 'published' AND \(viewer.condition)
            """, Item.init)
        return Dictionary(rows.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    }

    /// The lessons and units of each.
    func places(of ids: [ID<Item>]) throws -> [ID<Item>: [NodePlace]] {
        var nodes: [(item: ID<Item>, node: ID<TextbookNode>)] = []
        try db.each("SELECT item_id, node_id FROM resources_item_node WHERE item_id IN \(in: ids) ORDER BY node_id") {
            nodes.append((try $0.get(0), try $0.get(1)))
        }
        let places = try TextbookStore(db).places(of: Array(Set(nodes.map(\.node))))
        let byID = Dictionary(places.map { ($0.node.id, $0) }, uniquingKeysWith: { first, _ in first })
        return Dictionary(grouping: nodes, by: \.item).mapValues { $0.compactMap { byID[$0.node] } }
    }
}
