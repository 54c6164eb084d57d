import Database
import Kernel
import Platform
import Web

/// `/resources/sources`: the platforms whose catalogues the city harvests.
struct HarvestRoutes: Sendable {
    let database: Database

    func add(to routes: inout Routes) {
        let root = HarvestPages.root, one = root + "/:id", access = Access.can(.externalEdit)
        routes.get(root, access: access, list)
        routes.get(root + "/new", access: access) { request in
            .html(HarvestPages.new(HarvestForm.empty, [], request.page))
        }
        routes.post(root, access: access, register)
        routes.get(one, access: access) { try await show($0) }
        routes.post(one, access: access, change)
        routes.post(one + "/harvests", access: access, start)
        routes.get(one + "/harvests/:harvest", access: access, report)
        routes.post(one + "/harvests/:harvest/stop", access: access, stop)
    }

    private func actor(_ request: WebRequest) throws -> AuditActor {
        AuditActor(try request.user, address: request.remoteAddress)
    }

    @Sendable private func list(_ request: WebRequest) async throws -> WebResponse {
        let query = HarvestPages.table.query(request.query)
        let lines = try await database.read { db in
            let store = HarvestStore(db), latest = try store.latest()
            return try store.sources().map { HarvestPages.Line(source: $0, last: latest[$0.id]) }
        }
        if let format = query.format {
            return try HarvestPages.table.download(lines, as: format, with: request.exporter)
        }
        return .html(HarvestPages.list(lines, request))
    }

    @Sendable private func register(_ request: WebRequest) async throws -> WebResponse {
        let actor = try actor(request), form = HarvestForm(request.form)
        do {
            let id = try await database.write { try HarvestService($0, by: actor, now: .now).register(form.content) }
            return .redirect(HarvestPages.path(id), flash: Flash(.done, "已登记"))
        } catch DomainError.invalid(let problems) {
            return .html(HarvestPages.new(request.form, problems, request.page), status: 422)
        }
    }

    private func show(
        _ request: WebRequest, typed: FormValues? = nil, problems: [FieldProblem] = [], warning: String? = nil,
        status: Int = 200
    ) async throws -> WebResponse {
        let id: ID<HarvestSource> = try request.id("id"), query = HarvestPages.harvests.query(request.query)
        let (view, rows, total) = try await database.read(snapshot: true) { db in
            let store = HarvestStore(db), source = try store.source(id)
            let (rows, total) = try store.harvests(of: id, after: query.after?.id, limit: query.fetchLimit)
            let running = try store.running(of: id)?.id
            var values = typed ?? HarvestForm.values(source.content, revision: source.revision)
            // Whoever was told that somebody was faster may save what she typed.
            if warning != nil { values = values.replacing("revision", with: String(source.revision)) }
            let view = HarvestPages.View(
                source: source, entries: try ExternalStore(db).count(of: id), running: running,
                stopper: try running.flatMap { try store.stopper(of: $0) }, values: values,
                problems: problems, warning: warning, isTyped: typed != nil)
            return (view, rows, total)
        }
        if let format = query.format {
            return try HarvestPages.harvests.download(rows, as: format, with: request.exporter)
        }
        let slice = query.page(rows, total: total) { (nil, $0.id.rawValue) }
        return .html(HarvestPages.show(view, slice, request), status: status)
    }

    @Sendable private func change(_ request: WebRequest) async throws -> WebResponse {
        let actor = try actor(request), id: ID<HarvestSource> = try request.id("id"), form = HarvestForm(request.form)
        do {
            try await database.write {
                try HarvestService($0, by: actor, now: .now).change(id, at: form.revision, form.content)
            }
            return .redirect(HarvestPages.path(id), flash: Flash(.done, "已保存"))
        } catch DomainError.invalid(let problems) {
            return try await show(request, typed: request.form, problems: problems, status: 422)
        } catch DomainError.conflict(let words) {
            return try await show(request, typed: request.form, warning: words, status: 409)
        }
    }

    @Sendable private func stop(_ request: WebRequest) async throws -> WebResponse {
        let actor = try actor(request), id: ID<HarvestSource> = try request.id("id")
        let harvest: ID<Harvest> = try request.id("harvest")
        do {
            try await database.write { try HarvestService($0, by: actor, now: .now).stop(harvest, of: id) }
        } catch DomainError.conflict(let words) {
            return .redirect(HarvestPages.path(id), flash: Flash(.warning, words))
        }
        return .redirect(HarvestPages.path(harvest, of: id), flash: Flash(.done, "已要求停止，收完这一个应答就停"))
    }

    @Sendable private func start(_ request: WebRequest) async throws -> WebResponse {
        let user = try request.user, actor = try actor(request), id: ID<HarvestSource> = try request.id("id")
        let isFull = request.form.has("full")
        do {
            let harvest = try await database.write {
                try HarvestService($0, by: actor, now: .now).start(id, isFull: isFull, by: user)
            }
            return .redirect(HarvestPages.path(harvest, of: id), flash: Flash(.done, "已开始采集"))
        } catch DomainError.conflict(let words) {
            return try await show(request, warning: words, status: 409)
        }
    }

    @Sendable private func report(_ request: WebRequest) async throws -> WebResponse {
        let id: ID<HarvestSource> = try request.id("id"), one: ID<Harvest> = try request.id("harvest")
        let query = HarvestPages.faults.query(request.query)
        let (harvest, source, rows) = try await database.read(snapshot: true) { db in
            let store = HarvestStore(db), harvest = try store.harvest(one)
            guard harvest.source == id else { throw DomainError.notFound }
            return (
                harvest, try store.source(id),
                try store.faults(of: one, after: query.after?.id, limit: query.fetchLimit)
            )
        }
        if let format = query.format {
            return try HarvestPages.faults.download(rows.map(\.fault), as: format, with: request.exporter)
        }
        let total = min(HarvestStore.mostFaults, harvest.counts.brokenAnswers + harvest.counts.brokenRecords)
        let slice = query.page(rows, total: total) { (nil, $0.id) }.map(\.fault)
        return .html(HarvestPages.report(harvest, source, slice, request))
    }
}
