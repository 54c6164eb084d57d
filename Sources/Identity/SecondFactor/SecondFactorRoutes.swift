import Kernel
import Platform
import Web

/// `/sign-in/confirm`: the second step of signing in; and the second factor of one's own account.
struct SecondFactorRoutes: Sendable {
    let service: SecondFactorService

    func add(to routes: inout Routes) {
        routes.get("/sign-in/confirm", access: .signedIn, show)
        routes.post("/sign-in/confirm", access: .signedIn, give)
        routes.post("/account/recovery-codes", access: .signedIn, renewRecoveryCodes)
    }

    @Sendable private func show(_ request: WebRequest) async throws -> WebResponse {
        .html(try await page(request, way: SignInForm(way: request.query["return"]).way, []))
    }

    /// The field for a code, or before the first one the QR code of a new seed.
    private func page(_ request: WebRequest, way: String, _ problems: [FieldProblem]) async throws -> HTML {
        let user = try request.user
        if try await service.isActive(user.account) { return SecondFactorPages.ask(way: way, problems, request.page) }
        let seed = try await service.begin(user.account)
        let address = OneTimePassword.address(seed, account: user.name, issuer: request.page.site.name)
        return SecondFactorPages.begin(
            address: address, secret: Base32.encode(seed), isDemanded: request.session?.mustConfirm ?? false, way: way,
            problems, request.page)
    }

    @Sendable private func give(_ request: WebRequest) async throws -> WebResponse {
        let way = SignInForm(way: request.form["return"]).way
        guard let giver = SecondFactorService.Giver(request) else { return .redirect(way) }
        func again(_ message: String, _ status: Int) async throws -> WebResponse {
            .html(try await page(request, way: way, [FieldProblem(field: "code", message: message)]), status: status)
        }
        switch try await service.give(request.form["code"] ?? "", by: giver) {
        case .confirmed(let token):
            var answer = SignInAnswer.onward(way, Flash(.done, "已通过两步验证"), request.page)
            answer.sessionChange = .start(token: token)
            return answer
        case .activated(let token, let codes):
            var answer = WebResponse.html(SecondFactorPages.recoveryCodes(codes, way: way, request.page))
            answer.sessionChange = .start(token: token)
            answer.repeated = ("/account", Flash(.warning, "两步验证已经启用，恢复码只显示一次。没有记下就在这里重新生成"))
            return answer
        case .refused(let message): return try await again(message, 422)
        case .wait(let seconds):
            return try await again(SignInService.waitText(seconds), 429).with(header: "retry-after", String(seconds))
        }
    }

    @Sendable private func renewRecoveryCodes(_ request: WebRequest) async throws -> WebResponse {
        if let proof = request.proofNeeded(back: "/account", now: service.now()) { return proof }
        let codes = try await service.renewRecoveryCodes(of: request.user, address: request.remoteAddress)
        var answer = WebResponse.html(SecondFactorPages.recoveryCodes(codes, way: "/account", request.page))
        answer.repeated = ("/account", Flash(.warning, "恢复码已经重新生成，只显示一次。没有记下就再生成一次"))
        return answer
    }
}
