import Database
import Directory
import Kernel
import Platform

/// The deeds on a resource, each one transaction with its audit entry. What the user may not see answers
/// `DomainError.notFound`, what she may not do `DomainError.forbidden`, and a state that moved on `DomainError.conflict`.
package struct ItemService {
    let db: Connection
    let user: CurrentUser
    let actor: AuditActor
    let now: Timestamp
    private let store: ItemStore
    private let writing: ItemWritingStore

    package init(_ db: Connection, by user: CurrentUser, address: String = "", now: Timestamp) {
        (self.db, self.user, self.now) = (db, user, now)
        (actor, store, writing) = (AuditActor(user, address: address), ItemStore(db), ItemWritingStore(db))
    }

    /// Begins a draft of hers at the school. Throws `DomainError.invalid`.
    /// - Parameter parent: what it is made from.
    package func create(
        _ content: ItemContent, at school: Organisation, with others: [ID<Person>] = [], files: [NewItemFile] = [],
        adapting parent: ID<Item>? = nil
    ) throws -> ID<Item> {
        guard user.may(.itemWrite, at: school.path) else { throw DomainError.notFound }
        let licence = try parent.map { try adaptable($0) }
        try check(content, adapting: licence)
        let id = try writing.insert(content, at: school.id, adapting: parent, by: user.name, now: now)
        try writing.setAuthors([user.person] + others.filter { $0 != user.person }, of: id)
        try writing.add(files, to: id, version: 1)
        try AuditLog.record(
            "resource.created", id.rawValue, by: actor, at: school.path, content.title, now: now, on: db)
        return id
    }

    /// The licence of a resource she may adapt. Throws `DomainError.notFound` and `.forbidden`.
    private func adaptable(_ id: ID<Item>) throws -> Licence {
        let parent = try store.find(id, for: ResourceViewer(user))
        guard parent.state == .published else { throw DomainError.notFound }
        guard let licence = parent.licence, licence.mayBeAdapted else {
            throw DomainError.forbidden("这个资源的授权方式不允许改编。")
        }
        return licence
    }

    private func check(_ content: ItemContent, adapting licence: Licence?) throws {
        var problems = content.draftProblems(adapting: licence)
        let ids = content.nodes.map { ID<TextbookNode>($0) }
        if try TextbookStore(db).places(of: ids).count != Set(content.nodes).count {
            problems.append(FieldProblem(field: "node", message: "选的课已不在教材目录里，请重选"))
        }
        if !problems.isEmpty { throw DomainError.invalid(problems) }
    }

    /// Saves what the form says. A published resource gets a new version, which readers do not see yet.
    /// - Parameter revision: of what she saw.
    func save(_ id: ID<Item>, at revision: Int, _ content: ItemContent, with others: [ID<Person>]) throws {
        let (item, open, authors) = try editable(id, at: revision)
        let parent = try item.adaptedFrom.flatMap { try store.look(for: $0)?.licence }
        try check(content, adapting: parent)
        try take(item)
        let version = try version(of: item, open)
        try writing.setContent(content, of: id, version: version, by: user.name, now: now)
        if item.version == 0 { try writing.show(content, of: id) }
        if let first = authors.first?.person {
            try writing.setAuthors([first] + others.filter { $0 != first }, of: id)
        }
        try record("resource.changed", item, content.title)
    }

    package func addFiles(_ files: [NewItemFile], to id: ID<Item>) throws {
        let (item, open, _) = try editable(id, at: nil)
        let present = try store.files(of: id).count { $0.until == nil }
        guard present + files.count <= ItemService.mostFiles else {
            throw DomainError.invalid("file", "一个资源最多 \(ItemService.mostFiles) 个文件")
        }
        try take(item)
        try writing.add(files, to: id, version: try version(of: item, open))
        try record("resource.files_added", item, files.map(\.name).joined(separator: "、"))
    }

    /// Files of one resource.
    static let mostFiles = 50

    func removeFile(_ file: ID<ItemFile>, of id: ID<Item>) throws {
        let (item, open, _) = try editable(id, at: nil)
        let version = open?.number ?? item.version + 1
        guard let found = try store.files(of: id).first(where: { $0.id == file && $0.belongs(to: version) }) else {
            throw DomainError.notFound
        }
        try take(item)
        try writing.remove(found, version: try self.version(of: item, open))
        try record("resource.file_removed", item, found.name)
    }

    /// Hands the draft in to whoever publishes at the school.
    package func submit(_ id: ID<Item>) throws {
        let (item, open, authors) = try seen(id)
        guard ItemRights(item, open: open, authors: authors, user).maySubmit, let open else {
            throw DomainError.conflict("现在不能提交，请看资源现在的状态。")
        }
        let files = try store.files(of: id).count { $0.belongs(to: open.number) }
        let parent = try item.adaptedFrom.flatMap { try store.look(for: $0)?.licence }
        let problems = open.content.problems(files: files, adapting: parent)
        if !problems.isEmpty { throw DomainError.invalid(problems) }
        try take(item, as: item.state == .draft ? .pending : item.state)
        try writing.submit(id, version: open.number, by: user.account, now: now)
        try record("resource.submitted", item, open.content.title)
    }

    func withdraw(_ id: ID<Item>) throws {
        let (item, open, authors) = try seen(id)
        guard ItemRights(item, open: open, authors: authors, user).mayWithdraw, let open else {
            throw DomainError.conflict("现在不能撤回，请看资源现在的状态。")
        }
        try take(item, as: item.state == .pending ? .draft : item.state)
        try writing.sendBack(id, version: open.number, by: "", "", now: now)
        try record("resource.withdrawn", item, open.content.title)
    }

    /// Publishes what was handed in, or sends it back with a remark.
    /// - Parameter revision: of what was looked at.
    package func decide(_ id: ID<Item>, at revision: Int, publishes: Bool, remark: String) throws {
        let (item, open, authors) = try seen(id)
        guard user.may(.itemReview, at: item.path) else { throw DomainError.forbidden("由学校的资源管理员发布。") }
        if authors.contains(where: { $0.person == user.person }) {
            throw DomainError.forbidden("自己的资源由其他管理员审核。")
        }
        guard let open, ItemRights(item, open: open, authors: authors, user).mayDecide else {
            throw DomainError.conflict("这个资源现在没有待审的版本。")
        }
        guard item.revision == revision else { throw late(item) }
        if publishes {
            try take(item, as: .published)
            try writing.publish(open, of: id, by: user.name, remark, now: now)
        } else {
            try take(item, as: item.state == .pending ? .draft : item.state)
            try writing.sendBack(id, version: open.number, by: user.name, remark, now: now)
        }
        try record(publishes ? "resource.published" : "resource.returned", item, words(open.content.title, remark))
    }

    /// Takes a published resource out of sight; its authors and whoever publishes still have it.
    func takeDown(_ id: ID<Item>, reason: String) throws {
        let (item, open, authors) = try seen(id)
        guard ItemRights(item, open: open, authors: authors, user).mayTakeDown else {
            throw DomainError.forbidden("已发的资源由学校的资源管理员下架。")
        }
        try take(item, as: .takenDown)
        try writing.setReason(reason, of: id)
        try record("resource.taken_down", item, words(item.content.title, reason))
    }

    func restore(_ id: ID<Item>) throws {
        let (item, open, authors) = try seen(id)
        guard ItemRights(item, open: open, authors: authors, user).mayRestore else {
            throw DomainError.forbidden("由学校的资源管理员恢复。")
        }
        try take(item, as: .published)
        try writing.setReason("", of: id)
        try record("resource.restored", item, item.content.title)
    }

    /// Throws `DomainError.notFound` when the user may not see it.
    func expectSeen(_ id: ID<Item>) throws { _ = try store.find(id, for: ResourceViewer(user)) }

    private func seen(_ id: ID<Item>) throws -> (Item, ItemVersion?, [ItemAuthor]) {
        let item = try store.find(id, for: ResourceViewer(user))
        return (item, try store.open(of: id), try store.authors(of: id))
    }

    private func editable(_ id: ID<Item>, at revision: Int?) throws -> (Item, ItemVersion?, [ItemAuthor]) {
        let (item, open, authors) = try seen(id)
        guard ItemRights(item, open: open, authors: authors, user).mayEdit else {
            if open?.state == .pending { throw DomainError.conflict("正在待审，先撤回再修改。") }
            throw DomainError.notFound
        }
        if let revision, item.revision != revision { throw late(item) }
        return (item, open, authors)
    }

    private func take(_ item: Item, as state: ItemState? = nil) throws {
        guard try writing.touch(item, state: state, by: user.name, now: now) else { throw late(item) }
    }

    /// The number of the version that is written, begun when there is none.
    private func version(of item: Item, _ open: ItemVersion?) throws -> Int {
        if let open { return open.number }
        try writing.insertVersion(item.version + 1, item.content, of: item.id, by: user.name, now: now)
        return item.version + 1
    }

    private func late(_ item: Item) -> DomainError {
        .conflict("“\(item.content.title)”刚被\(item.changedBy)修改。请核对后再保存。")
    }

    private func words(_ title: String, _ remark: String) -> String { remark.isEmpty ? title : "\(title)：\(remark)" }

    private func record(_ action: String, _ item: Item, _ detail: String) throws {
        try AuditLog.record(action, item.id.rawValue, by: actor, at: item.path, detail, now: now, on: db)
    }
}
