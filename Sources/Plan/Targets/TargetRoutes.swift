import Contracts
import Database
import Kernel
import Platform
import Web

/// One target of a set: its form, its history, its end.
struct TargetRoutes: Sendable {
    let database: Database
    let sources: [any IndicatorSource]

    func add(to routes: inout Routes) {
        routes.get("/plan/target-sets/:id/targets/new", access: .can(.targetEdit), new)
        routes.post("/plan/target-sets/:id/targets", access: .can(.targetEdit), create)
        routes.get("/plan/target-sets/:id/targets/:code", access: .can(.planView), history)
        routes.get("/plan/target-sets/:id/targets/:code/edit", access: .can(.targetEdit), edit)
        routes.post("/plan/target-sets/:id/targets/:code", access: .can(.targetEdit), update)
        routes.post("/plan/target-sets/:id/targets/:code/end", access: .can(.targetEdit), end)
    }

    private struct Edited: Sendable {
        let set: PlanTargetSet
        let target: PlanTarget?
        let choices: TargetForm.Choices
    }

    /// The set and target for someone who may change them; 403 for those who only see them.
    private func edited(_ request: WebRequest) async throws -> Edited {
        let user = try request.user, id: ID<PlanTargetSet> = try request.id("id"), code = request.parameters["code"]
        let indicators = TargetForm.indicators(sources), modules = TargetForm.modules(sources)
        return try await database.read { db in
            let store = PlanTargetStore(db), set = try store.set(id, within: user.scope(of: .planView))
            let target = try code.map { try store.latest($0, in: id) }
            try set.owner.check(user, .targetEdit)
            let clauses = try PlanStore(db).currentClauses(of: set.plan)
            return Edited(
                set: set, target: target,
                choices: TargetForm.Choices(indicators: indicators, clauses: clauses, modules: modules))
        }
    }

    private func page(
        _ edited: Edited, _ values: FormValues, _ problems: [FieldProblem], _ request: WebRequest
    ) -> HTML {
        TargetFormPages.form(
            TargetFormPages.Form(
                set: edited.set, target: edited.target, choices: edited.choices, values: values, problems: problems,
                page: request.page))
    }

    @Sendable func new(_ request: WebRequest) async throws -> WebResponse {
        let edited = try await edited(request)
        return .html(page(edited, TargetForm.blank(today: Timestamp.now.day), [], request))
    }

    @Sendable func create(_ request: WebRequest) async throws -> WebResponse {
        let edited = try await edited(request), code = request.form["code"] ?? ""
        let actor = AuditActor(try request.user, address: request.remoteAddress)
        do {
            guard TargetRoutes.isCode(code) else { throw DomainError.invalid("code", "代号为1到12个字母、数字或连字符，如 T35") }
            let (definition, day) = try TargetForm.definition(request.form, code: code, existing: nil, edited.choices)
            try await database.write { try PlanTargetService($0, by: actor).add(definition, to: edited.set, from: day) }
        } catch DomainError.invalid(let problems) {
            return .html(page(edited, request.form, problems, request), status: 422)
        }
        return .redirect(TargetSetPages.path(edited.set.id), flash: Flash(.done, "目标 \(code) 已保存。"))
    }

    static func isCode(_ text: String) -> Bool {
        (1...12).contains(text.utf8.count)
            && text.utf8.allSatisfy {
                (0x30...0x39).contains($0) || (0x41...0x5A).contains($0) || (0x61...0x7A).contains($0) || $0 == 0x2D
            } && text != "new"
    }

    @Sendable func history(_ request: WebRequest) async throws -> WebResponse {
        let user = try request.user, id: ID<PlanTargetSet> = try request.id("id"), code = try request.parameter("code")
        let (set, versions) = try await database.read { db in
            let store = PlanTargetStore(db), set = try store.set(id, within: user.scope(of: .planView))
            return (set, try store.history(code, in: id))
        }
        if versions.isEmpty { throw DomainError.notFound }
        return .html(
            TargetFormPages.history(set, versions, mayEdit: set.owner.isEditable(by: user, .targetEdit), request))
    }

    @Sendable func edit(_ request: WebRequest) async throws -> WebResponse {
        let edited = try await edited(request)
        guard let target = edited.target else { throw DomainError.notFound }
        let offered = Set(sources.flatMap(\.indicators).map(\.id))
        return .html(
            page(edited, TargetForm.values(of: target, offered: offered, today: Timestamp.now.day), [], request))
    }

    @Sendable func update(_ request: WebRequest) async throws -> WebResponse {
        let edited = try await edited(request), version = try version(request)
        guard let target = edited.target else { throw DomainError.notFound }
        let actor = AuditActor(try request.user, address: request.remoteAddress)
        do {
            let (definition, day) = try TargetForm.definition(
                request.form, code: target.code, existing: target.definition, edited.choices)
            try await database.write { db in
                let now = try PlanTargetStore(db).latest(target.code, in: edited.set.id)
                try PlanTargetService(db, by: actor).change(
                    now, of: edited.set, to: definition, from: day, version: version)
            }
        } catch DomainError.invalid(let problems) {
            return .html(page(edited, request.form, problems, request), status: 422)
        } catch DomainError.conflict(let message) {
            return .html(try await contested(message, request), status: 409)
        }
        return .redirect(
            TargetSetPages.path(edited.set.id, target.code), flash: Flash(.done, "目标 \(target.code) 已保存。"))
    }

    /// The form of somebody who came second: what was typed stays, and saving again goes before the other's change.
    private func contested(_ message: String, _ request: WebRequest) async throws -> HTML {
        let latest = try await edited(request)
        let values = request.form.replacing("version", with: latest.target.map { String($0.version) })
        let problem = FieldProblem(field: "title", message: message + TargetSetPages.contested)
        return page(latest, values, [problem], request)
    }

    @Sendable func end(_ request: WebRequest) async throws -> WebResponse {
        let edited = try await edited(request), version = try version(request)
        guard let target = edited.target else { throw DomainError.notFound }
        let actor = AuditActor(try request.user, address: request.remoteAddress)
        try await database.write { db in
            let now = try PlanTargetStore(db).latest(target.code, in: edited.set.id)
            try PlanTargetService(db, by: actor).end(now, of: edited.set, from: Timestamp.now.day, version: version)
        }
        return .redirect(
            TargetSetPages.path(edited.set.id, target.code), flash: Flash(.done, "目标 \(target.code) 已停用。"))
    }

    private func version(_ request: WebRequest) throws -> Int {
        guard let version = request.form["version"].flatMap({ Int($0) }) else { throw DomainError.notFound }
        return version
    }
}
