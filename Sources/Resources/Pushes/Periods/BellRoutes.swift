import Database
import Directory
import Kernel
import Web

/// `/schools/:id/periods`: when the lessons of a school begin and end.
struct BellRoutes: Sendable {
    let database: Database
    let now: @Sendable () -> Timestamp

    func add(to routes: inout Routes) {
        let path = "/schools/:id/periods"
        routes.get(path, access: .can(.classView)) { try await show($0) }
        routes.post(path, access: .can(.periodEdit), change)
    }

    private func show(
        _ request: WebRequest, problems: [FieldProblem] = []
    ) async throws -> WebResponse {
        let user = try request.user, id: OrganisationID = try request.id("id")
        let (school, schedule) = try await database.read { db in
            let school = try OrganisationStore(db).find(id, within: user.scope(of: .classView))
            guard school.kind.isSchool else { throw DomainError.notFound }
            return (school, try BellStore(db).schedule(of: id))
        }
        let page = BellPages.show(
            school, schedule, mayEdit: user.may(.periodEdit, at: school.path), request.form, problems, request.page)
        return .html(page, status: problems.isEmpty ? 200 : 422)
    }

    @Sendable private func change(_ request: WebRequest) async throws -> WebResponse {
        let user = try request.user, id: OrganisationID = try request.id("id"), now = now()
        let address = request.remoteAddress, form = BellForm(values: request.form)
        do {
            // Whose school it is not learns nothing of what a form needs.
            _ = try await database.read { try OrganisationStore($0).find(id, within: user.scope(of: .periodEdit)) }
            let schedule = try form.schedule()
            try await database.write { try BellService($0, by: user, address: address, now: now).set(schedule, of: id) }
        } catch DomainError.invalid(let problems) {
            return try await show(request, problems: problems)
        }
        return .redirect(BellPages.path(id), flash: Flash(.done, "作息时间已保存"))
    }
}
