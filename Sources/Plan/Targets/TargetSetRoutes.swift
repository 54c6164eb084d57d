import Contracts
import Database
import Kernel
import Platform
import Web

/// Target sets: the list, one set with its targets, its form and state.
struct TargetSetRoutes: Sendable {
    let database: Database
    let sources: [any IndicatorSource]

    func add(to routes: inout Routes) {
        routes.get("/plan/target-sets", access: .can(.planView), list)
        routes.get("/plan/target-sets/new", access: .can(.targetEdit), new)
        routes.post("/plan/target-sets", access: .can(.targetEdit), create)
        routes.get("/plan/target-sets/:id", access: .can(.planView), show)
        routes.get("/plan/target-sets/:id/edit", access: .can(.targetEdit), edit)
        routes.post("/plan/target-sets/:id", access: .can(.targetEdit), update)
        routes.post("/plan/target-sets/:id/state", access: .can(.targetEdit), changeState)
    }

    @Sendable func list(_ request: WebRequest) async throws -> WebResponse {
        let user = try request.user
        let rows = try await database.read { db in
            let store = PlanTargetStore(db)
            return try store.sets(within: user.scope(of: .planView)).map {
                TargetSetPages.Row(set: $0, targets: try store.current(set: $0.id).count)
            }
        }
        if let format = TargetSetPages.sets.query(request.query).format {
            return try TargetSetPages.sets.download(rows, as: format, with: request.exporter)
        }
        return .html(TargetSetPages.list(rows, mayCreate: user.may(.targetEdit), request))
    }

    private func choices(_ user: CurrentUser) async throws -> TargetSetForm.Choices {
        try await database.read { db in
            TargetSetForm.Choices(
                owners: try PlanOwner.choices(for: user, .targetEdit, on: db),
                plans: try PlanStore(db).plans(within: user.scope(of: .planView)))
        }
    }

    /// The set for someone who may change it; 403 for those who only see it.
    private func editable(_ request: WebRequest) async throws -> PlanTargetSet {
        let user = try request.user, id: ID<PlanTargetSet> = try request.id("id")
        let set = try await database.read { try PlanTargetStore($0).set(id, within: user.scope(of: .planView)) }
        try set.owner.check(user, .targetEdit)
        return set
    }

    @Sendable func new(_ request: WebRequest) async throws -> WebResponse {
        let values = FormValues([("layer", TargetSetFile.Layer.municipal.rawValue), ("edition", "1")])
        return .html(TargetSetPages.form(nil, try await choices(try request.user), values, [], request.page))
    }

    @Sendable func create(_ request: WebRequest) async throws -> WebResponse {
        let user = try request.user, choices = try await choices(user)
        let form: TargetSetForm
        do {
            form = try TargetSetForm(request.form, choices)
        } catch DomainError.invalid(let problems) {
            return .html(TargetSetPages.form(nil, choices, request.form, problems, request.page), status: 422)
        }
        guard let owner = choices.owners.first(where: { $0.organisation == form.organisation }) else {
            throw DomainError.notFound
        }
        let actor = AuditActor(user, address: request.remoteAddress)
        let id = try await database.write { try PlanTargetService($0, by: actor).create(form, owner: owner) }
        return .redirect(TargetSetPages.path(id), flash: Flash(.done, "目标集已保存为草稿，新建目标后发布。"))
    }

    @Sendable func show(_ request: WebRequest) async throws -> WebResponse {
        let user = try request.user, scope = user.scope(of: .planView), id: ID<PlanTargetSet> = try request.id("id")
        let offered = Set(sources.flatMap(\.indicators).map(\.id))
        let content = try await database.read { db in
            let store = PlanTargetStore(db), set = try store.set(id, within: scope)
            return TargetSetPages.Content(
                set: set, plan: try set.plan.map { try PlanStore(db).plan($0, within: .everything) },
                targets: try store.current(set: id), mayEdit: set.owner.isEditable(by: user, .targetEdit),
                offered: offered)
        }
        let table = TargetSetPages.targets(content)
        if let format = table.query(request.query).format {
            return try table.download(content.targets, as: format, with: request.exporter)
        }
        return .html(TargetSetPages.show(content, request))
    }

    @Sendable func edit(_ request: WebRequest) async throws -> WebResponse {
        let set = try await editable(request)
        let values = TargetSetForm.values(of: set)
        return .html(TargetSetPages.form(set, try await choices(try request.user), values, [], request.page))
    }

    @Sendable func update(_ request: WebRequest) async throws -> WebResponse {
        let user = try request.user, set = try await editable(request), choices = try await choices(user)
        let form: TargetSetForm
        do {
            form = try TargetSetForm(request.form, choices, existing: set)
        } catch DomainError.invalid(let problems) {
            return .html(TargetSetPages.form(set, choices, request.form, problems, request.page), status: 422)
        }
        let stamp = Timestamp(milliseconds: request.form["stamp"].flatMap { Int64($0) } ?? 0)
        let actor = AuditActor(user, address: request.remoteAddress)
        do {
            try await database.write { try PlanTargetService($0, by: actor).update(set, to: form, ifChangedAt: stamp) }
        } catch DomainError.conflict(let message) {
            let latest = try await editable(request)
            let values = request.form.replacing("stamp", with: TargetSetForm.values(of: latest)["stamp"])
            let problem = FieldProblem(field: "title", message: message + TargetSetPages.contested)
            return .html(TargetSetPages.form(latest, choices, values, [problem], request.page), status: 409)
        }
        return .redirect(TargetSetPages.path(set.id), flash: Flash(.done, "目标集已保存。"))
    }

    @Sendable func changeState(_ request: WebRequest) async throws -> WebResponse {
        let set = try await editable(request)
        guard let state = request.form["state"].flatMap(PlanTargetSet.State.init(rawValue:)), state != .draft else {
            throw DomainError.notFound
        }
        let actor = AuditActor(try request.user, address: request.remoteAddress)
        try await database.write { db in
            let now = try PlanTargetStore(db).set(set.id, within: .everything)
            try PlanTargetService(db, by: actor).move(now, to: state)
        }
        let text = state == .published ? "目标集已发布，参与计算。" : "目标集已归档。"
        return .redirect(TargetSetPages.path(set.id), flash: Flash(.done, text))
    }
}
