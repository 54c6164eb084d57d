import Database
import Foundation
import Kernel
import Media
import Platform
import Web

/// Makes a large archive, part by part. It may run twice; what was made twice is kept once.
struct ArchiveJob: Sendable {
    static let kind = "resources.archive"

    let database: Database
    let files: FileStore
    let uploads: MediaUploads
    /// Where a part stands until it is kept; cleared when the server starts.
    let workFolder: String
    var partBytes = ArchiveOrder.partBytes

    var handler: JobHandler {
        JobHandler(ArchiveJob.kind) { context in
            try await run(ID<ArchiveOrder>(context.job.payload)) { try await context.report($0, of: $1, $2) }
        }
    }

    func run(
        _ id: ID<ArchiveOrder>, _ report: @escaping @Sendable (Int, Int, String) async throws -> Void
    ) async throws -> String {
        guard let order = try await database.read({ try ArchiveOrderStore($0).look(for: id) }), order.state == .waiting
        else { return "没有要制作的存档" }
        do {
            let count = try await make(order, report)
            try await database.write { try ArchiveOrderStore($0).end(id, .ready) }
            return "存档已做好，共 \(count) 个压缩包"
        } catch let error where !(error is CancellationError) {
            try await database.write { try ArchiveOrderStore($0).end(id, .failed) }
            throw error
        }
    }

    private func make(
        _ order: ArchiveOrder, _ report: @escaping @Sendable (Int, Int, String) async throws -> Void
    ) async throws -> Int {
        let author = CurrentUser(account: ID<Account>(""), person: order.person, name: order.author, grants: [])
        let entries = try await database.read(isLong: true) { try ItemArchive.entries(of: author, $0) }
        let parts = ArchiveOrder.parts(entries, bytes: partBytes), files = files
        for (index, entries) in parts.enumerated() {
            try await report(index, parts.count, "正在制作第 \(index + 1) 个压缩包")
            let path = "\(workFolder)/archive-\(Identifiers.next()).zip"
            defer { unlink(path) }  // a left-over goes when the server starts
            let archive = ItemArchive(author: order.author, madeAt: order.at, entries: entries)
            try await archive.write(to: path, uploads)
            let kept = try await SheetRowFeed.onThread { try files.keep(fileAt: path) }
            let part = ArchiveOrder.Part(number: index + 1, sha256: kept.sha256, size: kept.size)
            try await database.write { try ArchiveOrderStore($0).set(part, of: order.id) }
        }
        return parts.count
    }
}

extension ItemArchive {
    /// Writes it with the contents from wherever they are kept; what is nowhere is told in it.
    func write(to path: String, _ uploads: MediaUploads) async throws {
        var paths: [String: String] = [:]
        for file in entries.flatMap(\.files) where paths[file.sha256] == nil {
            do { paths[file.sha256] = try await uploads.localPath(of: file.sha256) } catch DomainError.notFound {
                continue
            }
        }
        let places = paths, archive = self
        try await SheetRowFeed.onThread { try archive.write(to: path) { places[$0] ?? "" } }
    }

    /// The version readers see, or the draft where there is none, of everything she made herself.
    static func entries(of user: CurrentUser, _ db: Connection) throws -> [ItemArchive.Entry] {
        let store = ItemStore(db)
        var filter = ItemStore.Filter()
        (filter.author, filter.states) = (user.person, [])
        let items = try store.list(filter, for: ResourceViewer(user), after: nil, limit: TableQuery.exportLimit).rows
        let authors = try store.authors(of: items.map(\.id))
        return try items.map { item in
            let version = max(item.version, 1)
            let files = try store.files(of: item.id).filter { $0.belongs(to: version) }
            let nodes = item.content.nodes.map { ID<TextbookNode>($0) }
            let parent = try item.adaptedFrom.flatMap { try store.look(for: $0) }
            return ItemArchive.Entry(
                identifier: "FCG:RES:\(item.id)", state: item.state.title, version: item.version,
                authors: (authors[item.id] ?? []).map(\.name), school: item.schoolName, content: item.content,
                lessons: try TextbookStore(db).places(of: nodes).map(\.full),
                adaptedFrom: parent.map { "\($0.content.title)（\($0.schoolName)）" },
                publishedAt: item.publishedAt?.rfc3339,
                reviews: try ReviewStore(db).steps(of: item.id).compactMap(ItemArchive.Review.init),
                files: files.enumerated().map { number, file in
                    .init(
                        path: ItemArchive.path(item.id, number + 1, file.name), name: file.name, size: file.size,
                        sha256: file.sha256)
                })
        }
    }
}
