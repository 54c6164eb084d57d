import Database
import Directory
import Identity
import Kernel
import Web

/// The calls of the national gateway, for applications that were written for it. Every reply is HTTP 200.
struct GatewayInterface: Sendable {
    let service: GatewayService

    private typealias Answer = @Sendable (GatewayCall, WebRequest) async throws -> WebResponse

    func add(to routes: inout Routes) {
        add(.post, "/apigateway/getAccessToken", to: &routes, token)
        add(.post, "/userSession/validaTicket", to: &routes, validateTicket)
        add(.post, "/userSession/createTicket", to: &routes, createTicket)
        add(.post, "/userSession/getLoginUserInfo", to: &routes, personOfSession)
        add(.post, "/userSession/validateSession", to: &routes, validateSession)
        add(.get, "/oauth/createOauthTicket", to: &routes, createAccess)
        add(.post, "/baseInfo/user/getUserById", to: &routes, person)
        add(.post, "/baseInfo/user/getUserList", to: &routes, people)
        add(.post, "/baseInfo/getUserkeyInfo", to: &routes, keys)
        add(.post, "/baseInfo/org/getOrgInfo", to: &routes, organisation)
        add(.post, "/baseInfo/getOrgList", to: &routes, organisations)
        add(.post, "/baseInfo/user/getTeachingInfo", to: &routes, teaching)
        add(.post, "/cert/independentAppRegister", to: &routes, registerUse)
        add(.post, "/cert/independentAppValidateUser", to: &routes, validateLink)
        add(.get, "/aam/rest/user/getuserinfo/:usessionid", to: &routes, personInSmallLetters)
        routes.endpoint(.get, "/aamif/ticketValidate", validateByCAS)
        routes.endpoint(.get, "/aamif/ticketvalidate", validateByCAS)
    }

    /// Under the path as it is documented and in small letters, as the first flavour and many of its clients write it.
    private func add(_ method: RouteMethod, _ path: String, to routes: inout Routes, _ answer: @escaping Answer) {
        let handler: Route.Handler = { request in
            do {
                return try await answer(GatewayCall(request), request)
            } catch let refusal as GatewayRefusal {
                return GatewayReply.refused(refusal)
            } catch let error as DomainError {
                return GatewayReply.refused(GatewayInterface.refusal(error))
            }
        }
        for spelling in Set([path, path.lowercased()]).sorted() { routes.endpoint(method, spelling, handler) }
    }

    private static func refusal(_ error: DomainError) -> GatewayRefusal {
        switch error {
        case .unavailable, .uncertain: GatewayRefusal(.unavailable, "平台暂时不能办理，请稍后再试")
        case .notFound, .forbidden, .conflict, .invalid: GatewayRefusal(.wrong, "请求的内容不存在或不允许")
        }
    }

    /// Reads within the reach of the calling application.
    private func reading<T: Sendable>(
        _ call: GatewayCall, _ body: @escaping @Sendable (GatewayReach) throws -> T
    ) async throws -> T {
        let service = service
        return try await service.database.read { db in
            try body(GatewayReach(application: service.caller(call, on: db), db: db, now: service.now()))
        }
    }

    // MARK: Tokens, tickets, sessions

    @Sendable private func token(_ call: GatewayCall, _ request: WebRequest) async throws -> WebResponse {
        let token = try await service.token(call, from: request.remoteAddress)
        return GatewayReply.token(token, seconds: GatewayTicket.tokenLife)
    }

    @Sendable private func validateTicket(_ call: GatewayCall, _ request: WebRequest) async throws -> WebResponse {
        let admission = try await service.admission(call, from: request.remoteAddress)
        var fields = admission.person.fields(for: admission.application.scopes)
        fields["usessionId"] = .text(admission.session)
        return GatewayReply.person(fields)
    }

    @Sendable private func validateByCAS(_ request: WebRequest) async throws -> WebResponse {
        do {
            let admission = try await service.admissionWithoutToken(
                GatewayCall(request), from: request.remoteAddress)
            return GatewayReply.casSession(admission.session)
        } catch let refusal as GatewayRefusal {
            return GatewayReply.casFailure(refusal)
        } catch let error as DomainError {
            return GatewayReply.casFailure(GatewayInterface.refusal(error))
        }
    }

    @Sendable private func createTicket(_ call: GatewayCall, _: WebRequest) async throws -> WebResponse {
        let ticket = GatewayValue.text(try await service.ticket(from: call))
        return GatewayReply.done(["data": ["ticket": ticket], "ticket": ticket])
    }

    @Sendable private func createAccess(_ call: GatewayCall, _: WebRequest) async throws -> WebResponse {
        let access = GatewayValue.text(try await service.access(call))
        return GatewayReply.done(["data": ["accessTicket": access], "accessTicket": access])
    }

    @Sendable private func personOfSession(_ call: GatewayCall, _: WebRequest) async throws -> WebResponse {
        let fields = try await reading(call) { reach in
            reach.fields(try reach.person(ofSession: try call.required("usessionId")))
        }
        return GatewayReply.person(fields)
    }

