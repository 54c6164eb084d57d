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
        let writes = Access.can(.itemWrite)
        routes.get(ItemPages.root + "/mine/archive", access: writes, download)
        routes.get(ArchivePages.root, access: writes, list)
        routes.post(ArchivePages.root, access: writes, order)
        routes.get(ArchivePages.root + "/:id/parts/:part", access: writes, part)
    }

    @Sendable private func download(_ request: WebRequest) async throws -> WebResponse {
        let user = try request.user, now = Timestamp.now
        let actor = AuditActor(user, address: request.remoteAddress)
        let entries = try await database.read(snapshot: true) { try ItemArchive.entries(of: user, $0) }
        let archive = ItemArchive(author: user.name, madeAt: now, entries: entries)
        guard !archive.isLarge else {
            return .redirect(ArchivePages.root, flash: Flash(.warning, "存档较大，点“制作存档”，做好以后分几个压缩包下载"))
        }
        guard desk.begin(user.person) else { throw DomainError.conflict("存档正在制作，请等这一份下载完再试。") }
        defer { desk.end(user.person) }
        let target = "\(workFolder)/archive-\(Identifiers.next()).zip"
        var isHandedOver = false
        defer { if !isHandedOver { unlink(target) } }
        try await archive.write(to: target, uploads)
        try await database.write { db in
            try AuditLog.record(
                "resource.archive_fetched", user.person.rawValue, by: actor, "\(entries.count) 个资源", now: now, on: db)
        }
        isHandedOver = true
        return .download(
            path: target, name: "\(user.name)的资源存档.zip", contentType: "application/zip", temporary: true)
    }

    // Large ones

    @Sendable private func list(_ request: WebRequest) async throws -> WebResponse { try await orders(request) }

    private func orders(_ request: WebRequest, warning: String? = nil, status: Int = 200) async throws -> WebResponse {
        let user = try request.user
        let rows = try await database.read { db in
            let store = ArchiveOrderStore(db)
            return try store.list(of: user.person).map { (order: $0, parts: try store.parts(of: $0.id)) }
        }
        return .html(ArchivePages.list(rows, warning: warning, request.page), status: status)
    }

    @Sendable private func order(_ request: WebRequest) async throws -> WebResponse {
        let user = try request.user, now = Timestamp.now
        do {
            try await database.write { db in
                let store = ArchiveOrderStore(db), id = ID<ArchiveOrder>.new()
                try store.deleteOld(now: now)
                if try store.list(of: user.person).contains(where: { $0.state == .waiting }) {
                    throw DomainError.conflict("存档正在制作，做好以后在这里下载。")
                }
                let job = try JobStore(db).add(
                    kind: ArchiveJob.kind, title: "制作资源存档", payload: id.rawValue, result: ArchivePages.root, by: user,
                    due: now, now: now)
                try store.insert(id, of: user.person, user.name, job: job, now: now)
            }
        } catch DomainError.conflict(let words) {
            return try await orders(request, warning: words, status: 409)
        }
        return .redirect(ArchivePages.root, flash: Flash(.done, "开始制作，做好以后在这里下载"))
    }

    @Sendable private func part(_ request: WebRequest) async throws -> WebResponse {
        let user = try request.user, id: ID<ArchiveOrder> = try request.id("id"), now = Timestamp.now
        let number = Int(try request.parameter("part")) ?? 0
        let actor = AuditActor(user, address: request.remoteAddress)
        let (order, part) = try await database.write { db in
            let store = ArchiveOrderStore(db), order = try store.find(id, of: user.person)
            guard order.state == .ready, let part = try store.parts(of: id).first(where: { $0.number == number }) else {
                throw DomainError.notFound
            }
            try AuditLog.record(
                "resource.archive_fetched", user.person.rawValue, by: actor, order.fileName(number), now: now, on: db)
            return (order, part)
        }
        return .download(
            path: try await uploads.localPath(of: part.sha256), name: order.fileName(number),
            contentType: "application/zip", temporary: false)
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
