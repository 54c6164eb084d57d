import Database
import Directory
import Kernel
import Media
import Platform
import Web

/// The files of a resource: added, removed, downloaded, and looked at. Whoever may see the resource gets the files of the
/// version she sees, and what was made of them.
struct ItemFileRoutes: Sendable {
    let database: Database
    let uploads: MediaUploads
    let office: ReviewOffice
    let items: ItemRoutes

    func add(to routes: inout Routes) {
        let list = ItemPages.root + "/:id/attachments", one = list + "/:file", access = Access.can(.itemWrite)
        routes.upload(list, access: access, limit: UploadChoice.formLimit, addFiles)
        routes.get(one, access: .public, download)
        routes.post(one + "/removal", access: access, removeFile)
        routes.get(one + "/reading", access: .public, read)
        routes.get(one + "/derived/:name", access: .public, derived)
    }

    @Sendable private func addFiles(_ request: WebRequest) async throws -> WebResponse {
        let user = try request.user, id: ID<Item> = try request.id("id"), now = Timestamp.now
        let address = request.remoteAddress, door = ItemUploads(uploads: uploads)
        _ = try await database.read { try ItemStore($0).find(id, for: ResourceViewer(user)) }
        var received: [ID<Upload>] = []
        do {
            received = try await door.receive(request)
            let ids = received
            if ids.isEmpty { throw DomainError.invalid("file", "请选择要添加的文件") }
            try await database.write { db in
                let files = try door.claim(ids, by: user, now: now, on: db)
                try ItemService(db, by: user, address: address, now: now).addFiles(files, to: id)
            }
        } catch DomainError.invalid(let problems) {
            return try await items.show(
                request, problems: problems, chosen: received.map(\.rawValue), status: 422)
        }
        return .redirect(ItemPages.path(id), flash: Flash(.done, "文件已添加"))
    }

    @Sendable private func removeFile(_ request: WebRequest) async throws -> WebResponse {
        let user = try request.user, id: ID<Item> = try request.id("id"), file: ID<ItemFile> = try request.id("file")
        let now = Timestamp.now, address = request.remoteAddress
        try await database.write { db in
            try ItemService(db, by: user, address: address, now: now).removeFile(file, of: id)
        }
        return .redirect(ItemPages.path(id), flash: Flash(.done, "文件已移除"))
    }

    /// The file that the request names, when the asker may have it: readers those of the version they see, authors and
    /// whoever reviews those of the version in hand as well. What it is to be served as is looked up in the same
    /// transaction.
    private func find<T: Sendable>(
        _ request: WebRequest, _ more: @escaping @Sendable (Item, ItemFile, Connection) throws -> T
    ) async throws -> T {
        let id: ID<Item> = try request.id("id"), file: ID<ItemFile> = try request.id("file")
        let user = request.completeSession?.user, consent = office.consent
        return try await database.read { db in
            let store = ItemStore(db), item = try store.find(id, for: ResourceViewer(user))
            let isInside =
                try user.map { user in
                    try user.may(.itemReview, at: item.path)
                        || store.authors(of: id).contains { $0.person == user.person }
                } ?? false
            // A consent that was taken back counts from this request on.
            guard try isInside || PupilGate(consent: consent, db: db).isOpen(item) else { throw DomainError.notFound }
            let found = try store.files(of: id).first {
                $0.id == file && (isInside || $0.belongs(to: max(item.version, 1)))
            }
            guard let found else { throw DomainError.notFound }
            return try more(item, found, db)
        }
    }

    @Sendable private func download(_ request: WebRequest) async throws -> WebResponse {
        let file = try await find(request) { _, file, _ in file }
        return try await kept(request, sha256: file.sha256) { path in
            .download(path: path, name: file.name, contentType: "application/octet-stream", temporary: false)
        }
    }

    /// What was made of a file, to be shown in the page. A PDF is handed over to be kept: nothing of a stranger's is
    /// opened in the name of this site but pictures, sound, film and lists of them.
    @Sendable private func derived(_ request: WebRequest) async throws -> WebResponse {
        let name = try request.parameter("name")
        let (file, derived) = try await find(request) { _, file, db in
            (file, try MediaProcessing.derived(name, of: file.sha256, on: db))
        }
        return try await kept(request, sha256: derived.sha256) { path in
            if derived.mediaType == "application/pdf" {
                return .download(path: path, name: file.name + ".pdf", contentType: derived.mediaType, temporary: false)
            }
            return WebResponse(
                headers: [("content-type", derived.mediaType)], body: .file(path: path, temporary: false))
        }
    }

    /// The content never changes under its hash, so a browser that has it need not load it again; but it asks, for who may
    /// see it can change.
    private func kept(
        _ request: WebRequest, sha256: String, _ make: (String) -> WebResponse
    ) async throws -> WebResponse {
        let tag = "\"\(sha256)\""
        if let known = request.headers["if-none-match"], known.contains(tag) {
            return WebResponse(status: 304, headers: [("etag", tag), ("cache-control", "private, no-cache")])
        }
        var answer = make(try await uploads.localPath(of: sha256))
        answer.headers.removeAll { $0.name == "cache-control" }
        return answer.with(header: "etag", tag).with(header: "cache-control", "private, no-cache")
    }

    /// All pages of a document.
    @Sendable private func read(_ request: WebRequest) async throws -> WebResponse {
        let (item, file, view, text) = try await find(request) { item, file, db in
            (
                item, file, try MediaProcessing.views(of: [file.sha256], on: db)[file.sha256],
                try MediaText.text(of: file.sha256, on: db)
            )
        }
        return .html(ItemFilePages.reading(item, file, view, text: text, request.page))
    }
}
