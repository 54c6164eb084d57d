import Identity
import Kernel
import Web

/// `/gateway/arrive`: the door for people from national and provincial platforms.
struct ArrivalRoutes: Sendable {
    let service: ArrivalService
    let address: SiteAddress
    let now: @Sendable () -> Timestamp

    func add(to routes: inout Routes) {
        routes.get("/gateway/arrive", access: .public, arrive)
        routes.get("/gateway/arrive/:counterpart", access: .public, arrive)
        routes.get("/gateway/link", access: .public, showLink)
        routes.post("/gateway/link", access: .signedIn, link)
        routes.post("/gateway/change", access: .public, change)
        routes.get("/gateway/links", access: .signedIn, showLinks)
        routes.post("/gateway/links/:counterpart/end", access: .signedIn, unlink)
    }

    // MARK: The browser's own code

    /// Names the arrival of this browser; nobody else can go on with it.
    private static let cookie = "santong_arrival"

    private func code(_ request: WebRequest) -> String? {
        for part in (request.headers["cookie"] ?? "").split(separator: ";") {
            let halves = part.split(separator: "=", maxSplits: 1)
            guard halves.count == 2, halves[0].drop(while: { $0 == " " }) == ArrivalRoutes.cookie else { continue }
            return String(halves[1])
        }
        return nil
    }

    private func keeping(_ code: String, _ answer: WebResponse) -> WebResponse {
        let secure = address.base.hasPrefix("https://") ? "; Secure" : ""
        let time = code.isEmpty ? 0 : ArrivalStore.life
        return answer.with(
            header: "set-cookie",
            "\(ArrivalRoutes.cookie)=\(code); Path=/gateway; HttpOnly; SameSite=Lax; Max-Age=\(time)\(secure)")
    }

    // MARK: Arriving

    @Sendable private func arrive(_ request: WebRequest) async throws -> WebResponse {
        guard let ticket = service.flavours.ticket(in: { request.query[$0] }) else {
            return GatewayPages.refusal(
                "地址不完整", "从国家或省平台打开本平台时，地址里应带有 ticket。请回到对方平台重新打开。", status: 400, request.page)
        }
        let visitor = ArrivalService.Visitor(
            ticket: ticket, systemCode: systemCode(request), counterpart: request.parameters["counterpart"],
            visit: SignInVisit(request), address: request.remoteAddress, account: request.session?.user.account)
        switch try await service.receive(visitor) {
        case .began(let result): return ArrivalPages.began(result, request.page)
        case .isIn: return .redirect("/")
        case .needsLink(let code), .needsChange(let code): return keeping(code, .redirect("/gateway/link"))
        case .failed(let failure, let name): return ArrivalPages.failed(failure, name, request.page)
        case .tooMany:
            return GatewayPages.refusal("请稍候", "同一网络的登录过于频繁，请一分钟后再试。", status: 429, request.page)
                .with(header: "retry-after", "60")
        }
    }

    /// Nothing but letters and digits goes on to a counterpart.
    private func systemCode(_ request: WebRequest) -> String {
        let text = service.flavours.system { request.query[$0] } ?? ""
        let isSound =
            text.utf8.count <= 32
            && text.unicodeScalars.allSatisfy {
                $0.isASCII && ($0.properties.isAlphabetic || $0.properties.numericType != nil)
            }
        return isSound ? text : ""
    }

    // MARK: The first time

    @Sendable private func showLink(_ request: WebRequest) async throws -> WebResponse {
        guard let code = code(request), let pending = try await service.pending(code) else {
            return GatewayPages.refusal("已经过期", "请从国家或省平台重新打开本平台。", status: 404, request.page)
        }
        if pending.account != nil {
            return .html(ArrivalPages.change(pending, from: request.session?.user, request.page))
        }
        if let session = request.completeSession, isFresh(session) {
            return .html(ArrivalPages.confirm(pending, session.user, request.page))
        }
        return .html(ArrivalPages.welcome(pending, isSignedIn: request.session != nil, request.page))
    }

    /// Whether she has proved who she is just now: linking is not for whoever finds a browser open.
    private func isFresh(_ session: SessionInfo) -> Bool {
        session.signedInAt.adding(seconds: ArrivalStore.life) > now()
    }

    @Sendable private func link(_ request: WebRequest) async throws -> WebResponse {
        guard let code = code(request), let session = request.completeSession else { throw ArrivalService.over }
        guard isFresh(session) else { return .redirect("/gateway/link") }
        let pending = try await service.link(code, with: session.user, from: request.remoteAddress)
        let text = "已关联。以后从\(pending.counterpart.name)打开本平台，不必再输入密码"
        return keeping("", .redirect("/gateway/links", flash: Flash(.done, text)))
    }

    @Sendable private func change(_ request: WebRequest) async throws -> WebResponse {
        guard let code = code(request) else { throw ArrivalService.over }
        let result = try await service.change(code, SignInVisit(request))
        return keeping("", ArrivalPages.began(result, request.page))
    }

    // MARK: One's own links

    @Sendable private func showLinks(_ request: WebRequest) async throws -> WebResponse {
        let links = try await service.links(of: try request.user.account)
        return .html(ArrivalPages.links(links, request.page))
    }

    @Sendable private func unlink(_ request: WebRequest) async throws -> WebResponse {
        let id: ID<Counterpart> = try request.id("counterpart")
        try await service.unlink(try request.user, from: id, address: request.remoteAddress)
        return .redirect("/gateway/links", flash: Flash(.done, "关联已解除"))
    }
}
