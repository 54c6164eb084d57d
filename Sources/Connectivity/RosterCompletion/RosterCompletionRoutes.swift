import Database
import Directory
import Kernel
import Platform
import Web

/// Whether a school's roster is whole: shown, said and taken back.
struct RosterCompletionRoutes: Sendable {
    let database: Database

    func add(to routes: inout Routes) {
        routes.get("/register/schools/:id/roster", access: .can(.registerView), show)
        routes.post("/register/schools/:id/roster", access: .can(.rosterComplete), say)
    }

    @Sendable private func show(_ request: WebRequest) async throws -> WebResponse {
        let model = try await model(request, .registerView)
        return .html(RosterCompletionPages.page(model, request.page, from: Timestamp.now.day.iso))
    }

    @Sendable private func say(_ request: WebRequest) async throws -> WebResponse {
        let user = try request.user, id: OrganisationID = try request.id("id")
        let path = RosterCompletionPages.path(id), form = request.form
        do {
            guard let from = form.text("from").flatMap({ LocalDate(iso: $0) }) else {
                throw DomainError.invalid("from", "填写起始日期，格式如 2015-09-30。")
            }
            let word = RosterCompletionService.Word(
                isComplete: form["complete"] == "1", from: from,
                reason: form["reason"] ?? "")
            try await RosterCompletionService(database: database).say(
                word, of: id, for: user, by: AuditActor(user, address: request.remoteAddress))
            let words = word.isComplete ? "已标为学籍已录全，学生、班级和教师数以花名册为准。" : "已收回，改用登记的数字。"
            return .redirect(path, flash: Flash(.done, words))
        } catch DomainError.invalid(let problems) {
            return try await again(request, problems, status: 422)
        } catch DomainError.conflict(let reason) {
            return try await again(request, [FieldProblem(field: "", message: reason)], status: 409)
        }
    }

    /// What was typed stays.
    private func again(
        _ request: WebRequest, _ problems: [FieldProblem], status: Int
    ) async throws -> WebResponse {
        let model = try await model(request, .rosterComplete), form = request.form
        let page = RosterCompletionPages.page(
            model, request.page, from: form["from"] ?? "", reason: form["reason"] ?? "", problems: problems)
        return .html(page, status: status)
    }

    private func model(_ request: WebRequest, _ permission: Permission) async throws -> RosterCompletionModel {
        let user = try request.user, id: OrganisationID = try request.id("id"), today = Timestamp.now.day
        return try await database.read(snapshot: true) { db in
            let school = try OrganisationStore(db).find(id, within: user.scope(of: permission))
            guard school.kind.isSchool else { throw DomainError.notFound }
            return RosterCompletionModel(
                school: school, history: try RosterCompletionStore(db).history(of: id),
                count: try RosterCountStore(db).counts(of: [id], on: today)[id] ?? RosterCount(),
                told: try FacilityStore(db).told(of: id, on: today),
                mayComplete: school.closedOn == nil && user.may(.rosterComplete, at: school.path),
                mayReopen: school.closedOn == nil && RosterCompletionService.mayReopen(school, user))
        }
    }
}
