import Database
import Kernel
import Web

/// `/resources/external`: what lies elsewhere, for everybody as far as it is meant for them.
struct ExternalRoutes: Sendable {
    let database: Database

    func add(to routes: inout Routes) {
        routes.get(ExternalPages.root, access: .public, list)
    }

    /// Rows of one file.
    private static let mostExported = 5_000

    @Sendable private func list(_ request: WebRequest) async throws -> WebResponse {
        let user = request.completeSession?.user, viewer = ResourceViewer(user)
        let query = ExternalPages.table.query(request.query), filter = ExternalRoutes.filter(request.query)
        if query.format != nil, user == nil { throw DomainError.forbidden("登录后可以导出。") }
        let limit = query.format == nil ? query.fetchLimit : ExternalRoutes.mostExported
        let (rows, total, isExact, node, sources) = try await database.read { db in
            let (rows, total, isExact) = try ExternalStore(db).list(
                filter, for: viewer, after: query.after?.id, limit: limit)
            let node = try filter.node.flatMap { try TextbookStore(db).places(of: [$0]).first }
            // Sources of which she finds nothing are not told.
            let sources = try HarvestStore(db).sources().filter {
                !viewer.staff.isEmpty || $0.content.audience == .everybody
            }
            return (rows, total, isExact, node, sources)
        }
        if let format = query.format {
            return try ExternalPages.table.download(rows, as: format, with: request.exporter)
        }
        let slice = query.page(rows, total: total, isTotalBounded: !isExact) {
            (nil, $0.id.rawValue)
        }
        return .html(ExternalPages.list(slice, filter, node: node, sources: sources, request))
    }

    private static func filter(_ query: FormValues) -> ExternalStore.Filter {
        var filter = ExternalStore.Filter()
        filter.text = query.text("q") ?? ""
        filter.stage = query.text("stage") ?? ""
        filter.subject = query.text("subject") ?? ""
        filter.node = query.text("node").flatMap { ID<TextbookNode>(checking: $0) }
        if query["source"] == "free" {
            filter.isOwn = true
        } else {
            filter.source = query.text("source").flatMap { ID<HarvestSource>(checking: $0) }
        }
        return filter
    }
}
