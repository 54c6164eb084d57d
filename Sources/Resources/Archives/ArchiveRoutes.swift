import Database
import Foundation
import Kernel
import Media
import Platform
import Synchronization
import Web

/// `/resources/mine/archive`: the author's own archive, whatever became of her resources since.
struct ArchiveRoutes: Sendable {
    let database: Database
    let uploads: MediaUploads
    /// Where the archive stands until it is sent; cleared when the server starts.
    let workFolder: String
    private let desk = ArchiveDesk()

    func add(to routes: inout Routes) {
        routes.get(ItemPages.root + "/mine/archive", access: .can(.itemWrite), download)
    }

    @Sendable private func download(_ request: WebRequest) async throws -> WebResponse {
        let user = try request.user, now = Timestamp.now
        let actor = AuditActor(user, address: request.remoteAddress)
        let entries = try await database.read(snapshot: true) { try ArchiveRoutes.entries(of: user, $0) }
        let archive = ItemArchive(author: user.name, madeAt: now, entries: entries)
        guard !archive.isTooLarge else { throw DomainError.conflict("存档超过 4 GB，请在各个资源的页面分别下载。") }
        guard desk.begin(user.person) else { throw DomainError.conflict("存档正在制作，请等这一份下载完再试。") }
        defer { desk.end(user.person) }
        let target = "\(workFolder)/archive-\(Identifiers.next()).zip"
        var isHandedOver = false
        defer { if !isHandedOver { unlink(target) } }
        var paths: [String: String] = [:]
        for file in entries.flatMap(\.files) where paths[file.sha256] == nil {
            // What is nowhere is told in the archive.
            do { paths[file.sha256] = try await uploads.localPath(of: file.sha256) } catch DomainError.notFound {
                continue
            }
        }
        let places = paths
        try await SheetRowFeed.onThread { try archive.write(to: target) { places[$0] ?? "" } }
        try await database.write { db in
            try AuditLog.record(
                "resource.archive_fetched", user.person.rawValue, by: actor, "\(entries.count) 个资源", now: now, on: db)
        }
        isHandedOver = true
        return .download(
            path: target, name: "\(user.name)的资源存档.zip", contentType: "application/zip", temporary: true)
    }

    /// The version readers see, or the draft where there is none, of everything she made herself.
    private static func entries(of user: CurrentUser, _ db: Connection) throws -> [ItemArchive.Entry] {
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
                files: files.enumerated().map { number, file in
                    .init(
                        path: ItemArchive.path(item.id, number + 1, file.name), name: file.name, size: file.size,
                        sha256: file.sha256)
                })
        }
    }
}

/// Who has an archive made: one at a time each, and few together, for each may be as large as a disk is free.
final class ArchiveDesk: Sendable {
    private static let most = 3
    private let busy = Mutex<Set<ID<Person>>>([])

    /// Whether there is room for hers.
    func begin(_ person: ID<Person>) -> Bool {
        busy.withLock { $0.count < ArchiveDesk.most && $0.insert(person).inserted }
    }

    func end(_ person: ID<Person>) { busy.withLock { _ = $0.remove(person) } }
}
