import Database
import Kernel
import Platform
import Web

/// The preview of an uploaded document: steps, comparison with the current version, publishing.
struct PlanDraftRoutes: Sendable {
    let database: Database
    let files: FileStore
    private var service: PlanDocumentService { PlanDocumentService(database: database, files: files) }

    func add(to routes: inout Routes) {
        routes.get("/plan/documents/drafts/:id", access: .can(.documentEdit), show)
        routes.get("/plan/documents/drafts/:id/difference", access: .can(.documentEdit), difference)
        routes.post("/plan/documents/drafts/:id/edits", access: .can(.documentEdit), edit)
        routes.post("/plan/documents/drafts/:id/publication", access: .can(.documentEdit), publish)
        routes.post("/plan/documents/drafts/:id/discard", access: .can(.documentEdit), discard)
    }

    private func draft(_ request: WebRequest) async throws -> PlanDocumentDraft {
        let user = try request.user, id: ID<PlanDocumentDraft> = try request.id("id")
        return try await database.read { try PlanDraftStore($0).find(id, for: user) }
    }

    private func revision(_ request: WebRequest) throws -> Int {
        guard let revision = request.form["revision"].flatMap({ Int($0) }), revision > 0 else {
            throw DomainError.notFound
        }
        return revision
    }

    private func page(
        _ draft: PlanDocumentDraft, _ request: WebRequest, selected: Int?, form: FormValues? = nil,
        problems: [FieldProblem] = []
    ) async throws -> HTML {
        let years = try await database.read { db in
            try PlanTargetStore(db).published().first { $0.layer == .municipal && $0.owner.organisation == nil }
                .map { ($0.from, $0.to) }
        }
        let view = PlanDraftPages.View(
            draft: draft, page: request.page, selected: selected,
            form: form ?? PlanPublication.values(of: draft, years: years), problems: problems)
        return PlanDraftPages.show(view)
    }

    @Sendable func show(_ request: WebRequest) async throws -> WebResponse {
        let selected = request.query.text("clause").flatMap { Int($0) }
        return .html(try await page(try await draft(request), request, selected: selected))
    }

    @Sendable func difference(_ request: WebRequest) async throws -> WebResponse {
        let draft = try await draft(request)
        guard let plan = draft.plan else { throw DomainError.notFound }
        let (version, clauses) = try await database.read { db in
            let version = try PlanStore(db).currentVersion(of: plan)
            return (version, try PlanStore(db).clauses(of: version.id))
        }
        let differences = ClauseDifference.between(
            clauses.map(\.clauseText), draft.content.clauses.map(\.clauseText))
        return .html(PlanDifferencePages.draft(draft, version, differences, request.page))
    }

    @Sendable func edit(_ request: WebRequest) async throws -> WebResponse {
        let user = try request.user, draft = try await draft(request), revision = try revision(request)
        let clause = request.form["clause"].flatMap { Int($0) }
        do {
            let edit = try PlanDraftEdit(request.form)
            try await service.edit(
                draft.id, at: revision, edit, user: user, by: AuditActor(user, address: request.remoteAddress))
            return .redirect(PlanDraftPages.path(draft.id, clause: edit.clause), flash: Flash(.done, edit.done))
        } catch DomainError.invalid(let problems) {
            let values = PlanPublication.values(of: draft, years: nil)
            let form = FormValues(values.pairs + request.form.pairs)
            return .html(
                try await page(draft, request, selected: clause, form: form, problems: problems), status: 422)
        }
    }

    @Sendable func publish(_ request: WebRequest) async throws -> WebResponse {
        let user = try request.user, draft = try await draft(request), revision = try revision(request)
        do {
            let publication = try PlanPublication(request.form, of: draft)
            let published = try await service.publish(
                draft.id, at: revision, publication, user: user, by: AuditActor(user, address: request.remoteAddress))
            return .redirect(
                PlanDocumentPages.path(published.plan), flash: Flash(.done, "第 \(published.version) 版已发布。"))
        } catch DomainError.invalid(let problems) {
            return .html(
                try await page(draft, request, selected: nil, form: request.form, problems: problems), status: 422)
        }
    }

    @Sendable func discard(_ request: WebRequest) async throws -> WebResponse {
        let user = try request.user, draft = try await draft(request)
        try await service.discard(
            draft.id, at: try revision(request), user: user, by: AuditActor(user, address: request.remoteAddress))
        return .redirect(PlanDocumentPages.path, flash: Flash(.done, "草稿已放弃。"))
    }
}
