import Database
import Directory
import Kernel
import Platform
import Web

/// The form of a resource: new, adapted from another, or being changed.
struct ItemEditRoutes: Sendable {
    let database: Database
    let files: FileStore

    /// Bytes of all files of one form.
    private static let largestUpload = 64 << 20
    /// Volumes offered before the form.
    private static let offered = 30

    func add(to routes: inout Routes) {
        let root = ItemPages.root, one = root + "/:id", access = Access.can(.itemWrite)
        routes.get(root + "/new", access: access) { try await new($0) }
        routes.upload(root, access: access, limit: ItemEditRoutes.largestUpload, create)
        routes.get(one + "/edit", access: access) { try await edit($0) }
        routes.post(one + "/edit", access: access, save)
        routes.upload(one + "/attachments", access: access, limit: ItemEditRoutes.largestUpload, addFiles)
        routes.get(one + "/attachments/:file", access: .public, download)
        routes.post(one + "/attachments/:file/removal", access: access, removeFile)
    }

    // New

    private func new(_ request: WebRequest, problems: [FieldProblem] = []) async throws -> WebResponse {
        let user = try request.user, asked = request.method == .get ? request.query : request.form
        let today = Timestamp.now.day
        let view: ItemFormPages.View? = try await database.read { db in
            let tree = TextbookStore(db)
            var values = asked, parent: Item?
            if let id = asked.text("adapted").flatMap({ ID<Item>(checking: $0) }) {
                let found = try ItemStore(db).find(id, for: ResourceViewer(user))
                guard found.state == .published, found.licence?.mayBeAdapted ?? false else {
                    throw DomainError.notFound
                }
                if request.method == .get { values = ItemEditRoutes.adapted(found.content) }
                parent = found
            }
            let nodes = values.all("node").compactMap { ID<TextbookNode>(checking: $0) }
            let places = try tree.places(of: nodes)
            var textbook = places.first?.textbook
            if let id = asked.text("textbook").flatMap({ ID<Textbook>(checking: $0) }) { textbook = try tree.find(id) }
            let schools = try ItemEditRoutes.schools(of: user, db)
            guard let textbook, !schools.isEmpty else { return nil }
            return ItemFormPages.View(
                item: nil, parent: parent, textbook: textbook, nodes: try tree.nodes(of: textbook.id),
                others: places.filter { $0.textbook.id != textbook.id }, schools: schools, values: values,
                problems: problems, warning: nil)
        }
        if let view { return .html(ItemFormPages.page(view, request.page), status: problems.isEmpty ? 200 : 422) }
        let (offered, hasSchool) = try await database.read { db in
            (try ItemEditRoutes.textbooks(for: user, on: today, db), try !ItemEditRoutes.schools(of: user, db).isEmpty)
        }
        return .html(ItemFormPages.textbooks(offered, hasSchool: hasSchool, request.page))
    }

    /// What an adaptation begins with.
    private static func adapted(_ content: ItemContent) -> FormValues {
        var content = content
        (content.isStated, content.visibility, content.source) = (false, .school, "")
        return ItemForm.values(content, authors: [])
    }

    /// The open schools where the user writes.
    private static func schools(of user: CurrentUser, _ db: Connection) throws -> [Organisation] {
        let grants = user.grants.filter { $0.permissions.contains(.itemWrite) },
            places = Set(grants.map(\.organisation))
        return try OrganisationStore(db).all(
            within: DataScope(grants.map(\.path)), kinds: [.school, .teachingPoint]
        ).filter { places.contains($0.id) }
    }

