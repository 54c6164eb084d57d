import HTTPTypes
import Hummingbird
import Kernel
import Logging
import NIOCore

/// The one way of every request: route, session, access, body, repeat guard, handler, error page, headers.
package struct WebPipeline: HTTPResponder {
    package typealias Context = WebContext

    let table: RouteTable
    let services: WebServices
    let assets: AssetCache
    package let metrics: WebMetrics
    let logger: Logger

    package init(routes: [Route], services: WebServices, metrics: WebMetrics, logger: Logger) {
        table = RouteTable(routes)
        self.services = services
        assets = AssetCache(services.site.assets)
        self.metrics = metrics
        self.logger = logger
    }

    package func respond(to request: Request, context: WebContext) async throws -> Response {
        let start = ContinuousClock.now
        let exchange = Exchange(request, context, services)
        let answer: WebResponse
        var pattern = "-"
        if exchange.isUndecodable {
            answer = ErrorPages.plain(400, "地址不正确", "请检查地址后重试。", exchange.page(services, session: nil))
        } else if exchange.path.hasPrefix("/assets/") {
            pattern = "/assets"
            answer = assets.respond(to: exchange.path)
        } else {
            switch table.find(exchange.method, exchange.path) {
            case .found(let route, let parameters):
                pattern = route.path
                answer = await handle(route, parameters, exchange, request)
            case .otherMethod(let allowed):
                answer = otherMethod(exchange).with(header: "allow", allowed.joined(separator: ", "))
            case .none:
                answer = await notFound(exchange)
            }
        }
        let response = ResponseWriting.response(answer, exchange, services)
        let elapsed = ContinuousClock.now - start
        metrics.record(pattern: pattern, method: exchange.methodName, status: answer.status, elapsed: elapsed)
        logger.debug(
            "request",
            metadata: [
                "id": "\(exchange.requestID)", "route": "\(pattern)", "method": "\(exchange.methodName)",
                "status": "\(answer.status)", "ms": "\(elapsed.milliseconds)",
            ])
        return response
    }

    private func otherMethod(_ exchange: Exchange) -> WebResponse {
        exchange.isAPI
            ? ProblemDocument.response(405, "不支持这种方法", "请查阅接口说明 /api/v1/openapi.json。")
            : ErrorPages.plain(405, "不支持这样访问", "请从页面上的链接或按钮操作。", exchange.page(services, session: nil))
    }

    private func notFound(_ exchange: Exchange) async -> WebResponse {
        if exchange.isAPI { return ProblemDocument.response(for: DomainError.notFound, exchange.requestID) }
        let session = try? await exchange.session(services)  // an error page needs no session
        return ErrorPages.page(for: DomainError.notFound, exchange.page(services, session: session), exchange.requestID)
    }

    private func handle(
        _ route: Route, _ parameters: [String: String], _ exchange: Exchange, _ request: Request
    ) async -> WebResponse {
        var session: SessionInfo?
        do {
            session = try await exchange.session(services)
            if let refusal = refusal(route, session, exchange) { return refusal }
            let body = try await exchange.readBody(request, route, services)
            defer { body.removeFiles() }
            var web = exchange.webRequest(parameters, body, session, services)
            if case .stream(let limit) = route.body {
                let stream = BodyStream(request.body, limit: limit, headers: exchange.headers)
                if stream.isTooLarge { throw BodyError.tooLarge(limit: limit) }
                web.stream = stream
                let answer = try await route.handler(web)
                // What is left of a body that nobody wants is not worth reading.
                return stream.isEnded ? answer : answer.with(header: "connection", "close")
            }
            if route.body == .form || exchange.isUpload(route) {
                return try await guarded(route, web, exchange)
            }
            return try await route.handler(web)
        } catch {
            return failure(error, route, session, exchange)
        }
    }

    /// Whoever sent a form without a session has mostly stayed away too long.
    private static let sessionEnded = Flash(
        .warning, "登录已过期，刚才填写的内容没有保存。按浏览器的后退键可以回到填写的页面，先把内容复制下来，登录后再提交。")

    /// Who may not come in: visitors are sent to sign in, others learn nothing (404).
    private func refusal(_ route: Route, _ session: SessionInfo?, _ exchange: Exchange) -> WebResponse? {
        let isAllowed: Bool
        switch route.access {
        case .public: return nil
        case .signedIn: isAllowed = session != nil
        case .can(let permission): isAllowed = session?.user.may(permission) ?? false
        }
        guard let session else {
            if route.isForPrograms { return ProblemDocument.response(401, "需要登录", "请携带有效的令牌。") }
            guard exchange.method == .get else {
                return .redirect("/sign-in?return=%2F", flash: WebPipeline.sessionEnded)
            }
            return .redirect("/sign-in?return=" + URLCoding.encode(exchange.target))
        }
        if session.mustConfirm && exchange.path != "/sign-in/confirm" && exchange.path != "/sign-out" {
            if route.isForPrograms { return ProblemDocument.response(403, "需要两步验证", "请先在网页上登录并通过两步验证。") }
            return .redirect(
                "/sign-in/confirm?return=" + URLCoding.encode(exchange.method == .get ? exchange.target : "/"))
        }
        if session.mustChangePassword && exchange.path != "/sign-in/confirm" && exchange.path != "/account/password"
            && exchange.path != "/sign-out"
        {
            if route.isForPrograms { return ProblemDocument.response(403, "需要修改密码", "首次登录请先修改密码。") }
            return .redirect("/account/password")
        }
        if isAllowed { return nil }
        return route.isForPrograms
            ? ProblemDocument.response(404, "没有找到", "没有这条记录，或者它不在你的管理范围内。")
            : ErrorPages.page(for: DomainError.notFound, exchange.page(services, session: session), exchange.requestID)
    }

    /// A form: its token must be right, and the same form sent twice has one effect.
    private func guarded(_ route: Route, _ request: WebRequest, _ exchange: Exchange) async throws -> WebResponse {
        guard let token = request.form.raw("_csrf"), exchange.isOwn(token, request.session) else {
            return ErrorPages.plain(403, "页面已过期", "登录状态已变化，请返回上一页刷新后重新提交。", request.page)
        }
        guard let key = request.form["_key"], key.utf8.count == 26 else { return try await route.handler(request) }
        let scope = (request.session?.id ?? token) + " " + request.path
        switch try await services.repeats.claim(key, scope: scope) {
        case .fresh: break
        case .foreign: return ErrorPages.plain(403, "页面已过期", "请返回上一页刷新后重新提交。", request.page)
        case .inProgress: return ErrorPages.plain(409, "正在处理", "上一次提交还在处理，请稍候再看结果，不必重复提交。", request.page)
        case .answered(let location, let flash): return .redirect(location, flash: Flash(coded: flash))
        case .done: return doneBefore(request)
        }
        let answer: WebResponse
        do {
            answer = try await services.repeats.perform(key) { try await route.handler(request) }
        } catch is RepeatedDeed {
            return doneBefore(request)
        } catch DomainError.uncertain(let text) {
            await services.repeats.leaveOpen(key)
            throw DomainError.uncertain(text)
        } catch {
            // The first error is the one to tell; the claim also lapses by itself.
            try? await services.repeats.release(key)
            throw error
        }
        await remember(answer, key)
        return answer
    }

    private func doneBefore(_ request: WebRequest) -> WebResponse {
        ErrorPages.plain(200, "已经办理", "上一次提交已经保存，没有重复办理。请到相应页面查看结果。", request.page)
    }

    /// What is done is done: an answer that cannot be kept is still the right one to give.
    private func remember(_ answer: WebResponse, _ key: String) async {
        do {
            if answer.status == 303, let location = answer.headers.first(where: { $0.name == "location" })?.value {
                try await services.repeats.answer(key, location: location, flash: answer.flash?.coded ?? "")
            } else if let again = answer.repeated {
                try await services.repeats.answer(key, location: again.location, flash: again.flash.coded)
            } else {
                try await services.repeats.release(key)
            }
        } catch {
            logger.warning("the answer of a form was not kept", metadata: ["error": "\(error)"])
        }
    }

    private func failure(
        _ error: any Error, _ route: Route, _ session: SessionInfo?, _ exchange: Exchange
    ) -> WebResponse {
        let known = error as? DomainError
        if known == nil, !(error is BodyError), !(error is CancellationError) {
            logger.error(
                "request failed",
                metadata: ["id": "\(exchange.requestID)", "route": "\(route.path)", "error": "\(error)"])
        }
        let answer =
            route.isForPrograms
            ? ProblemDocument.response(for: error, exchange.requestID)
            : ErrorPages.page(for: error, exchange.page(services, session: session), exchange.requestID)
        // As above.
        let isStream = if case .stream = route.body { true } else { false }
        return error is BodyError || isStream ? answer.with(header: "connection", "close") : answer
    }
}

extension Duration {
    package var milliseconds: Double {
        Double(components.seconds) * 1000 + Double(components.attoseconds) / 1e15
    }
}

/// The server's context of one request: the address it came from.
package struct WebContext: RequestContext {
    package var coreContext: CoreRequestContextStorage
    package let remoteAddress: String

    package init(source: ApplicationRequestContextSource) {
        coreContext = .init(source: source)
        remoteAddress = source.channel.remoteAddress?.ipAddress ?? "127.0.0.1"
    }
}
