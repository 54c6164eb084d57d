import Database
import Directory
import Kernel
import Platform
import Web

/// `/privacy/requests`: what people ask about their data, for whoever answers at their school.
struct RightsRequestRoutes: Sendable {
    let database: Database
    let crypto: any CryptoProvider
    let collector: OwnDataCollector

    func add(to routes: inout Routes) {
        routes.get("/privacy/requests", access: .can(.requestHandle), list)
        routes.get("/privacy/requests/:id", access: .can(.requestHandle)) { try await show($0) }
        routes.post("/privacy/requests/:id/answer", access: .can(.requestHandle), answer)
    }

    @Sendable private func list(_ request: WebRequest) async throws -> WebResponse {
        let scope = try request.user.scope(of: .requestHandle), crypto = crypto
        let text = request.query["state"] ?? RightsRequest.State.open.rawValue
        let state = RightsRequest.State(rawValue: text)
        let requests = try await database.read {
            try RightsRequestStore($0, crypto).list(within: scope, state: state, limit: 1000)
        }
        return .html(RightsRequestPages.list(requests, state, Timestamp.now.day, request.page))
    }

    private func find(_ request: WebRequest) async throws -> RightsRequest {
        let scope = try request.user.scope(of: .requestHandle), crypto = crypto
        let id: ID<RightsRequest> = try request.id("id")
        return try await database.read { try RightsRequestStore($0, crypto).find(id, within: scope) }
    }

    private func show(
        _ request: WebRequest, problems: [FieldProblem] = [], status: Int = 200
    ) async throws -> WebResponse {
        let asked = try await find(request)
        let page = RightsRequestPages.show(
            asked, Timestamp.now.day, request.page, values: request.form, problems: problems)
        return .html(page, status: status)
    }

    @Sendable private func answer(_ request: WebRequest) async throws -> WebResponse {
        let user = try request.user, asked = try await find(request), crypto = crypto
        let actor = AuditActor(user, address: request.remoteAddress)
        do {
            let answer = try RightsRequestForm(values: request.form).answer()
            guard asked.applicant != user.person else { throw DomainError.conflict("自己的请求由别人答复。") }
            guard asked.state == .open else { throw DomainError.conflict("这项请求已经答复。") }
            var gone: [String] = []
            if answer.erasure != .nothing {
                gone = try await collector.erase(
                    asked.person, wholly: answer.erasure == .whole, by: user.name)
            }
            let erased = gone, isWithdrawal = asked.kind == .withdrawal && answer.state == .done
            try await database.write { db in
                if isWithdrawal {
                    _ = try ConsentService(db, crypto, by: actor).withdrawAll(
                        about: asked.person, askedBy: asked.applicant)
                }
                try RightsRequestService(db, crypto, by: actor)
                    .answer(asked, answer.state, answer.text, erased: erased)
            }
            return .redirect(RightsRequestPages.path, flash: Flash(.done, "已答复"))
        } catch DomainError.invalid(let problems) {
            return try await show(request, problems: problems, status: 422)
        } catch DomainError.conflict(let text) {
            return try await show(request, problems: [FieldProblem(field: "", message: text)], status: 409)
        }
    }
}