    /// The volumes of what she teaches, of the editions that her places chose where they did.
    private static func textbooks(for user: CurrentUser, on day: LocalDate, _ db: Connection) throws -> [Textbook] {
        let posts = try ClassPostStore(db).posts(of: user.person, on: day).filter { $0.kind == .subject }
        let chosen = try EditionChoiceStore(db).chosen(
            at: user.grants.map(\.path), in: SchoolYear(containing: day))
        var found: [Textbook] = [], seen: Set<String> = []
        for post in posts {
            let classGroup = try ClassGroupStore(db).find(post.classGroup, within: .everything)
            let stage = classGroup.stage.rawValue
            guard seen.insert(stage + post.subject).inserted else { continue }
            let filter = TextbookStore.Filter(["stage": stage, "subject": post.subject])
            let all = try TextbookStore(db).textbooks(filter, limit: 200)
            let local = all.filter { chosen.contains($0.key.choiceKey) }
            found += local.isEmpty ? all : local
        }
        return Array(found.prefix(offered))
    }

    @Sendable private func create(_ request: WebRequest) async throws -> WebResponse {
        let user = try request.user, now = Timestamp.now, address = request.remoteAddress, files = files
        let parent = request.form.text("adapted").flatMap { ID<Item>(checking: $0) }
        let form = ItemForm(request.form, isAdaptation: parent != nil)
        do {
            let kept = try await keep(request)
            let id = try await database.write { db in
                let schools = try ItemEditRoutes.schools(of: user, db)
                let asked = request.form["school"]
                guard let school = schools.first(where: { $0.id.rawValue == asked }) ?? schools.first else {
                    throw DomainError.invalid("title", "资源由学校的教师编写，用学校的账号登录后再新建")
                }
                let colleagues = try form.colleagues(AppointmentStore(db).staff(of: school.id, on: now.day))
                let stored = try ItemEditRoutes.record(kept, files, by: user.name, now: now, db)
                return try ItemService(db, by: user, address: address, now: now).create(
                    form.content, at: school, with: colleagues, files: stored, adapting: parent)
            }
            return .redirect(ItemPages.path(id), flash: Flash(.done, "草稿已保存，检查后提交审核"))
        } catch DomainError.invalid(var problems) {
            if request.files.contains(where: { $0.size > 0 }) && !problems.contains(where: { $0.field == "file" }) {
                problems.append(FieldProblem(field: "file", message: "改好后请重新选择文件"))
            }
            return try await new(request, problems: problems)
        }
    }

    // Change

    private func edit(
        _ request: WebRequest, problems: [FieldProblem] = [], warning: String? = nil, status: Int = 200
    ) async throws -> WebResponse {
        let user = try request.user, id: ID<Item> = try request.id("id"), isTyped = request.method != .get
        let view = try await database.read { db in
            let store = ItemStore(db), tree = TextbookStore(db), item = try store.find(id, for: ResourceViewer(user))
            let open = try store.open(of: id), authors = try store.authors(of: id)
            guard ItemRights(item, open: open, authors: authors, user).mayEdit else { throw DomainError.notFound }
            let names = authors.dropFirst().map(\.name), content = open?.content ?? item.content
            let values = isTyped ? request.form : ItemForm.values(content, authors: Array(names))
            let places = try tree.places(of: (content.nodes + values.all("node")).map { ID<TextbookNode>($0) })
            let textbook = places.first?.textbook
            return ItemFormPages.View(
                item: item, parent: try item.adaptedFrom.flatMap { try store.look(for: $0) }, textbook: textbook,
                nodes: try textbook.map { try tree.nodes(of: $0.id) } ?? [],
                others: places.filter { $0.textbook.id != textbook?.id }, schools: [], values: values,
                problems: problems, warning: warning)
        }
        return .html(ItemFormPages.page(view, request.page), status: status)
    }

