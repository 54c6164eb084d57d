import Database
import Kernel
import Platform
import Web

/// `/gateway/counterparts`: the platforms from which people arrive, kept by the city administrator.
struct CounterpartRoutes: Sendable {
    let service: CounterpartService
    let address: SiteAddress

    func add(to routes: inout Routes) {
        routes.get("/gateway/counterparts", access: .can(.applicationApprove), list)
        routes.get("/gateway/counterparts/new", access: .can(.applicationApprove), new)
        routes.post("/gateway/counterparts", access: .can(.applicationApprove), create)
        routes.get("/gateway/counterparts/:id", access: .can(.applicationApprove), edit)
        routes.post("/gateway/counterparts/:id", access: .can(.applicationApprove), change)
        routes.post("/gateway/counterparts/:id/suspend", access: .can(.applicationApprove)) {
            try await setActive(false, $0)
        }
        routes.post("/gateway/counterparts/:id/resume", access: .can(.applicationApprove)) {
            try await setActive(true, $0)
        }
    }

    /// Counties approve applications, but what lets people of other platforms in is the city's.
    private func actor(_ request: WebRequest) throws -> AuditActor {
        let user = try request.user
        guard user.may(.applicationApprove, at: .city) else { throw DomainError.notFound }
        return AuditActor(user, address: request.remoteAddress)
    }

    @Sendable private func list(_ request: WebRequest) async throws -> WebResponse {
        _ = try actor(request)
        let crypto = service.crypto
        let (counterparts, links) = try await service.database.read { db in
            let store = CounterpartStore(db, crypto)
            return (try store.all(), try store.linkCounts())
        }
        return .html(CounterpartPages.list(counterparts, links, request.page))
    }

    private func form(
        _ form: CounterpartForm, of counterpart: Counterpart?, _ problems: [FieldProblem], _ request: WebRequest,
        status: Int = 200
    ) -> WebResponse {
        let view = CounterpartPages.View(
            form: form, counterpart: counterpart, flavours: service.flavours.all, problems: problems,
            arrival: address.absolute("/gateway/arrive"))
        return .html(CounterpartPages.form(view, request.page), status: status)
    }

    @Sendable private func new(_ request: WebRequest) async throws -> WebResponse {
        _ = try actor(request)
        return form(CounterpartForm(), of: nil, [], request)
    }

    @Sendable private func create(_ request: WebRequest) async throws -> WebResponse {
        let actor = try actor(request), sent = CounterpartForm(request.form)
        do { try await service.add(sent, by: actor) } catch DomainError.invalid(let problems) {
            return form(sent, of: nil, problems, request, status: 422)
        }
        return .redirect("/gateway/counterparts", flash: Flash(.done, "\(sent.name)已保存"))
    }

    private func counterpart(_ request: WebRequest) async throws -> Counterpart {
        let id: ID<Counterpart> = try request.id("id"), crypto = service.crypto
        return try await service.database.read { try CounterpartStore($0, crypto).find(id) }
    }

    @Sendable private func edit(_ request: WebRequest) async throws -> WebResponse {
        _ = try actor(request)
        let counterpart = try await counterpart(request)
        return form(CounterpartForm(counterpart), of: counterpart, [], request)
    }

    @Sendable private func change(_ request: WebRequest) async throws -> WebResponse {
        let actor = try actor(request), counterpart = try await counterpart(request)
        var sent = CounterpartForm(request.form)
        do { try await service.change(counterpart.id, sent, by: actor) } catch DomainError.invalid(let problems) {
            return form(sent, of: counterpart, problems, request, status: 422)
        } catch DomainError.conflict(let text) {
            let latest = try await self.counterpart(request)
            sent.revision = latest.revision
            return form(sent, of: latest, [FieldProblem(field: "name", message: text)], request, status: 409)
        }
        return .redirect("/gateway/counterparts", flash: Flash(.done, "\(sent.name)已保存"))
    }

    private func setActive(_ isActive: Bool, _ request: WebRequest) async throws -> WebResponse {
        let actor = try actor(request)
        try await service.setActive(isActive, try request.id("id"), by: actor)
        return .redirect("/gateway/counterparts", flash: Flash(.done, isActive ? "已启用" : "已停用"))
    }
}
