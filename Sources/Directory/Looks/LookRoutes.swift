import Database
import Kernel
import Platform
import Web

/// `/people/:id/look`: the way to a sealed datum of a person.
struct LookRoutes: Sendable {
    let database: Database
    let crypto: any CryptoProvider

    func routes() -> Routes {
        var routes = Routes(module: "directory")
        routes.get("/people/:id/look", access: .can(.classLook)) { try await form($0) }
        routes.post("/people/:id/look", access: .can(.classLook), look)
        return routes
    }

    private func form(
        _ request: WebRequest, problems: [FieldProblem] = [], status: Int = 200
    ) async throws -> WebResponse {
        let user = try request.user, id: ID<Person> = try request.id("id"), crypto = crypto
        let subject = try await database.read { db in
            try LookService(db, crypto, by: user, address: "").subject(id)
        }
        return .html(LookPages.form(subject, request.page, values: request.form, problems: problems), status: status)
    }

    /// Answers the page itself: what it shows is nowhere kept to be shown a second time.
    @Sendable private func look(_ request: WebRequest) async throws -> WebResponse {
        let user = try request.user, id: ID<Person> = try request.id("id")
        let crypto = crypto, address = request.remoteAddress, form = LookForm(values: request.form)
        do {
            let (subject, item, shown) = try await database.write { db in
                let service = LookService(db, crypto, by: user, address: address)
                let subject = try service.subject(id)
                let (item, reason) = try form.deed()
                return (subject, item, try service.show(item, of: id, for: reason))
            }
            var answer = WebResponse.html(LookPages.shown(subject, item, shown, request.page))
                .with(header: "cache-control", "no-store")
            answer.repeated = (LookPages.path(id), Flash(.warning, "内容只显示一次。需要再看时，重新填写原因"))
            return answer
        } catch DomainError.invalid(let problems) {
            return try await self.form(request, problems: problems, status: 422)
        } catch DomainError.conflict(let text) {
            return try await self.form(request, problems: [FieldProblem(field: "", message: text)], status: 409)
        }
    }
}
