import Kernel
import Web

/// `/setup/:token`: there is nothing to see without the link that an empty platform prints at its start.
struct SetupRoutes: Sendable {
    let service: SetupService

    func add(to routes: inout Routes) {
        routes.get("/setup/:token", access: .public, show)
        routes.post("/setup/:token", access: .public, complete)
    }

    @Sendable private func show(_ request: WebRequest) async throws -> WebResponse {
        let token = try request.parameter("token")
        let hasCity = try await service.hasCity(token)
        return .html(SetupPages.show(SetupForm(), token, hasCity: hasCity, [], request.page))
    }

    @Sendable private func complete(_ request: WebRequest) async throws -> WebResponse {
        let token = try request.parameter("token")
        let form = SetupForm(request.form)
        do {
            try await service.complete(token, form, address: request.remoteAddress)
            return .redirect("/sign-in", flash: Flash(.done, "管理员账号已建立，现在登录"))
        } catch DomainError.invalid(let problems) {
            let hasCity = try await service.hasCity(token)
            return .html(SetupPages.show(form, token, hasCity: hasCity, problems, request.page), status: 422)
        }
    }
}
