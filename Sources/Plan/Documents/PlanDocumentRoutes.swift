import Database
import Kernel
import Platform
import Web

/// Plans and their versions: the list, one plan, upload, differences.
struct PlanDocumentRoutes: Sendable {
    let database: Database
    let files: FileStore
    private var service: PlanDocumentService { PlanDocumentService(database: database, files: files) }

    func add(to routes: inout Routes) {
        routes.get("/plan/documents", access: .can(.planView), list)
        routes.get("/plan/documents/new", access: .can(.documentEdit), new)
        routes.upload("/plan/documents", access: .can(.documentEdit), limit: 17 << 20, upload)
        routes.get("/plan/documents/:id", access: .can(.planView), show)
        routes.get("/plan/documents/:id/difference", access: .can(.planView), difference)
        routes.get("/plan/documents/:id/versions/:number/file", access: .can(.planView), file)
        routes.post("/plan/documents/:id/state", access: .can(.documentEdit), changeState)
    }

    @Sendable func list(_ request: WebRequest) async throws -> WebResponse {
        let user = try request.user, scope = user.scope(of: .planView)
        let mayUpload = user.may(.documentEdit)
        let (rows, drafts) = try await database.read { db in
            let store = PlanStore(db)
            let rows = try store.plans(within: scope).map { plan in
                let version = try store.currentVersion(of: plan.id)
                return PlanRow(plan: plan, version: version, clauses: try store.clauses(of: version.id).count)
            }
            return (rows, mayUpload ? try PlanDraftStore(db).list(for: user) : [])
        }
        if let format = PlanDocumentPages.plans.query(request.query).format {
            return try PlanDocumentPages.plans.download(rows, as: format, with: request.exporter)
        }
        return .html(PlanDocumentPages.list(rows, drafts, mayUpload: mayUpload, request))
    }

    @Sendable func new(_ request: WebRequest) async throws -> WebResponse {
        .html(try await uploadPage(request, request.query, []))
    }

    private func uploadPage(_ request: WebRequest, _ values: FormValues, _ problems: [FieldProblem]) async throws
        -> HTML
    {
        let (owners, plans) = try await choices(request)
        return PlanDocumentPages.upload(owners, plans, values, problems, request.page)
    }

    private func choices(_ request: WebRequest) async throws -> ([PlanOwner], [ActionPlan]) {
        let user = try request.user
        return try await database.read { db in
            let plans = try PlanStore(db).plans(within: user.scope(of: .documentEdit)).filter {
                $0.state == .published && $0.owner.isEditable(by: user, .documentEdit)
            }
            return (try PlanOwner.choices(for: user, .documentEdit, on: db), plans)
        }
    }

    @Sendable func upload(_ request: WebRequest) async throws -> WebResponse {
        let actor = AuditActor(try request.user, address: request.remoteAddress)
        let (owners, plans) = try await choices(request)
        let plan = plans.first { $0.id.rawValue == request.form["plan"] }
        let owner =
            plan?.owner ?? (owners.count == 1 ? owners.first : owners.first { $0.formValue == request.form["owner"] })
        do {
            guard let owner else { throw DomainError.invalid("owner", "选择这是谁的计划") }
            guard let file = request.files.first(where: { $0.field == "file" }), file.size > 0 || !file.name.isEmpty
            else {
                throw DomainError.invalid("file", "选择要上传的 .docx 或 .txt 文件")
            }
            let draft = try await service.begin(path: file.path, name: file.name, owner: owner, plan: plan, by: actor)
            return .redirect(PlanDraftPages.path(draft), flash: Flash(.done, "已按编号拆成条款，核对后发布。"))
        } catch DomainError.invalid(let problems) {
            return .html(try await uploadPage(request, request.form, problems), status: 422)
        }
    }

    @Sendable func show(_ request: WebRequest) async throws -> WebResponse {
        let user = try request.user, scope = user.scope(of: .planView), id: ID<ActionPlan> = try request.id("id")
        let asked = request.query.text("version").flatMap { Int($0) }
        let content = try await database.read { db in
            let store = PlanStore(db), targets = PlanTargetStore(db)
            let plan = try store.plan(id, within: scope)
            let current = try store.currentVersion(of: id), currentClauses = try store.clauses(of: current.id)
            let shown = try asked.map { try store.version($0, of: id) } ?? current
            return PlanDocumentPages.Content(
                plan: plan, versions: try store.versions(of: id), counts: try store.clauseCounts(of: id), shown: shown,
                clauses: shown.id == current.id ? currentClauses : try store.clauses(of: shown.id),
                sets: try targets.sets(within: scope).filter { $0.plan == id },
                detached: try targets.detached(from: id, clauses: currentClauses, within: scope),
                mayEdit: plan.owner.isEditable(by: user, .documentEdit))
        }
        return .html(PlanDocumentPages.show(content, request.page))
    }

    @Sendable func difference(_ request: WebRequest) async throws -> WebResponse {
        let scope = try request.user.scope(of: .planView), id: ID<ActionPlan> = try request.id("id")
        let from = request.query.text("from").flatMap { Int($0) }, to = request.query.text("to").flatMap { Int($0) }
        let (plan, old, new, differences) = try await database.read { db in
            let store = PlanStore(db)
            let plan = try store.plan(id, within: scope), current = try store.currentVersion(of: id)
            let new = try to.map { try store.version($0, of: id) } ?? current
            let old = try store.version(from ?? max(1, new.number - 1), of: id)
            let texts = try [old, new].map { try store.clauses(of: $0.id).map(\.clauseText) }
            return (plan, old, new, ClauseDifference.between(texts[0], texts[1]))
        }
        return .html(PlanDifferencePages.versions(plan, old, new, differences, request.page))
    }

    @Sendable func file(_ request: WebRequest) async throws -> WebResponse {
        let scope = try request.user.scope(of: .planView), id: ID<ActionPlan> = try request.id("id")
        guard let number = Int(try request.parameter("number")) else { throw DomainError.notFound }
        let file = try await database.read { db in
            let store = PlanStore(db)
            let plan = try store.plan(id, within: scope)
            return try files.find(try store.version(number, of: plan.id).file, on: db)
        }
        return .download(
            path: files.path(of: file.sha256), name: file.name, contentType: "application/octet-stream",
            temporary: false)
    }

    @Sendable func changeState(_ request: WebRequest) async throws -> WebResponse {
        let user = try request.user, id: ID<ActionPlan> = try request.id("id")
        guard let state = request.form["state"].flatMap(ActionPlan.State.init(rawValue:)) else {
            throw DomainError.notFound
        }
        let plan = try await database.read { try PlanStore($0).plan(id, within: user.scope(of: .planView)) }
        try plan.owner.check(user, .documentEdit)
        try await service.archive(plan, state, by: AuditActor(user, address: request.remoteAddress))
        return .redirect(
            PlanDocumentPages.path(id), flash: Flash(.done, state == .archived ? "计划已归档。" : "计划已恢复。"))
    }
}
