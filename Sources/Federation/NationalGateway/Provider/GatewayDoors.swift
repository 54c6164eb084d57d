import Database
import Directory
import Identity
import Kernel
import Web

/// Where browsers pass on the way between the platform and applications of the gateway.
struct GatewayDoors: Sendable {
    let service: GatewayService

    func add(to routes: inout Routes) {
        routes.get("/gateway/open/:application", access: .signedIn, open)
        routes.get("/bmp-oauth", access: .public, authorise)
        routes.get("/gateway/authorize", access: .public, authorise)
        for path in ["/login", "/aamif/login", "/gateway/login"] { routes.get(path, access: .public, logIn) }
    }

    /// From the launcher into the application, named by its key or its appId: one of her own organisations or above them.
    @Sendable private func open(_ request: WebRequest) async throws -> WebResponse {
        let name = try request.parameter("application"), service = service, page = request.page
        guard let session = request.completeSession, !session.lineage.isEmpty else { throw DomainError.notFound }
        return try await service.database.write { db in
            let store = ApplicationStore(db)
            let known = try ApplicationID(checking: name).flatMap { try store.find($0) }
            guard let application = try known ?? store.find(clientID: name), application.protocols.contains(.gateway),
                !application.launchURL.isEmpty,
                session.user.grants.contains(where: { application.ownerPath.contains($0.path) })
            else { throw DomainError.notFound }
            if application.state == .suspended {
                return GatewayPages.refusal("不能进入应用", "\(application.name)已暂停，恢复后再打开。", status: 404, page)
            }
            guard application.speaks(.gateway) else { throw DomainError.notFound }
            return try pass(session, into: application, at: application.launchURL, on: db)
        }
    }

    /// From the application here to sign in, with a slip it asked for beforehand, and back.
    @Sendable private func authorise(_ request: WebRequest) async throws -> WebResponse {
        let access = request.query["accessTicket"] ?? "", target = request.query["redirect_uri"] ?? ""
        let service = service
        let application = try await service.database.read { db -> Application? in
            let store = ApplicationStore(db)
            guard let id = try GatewayStore(db).holder(ofAccess: access, at: service.now()),
                let application = try store.find(id), application.speaks(.gateway),
                try GatewayDoors.isRegistered(target, of: application, store)
            else { return nil }
            return application
        }
        guard let application else {
            return GatewayPages.refusal(
                "不能从这里登录", "应用给出的凭据已失效，或者要返回的地址没有登记。请回到应用重新登录；如仍不行，请告诉应用的管理员。", request.page)
        }
        guard let session = request.completeSession, !session.lineage.isEmpty else {
            return signIn("/gateway/authorize", ["accessTicket": access, "redirect_uri": target])
        }
        return try await service.database.write { db in
            guard try GatewayStore(db).takeAccess(access) else { throw DomainError.conflict("这次登录已经完成，请回到应用。") }
            return try pass(session, into: application, at: target, on: db)
        }
    }

    /// The same in the first flavour, by the address to return to alone.
    @Sendable private func logIn(_ request: WebRequest) async throws -> WebResponse {
        let target = request.query["service"] ?? "", service = service
        let application = try await service.database.read { db in
            let store = ApplicationStore(db)
            return try store.active(.gateway).first { try GatewayDoors.isRegistered(target, of: $0, store) }
        }
        guard let application else {
            return GatewayPages.refusal("不能从这里登录", "要返回的地址没有登记。请告诉应用的管理员。", request.page)
        }
        guard let session = request.completeSession, !session.lineage.isEmpty else {
            return signIn("/gateway/login", ["service": target])
        }
        return try await service.database.write { db in try pass(session, into: application, at: target, on: db) }
    }

    private func signIn(_ path: String, _ query: KeyValuePairs<String, String>) -> WebResponse {
        let way = path + "?" + FormValues(query.map { (name: $0.key, value: $0.value) }).encoded
        return .redirect("/sign-in?return=" + URLCoding.encode(way))
    }

    private func pass(
        _ session: SessionInfo, into application: Application, at address: String, on db: Connection
    ) throws -> WebResponse {
        let ticket = try service.ticket(
            for: application, session.user.account, lineage: session.lineage, on: db)
        let mark = address.contains("?") ? "&" : "?"
        return .leave(to: "\(address)\(mark)ticket=\(URLCoding.encode(ticket))&sysCode=\(Divisions.city)")
    }

    /// Registered as a whole; where it would be read in two ways it is not.
    static func isRegistered(_ address: String, of application: Application, _ store: ApplicationStore) throws -> Bool {
        guard !address.isEmpty else { return false }
        // Byte for byte: equal texts of Swift may be two addresses.
        let registered = try [application.launchURL] + store.addresses(.redirect, of: application.id)
        return registered.contains { $0.utf8.elementsEqual(address.utf8) }
    }
}

/// Short pages of the gateway.
enum GatewayPages {
    static func refusal(_ title: String, _ text: String, status: Int = 403, _ page: PageContext) -> WebResponse {
        show(title, "<p>\(text)</p>", status: status, page)
    }

    static func show(_ title: String, _ content: HTML, status: Int = 200, _ page: PageContext) -> WebResponse {
        let body: HTML = """
            \(UI.heading(title))
            \(UI.card(nil, content))
            <p>\(UI.linkButton("回到首页", url: "/"))</p>
            """
        return .html(UI.layout(title, page, body), status: status)
    }
}