    @Sendable private func save(_ request: WebRequest) async throws -> WebResponse {
        let user = try request.user, id: ID<Item> = try request.id("id"), now = Timestamp.now
        let revision = Int(request.form["revision"] ?? "") ?? 0, address = request.remoteAddress
        do {
            try await database.write { db in
                let item = try ItemStore(db).find(id, for: ResourceViewer(user))
                let form = ItemForm(request.form, isAdaptation: item.adaptedFrom != nil)
                let staff = try AppointmentStore(db).staff(of: item.school, on: now.day)
                let known = try ItemStore(db).authors(of: id)
                try ItemService(db, by: user, address: address, now: now).save(
                    id, at: revision, form.content, with: form.colleagues(staff, knowing: known))
            }
        } catch DomainError.invalid(let problems) {
            return try await edit(request, problems: problems, status: 422)
        } catch DomainError.conflict(let words) {
            return try await edit(request, warning: words + "再次保存会盖过去。", status: 409)
        }
        return .redirect(ItemPages.path(id), flash: Flash(.done, "已保存"))
    }

    // Files

    /// The files of a form, kept; they belong to nothing yet.
    private func keep(_ request: WebRequest) async throws -> [(sha256: String, size: Int, name: String)] {
        let files = files, sent = request.files.filter { $0.field == "file" && !$0.name.isEmpty }
        if let empty = sent.first(where: { $0.size == 0 }) {
            throw DomainError.invalid("file", "“\(empty.name)”是空的，请重新保存后再上传")
        }
        return try await SheetRowFeed.onThread {
            try sent.map { file in
                let kept = try files.keep(fileAt: file.path)
                return (kept.sha256, kept.size, file.name)
            }
        }
    }

    private static func record(
        _ kept: [(sha256: String, size: Int, name: String)], _ files: FileStore, by name: String, now: Timestamp,
        _ db: Connection
    ) throws -> [NewItemFile] {
        try kept.map { file in
            NewItemFile(
                file: try files.record(
                    sha256: file.sha256, size: file.size, name: file.name, by: name, now: now, on: db), name: file.name)
        }
    }

    @Sendable private func addFiles(_ request: WebRequest) async throws -> WebResponse {
        let user = try request.user, id: ID<Item> = try request.id("id"), now = Timestamp.now, files = files
        let address = request.remoteAddress
        _ = try await database.read { try ItemStore($0).find(id, for: ResourceViewer(user)) }
        do {
            let kept = try await keep(request)
            if kept.isEmpty { throw DomainError.invalid("file", "请选择要上传的文件") }
            try await database.write { db in
                let stored = try ItemEditRoutes.record(kept, files, by: user.name, now: now, db)
                try ItemService(db, by: user, address: address, now: now).addFiles(stored, to: id)
            }
        } catch DomainError.invalid(let problems) {
            let words = problems.map(\.message).joined(separator: "；")
            return .redirect(ItemPages.path(id), flash: Flash(.warning, words))
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

    /// Whoever may see the resource gets the files of the version she sees. The content never changes under its hash, so
    /// a browser that has it need not load it again.
    @Sendable private func download(_ request: WebRequest) async throws -> WebResponse {
        let id: ID<Item> = try request.id("id"), file: ID<ItemFile> = try request.id("file")
        let user = request.completeSession?.user
        let found = try await database.read { db in
            let store = ItemStore(db), item = try store.find(id, for: ResourceViewer(user))
            let isInside =
                try user.map { user in
                    try user.may(.itemReview, at: item.path)
                        || store.authors(of: id).contains { $0.person == user.person }
                } ?? false
            let file = try store.files(of: id).first {
                $0.id == file && (isInside || $0.belongs(to: max(item.version, 1)))
            }
            guard let file else { throw DomainError.notFound }
            return file
        }
        let tag = "\"\(found.sha256)\""
        if let known = request.headers["if-none-match"], known.contains(tag) {
            return WebResponse(status: 304, headers: [("etag", tag), ("cache-control", "private, no-cache")])
        }
        var answer = WebResponse.download(
            path: files.path(of: found.sha256), name: found.name, contentType: "application/octet-stream",
            temporary: false)
        answer.headers.removeAll { $0.name == "cache-control" }
        return answer.with(header: "etag", tag).with(header: "cache-control", "private, no-cache")
    }
}