    @Sendable private func personInSmallLetters(_ call: GatewayCall, _ request: WebRequest) async throws -> WebResponse
    {
        let session = try request.parameter("usessionid")
        let fields = try await reading(call) { reach in reach.fields(try reach.person(ofSession: session)) }
        return GatewayReply.personInSmallLetters(fields)
    }

    /// Every account belongs to a person whom her school or office knows by name; she is confirmed once she has taken the
    /// account over by a password of her own.
    @Sendable private func validateSession(_ call: GatewayCall, _: WebRequest) async throws -> WebResponse {
        let confirmation = service.address.absolute("/account/password")
        let person = try await known(call)
        guard person.isConfirmed else {
            throw GatewayRefusal(.notRealName, "账号还没有启用", ["certUrl": .text(confirmation)])
        }
        return GatewayReply.done(["data": ["personId": .text(GatewayKey.text(person.account))]])
    }

    // MARK: People and organisations

    @Sendable private func person(_ call: GatewayCall, _: WebRequest) async throws -> WebResponse {
        let fields = try await reading(call) { reach in
            reach.fields(try reach.person(try call.required("personId", "userId")))
        }
        return GatewayReply.person(fields)
    }

    @Sendable private func people(_ call: GatewayCall, _: WebRequest) async throws -> WebResponse {
        let organisation = try call.required("orgId")
        let start = try call.number("start", 1, 1...GatewayReach.most)
        let end = try call.number("end", start + 99, 1...GatewayReach.most)
        guard start <= end else { throw GatewayRefusal(.wrong, "end 不能小于 start") }
        let (list, total) = try await reading(call) { reach in
            let found = try reach.people(of: organisation, start...end)
            return (found.people.map(reach.fields), found.total)
        }
        return GatewayReply.list("userList", list, total: total)
    }

    @Sendable private func keys(_ call: GatewayCall, _: WebRequest) async throws -> WebResponse {
        _ = try call.required("sysCode", "platformCode")
        let keys = call.texts("personId")
        guard !keys.isEmpty else { throw GatewayRefusal(.missing, "缺少参数 personId") }
        guard keys.count <= 100 else { throw GatewayRefusal(.wrong, "personId 一次最多 100 个") }
        let list = try await reading(call) { reach in try keys.map { reach.fields(try reach.person($0)) } }
        return GatewayReply.list("userList", list)
    }

    @Sendable private func organisation(_ call: GatewayCall, _: WebRequest) async throws -> WebResponse {
        let key = try call.required("orgId")
        let fields = try await reading(call) { reach in try reach.fields([try reach.organisation(key)]) }
        let value = GatewayValue.object(fields.first ?? [:])
        return GatewayReply.done(["data": value, "orgInfo": value])
    }

    @Sendable private func organisations(_ call: GatewayCall, _: WebRequest) async throws -> WebResponse {
        let page = try call.number("pageNo", 1, 1...GatewayReach.most)
        let size = try call.number("pageSize", 100, 1...GatewayReach.most)
        let (list, total) = try await reading(call) { reach in
            let all = try reach.organisations(call)
            return (try reach.fields(Array(all.dropFirst((page - 1) * size).prefix(size))), all.count)
        }
        return GatewayReply.list("orgList", list, total: total)
    }

    @Sendable private func teaching(_ call: GatewayCall, _: WebRequest) async throws -> WebResponse {
        let key = try call.required("personId")
        let list = try await reading(call) { reach in try reach.teaching(try reach.person(key)) }
        return GatewayReply.list("teachList", list)
    }

    // MARK: Use

    /// 应用用户登记: counts a sign-in, unless it came by a ticket a moment ago and is counted already.
    @Sendable private func registerUse(_ call: GatewayCall, _: WebRequest) async throws -> WebResponse {
        for name in ["orgId", "userIdentity"] { _ = try call.required(name) }
        guard ["0", "1"].contains(try call.required("type")) else { throw GatewayRefusal(.wrong, "type 应为 0 或 1") }
        let person = try await known(call), service = service
        try await service.database.write { db in
            let application = try service.caller(call, on: db), now = service.now()
            let isCounted = try GatewayStore(db).hasSession(
                of: person.account, at: application.id, since: now.adding(seconds: -600), now: now)
            guard !isCounted else { return }
            try ApplicationUse.note(application.id, account: person.account, by: .gateway, at: now, on: db)
        }
        return GatewayReply.done(["data": ["personId": .text(GatewayKey.text(person.account))]])
    }

    /// Whether the application may link its user with the person: she must be signed in at it. The application keeps
    /// the link.
    @Sendable private func validateLink(_ call: GatewayCall, _: WebRequest) async throws -> WebResponse {
        for name in ["userId", "loginAccount"] { _ = try call.required(name) }
        let key = try call.required("personId")
        let fields = try await reading(call) { reach in reach.fields(try reach.person(key)) }
        return GatewayReply.person(fields)
    }

    /// The person of `userId`, whose login name the call must name as well.
    private func known(_ call: GatewayCall) async throws -> GatewayPerson {
        let key = try call.required("userId"), login = try call.required("loginAccount")
        return try await reading(call) { reach in
            let person = try reach.person(key)
            guard person.login == login else { throw GatewayRefusal(.wrong, "loginAccount 与 userId 不一致") }
            return person
        }
    }
}
