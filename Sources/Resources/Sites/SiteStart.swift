import Database
import Directory
import Kernel

/// A site as an installation comes with it: its front page, news and collections, each done as a curator would.
package struct SiteStart: Sendable {
    package struct News: Sendable {
        let title: String
        let body: String
        let from: LocalDate

        package init(_ title: String, _ body: String, from: LocalDate) {
            (self.title, self.body, self.from) = (title, body, from)
        }
    }

    package struct Collection: Sendable {
        let isLocal: Bool
        let title: String
        let summary: String
        let items: [ID<Item>]

        /// - Parameter isLocal: whether it is 本地特色.
        package init(_ title: String, _ summary: String, isLocal: Bool, items: [ID<Item>]) {
            (self.title, self.summary, self.isLocal, self.items) = (title, summary, isLocal, items)
        }
    }

    /// GB/T 2260 of the city or county.
    let code: String
    let name: String
    let introduction: String
    let openedOn: LocalDate
    let news: [News]
    let collections: [Collection]

    package init(
        code: String, name: String, introduction: String, openedOn: LocalDate, news: [News], collections: [Collection]
    ) {
        (self.code, self.name, self.introduction, self.openedOn) = (code, name, introduction, openedOn)
        (self.news, self.collections) = (news, collections)
    }

    /// Fills and publishes the site. Part of the caller's transaction.
    /// - Parameter user: a curator of the place.
    package func open(by user: CurrentUser, now: Timestamp, on db: Connection) throws {
        let collecting = CollectionService(db, by: user, now: now), telling = SiteNewsService(db, by: user, now: now)
        var slots: [SiteSlot] = [.news]
        for one in collections {
            let content = CollectionContent(
                kind: one.isLocal ? .local : .topic, title: one.title, summary: one.summary)
            let id = try collecting.create(content, on: code)
            for item in one.items { try collecting.add(item, to: id) }
            try collecting.publish(id)
            slots.append(.collection(id))
        }
        for one in news {
            let content = SiteNewsContent(title: one.title, body: one.body, from: one.from, until: nil)
            try telling.publish(telling.create(content, on: code), on: code)
        }
        let service = SiteService(db, by: user, now: now)
        try service.change(
            code, at: 0,
            SiteContent(
                name: name, introduction: introduction, openedOn: openedOn, slots: slots + [.newest, .selected]))
        try service.publish(code)
    }
}
