import Database
import Directory
import Kernel
import Platform
import Web

/// Running a rollover, its result, and taking it back.
struct RolloverRunRoutes: Sendable {
    let database: Database
    let now: @Sendable () -> Timestamp

    func routes() -> Routes {
        var routes = Routes(module: "school_affairs")
        routes.post(RolloverPages.root, access: .can(.rolloverRun), start)
        routes.get(RolloverPages.root + "/:id", access: .can(.rolloverRun)) { try await show($0) }
        routes.post(RolloverPages.root + "/:id/undo", access: .can(.rolloverRun), undo)
        return routes
    }

    /// A school gives its word; the deed is for whoever stands above.
    @Sendable private func start(_ request: WebRequest) async throws -> WebResponse {
        let user = try request.user, time = now(), scope = user.scope(of: .rolloverRun)
        let year = try RolloverForm.year(request.form, on: time.day)
        guard let id = OrganisationID(checking: request.form["place"] ?? "") else { throw DomainError.notFound }
        let isAll = request.form["all"] == "1"
        let actor = AuditActor(user, address: request.remoteAddress)
        do {
            let job = try await database.write { db in
                let place = try OrganisationStore(db).find(id, within: scope)
                guard !place.kind.isSchool else { throw DomainError.notFound }
                return try RolloverRunService(db, by: actor, now: time).start(
                    year, at: place, includingUnconfirmed: isAll, by: user)
            }
            return .redirect("/jobs/\(job)")
        } catch DomainError.conflict(let words) {
            return .redirect(RolloverPages.path(year), flash: Flash(.warning, words))
        }
    }

    private func show(
        _ request: WebRequest, problems: [FieldProblem] = [], status: Int = 200
    ) async throws -> WebResponse {
        let scope = try request.user.scope(of: .rolloverRun), day = now().day
        let id: ID<RolloverRun> = try request.id("id")
        let model = try await database.read { try RolloverRunModel(id, within: scope, on: day, $0) }
        return .html(RolloverRunPages.page(model, request.page, problems: problems), status: status)
    }

    @Sendable private func undo(_ request: WebRequest) async throws -> WebResponse {
        let user = try request.user, time = now(), scope = user.scope(of: .rolloverRun)
        let id: ID<RolloverRun> = try request.id("id")
        let skips = request.form["skip"] == "1", actor = AuditActor(user, address: request.remoteAddress)
        do {
            let job = try await database.write { db in
                let run = try RolloverRunStore(db).find(id, within: scope)
                return try RolloverRunService(db, by: actor, now: time).startUndo(run, skipping: skips, by: user)
            }
            return .redirect("/jobs/\(job)")
        } catch DomainError.conflict(let words) {
            return try await show(request, problems: [FieldProblem(field: "", message: words)], status: 409)
        }
    }
}
