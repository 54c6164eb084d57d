import Database
import Directory
import Kernel
import Platform
import Web

/// `/exchange/partners`: systems that exchange files.
struct PartnerRoutes: Sendable {
    let service: PartnerService
    private var database: Database { service.database }

    func add(to routes: inout Routes) {
        let root = PartnerPages.root, access = Access.can(.exchangeFeedManage)
        routes.get(root, access: access, list)
        routes.get(root + "/new", access: access) { try await form($0) }
        routes.post(root + "/new", access: access, add)
        routes.get(root + "/:id", access: access, show)
        routes.get(root + "/:id/settings", access: access) { try await settings($0) }
        routes.post(root + "/:id/settings", access: access, change)
        routes.post(root + "/:id/switch", access: access, setOn)
        routes.post(root + "/:id/orders", access: access, order)
    }

    private func actor(_ request: WebRequest) throws -> AuditActor {
        AuditActor(try request.user, address: request.remoteAddress)
    }

    @Sendable private func list(_ request: WebRequest) async throws -> WebResponse {
        let scope = try request.user.scope(of: .exchangeFeedManage)
        let all = try await database.read { try PartnerStore($0).list(within: scope) }
        return .html(PartnerPages.list(all, request.page))
    }

    private func form(_ request: WebRequest, problems: [FieldProblem] = []) async throws -> WebResponse {
        let scope = try request.user.scope(of: .exchangeFeedManage)
        let places = try await database.read { try OrganisationStore($0).all(within: scope) }
        let options = places.map { SelectOption($0.id.rawValue, $0.name) }
        let page = PartnerPages.form(options, PartnerForm(request.form), problems, of: nil, request.page)
        return .html(page, status: problems.isEmpty ? 200 : 422)
    }

    @Sendable private func add(_ request: WebRequest) async throws -> WebResponse {
        if request.form.has("sensitive"), let proof = request.proofNeeded(back: PartnerPages.root + "/new") {
            return proof
        }
        do {
            let partner = try await service.add(
                PartnerForm(request.form), for: request.user, by: try actor(request))
            return .redirect(PartnerPages.path(partner.id), flash: Flash(.done, "\(partner.name)已保存"))
        } catch DomainError.invalid(let problems) {
            return try await form(request, problems: problems)
        }
    }

    @Sendable private func show(_ request: WebRequest) async throws -> WebResponse {
        let scope = try request.user.scope(of: .exchangeFeedManage), id: PartnerID = try request.id("id")
        let query = DropPages.files.query(request.query)
        let (partner, datasets, files) = try await database.read { db in
            let store = PartnerStore(db), partner = try store.find(id, within: scope)
            return (
                partner, try store.datasets(of: id),
                try DropStore(db).list(of: id, within: scope, after: query.after?.id, limit: query.fetchLimit)
            )
        }
        let view = PartnerPages.View(
            partner: partner, datasets: datasets, folder: service.folders.root + "/" + partner.code)
        let page = query.page(files.rows, total: files.total) { (nil, $0.id.rawValue) }
        return .html(PartnerPages.show(view, page, request.page, request.query))
    }

    /// - Parameter meanwhile: somebody else has changed the settings since; what was typed stays.
    private func settings(
        _ request: WebRequest, problems: [FieldProblem] = [], meanwhile: Bool = false
    ) async throws -> WebResponse {
        let scope = try request.user.scope(of: .exchangeFeedManage), id: PartnerID = try request.id("id")
        let (partner, datasets) = try await database.read { db in
            (try PartnerStore(db).find(id, within: scope), try PartnerStore(db).datasets(of: id))
        }
        let form = request.method == .get ? PartnerForm(partner, datasets) : PartnerForm(request.form)
        // Whoever is told of the others' change, or corrects a field, goes on from what she sees.
        let revision = meanwhile || request.method == .get ? partner.revision : form.revision
        let page = PartnerPages.form(
            [], form, problems, of: partner, revision: revision, meanwhile: meanwhile, request.page)
        return .html(page, status: meanwhile ? 409 : problems.isEmpty ? 200 : 422)
    }

    @Sendable private func change(_ request: WebRequest) async throws -> WebResponse {
        let id: PartnerID = try request.id("id")
        if request.form.has("sensitive"), let proof = request.proofNeeded(back: PartnerPages.path(id) + "/settings") {
            return proof
        }
        do {
            try await service.change(id, PartnerForm(request.form), for: request.user, by: try actor(request))
            return .redirect(PartnerPages.path(id), flash: Flash(.done, "设置已保存"))
        } catch DomainError.invalid(let problems) {
            return try await settings(request, problems: problems)
        } catch DomainError.conflict {
            return try await settings(request, meanwhile: true)
        }
    }

    @Sendable private func setOn(_ request: WebRequest) async throws -> WebResponse {
        let id: PartnerID = try request.id("id"), isOn = request.form["on"] == "1"
        try await service.setOn(isOn, id, for: request.user, by: try actor(request))
        return .redirect(PartnerPages.path(id), flash: Flash(.done, isOn ? "已启用" : "已停用"))
    }

    @Sendable private func order(_ request: WebRequest) async throws -> WebResponse {
        let id: PartnerID = try request.id("id")
        guard let dataset = request.form["dataset"].flatMap({ FeedDataset(rawValue: $0) }) else {
            throw DomainError.notFound
        }
        let isFull = request.form["full"] == "1", scope = try request.user.scope(of: .exchangeFeedManage)
        let partner = try await database.read { try PartnerStore($0).find(id, within: scope) }
        // Numbers in full leave: whoever sends them proves again who she is.
        if partner.settings.isSensitive, let proof = request.proofNeeded(back: PartnerPages.path(id)) { return proof }
        do {
            try await service.order(dataset, isFull: isFull, id, for: request.user, by: try actor(request))
        } catch DomainError.conflict(let reason) {
            return .redirect(PartnerPages.path(id), flash: Flash(.warning, reason))
        }
        let words = isFull ? "全部" : "变化"
        return .redirect(
            PartnerPages.path(id), flash: Flash(.done, "\(dataset.title)的\(words)将在一分钟内写出；没有变化时不写文件。"))
    }
}
