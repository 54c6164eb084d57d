import Database
import Kernel
import Platform
import Web

/// `/notices`: what happened to one's own work. A notice is opened by a form and not by a link, so that nothing that fetches
/// pages ahead marks it as read.
struct NoticeRoutes: Sendable {
    let database: Database
    let kinds: [NoticeKind]

    func add(to routes: inout Routes) {
        let root = NoticePages.root, access = Access.signedIn
        routes.get(root, access: access, list)
        routes.post(root + "/read", access: access, readAll)
        routes.get(root + "/settings", access: access, settings)
        routes.post(root + "/settings", access: access, change)
        routes.post(root + "/:id/open", access: access, open)
        routes.post(root + "/:id/read", access: access, read)
    }

    @Sendable private func list(_ request: WebRequest) async throws -> WebResponse {
        let person = try request.user.person, onlyUnread = request.query["state"] == "unread"
        let table = NoticePages.table(kinds, onlyUnread: onlyUnread, request.page)
        // It is not exported: what she has here stands in the copy of her data.
        let query = table.query(request.query.replacing("format", with: nil))
        let after = query.after.flatMap(NoticePages.place)
        let (rows, total) = try await database.read { db in
            let store = NoticeStore(db)
            return (
                try store.list(of: person, onlyUnread: onlyUnread, after: after, limit: query.fetchLimit),
                try store.count(of: person, onlyUnread: onlyUnread)
            )
        }
        let slice = query.page(rows, total: total, key: NoticePages.key)
        return .html(NoticePages.list(slice, table, onlyUnread: onlyUnread, now: .now, request))
    }

    @Sendable private func open(_ request: WebRequest) async throws -> WebResponse {
        let person = try request.user.person, id: ID<Notice> = try request.id("id")
        let notice = try await database.write { db in
            let store = NoticeStore(db), notice = try store.find(id, of: person)
            try store.markRead(id, of: person, now: .now)
            return notice
        }
        return .redirect(notice.path)
    }

    @Sendable private func read(_ request: WebRequest) async throws -> WebResponse {
        let person = try request.user.person, id: ID<Notice> = try request.id("id")
        try await database.write { db in
            let store = NoticeStore(db)
            _ = try store.find(id, of: person)
            try store.markRead(id, of: person, now: .now)
        }
        return .redirect(NoticePages.root, flash: Flash(.done, "已标为已读"))
    }

    @Sendable private func readAll(_ request: WebRequest) async throws -> WebResponse {
        let person = try request.user.person, now = Timestamp.now
        let until = request.form["until"].flatMap(Int64.init).map(Timestamp.init(milliseconds:)) ?? now
        try await database.write { try NoticeStore($0).markAllRead(of: person, until: until, now: now) }
        return .redirect(NoticePages.root, flash: Flash(.done, "已全部标为已读"))
    }

    @Sendable private func settings(_ request: WebRequest) async throws -> WebResponse {
        let person = try request.user.person
        let muted = try await database.read { try NoticeStore($0).muted(by: person) }
        return .html(NoticePages.settings(kinds, muted: muted, request.page))
    }

    @Sendable private func change(_ request: WebRequest) async throws -> WebResponse {
        let person = try request.user.person, wanted = Set(request.form.all("kind"))
        let muted = Set(kinds.filter { !$0.isDuty }.map(\.name)).subtracting(wanted)
        try await database.write { try NoticeStore($0).setMuted(muted, by: person, now: .now) }
        return .redirect(NoticePages.root + "/settings", flash: Flash(.done, "已保存"))
    }
}
