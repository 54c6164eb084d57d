import Database
import Foundation
import Kernel
import Platform
import Web

/// `/resources/metadata` and `/resources/:id/lom`: what is told of resources, as files.
struct ExportRoutes: Sendable {
    let database: Database
    let office: ReviewOffice
    let address: SiteAddress
    let workFolder: String

    static let list = ItemPages.root + "/metadata"
    static func lom(_ id: ID<Item>) -> String { ItemPages.path(id) + "/lom" }

    func add(to routes: inout Routes) {
        routes.get(ExportRoutes.list, access: .signedIn, several)
        routes.get(ItemPages.root + "/:id/lom", access: .public, one)
    }

    /// Resources of one file; more wait for a narrower question.
    private static let most = 5_000
    private static let slice = 500

    @Sendable private func one(_ request: WebRequest) async throws -> WebResponse {
        let user = request.completeSession?.user, id: ID<Item> = try request.id("id"), office = office
        let facts = try await database.read(snapshot: true) { db in
            let store = ItemStore(db), item = try store.find(id, for: ResourceViewer(user))
            // A consent that was taken back counts from this request on.
            let isInside = try user.map { user in
                try store.authors(of: id).contains { $0.person == user.person } || user.may(.itemReview, at: item.path)
            }
            guard try isInside == true || PupilGate(consent: office.consent, db: db).isOpen(item) else {
                throw DomainError.notFound
            }
            return try ItemFactsStore(db).facts(of: [item]).first
        }
        guard let facts else { throw DomainError.notFound }
        return .download(
            MetadataExport.lom(facts, address: address), name: "\(facts.content.title).xml",
            contentType: "application/xml")
    }

    @Sendable private func several(_ request: WebRequest) async throws -> WebResponse {
        let user = try request.user, viewer = ResourceViewer(user), office = office
        let filter = ItemRoutes.filter(request.query, viewer)
        let facts = try await database.read(snapshot: true, isLong: true) { db in
            let items = try ItemStore(db).latest(filter, for: viewer, limit: ExportRoutes.most + 1)
            guard items.count <= ExportRoutes.most else {
                throw DomainError.conflict("结果超过 \(ExportRoutes.most) 条，请先筛选再导出。")
            }
            let gate = PupilGate(consent: office.consent, db: db)
            let open = try items.filter { try gate.isOpen($0) }
            var facts: [ItemFacts] = []
            for start in stride(from: 0, to: open.count, by: ExportRoutes.slice) {
                facts += try ItemFactsStore(db).facts(
                    of: Array(open[start..<min(start + ExportRoutes.slice, open.count)]))
            }
            return facts
        }
        guard request.query["kind"] == "lom" else {
            return try MetadataExport.table.download(facts, as: .csv, with: request.exporter)
        }
        let target = "\(workFolder)/lom-\(Identifiers.next()).zip", address = address
        var isHandedOver = false
        defer { if !isHandedOver { unlink(target) } }
        try await SheetRowFeed.onThread { try MetadataExport.write(facts, address: address, to: target) }
        isHandedOver = true
        return .download(path: target, name: "资源元数据-LOM.zip", contentType: "application/zip", temporary: true)
    }
}
