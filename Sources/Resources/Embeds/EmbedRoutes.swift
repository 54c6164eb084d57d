import Database
import Directory
import Kernel
import Media
import Platform
import Web

/// `/embed/resources/:id` and `/oembed`: resources in the pages of other sites. Only what is open to everybody, shows no
/// pupil and is published now.
struct EmbedRoutes: Sendable {
    let database: Database
    let address: SiteAddress

    func add(to routes: inout Routes) {
        routes.get("/embed/resources/:id", access: .public, show)
        routes.get(OEmbed.path, access: .public, describe)
    }

    private static func open(_ id: ID<Item>, _ db: Connection) throws -> OpenItem {
        guard let open = try OpenItemStore(db).find(id), open.item.mayTravel else { throw DomainError.notFound }
        return open
    }

    @Sendable private func show(_ request: WebRequest) async throws -> WebResponse {
        let id: ID<Item> = try request.id("id")
        let (open, files) = try await database.read(snapshot: true) { db in
            let open = try EmbedRoutes.open(id, db)
            let files = try ItemStore(db).files(of: id).filter { $0.belongs(to: open.item.version) }
            let media = try MediaProcessing.views(of: files.map(\.sha256), on: db)
            return (open, ItemFilePages.View(files: files, media: media, choice: nil))
        }
        var answer = WebResponse.html(EmbedPages.show(open, files, address, request.page))
        (answer.playsMedia, answer.mayBeFramed) = (true, true)
        return answer
    }

    @Sendable private func describe(_ request: WebRequest) async throws -> WebResponse {
        let query = request.query
        guard let id = OEmbed.resource(query.text("url") ?? "", address) else { throw DomainError.notFound }
        let open = try await database.read { try EmbedRoutes.open(id, $0) }
        if let format = query.text("format"), format != "json" {
            return WebResponse(
                status: 501, headers: [("content-type", "text/plain; charset=utf-8")],
                body: .bytes(Array("只提供 JSON 格式。\n".utf8)))
        }
        let answer = OEmbed(
            open, provider: request.page.site.name, address: address,
            mostWide: query.text("maxwidth").flatMap { Int($0) }, mostHigh: query.text("maxheight").flatMap { Int($0) })
        return .json(Array(answer.json.utf8))
    }
}
