import Database
import Directory
import Kernel
import Web

/// `/applications`: 我的应用, what a signed-in person can open.
struct LauncherRoutes: Sendable {
    let database: Database
    let today: [any TodaySource]
    let now: @Sendable () -> Timestamp

    func add(to routes: inout Routes) {
        routes.get(ApplicationPages.launcher, access: .signedIn, show)
        routes.get("/applications/logos/:hash", access: .signedIn, logo)
    }

    @Sendable private func show(_ request: WebRequest) async throws -> WebResponse {
        let user = try request.user, grants = user.grants, sources = today, day = now().day
        let places = Array(Set(grants.flatMap(\.path.lineage)))
        let (records, waiting) = try await database.read { db in
            (
                try ApplicationRegistryStore(db).launchable(ownedAt: places),
                try sources.flatMap { try $0.items(for: user, on: day, db) }
            )
        }
        let hers = records.filter { record in
            grants.contains { grant in
                record.audience.contains(grant.role) && record.application.ownerPath.contains(grant.path)
            }
        }
        return .html(LauncherPages.show(hers, waiting, request.page))
    }

    /// The name of a picture is the hash of its content, so what a browser has kept is right for ever.
    @Sendable private func logo(_ request: WebRequest) async throws -> WebResponse {
        let hash = try request.parameter("hash")
        guard hash.utf8.count == 64 else { throw DomainError.notFound }
        let found = try await database.read { try ApplicationRegistryStore($0).logo(hash) }
        guard let found else { throw DomainError.notFound }
        return WebResponse(
            headers: [
                ("content-type", found.kind.contentType), ("cache-control", "private, max-age=31536000, immutable"),
                ("content-security-policy", "default-src 'none'; sandbox"),
            ], body: .bytes(found.content))
    }
}

enum LauncherPages {
    static func show(_ records: [ApplicationRecord], _ waiting: [TodayItem], _ page: PageContext) -> HTML {
        let mayView = page.user?.may(.applicationView) ?? false
        let registry = UI.linkButton("接入管理", url: ApplicationPages.root)
        let empty = UI.emptyState("还没有应用", "学校、县(市、区)或市局接入的应用会出现在这里，用平台账号直接打开。")
        let content: HTML = #"""
            \#(UI.heading("我的应用", note: "用平台账号打开，不用再次登录。", actions: mayView ? registry : ""))
            \#(each: waiting, \.html)
            \#(if: records.isEmpty, empty, else: #"<ul class="tiles">\#(each: records, tile)</ul>"#)
            """#
        return UI.layout("我的应用", page, breadcrumbs: [Crumb("我的应用")], content)
    }

    private static func tile(_ record: ApplicationRecord) -> HTML {
        #"""
        <li><a class="tile" href="\#(url: address(record))">\#(ApplicationPages.picture(record.logo, name: record.name))\#
        <span class="tile-text"><span class="tile-name">\#(record.name)</span>\#
        <span class="tile-note">\#(record.application.summary)</span></span></a></li>

        """#
    }

    /// An application of the gateway is opened with a ticket; the others send people back to sign in by themselves.
    private static func address(_ record: ApplicationRecord) -> String {
        record.application.speaks(.gateway) ? "/gateway/open/\(record.id)" : record.application.launchURL
    }
}
