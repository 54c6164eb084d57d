import Database
import Directory
import Kernel
import Media
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
    /// - Parameters:
    ///   - parent: what it is made from.
    ///   - pupils: whose works or pictures it shows.
    package func create(
        _ content: ItemContent, at school: Organisation, with others: [ID<Person>] = [], files: [NewItemFile] = [],
        adapting parent: ID<Item>? = nil, showing pupils: [ID<Person>] = []
    ) throws -> ID<Item> {
        guard user.may(.itemWrite, at: school.path) else { throw DomainError.notFound }
        let licence = try parent.map { try adaptable($0) }
        guard files.count <= ItemService.mostFiles else { throw tooMany }
        try check(content, adapting: licence)
        let id = try writing.insert(content, at: school.id, adapting: parent, by: user.name, now: now)
        try writing.setAuthors([user.person] + others.filter { $0 != user.person }, of: id)
        try add(files, to: id, version: 1)
        try ItemPupilStore(db).set(pupils, of: id, version: 1)
        try writing.note(writers: [user.person] + others, of: id, version: 1)
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
    /// - Parameters:
    ///   - revision: of what she saw.
    ///   - pupils: whose works or pictures it shows; `nil` leaves them as they are.
    func save(
        _ id: ID<Item>, at revision: Int, _ content: ItemContent, with others: [ID<Person>],
        showing pupils: [ID<Person>]? = nil
    ) throws {
        let (item, open, authors) = try editable(id, at: revision)
        let parent = try item.adaptedFrom.flatMap { try store.look(for: $0)?.licence }
        try check(content, adapting: parent)
        try take(item)
        let version = try version(of: item, open)
        try writing.setContent(content, of: id, version: version, by: user.name, now: now)
        try writing.note(writers: [user.person] + authors.map(\.person) + others, of: id, version: version)
        if let pupils { try ItemPupilStore(db).set(pupils, of: id, version: version) }
        if item.version == 0 { try writing.show(content, of: id) }
        if let first = authors.first?.person {
            let people = [first] + others.filter { $0 != first }
            if item.version == 0 {
                try writing.setAuthors(people, of: id)
            } else {
                // What does not change the authors asks for nothing.
                try NextAuthors(db).set(people == authors.map(\.person) ? [] : people, of: id, version: version)
            }
        }
        try record("resource.changed", item, content.title)
    }

    package func addFiles(_ files: [NewItemFile], to id: ID<Item>) throws {
        let (item, open, _) = try editable(id, at: nil)
        let present = try store.files(of: id).count { $0.until == nil }
        guard present + files.count <= ItemService.mostFiles else {
            throw tooMany
        }
        try take(item)
        let version = try version(of: item, open)
        try add(files, to: id, version: version)
        try writing.note(writers: [user.person], of: id, version: version)
        try record("resource.files_added", item, files.map(\.name).joined(separator: "、"))
    }

    private var tooMany: DomainError { .invalid("file", "一个资源最多 \(ItemService.mostFiles) 个文件") }

    /// Files that belong to a resource are made fit for the browser.
    private func add(_ files: [NewItemFile], to id: ID<Item>, version: Int) throws {
        try writing.add(files, to: id, version: version)
        for file in files { try MediaProcessing.request(file.file, named: file.name, by: user, now: now, on: db) }
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
        try writing.note(writers: [user.person], of: id, version: version)
        try record("resource.file_removed", item, found.name)
    }

    private func editable(_ id: ID<Item>, at revision: Int?) throws -> (Item, ItemVersion?, [ItemAuthor]) {
        let item = try store.find(id, for: ResourceViewer(user))
        let open = try store.open(of: id), authors = try store.authors(of: id)
        guard ItemRights(item, open: open, authors: authors, step: nil, user).mayEdit else {
            if open?.state == .pending, authors.contains(where: { $0.person == user.person }) {
                throw DomainError.conflict("正在待审，先撤回再修改。")
            }
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
        let pupils = ItemPupilStore(db)
        try pupils.set(
            try pupils.pupils(of: item.id, version: item.version).map(\.person), of: item.id, version: item.version + 1)
        return item.version + 1
    }

    private func late(_ item: Item) -> DomainError {
        .conflict("“\(item.content.title)”刚被\(item.changedBy)修改。请核对后再保存。")
    }

    private func record(_ action: String, _ item: Item, _ detail: String) throws {
        try AuditLog.record(action, item.id.rawValue, by: actor, at: item.path, detail, now: now, on: db)
    }
}
