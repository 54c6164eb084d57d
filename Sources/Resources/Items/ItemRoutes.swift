import Database
import Directory
import Kernel
import Platform
import Web

/// The lists of resources, the page of one and what may be done to it. Pages are open to everybody and show what the
/// viewer may see.
struct ItemRoutes: Sendable {
    let database: Database

    func add(to routes: inout Routes) {
        let root = ItemPages.root, one = root + "/:id"
        routes.get(root, access: .public, library)
        routes.get(root + "/mine", access: .can(.itemWrite), own)
        routes.get(root + "/reviews", access: .can(.itemReview), reviews)
        routes.get(one, access: .public) { try await show($0) }
        routes.post(one + "/submission", access: .can(.itemWrite), submit)
        routes.post(one + "/withdrawal", access: .can(.itemWrite)) { request in
            try await deed(request, done: "已撤回，可以修改后再提交") { try $0.withdraw($1) }
        }
        routes.post(one + "/review", access: .can(.itemReview), decide)
        routes.post(one + "/takedown", access: .can(.itemReview), takeDown)
        routes.post(one + "/restoration", access: .can(.itemReview)) { request in
            try await deed(request, done: "已恢复") { try $0.restore($1) }
        }
    }

    private func lines(
        _ filter: ItemStore.Filter, _ viewer: ResourceViewer, _ query: TableQuery
    ) async throws -> (rows: [ItemLine], total: Int) {
        try await database.read { db in
            let store = ItemStore(db)
            let (rows, total) = try store.list(filter, for: viewer, after: query.after?.id, limit: query.fetchLimit)
            let authors = try store.authors(of: rows.map(\.id))
            return (rows.map { ItemLine(item: $0, authors: authors[$0.id] ?? []) }, total)
        }
    }

    @Sendable private func library(_ request: WebRequest) async throws -> WebResponse {
        let viewer = ResourceViewer(request.completeSession?.user), query = ItemPages.library.query(request.query)
        var filter = ItemStore.Filter()
        filter.text = request.query.text("q") ?? ""
        filter.group = request.query.text("group").flatMap(ResourceGroup.init(rawValue:))
        filter.node = request.query.text("node").flatMap { ID<TextbookNode>(checking: $0) }
        switch request.query["place"] {
        case "school": filter.below = viewer.place
        case "county": filter.below = viewer.place.unit ?? .city
        default: break
        }
        let (rows, total) = try await lines(filter, viewer, query)
        if let format = query.format {
            return try ItemPages.library.download(rows, as: format, with: request.exporter)
        }
        var node: NodePlace?
        if let id = filter.node { node = try await database.read { try TextbookStore($0).places(of: [id]).first } }
        return .html(
            ItemPages.library(query.page(rows, total: total) { (nil, $0.item.id.rawValue) }, node: node, request))
    }

    @Sendable private func own(_ request: WebRequest) async throws -> WebResponse {
        let user = try request.user, query = ItemPages.own.query(request.query)
        var filter = ItemStore.Filter()
        (filter.author, filter.states) = (user.person, [])
        let (rows, total) = try await lines(filter, ResourceViewer(user), query)
        if let format = query.format {
            return try ItemPages.own.download(rows, as: format, with: request.exporter)
        }
        let slice = query.page(rows, total: total) { (nil, $0.item.id.rawValue) }
        return .html(ItemPages.own(slice, hasOriginals: total > 0, request))
    }

    @Sendable private func reviews(_ request: WebRequest) async throws -> WebResponse {
        let viewer = ResourceViewer(try request.user), query = ItemPages.reviews.query(request.query)
        let desk = request.query.text("state").flatMap(ItemPages.Desk.init(rawValue:)) ?? .pending
        var filter = ItemStore.Filter()
        filter.within = viewer.reviews
        switch desk {
        case .pending: (filter.states, filter.isPending) = ([], true)
        case .published: filter.states = [.published]
        case .takenDown: filter.states = [.takenDown]
        }
        let (rows, total) = try await lines(filter, viewer, query)
        if let format = query.format {
            return try ItemPages.reviews.download(rows, as: format, name: "资源-\(desk.title)", with: request.exporter)
        }
        return .html(ItemPages.reviews(query.page(rows, total: total) { (nil, $0.item.id.rawValue) }, desk, request))
    }

