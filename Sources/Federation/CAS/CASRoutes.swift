import Identity
import Kernel
import Platform
import Web

/// The CAS 1.0, 2.0 and 3.0 doors.
struct CASRoutes: Sendable {
    let service: CASService
    let sessions: SessionService
    let asked: SignInRequestTime
    let now: @Sendable () -> Timestamp

    func add(to routes: inout Routes) {
        routes.endpoint(.get, CASPages.loginPath, login)
        routes.endpoint(.get, "/cas/logout", logout)
        routes.endpoint(.get, "/cas/validate") { try await validate($0, .plain) }
        routes.endpoint(.get, "/cas/serviceValidate") { try await validate($0, .second) }
        routes.endpoint(.get, "/cas/proxyValidate") { try await validate($0, .second) }
        routes.endpoint(.get, "/cas/p3/serviceValidate") { try await validate($0, .third) }
        routes.endpoint(.get, "/cas/p3/proxyValidate") { try await validate($0, .third) }
    }

    // MARK: Sign-in

    @Sendable private func login(_ request: WebRequest) async throws -> WebResponse {
        let values = request.addressValues
        guard values.has("service") else {
            return .redirect(request.completeSession == nil ? "/sign-in" : "/")
        }
        guard let address = CASRoutes.single("service", values).flatMap(ServiceAddress.init),
            let application = try await service.application(of: address)
        else { return CASPages.refused("这个应用没有接入平台、已暂停，或登记的地址与链接不一致。请告诉应用的管理员。", request.page) }
        let method = values.raw("method")?.uppercased() ?? "GET"
        guard method == "GET" || method == "POST" else {
            return CASPages.refused("应用要求的返回方式平台不支持。请告诉应用的管理员。", request.page)
        }
        let renew = CASRoutes.isSet("renew", values)
        guard let visitor = visitor(request, address, values, renew: renew) else {
            let mayAsk = renew || !CASRoutes.isSet("gateway", values)
            return mayAsk ? try askToSignIn(request, address, values, renew: renew) : .leave(to: address.location)
        }
        guard let ticket = try await service.issue(for: visitor, to: address) else {
            return try askToSignIn(request, address, values, renew: renew)
        }
        return method == "POST"
            ? CASPages.handOver(ticket, to: address, application, request.page)
            : .leave(to: address.with(ticket: ticket))
    }

    /// Whom to let in; `nil` when somebody must sign in first.
    private func visitor(
        _ request: WebRequest, _ address: ServiceAddress, _ values: FormValues, renew: Bool
    ) -> CASService.Visitor? {
        // The token of a program belongs to no browser.
        guard let session = request.completeSession, !session.lineage.isEmpty else { return nil }
        let askedAt = asked.read(values.raw("asked"), for: address, at: now())
        let isFresh = askedAt.map { session.signedInAt >= $0 } ?? false
        if renew && !isFresh { return nil }
        return CASService.Visitor(
            account: session.user.account, lineage: session.lineage, signedInAt: session.signedInAt, isFresh: isFresh)
    }

    private func askToSignIn(
        _ request: WebRequest, _ address: ServiceAddress, _ values: FormValues, renew: Bool
    ) throws -> WebResponse {
        var back = [(name: "service", value: address.text)]
        if renew { back.append(("renew", "true")) }
        if let method = values.raw("method") { back.append(("method", method)) }
        back.append(("asked", try asked.mark(now(), for: address)))
        let way = URLCoding.encode(CASPages.loginPath + "?" + FormValues(back).encoded)
        // Without it a signed-in person would be sent straight back.
        return .redirect("/sign-in?return=\(way)" + (request.completeSession == nil ? "" : "&again=1"))
    }

    // MARK: Sign-out

    /// CAS signs out by a plain link, so this is the one door that acts by the cookie alone. A strange page can make it
    /// act only by taking the whole window here: the cookie is not sent with anything embedded or fetched, and what
    /// browsers load ahead is refused.
    @Sendable private func logout(_ request: WebRequest) async throws -> WebResponse {
        let isNavigation = request.headers["sec-fetch-mode"].map { $0 == "navigate" } ?? true
        guard isNavigation, request.headers["sec-purpose"] == nil, request.headers["purpose"] == nil else {
            return CASPages.refused("请从应用的退出按钮退出。", request.page)
        }
        let target = try await registered(request.addressValues)
        if let session = request.session, !session.lineage.isEmpty {
            let actor = AuditActor(session.user, address: request.remoteAddress)
            try await sessions.end(session.id, of: session.user.account, action: "account.signed_out", by: actor)
        }
        var answer: WebResponse =
            target.map { .leave(to: $0.location) } ?? .redirect("/sign-in", flash: Flash(.done, "已退出"))
        if request.session != nil { answer.sessionChange = .end }
        return answer.with(header: "clear-site-data", "\"cache\", \"storage\"")
    }

    /// Where to go after signing out: `service` in version 3, `url` before.
    private func registered(_ values: FormValues) async throws -> ServiceAddress? {
        let text = CASRoutes.single("service", values) ?? CASRoutes.single("url", values)
        guard let address = text.flatMap(ServiceAddress.init) else { return nil }
        return try await service.application(of: address) == nil ? nil : address
    }

    // MARK: Validation

    private enum Version { case plain, second, third }

    private func validate(_ request: WebRequest, _ version: Version) async throws -> WebResponse {
        let values = request.addressValues
        let format = values.raw("format")?.uppercased() ?? "XML"
        let form: CASAnswer.Form = version == .plain ? .plain : format == "JSON" ? .json : .xml
        guard let ticket = CASRoutes.single("ticket", values), let service = CASRoutes.single("service", values),
            format == "XML" || format == "JSON"
        else { return CASAnswer.response(.failure(.invalidRequest), form) }
        let validation = CASService.Validation(
            ticket: ticket, service: service, renew: CASRoutes.isSet("renew", values),
            wantsProxy: version != .plain && values.has("pgtUrl"), wantsAttributes: version == .third,
            address: request.remoteAddress)
        do {
            return CASAnswer.response(try await self.service.validate(validation), form)
        } catch let error as DomainError {
            switch error {
            case .unavailable, .uncertain: return CASAnswer.response(.failure(.internalError), form)
            default: return CASAnswer.response(.failure(.invalidTicket), form)
            }
        }
    }

    /// The value of a parameter that is there once and not empty.
    private static func single(_ name: String, _ values: FormValues) -> String? {
        let all = values.all(name)
        return all.count == 1 && !all[0].isEmpty ? all[0] : nil
    }

    /// The protocol asks for `true`; clients send all kinds of things.
    private static func isSet(_ name: String, _ values: FormValues) -> Bool {
        values.raw(name).map { $0.lowercased() != "false" } ?? false
    }
}

extension WebRequest {
    /// The query with every `+` left as it is: in the address of a service it is a sign like any other.
    fileprivate var addressValues: FormValues {
        guard let mark = target.utf8.firstIndex(of: 0x3F) else { return FormValues() }
        return URLCoding.parse(target.utf8[target.utf8.index(after: mark)...], plusIsSpace: false) ?? FormValues()
    }
}
