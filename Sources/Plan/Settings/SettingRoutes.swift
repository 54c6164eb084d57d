import Database
import Directory
import Kernel
import Platform
import Web

/// The city's choices: seen by everybody who sees the plan, changed by those who hold the right for the whole city.
struct SettingRoutes: Sendable {
    let database: Database
    let boards: PlanBoardService

    func add(to routes: inout Routes) {
        routes.get("/settings", access: .can(.planView), show)
        routes.post("/settings", access: .can(.settingEdit), save)
    }

    private struct Stored: Sendable {
        let settings: PlanSettings
        let targets: [(code: String, title: String)]
        let mayEdit: Bool
    }

    private func stored(_ user: CurrentUser) async throws -> Stored {
        let boards = boards
        return try await database.read { db in
            let city = try OrganisationStore(db).city()
            let targets = try PlanTargetStore(db).published().filter {
                $0.owner.organisation == nil && $0.layer == .municipal
            }
            .flatMap { try PlanTargetStore(db).current(set: $0.id) }
            .filter { $0.definition.source != .pending || boards.source(of: $0.definition.indicator) != nil }
            return Stored(
                settings: try PlanSettings.load(db),
                targets: targets.map { (code: $0.code, title: $0.definition.title) },
                mayEdit: city.map { user.may(.settingEdit, at: $0.path) } ?? false)
        }
    }

    private func page(
        _ stored: Stored, _ values: FormValues, _ problems: [FieldProblem], _ request: WebRequest
    ) async throws -> HTML {
        let context = try await boards.board(on: try await boards.defaultDay())
        return SettingPages.show(
            SettingPages.View(
                values: values, problems: problems, targets: stored.targets, comparison: SettingComparison(context),
                mayEdit: stored.mayEdit, page: request.page))
    }

    @Sendable func show(_ request: WebRequest) async throws -> WebResponse {
        let stored = try await stored(try request.user)
        return .html(try await page(stored, SettingForm.values(of: stored.settings), [], request))
    }

    @Sendable func save(_ request: WebRequest) async throws -> WebResponse {
        let user = try request.user, stored = try await stored(user)
        guard stored.mayEdit else { throw DomainError.forbidden("设置由市局管理员维护，你只能查看。") }
        let settings: PlanSettings
        do {
            settings = try SettingForm.settings(request.form, targets: Set(stored.targets.map(\.code)))
        } catch DomainError.invalid(let problems) {
            return .html(try await page(stored, request.form, problems, request), status: 422)
        }
        let actor = AuditActor(user, address: request.remoteAddress)
        try await database.write { try settings.save(by: actor, on: $0) }
        return .redirect(SettingPages.path, flash: Flash(.done, "设置已保存。"))
    }
}