    private func show(
        _ request: WebRequest, problems: [FieldProblem] = [], status: Int = 200
    ) async throws -> WebResponse {
        let user = request.completeSession?.user, id: ID<Item> = try request.id("id")
        let values = request.form
        let view = try await database.read { try ItemRoutes.view(of: id, user, values, problems, $0) }
        return .html(ItemShowPages.show(view, request.page), status: status)
    }

    private static func view(
        of id: ID<Item>, _ user: CurrentUser?, _ values: FormValues, _ problems: [FieldProblem], _ db: Connection
    ) throws -> ItemShowPages.View {
        let store = ItemStore(db), viewer = ResourceViewer(user), item = try store.find(id, for: viewer)
        let authors = try store.authors(of: id), versions = try store.versions(of: id)
        let isInside =
            user.map { user in
                authors.contains { $0.person == user.person } || user.may(.itemReview, at: item.path)
            } ?? false
        let open = isInside ? versions.first(where: \.isOpen) : nil
        let files = try store.files(of: id), ancestors = try store.ancestors(of: item)
        let (made, count) = try store.adaptations(of: id, for: viewer)
        let names = try store.authors(of: (ancestors + made).map(\.id))
        func line(_ item: Item) -> ItemLine { ItemLine(item: item, authors: names[item.id] ?? []) }
        let reachable = ancestors.filter { (try? store.find($0.id, for: viewer)) != nil }.map(\.id)
        let nodes = (open?.content ?? item.content).nodes.map { ID<TextbookNode>($0) }
        return ItemShowPages.View(
            line: ItemLine(item: item, authors: authors),
            rights: ItemRights(item, open: versions.first(where: \.isOpen), authors: authors, user), open: open,
            versions: isInside ? versions : [], files: files.filter { $0.belongs(to: max(item.version, 1)) },
            openFiles: files.filter { $0.belongs(to: open?.number ?? max(item.version, 1)) },
            places: try TextbookStore(db).places(of: nodes), ancestors: ancestors.map(line),
            reachable: Set(reachable), adaptations: made.map(line), adaptationCount: count,
            history: isInside ? try AuditLog.of(subject: id.rawValue, limit: 30, on: db) : [], values: values,
            problems: problems)
    }

    /// Runs a deed and comes back to the page.
    private func deed(
        _ request: WebRequest, done: String,
        _ body: @escaping @Sendable (ItemService, ID<Item>) throws -> Void
    ) async throws -> WebResponse {
        let id: ID<Item> = try request.id("id"), user = try request.user, now = Timestamp.now
        let address = request.remoteAddress
        do {
            try await database.write { try body(ItemService($0, by: user, address: address, now: now), id) }
        } catch DomainError.invalid(let problems) {
            return try await show(request, problems: problems, status: 422)
        }
        return .redirect(ItemPages.path(id), flash: Flash(.done, done))
    }

    @Sendable private func submit(_ request: WebRequest) async throws -> WebResponse {
        try await deed(request, done: "已提交，等待学校资源管理员审核") { try $0.submit($1) }
    }

    @Sendable private func decide(_ request: WebRequest) async throws -> WebResponse {
        let choice = request.form["decision"] ?? "", revision = Int(request.form["revision"] ?? "") ?? 0
        let remark = ChineseText.normalised(request.form["remark"] ?? "")
        return try await deed(request, done: choice == "yes" ? "已发布" : "已退回") { service, id in
            try service.expectSeen(id)
            var problems: [FieldProblem] = []
            if choice != "yes" && choice != "no" {
                problems.append(FieldProblem(field: "decision", message: "选择发布或退回"))
            }
            if choice == "no" && remark.isEmpty {
                problems.append(FieldProblem(field: "remark", message: "退回时写明原因"))
            }
            if remark.unicodeScalars.count > 200 {
                problems.append(FieldProblem(field: "remark", message: "说明不能超过 200 个字"))
            }
            if !problems.isEmpty { throw DomainError.invalid(problems) }
            try service.decide(id, at: revision, publishes: choice == "yes", remark: remark)
        }
    }

    @Sendable private func takeDown(_ request: WebRequest) async throws -> WebResponse {
        let reason = ChineseText.normalised(request.form["reason"] ?? "")
        return try await deed(request, done: "已下架") { service, id in
            try service.expectSeen(id)
            if reason.isEmpty { throw DomainError.invalid("reason", "写明下架的原因") }
            if reason.unicodeScalars.count > 200 { throw DomainError.invalid("reason", "原因不能超过 200 个字") }
            try service.takeDown(id, reason: reason)
        }
    }
}
