import Database
import Directory
import Kernel
import Platform

/// The deeds on collections, each one transaction with its audit entry. Whoever fills the place's site does them.
struct CollectionService {
    let db: Connection
    let user: CurrentUser
    let actor: AuditActor
    let now: Timestamp
    private let store: CollectionStore

    init(_ db: Connection, by user: CurrentUser, address: String = "", now: Timestamp) {
        (self.db, self.user, self.now) = (db, user, now)
        (actor, store) = (AuditActor(user, address: address), CollectionStore(db))
    }

    /// A draft. Throws `DomainError.invalid` with the fields `title` and `summary`.
    func create(_ content: CollectionContent, on code: String) throws -> ID<ItemCollection> {
        let site = try SiteStore(db).managed(code, by: user)
        try check(content)
        guard try store.count(at: site.organisation) < ItemCollection.mostOfSite else {
            throw DomainError.conflict("一个网站最多 \(ItemCollection.mostOfSite) 个专题。")
        }
        let id = try store.insert(content, at: site.organisation, by: user.name, now: now)
        try AuditLog.record(
            "collection.created", id.rawValue, by: actor, at: site.path, content.title, now: now, on: db)
        return id
    }

    func change(_ id: ID<ItemCollection>, at revision: Int, _ content: CollectionContent) throws {
        let collection = try store.managed(id, by: user)
        try check(content)
        try collection.check(at: revision)
        try set(content, collection.state, of: collection)
        try record("collection.changed", collection, content.title)
    }

    /// - Parameter revision: what was looked at; `nil` for whoever has just written it.
    func publish(_ id: ID<ItemCollection>, at revision: Int? = nil) throws {
        let collection = try store.managed(id, by: user)
        try collection.check(at: revision)
        try collection.checkMayBePublished()
        try check(collection.content)
        guard try store.itemCount(of: id) > 0 else { throw DomainError.conflict("先收录至少一个资源，再发布。") }
        try set(collection.content, .published, of: collection)
        try record("collection.published", collection, collection.content.title)
    }

    func withdraw(_ id: ID<ItemCollection>) throws {
        let collection = try store.managed(id, by: user)
        try collection.checkMayBeWithdrawn()
        try set(collection.content, .withdrawn, of: collection)
        try record("collection.withdrawn", collection, collection.content.title)
    }

    // Its resources

    /// Throws `DomainError.notFound` for a resource that she does not see.
    func add(_ item: ID<Item>, to id: ID<ItemCollection>) throws {
        let collection = try store.managed(id, by: user)
        let found = try ItemStore(db).find(item, for: ResourceViewer(user))
        guard found.mayBeCollected(at: collection.path) else {
            throw DomainError.conflict("“\(found.content.title)”没有发布到全市或公开，不能收录。")
        }
        guard try store.itemCount(of: id) < ItemCollection.mostItems else {
            throw DomainError.conflict("一个专题最多 \(ItemCollection.mostItems) 个资源。")
        }
        guard try store.add(item, to: id, now: now) else { return }
        try touch(collection)
        try record("collection.item_added", collection, found.content.title)
    }

    func remove(_ item: ID<Item>, from id: ID<ItemCollection>) throws {
        let collection = try store.managed(id, by: user)
        guard try store.remove(item, from: id) else { return }
        try touch(collection)
        // What she does not see any more is not named.
        let title = (try? ItemStore(db).find(item, for: ResourceViewer(user)))?.content.title ?? ""
        try record("collection.item_removed", collection, title)
    }

    /// One place up or down among those that she sees; at the end nothing happens.
    func move(_ item: ID<Item>, isUp: Bool, in id: ID<ItemCollection>) throws {
        let collection = try store.managed(id, by: user)
        var keys = try store.keys(of: id)
        let seen = try store.items(of: id, for: ResourceViewer(user)).map(\.id)
        guard let place = seen.firstIndex(of: item) else { throw DomainError.notFound }
        let next = isUp ? place - 1 : place + 1
        guard seen.indices.contains(next), let from = keys.firstIndex(of: item),
            let to = keys.firstIndex(of: seen[next])
        else { return }
        keys.remove(at: from)
        keys.insert(item, at: to)
        try store.order(keys, of: id)
        try touch(collection)
        try record("collection.ordered", collection, collection.content.title)
    }

    private func touch(_ collection: ItemCollection) throws {
        try set(collection.content, collection.state, of: collection)
    }

    private func check(_ content: CollectionContent) throws {
        try SiteWords(db).check(content.problems, [("title", content.title), ("summary", content.summary)])
    }

    private func set(
        _ content: CollectionContent, _ state: ItemCollection.State, of collection: ItemCollection
    ) throws {
        guard try store.set(content, state, of: collection, by: user.name, now: now) else { throw collection.late }
    }

    private func record(_ action: String, _ collection: ItemCollection, _ words: String) throws {
        let title = collection.content.title, detail = words.isEmpty || words == title ? title : "\(title)：\(words)"
        try AuditLog.record(action, collection.id.rawValue, by: actor, at: collection.path, detail, now: now, on: db)
    }
}
