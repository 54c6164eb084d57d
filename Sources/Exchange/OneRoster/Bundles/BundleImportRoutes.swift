import Database
import Directory
import Kernel
import Platform
import Web

/// `/exchange/bundles`: bundles of other systems, from the upload to the way back.
struct BundleImportRoutes: Sendable {
    let service: BundleImportService
    private var database: Database { service.database }
    /// Problems that the page names of each roster.
    private static let mostProblems = 200

    func add(to routes: inout Routes) {
        let root = BundleImportPages.root, access = Access.can(.exchangeFeedManage)
        routes.get(root, access: access, list)
        routes.get(root + "/new", access: access) { try await form($0) }
        routes.upload(root, access: access, upload)
        routes.get(root + "/:id", access: access, show)
        let service = service
        IntakeDecisionRoutes<BundleImportSubject>(
            database: database, root: root, noun: "这个名册包", roster: "名册", job: BundleImportService.acceptJob,
            find: { id, scope, db in
                let bundle = try BundleImportStore(db).find(id, within: scope)
                guard bundle.state == .compared else { return nil }
                return .init(
                    title: "接受名册包 \(bundle.fileName)", place: bundle.path, digest: bundle.outcome.digest)
            }, discard: { try await service.discard($0, for: $1, by: $2) },
            undo: { try await service.undo($0, for: $1, by: $2) }
        ).add(to: &routes)
    }

    @Sendable private func list(_ request: WebRequest) async throws -> WebResponse {
        let scope = try request.user.scope(of: .exchangeFeedManage)
        let query = BundleImportPages.history.query(request.query)
        let (rows, total) = try await database.read {
            try BundleImportStore($0).list(within: scope, after: query.after?.id, limit: query.fetchLimit)
        }
        let page = query.page(rows, total: total) { (nil, $0.id.rawValue) }
        return .html(BundleImportPages.list(page, request.page, request.query))
    }

    private func form(_ request: WebRequest, problems: [FieldProblem] = []) async throws -> WebResponse {
        let scope = try request.user.scope(of: .exchangeFeedManage)
        let partners = try await database.read { try PartnerStore($0).list(within: scope).filter(\.isOn) }
        let values = request.method == .get ? request.query : request.form
        return .html(
            BundleImportPages.upload(partners, request.page, values: values, problems: problems),
            status: problems.isEmpty ? 200 : 422)
    }

    @Sendable private func upload(_ request: WebRequest) async throws -> WebResponse {
        let user = try request.user, actor = AuditActor(user, address: request.remoteAddress)
        do {
            var problems: [FieldProblem] = []
            let partner = request.form["partner"] ?? ""
            if partner.isEmpty { problems.append(FieldProblem(field: "partner", message: "选择交换伙伴")) }
            let file = request.files.first { $0.field == "file" && $0.size > 0 }
            if file == nil { problems.append(FieldProblem(field: "file", message: "请选择要上传的名册包")) }
            guard problems.isEmpty, let file else { throw DomainError.invalid(problems) }
            let (bundle, job) = try await service.start(
                BundleImportService.Upload(path: file.path, name: file.name, partner: partner), for: user, by: actor)
            guard let job else {
                let words = "这个名册包已经上传过，正等待决定，没有重复接收。"
                return .redirect(BundleImportPages.path(bundle), flash: Flash(.warning, words))
            }
            return .redirect("/jobs/\(job)")
        } catch DomainError.invalid(let problems) {
            return try await form(request, problems: problems)
        }
    }

    @Sendable private func show(_ request: WebRequest) async throws -> WebResponse {
        let scope = try request.user.scope(of: .exchangeFeedManage), id: BundleImportID = try request.id("id")
        let intake = service.intake
        let view = try await database.read { db in
            let store = BundleImportStore(db), bundle = try store.find(id, within: scope)
            var rosters: [(title: String, rows: String, problems: [String])] = []
            for (title, batch) in [("学生", bundle.pupilsBatch), ("教职工", bundle.staffBatch)]
            where bundle.hasRows && bundle.batches.contains(batch) {
                let problems = try intake.problems(of: batch, limit: BundleImportRoutes.mostProblems, on: db)
                rosters.append((title, intake.page(of: batch), problems))
            }
            return BundleImportPages.View(
                bundle: bundle, differences: try store.differences(of: id), rosters: rosters,
                job: try store.job(of: id))
        }
        return .html(BundleImportPages.show(view, request.page))
    }
}
