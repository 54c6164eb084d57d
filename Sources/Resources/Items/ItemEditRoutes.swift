import Database
import Directory
import Kernel
import Media
import Platform
import Web

/// The form of a resource: new, adapted from another, or being changed.
struct ItemEditRoutes: Sendable {
    let database: Database
    let uploads: MediaUploads

    /// Volumes offered before the form.
    private static let offered = 30

    func add(to routes: inout Routes) {
        let root = ItemPages.root, one = root + "/:id", access = Access.can(.itemWrite)
        routes.get(root + "/new", access: access) { try await new($0) }
        routes.upload(root, access: access, limit: UploadChoice.formLimit, create)
        routes.get(one + "/edit", access: access) { try await edit($0) }
        routes.post(one + "/edit", access: access, save)
    }

    // New

    /// - Parameter chosen: keys of uploads that the form came with.
    private func new(
        _ request: WebRequest, problems: [FieldProblem] = [], chosen: [String] = []
    ) async throws -> WebResponse {
        let door = ItemUploads(uploads: uploads), user = try request.user,
            asked = request.method == .get ? request.query : request.form
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
                problems: problems, warning: nil, choice: try door.choice(for: user, chosen: chosen, on: db))
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
    static func schools(of user: CurrentUser, _ db: Connection) throws -> [Organisation] {
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
        let user = try request.user, now = Timestamp.now, address = request.remoteAddress
        let door = ItemUploads(uploads: uploads)
        let parent = request.form.text("adapted").flatMap { ID<Item>(checking: $0) }
        let form = ItemForm(request.form, isAdaptation: parent != nil)
        var received = request.form.all(UploadChoice.field)
        do {
            let ids = try await door.receive(request)
            received = ids.map(\.rawValue)
            let id = try await database.write { db in
                let schools = try ItemEditRoutes.schools(of: user, db)
                let asked = request.form["school"]
                guard let school = schools.first(where: { $0.id.rawValue == asked }) ?? schools.first else {
                    throw DomainError.invalid("title", "资源由学校的教师编写，用学校的账号登录后再新建")
                }
                let colleagues = try form.colleagues(AppointmentStore(db).staff(of: school.id, on: now.day))
                let stored = try door.claim(ids, by: user, now: now, on: db)
                let pupils = try PupilNames(form.pupils).found(at: school.id, on: now.day, db)
                let made = try ItemService(db, by: user, address: address, now: now).create(
                    form.content, at: school, with: colleagues, files: stored, adapting: parent, showing: pupils)
                if let call = request.form.text("call").flatMap({ ID<Call>(checking: $0) }) {
                    _ = try CallStore(db).find(call, for: ResourceViewer(user))
                    try CallStore(db).answer(call, with: made, now: now)
                }
                return made
            }
            return .redirect(ItemPages.path(id), flash: Flash(.done, "草稿已保存，检查后提交审核"))
        } catch DomainError.invalid(let problems) {
            return try await new(request, problems: problems, chosen: received)
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
            guard ItemRights(item, open: open, authors: authors, step: nil, user).mayEdit else {
                throw DomainError.notFound
            }
            let next = try open.map { try NextAuthors(db).of(id, version: $0.number) } ?? []
            let names = (next.isEmpty ? authors : next).dropFirst().map(\.name), content = open?.content ?? item.content
            let pupils = try ItemPupilStore(db).pupils(of: id, version: open?.number ?? item.version)
            let values =
                isTyped
                ? request.form
                : ItemForm.values(content, authors: Array(names), pupils: try PupilNames.text(pupils, at: item, db))
            let places = try tree.places(of: (content.nodes + values.all("node")).map { ID<TextbookNode>($0) })
            let textbook = places.first?.textbook
            return ItemFormPages.View(
                item: item, parent: try item.adaptedFrom.flatMap { try store.look(for: $0) }, textbook: textbook,
                nodes: try textbook.map { try tree.nodes(of: $0.id) } ?? [],
                others: places.filter { $0.textbook.id != textbook?.id }, schools: [], values: values,
                problems: problems, warning: warning, choice: nil)
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
                let known =
                    try ItemStore(db).authors(of: id) + NextAuthors(db).of(id, version: item.version + 1)
                try ItemService(db, by: user, address: address, now: now).save(
                    id, at: revision, form.content, with: form.colleagues(staff, knowing: known),
                    showing: PupilNames(form.pupils).found(at: item.school, on: now.day, db))
            }
        } catch DomainError.invalid(let problems) {
            return try await edit(request, problems: problems, status: 422)
        } catch DomainError.conflict(let words) {
            return try await edit(request, warning: words + "再次保存会盖过去。", status: 409)
        }
        return .redirect(ItemPages.path(id), flash: Flash(.done, "已保存"))
    }
}
